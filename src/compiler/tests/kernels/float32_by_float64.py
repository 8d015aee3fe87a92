# parallax: size=400
import numpy as np
from numba import njit, prange

# No float32 is any of these.
TENTH = 0.1
HUGE = 1e300


@njit(parallel=True, error_model="numpy")
def f(x, y):
    n = x.size
    found = np.zeros((n, 16), np.bool_)
    made = np.empty((n, 10), np.float32)
    for i in prange(n):
        a = x[i]
        b = y[i]
        found[i, 0] = a < TENTH
        found[i, 1] = a <= TENTH
        found[i, 2] = a > TENTH
        found[i, 3] = a >= TENTH
        found[i, 4] = a == TENTH
        found[i, 5] = a != TENTH
        found[i, 6] = TENTH < a
        found[i, 7] = TENTH <= a
        found[i, 8] = a <= HUGE
        found[i, 9] = -HUGE < a
        found[i, 10] = a < 1e-30
        found[i, 11] = a <= -1e-30
        found[i, 12] = a == 0.5
        found[i, 13] = a > 0
        found[i, 14] = a <= 16777217
        found[i, 15] = -TENTH <= a < 0.25
        # One operation, rounded once or twice.
        made[i, 0] = 0.5 * a
        made[i, 1] = a + 1.0
        made[i, 2] = 3 - a
        made[i, 3] = a / 3.0
        made[i, 4] = np.float64(a) * np.float64(b)
        made[i, 5] = np.float64(a) / np.float64(b)
        made[i, 6] = np.float64(a) - np.float64(b)
        made[i, 7] = np.sqrt(np.float64(abs(a)))
        # Two operations are of float64 in between, and so is one with what no float32 is.
        made[i, 8] = a * TENTH + b * TENTH
        made[i, 9] = a * TENTH
    return found, made


def setup(n):
    rng = np.random.default_rng(7)
    x = rng.standard_normal(n).astype(np.float32)
    y = rng.standard_normal(n).astype(np.float32)
    tenth = np.float32(0.1)
    edges = [0.0, -0.0, 0.5, 0.25, np.inf, -np.inf, np.nan, 3.4028235e38, -3.4028235e38, 16777216.0, 16777218.0]
    for i in range(len(edges)):
        x[i] = np.float32(edges[i])
        y[len(edges) - 1 - i] = np.float32(edges[i])
    for i in range(20, 30):
        x[i] = tenth
        x[i + 10] = np.float32(-0.1)
        y[i] = tenth
    x[25] = np.float32(0.09999999)
    x[26] = np.float32(0.10000001)
    x[35] = np.float32(-0.09999999)
    return x, y
