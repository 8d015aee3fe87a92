"""Arrays as NumPy prints them: type, shape, bits of the elements (again and again), and the text with | for its lines."""
import numpy as np

inf, nan = np.inf, np.nan
CASES = [
    ("bool", (3,), [True, False, True]), ("bool", (2, 2), [True, True, True, True]),
    ("int64", (3,), [1, -20, 300]), ("int64", (0,), []), ("int64", (2, 3), [1, 2, 3, 4, 5, -6]), ("uint8", (2, 2, 2), list(range(8))),
    ("int8", (40,), list(range(-20, 20))), ("int64", (1001,), [1, 2, 3]), ("int64", (20, 60), list(range(7))), ("int32", (3, 0), []),
    ("int64", (1000,), [5]), ("int64", (8, 8, 20), [1, 22, -3]),
]
for name in ("float64", "float32"):
    for values in (
        [1.5, -2.0], [1.0, 2.0, 3.0], [0.1, 0.25, 100.125], [1e-5, 1.0], [1e10, 1.0], [1e8], [1e6, 1.0], [999999.0], [inf, 1.0], [-inf, nan, 2.5],
        [nan], [0.0, -0.0], [1 / 3, 2 / 3, 1e-3], [123456.789, 3.0], [1e30, -1e-30, 2.5e7],
    ):
        CASES.append((name, (len(values),), values))
with open("arrays.txt", "w") as out:
    for name, shape, values in CASES:
        few = np.array(values, dtype=name)
        whole = np.resize(few, shape)
        bits = few.view(f"u{few.itemsize}") if few.size else few
        print(name, "x".join(map(str, shape)), " ".join(f"{int(one):x}" for one in bits), str(whole).replace("\n", "|"), sep="\t", file=out)
print(len(CASES))
