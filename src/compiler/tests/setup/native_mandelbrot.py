def setup(n): return (n, n, 256)
