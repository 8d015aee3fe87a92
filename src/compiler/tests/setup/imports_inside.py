def setup(n):
    import numpy as np
    from math import floor as down
    import math as m
    x: int = n
    return np.arange(x), down(2.5), m.pi
