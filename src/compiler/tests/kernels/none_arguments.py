"""Arguments that may be None: what is asked of them is decided call by call, as are their axes."""
# parallax: size=4
import numpy as np
from numba import njit


@njit
def none_default_g(a, out=None):
    if out is None:
        out = np.zeros(a.size)
    out[0] = a[0]
    return out


@njit
def none_default_(a, n):
    return none_default_g(a)


@njit
def none_given_g(a, out=None):
    if out is None:
        out = np.zeros(a.size)
    out[0] = a[0]
    return out


@njit
def none_given_(a, n):
    b = np.ones(3)
    none_given_g(a, b)
    return b


@njit
def none_passed_g(a, out):
    if out is None:
        out = np.zeros(a.size)
    out[0] = a[0]
    return out


@njit
def none_passed_(a, n):
    return none_passed_g(a, None)


@njit
def none_kw_g(a, out=None):
    if out is not None:
        b = out
    else:
        b = np.zeros(a.size)
    b[0] = a[0]
    return b


@njit
def none_kw_(a, n):
    c = np.ones(3)
    none_kw_g(a, out=c[:1])
    return c


@njit
def none_num_g(a, s=None):
    if s is None:
        s = 0.5
    return a[0] + s


@njit
def none_num_(a, n):
    return none_num_g(a) + none_num_g(a, 2) + none_num_g(a, 2.5)


@njit
def none_eq_g(a, s=None):
    if s == None:
        s = 0.5
    return a[0] + s


@njit
def none_eq_(a, n):
    return none_eq_g(a)


@njit
def none_or_g(a, s=None):
    s = 2.0 if s is None else s
    return a[0] + s


@njit
def none_or_(a, n):
    return none_or_g(a) + none_or_g(a, 3)


@njit
def none_choice_arr_g(a, s=None):
    s = a if s is None else s
    return a[0] + s[0]


@njit
def none_choice_arr_(a, n):
    return none_choice_arr_g(a) + none_choice_arr_g(a, a[::1])


@njit
def none_two_g(a, s=None, t=None):
    if s is None and t is None:
        return a[0]
    return a[0] + 1


@njit
def none_two_(a, n):
    return none_two_g(a)


@njit
def none_through_h(a, s=None):
    if s is None:
        s = 1
    return a[0] + s


@njit
def none_through_g(a, s=None):
    return none_through_h(a, s)


@njit
def none_through_(a, n):
    return none_through_g(a)


@njit
def none_through_kw_h(a, s=None):
    if s is None:
        s = 1
    return a[0] + s


@njit
def none_through_kw_g(a, s=None):
    return none_through_kw_h(a, s=s)


@njit
def none_through_kw_(a, n):
    return none_through_kw_g(a) + none_through_kw_g(a, 0.5)


@njit
def given_num_g(a, s=None):
    if s is None:
        s = 0.5
    return s


@njit
def given_num_(a, n):
    return given_num_g(a, 2)


@njit
def eq_none_given_g(a, s=None):
    if s == None:
        return 1
    return 2


@njit
def eq_none_given_(a, n):
    return eq_none_given_g(a, a[0]) + eq_none_given_g(a, 1) + eq_none_given_g(a)


@njit
def ne_none_g(a, s=None):
    if s != None:
        return s
    return 2.0


@njit
def ne_none_(a, n):
    return ne_none_g(a, 1) + ne_none_g(a)


@njit
def not_none_g(a, s=None):
    if not s is None:
        return s
    return 2.0


@njit
def not_none_(a, n):
    return not_none_g(a, 1) + not_none_g(a)


@njit
def not_s_g(a, s=None):
    if not s:
        return 2.0
    return a[0]


@njit
def not_s_(a, n):
    return not_s_g(a)


@njit
def none_loop_g(a, w=None):
    t = 0.0
    for i in range(a.size):
        if w is None:
            t += a[i]
        else:
            t += a[i] * w[i]
    return t


@njit
def none_loop_(a, n):
    return none_loop_g(a) + none_loop_g(a, a + 1)


@njit
def none_choice_g(a, w=None):
    t = 0.0
    for i in range(a.size):
        t += a[i] * (1.0 if w is None else w[i])
    return t


@njit
def none_choice_(a, n):
    return none_choice_g(a) + none_choice_g(a, a + 1)


@njit
def none_and_g(a, w=None):
    t = 0.0
    for i in range(a.size):
        if w is not None and w[i] > 0:
            t += w[i]
        t += a[i]
    return t


@njit
def none_and_(a, n):
    return none_and_g(a) + none_and_g(a, a + 1)


@njit
def none_ret_g(a, w=None):
    if w is None:
        return a
    return a * w


@njit
def none_ret_(a, n):
    return none_ret_g(a)[0] + none_ret_g(a, a + 1)[0] + none_ret_g(a, 2.0)[0]


@njit
def none_two_defaults_g(a, lo=None, hi=None):
    if lo is None:
        lo = 0
    if hi is None:
        hi = a.size
    t = 0.0
    for i in range(lo, hi):
        t += a[i]
    return t


@njit
def none_two_defaults_(a, n):
    return none_two_defaults_g(a) + none_two_defaults_g(a, 0) + none_two_defaults_g(a, 0, 1) + none_two_defaults_g(a, hi=1)


@njit
def none_alias_g(a, w=None):
    v = w
    if v is None:
        v = a
    return v[0]


@njit
def none_alias_(a, n):
    return none_alias_g(a) + none_alias_g(a, a + 1)


@njit
def ndim_2_g(a):
    if a.ndim == 1:
        return a[0]
    return a[0, 0]


@njit
def ndim_2_(a, n):
    return ndim_2_g(a) + ndim_2_g(np.ones((2, 2)))


@njit
def ndim_else_g(a):
    if a.ndim == 1:
        n = a.size
        m = 1
    else:
        n, m = a.shape
    return n * 10 + m


@njit
def ndim_else_(a, n):
    return ndim_else_g(a) + ndim_else_g(np.ones((2, 2)))


@njit
def f(a, n):
    return (
        none_default_(a, n),
        none_given_(a, n),
        none_passed_(a, n),
        none_kw_(a, n),
        none_num_(a, n),
        none_eq_(a, n),
        none_or_(a, n),
        none_choice_arr_(a, n),
        none_two_(a, n),
        none_through_(a, n),
        none_through_kw_(a, n),
        given_num_(a, n),
        eq_none_given_(a, n),
        ne_none_(a, n),
        not_none_(a, n),
        not_s_(a, n),
        none_loop_(a, n),
        none_choice_(a, n),
        none_and_(a, n),
        none_ret_(a, n),
        none_two_defaults_(a, n),
        none_alias_(a, n),
        ndim_2_(a, n),
        ndim_else_(a, n),
    )


def setup(n):
    return np.arange(1.0), n
