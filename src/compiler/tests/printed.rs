//! What a kernel prints, against what Numba prints for the same text.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::{Request, interpret, prepare};

const KERNEL: &str = r#"import numpy as np
from numba import njit


@njit
def f(x, n):
    print("elements", x.size, "of", n)
    print("a", 1, 2.5, x[1], True, None)
    print()
    print(x, (1, 2.0), (n,), n > 3)
    print("", "b")
    for i in range(2):
        print(i, x[i] / 3)
    return x.sum()


def setup(n):
    return np.arange(n).astype(np.float32), n
"#;

/// Of Numba 0.68 with NumPy 2.4.
const NUMBA: &str = "elements 5 of 5
a 1 2.5 1.0 True None

[0. 1. 2. 3. 4.] (1, 2.0) (5,) True
 b
0 0.0
1 0.3333333333333333
";

#[test]
fn print_writes_what_numba_writes() {
    let request = Request {
        size: 5,
        ..Request::default()
    };
    let prepared = prepare(KERNEL, &request, &|| false).unwrap_or_else(|f| panic!("{}", f.render(KERNEL)));
    let mut machine = prepared
        .machine(interpret::Options::default())
        .expect("arguments");
    assert_eq!(machine.run(u64::MAX).expect("no error"), interpret::State::Done);
    assert_eq!(machine.printed(), NUMBA);
}
