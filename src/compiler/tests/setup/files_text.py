import numpy as np

def setup(n):
    table = np.loadtxt("table.csv", delimiter=",", skiprows=1)
    x, y = np.loadtxt("table.csv", delimiter=",", skiprows=1, usecols=(0, -1), unpack=True)
    whole = np.loadtxt("spaces.txt", dtype=np.int32)
    few = np.loadtxt("spaces.txt", dtype=np.uint8, usecols=[2, 0], max_rows=3)
    one = np.loadtxt("spaces.txt", np.float32, usecols=1)
    columns = np.loadtxt("column.txt"), np.loadtxt("column.txt", ndmin=2), np.loadtxt("column.txt", dtype=int, ndmin=1)
    few = few, np.loadtxt("nothing.txt", ndmin=2), np.loadtxt("nothing.txt"), np.loadtxt("single.txt") + n
    single = np.loadtxt("single.txt", ndmin=1), np.loadtxt("single.txt", ndmin=2), np.loadtxt("single.txt", skiprows=3)
    flags = np.loadtxt("flags.txt", dtype=bool), np.loadtxt("comments.txt", comments=["%", "//", "#"])
    return table, x, y * n, whole, few, one, columns, single, flags
