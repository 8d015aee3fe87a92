def setup(n): return (1 << 24, 256)
