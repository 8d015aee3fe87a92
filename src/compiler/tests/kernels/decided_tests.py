"""What comes out the same in every call is decided before types are: what is never done has no part in them."""
# parallax: size=4
import numpy as np
from numba import njit

USE = False
MODE = 2
OUT = None
T = (1, 2)


@njit
def global_pred_(a, n):
    if USE:
        x = a[0, 0]
    else:
        x = a[0]
    return x


@njit
def global_eq_(a, n):
    if MODE == 2:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def global_not_(a, n):
    if not USE:
        x = a[0]
    else:
        x = a[0, 0]
    return x


@njit
def global_and_(a, n):
    if USE and MODE == 2:
        x = a[0, 0]
    else:
        x = a[0]
    return x


@njit
def local_eq_(a, n):
    k = 3
    if k > 2:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def local_pred_(a, n):
    k = True
    if k:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def choice_(a, n):
    k = 3
    y = 1 if k > 2 else 0.5
    return y & 1


@njit
def choice_global_(a, n):
    y = 1 if MODE else 0.5
    return y & 1


@njit
def none_is_(a, n):
    if OUT is None:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def none_is_not_(a, n):
    x = a[0]
    if OUT is not None:
        x = OUT[3]
    return x


@njit
def chain_(a, n):
    if 1 < MODE < 3:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def while_(a, n):
    y = 1
    while USE:
        y = 0.5
    return y & 1


@njit
def flt_(a, n):
    if 0.5 < MODE:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def intpred_(a, n):
    if MODE:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def lit_(a, n):
    if 1:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def ndim_(a, n):
    if a.ndim == 1:
        x = a[0]
    else:
        x = a[0, 0]
    return x


@njit
def and_or_(a, n):
    y = (MODE and 1) or 0.5
    return y


@njit
def assert_(a, n):
    assert MODE == 2
    return a[0]


@njit
def w_true_(a, n):
    i = 0
    while True:
        x = a[i]
        i += 1
        if i > 0:
            break
    return x


@njit
def w_mode_(a, n):
    i = 0
    while MODE == 2:
        x = a[i]
        i += 1
        if i > 0:
            break
    return x


@njit
def w_one_(a, n):
    i = 0
    while 1:
        i += 1
        if i > 3:
            return i & 3
    return 0.5


@njit
def while_k_(a, n):
    k = 0
    while k < 3:
        k += 1
    return k & 1


@njit
def while_else_(a, n):
    y = 0
    while USE:
        y = 0.5
    else:
        y = 3
    return y & 1


@njit
def loop_k_(a, n):
    k = 0
    y = 1
    for i in range(3):
        if k > 0:
            y = 0.5
        k = 1
    return y + k


@njit
def loop_dead_(a, n):
    y = 1
    for i in range(3):
        if USE:
            y = 0.5
        y += 1
    return y & 7


@njit
def after_(a, n):
    k = 3
    if k > 2:
        y = 1
    else:
        y = 0.5
    k = 1
    return y & k


@njit
def copied_(a, n):
    k = MODE
    m = k
    if m == 2:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def flag_cmp_(a, n):
    flag = MODE == 2
    if flag:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def flag_not_(a, n):
    flag = not USE
    if flag:
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def unknown_and_(a, n):
    if n > 2 and USE:
        y = a[0, 0]
    else:
        y = 1
    return y & 1


@njit
def unknown_or_(a, n):
    if n > 2 or MODE:
        y = 1
    else:
        y = a[0, 0]
    return y & 1


@njit
def effect_(a, n):
    if a[0] > -1 and USE:
        y = a[0, 0]
    else:
        y = 1
    return y & 1


@njit
def nested_(a, n):
    if MODE == 1:
        y = 0.5
    elif MODE == 2:
        y = 1
    elif MODE == 3:
        y = a
    else:
        y = a[0, 0]
    return y & 1


@njit
def not_and_(a, n):
    if not (USE or MODE == 1):
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def ndim_let_(a, n):
    d = a.ndim
    if d == 1:
        x = a[0]
    else:
        x = a[0, 0]
    return x


@njit
def value_and_(a, n):
    x = USE and 0.5
    return x


@njit
def value_or_(a, n):
    x = USE or 0.5
    return x


@njit
def value_n_(a, n):
    x = n and 0.5
    return x


@njit
def value_mode_(a, n):
    x = MODE and n
    return x & 1


@njit
def dead_unbound_(a, n):
    if USE:
        q = 1
    x = 0
    if USE:
        x = q
    return x


@njit
def dead_ret_(a, n):
    if not USE:
        return 3
    return a[0, 0]


@njit
def dead_break_(a, n):
    t = 0
    for i in range(5):
        if USE:
            break
        t += i
    else:
        t += 100
    return t


@njit
def np_pi_(a, n):
    if np.pi > 3:
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def folded_(a, n):
    if 2 * 3 == 6:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def neg_(a, n):
    if MODE > -1:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def bool_eq_(a, n):
    if USE == False:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def is_false_(a, n):
    if USE is False:
        y = 1
    else:
        y = 0.5
    return y & 1


@njit
def in_tuple_(a, n):
    if MODE in (1, 2):
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def text_(a, n):
    if "a" < "b":
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def aug_(a, n):
    k = 1
    k += 1
    if k == 2:
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def tup_(a, n):
    k, m = 1, 2
    if k == 1:
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def multi_(a, n):
    k = m = 1
    if k == m:
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def fn_(a, n):
    if abs(-1) == 1:
        y = 1
    else:
        y = 0.5
    return y + 1


@njit
def nan_(a, n):
    if MODE != MODE:
        y = a[0, 0]
    else:
        y = 1
    return y & 1


@njit
def andval_(a, n):
    y = 1 if (MODE == 2 and n > 0) else 0.5
    return y + 1


@njit
def notval_(a, n):
    f = not MODE
    return f


@njit
def chain_of_unknown_(a, n):
    k = 0
    y = 1
    if a[0] < n < 1 <= k:
        y = 0.5
    return y & 1


@njit
def f(a, n):
    return (
        chain_of_unknown_(a, n),
        global_pred_(a, n),
        global_eq_(a, n),
        global_not_(a, n),
        global_and_(a, n),
        local_eq_(a, n),
        local_pred_(a, n),
        choice_(a, n),
        choice_global_(a, n),
        none_is_(a, n),
        none_is_not_(a, n),
        chain_(a, n),
        while_(a, n),
        flt_(a, n),
        intpred_(a, n),
        lit_(a, n),
        ndim_(a, n),
        and_or_(a, n),
        assert_(a, n),
        w_true_(a, n),
        w_mode_(a, n),
        w_one_(a, n),
        while_k_(a, n),
        while_else_(a, n),
        loop_k_(a, n),
        loop_dead_(a, n),
        after_(a, n),
        copied_(a, n),
        flag_cmp_(a, n),
        flag_not_(a, n),
        unknown_and_(a, n),
        unknown_or_(a, n),
        effect_(a, n),
        nested_(a, n),
        not_and_(a, n),
        ndim_let_(a, n),
        value_and_(a, n),
        value_or_(a, n),
        value_n_(a, n),
        value_mode_(a, n),
        dead_unbound_(a, n),
        dead_ret_(a, n),
        dead_break_(a, n),
        np_pi_(a, n),
        folded_(a, n),
        neg_(a, n),
        bool_eq_(a, n),
        is_false_(a, n),
        in_tuple_(a, n),
        text_(a, n),
        aug_(a, n),
        tup_(a, n),
        multi_(a, n),
        fn_(a, n),
        nan_(a, n),
        andval_(a, n),
        notval_(a, n),
    )


def setup(n):
    return np.arange(1.0), n
