//! Sweeps that go along together, against the same sweeps one after the other: stencils of random reach, rows, rounds and ways
//! in which arrays change places.
#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
#[path = "generate/random.rs"]
mod random;

use parallax_compiler::interpret::{Options, Order, State};
use parallax_compiler::told::What;
use parallax_compiler::{Prepared, Request, Value, prepare};
use random::Random;
use std::fmt::Write as _;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A kernel whose rounds are sweeps.
fn text(random: &mut Random) -> String {
    let arrays = 2 + random.below(3);
    // Far enough for bands to be as high as their sweeps ask for, now and then.
    let (reach, times) = [(1, 1), (1, 1), (2, 1), (5, 4)][random.below(4)];
    let (rows, columns) = (times * (60 + random.below(150)), 32 + random.below(6));
    let mut round = String::new();
    for _ in 0..1 + random.below(2) {
        let to = random.below(arrays);
        let (first, last) = (reach + random.below(3), reach + random.below(3));
        let _ = writeln!(
            round,
            "        for y in prange({first}, {}):\n            for x in range({columns}):",
            rows - last
        );
        let mut terms = vec![format!("f32(.01) * f32(t)")];
        for _ in 0..1 + random.below(3) {
            // Another row of what it stores would be a race.
            let of = random.below(arrays);
            let by = match of == to {
                true => 0,
                false => random.below(2 * reach + 1) as i64 - reach as i64,
            };
            terms.push(format!("f32(.3) * {}[y + {by}, x]", NAMES[of]));
        }
        if random.one_in(3) {
            terms.push(format!("k[{} - y, x]", rows - 1));
        }
        let _ = writeln!(
            round,
            "                {}[y, x] = {}",
            NAMES[to],
            terms.join(" + ")
        );
        if random.one_in(2) {
            let mut order: Vec<&str> = NAMES[..arrays].to_vec();
            order.rotate_left(random.below(arrays));
            if random.one_in(2) {
                order.swap(0, 1);
            }
            let _ = writeln!(
                round,
                "        {} = {}",
                NAMES[..arrays].join(", "),
                order.join(", ")
            );
        }
    }
    let mut made = String::new();
    for (n, name) in NAMES[..arrays].iter().enumerate() {
        let _ = writeln!(made, "    {name} = k * f32({}.5)", n + 1);
    }
    format!(
        "import numpy as np\nfrom numba import njit, prange\nf32 = np.float32\n\n@njit(parallel=True)\ndef sweeps(k):\n{made}    \
         for t in range({}, {}):\n{round}    return {}\n\n\
         def setup(n):\n    return np.random.default_rng(n).random(({rows}, {columns}), dtype=np.float32),\n",
        random.below(3),
        5 + random.below(30),
        NAMES[..arrays].join(", "),
    )
}

fn given(prepared: &Prepared, shadow: bool, order: Order) -> Result<Vec<Value>, String> {
    let options = Options {
        shadow,
        order,
        ..Options::default()
    };
    let mut machine = prepared.machine(options).map_err(|why| format!("{why:?}"))?;
    match machine.run(u64::MAX) {
        Ok(State::Done) => machine
            .results()
            .map_err(|failed| failed.diagnostic().message.clone()),
        Ok(State::Paused) => Err("it paused".into()),
        Err(failed) => Err(failed.diagnostic().message.clone()),
    }
}

#[test]
fn sweeps_that_go_along_together_give_what_they_gave_one_after_the_other() {
    let mut together = 0;
    for seed in 0..30 {
        let text = text(&mut Random::new(seed));
        let request = Request {
            size: 3,
            ..Request::default()
        };
        let prepared =
            prepare(&text, &request, &|| false).unwrap_or_else(|failed| panic!("{}", failed.render(&text)));
        let told = prepared.program.told.all();
        together += usize::from(told.iter().any(|(_, what)| matches!(what, What::Skewed(_))));
        // What watches for races runs the program as it was written.
        let expected = given(&prepared, true, Order::Natural).unwrap_or_else(|said| panic!("{said}\n{text}"));
        for order in [Order::Natural, Order::Reversed, Order::Shuffled(seed)] {
            let got = given(&prepared, false, order).unwrap_or_else(|said| panic!("{said}\n{text}"));
            assert!(got == expected, "seed {seed}, {order:?}\n{text}");
        }
    }
    assert!(together > 15, "only {together} of them are what this is about");
}
