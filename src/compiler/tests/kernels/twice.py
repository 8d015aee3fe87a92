# parallax: size=43
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def twice(x, y):
    single = np.empty_like(x)
    double = np.empty_like(y)
    for i in prange(x.size):
        single[i] = f32(2) * x[i] + (x[i] - f32(1)) * f32(2)
        double[i] = 2.0 * y[i] + (y[i] + 1.0) * 2.0
    # One after the other, and lanes that part.
    last = 2.0
    for k in range(20):
        last = 2.0 * last - 1.5
    for i in prange(x.size):
        z = x[i]
        steps = 0
        while steps < 40 and z < f32(1e30):
            z = z * f32(2) * z - f32(0.25)
            steps += 1
        single[i] += z + f32(steps)
    return single, double, last, 2.0 * 2.0


def setup(n):
    x = np.linspace(-3, 3, n).astype(np.float32)
    y = np.linspace(-3, 3, n)
    x[:4] = [-0.0, 3e38, -3e38, 1e-45]
    y[:4] = [-0.0, 1.7e308, -1.7e308, 5e-324]
    return x, y
