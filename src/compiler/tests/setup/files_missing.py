import numpy as np

def setup(n):
    a = np.genfromtxt("missing.csv", delimiter=";", skip_header=1)
    b = np.genfromtxt("missing.csv", delimiter=";", skip_header=1, dtype=np.float32, filling_values=-1)
    c = np.genfromtxt("missing.csv", delimiter=";", usecols=(1, -1), max_rows=2)
    x, y, z = np.genfromtxt("missing.csv", delimiter=";", skip_header=1, unpack=True)
    d = np.genfromtxt("spaces.txt"), np.genfromtxt("table.csv", delimiter=",", usecols=0)
    e = np.genfromtxt("nothing.txt"), np.genfromtxt("column.txt", ndmin=2), np.genfromtxt("single.txt") * n
    return np.isnan(a), np.where(np.isnan(a), 7, a), b, np.isnan(c), x[2], z, z + 1, d, e
