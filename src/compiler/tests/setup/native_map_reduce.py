def setup(n): return (n,)
