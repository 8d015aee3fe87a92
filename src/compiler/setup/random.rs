//! `np.random.default_rng(seed)` and its methods.

use super::args::{Args, dtype, missing, shape};
use super::array::Array;
use super::object::{Budget, Fault, Num, Object, Res, type_error, value_error};
use super::ops::array;
use crate::random::{Generator, SeedSequence};
use crate::types::Scalar;
use std::cell::RefCell;
use std::rc::Rc;

/// `np.random.default_rng(seed)`.
pub fn generator(name: &str, args: &mut Args) -> Res<Object> {
    args.bind(&["seed"])?;
    if name == "PCG64" {
        return match args.some(0) {
            Some(seed) => seeded(seed),
            None => Err(unseeded()),
        };
    }
    match args.some(0) {
        Some(Object::Generator(generator)) => Ok(Object::Generator(generator.clone())),
        Some(seed) => seeded(seed),
        None => Err(unseeded()),
    }
}

fn unseeded() -> Fault {
    Fault::unsupported("a generator without a seed draws other numbers every time")
        .help("np.random.default_rng(1)")
}

fn seeded(seed: &Object) -> Res<Object> {
    let seed = match seed.number() {
        Some((_, Num::Int(seed))) => seed,
        _ => {
            return Err(Fault::unsupported(format!(
                "a seed of type '{}' is not supported",
                seed.type_name()
            ))
            .help("give an integer"));
        }
    };
    let Ok(mut rest) = u128::try_from(seed) else {
        return Err(value_error("expected non-negative integer"));
    };
    let mut words = vec![rest as u32];
    rest >>= 32;
    while rest > 0 {
        words.push(rest as u32);
        rest >>= 32;
    }
    let generator = Generator::new(&SeedSequence::new(&words));
    Ok(Object::Generator(Rc::new(RefCell::new(generator))))
}

fn float(given: Option<&Object>, otherwise: f64) -> Res<f64> {
    match given {
        None => Ok(otherwise),
        Some(object) => match object.number() {
            Some((_, number)) => Ok(number.float()),
            None => Err(
                Fault::unsupported("parameters of random numbers are single numbers here")
                    .help("draw standard ones, then scale them"),
            ),
        },
    }
}

/// Draws one, as Python's own number, or an array of them.
fn drawn(budget: &Budget, size: Option<&Object>, of: Scalar, next: &mut dyn FnMut() -> f64) -> Res<Object> {
    match size {
        None => Ok(Object::Float(next())),
        Some(size) => budget
            .filled(of, &shape(size)?, &mut |_| Ok(Num::Float(next())))
            .map(Object::Array),
    }
}

/// A method of a generator.
pub fn call(budget: &Budget, generator: &Rc<RefCell<Generator>>, name: &str, args: &mut Args) -> Res<Object> {
    let mut random = generator.borrow_mut();
    match name {
        "random" | "standard_normal" => {
            args.bind(&["size", "dtype"])?;
            let of = args.dtype(1)?.unwrap_or(Scalar::F64);
            match (of, name) {
                (Scalar::F64, "random") => drawn(budget, args.some(0), of, &mut || random.random()),
                (Scalar::F32, "random") => {
                    drawn(budget, args.some(0), of, &mut || random.random_f32().into())
                }
                (Scalar::F64, _) => drawn(budget, args.some(0), of, &mut || random.normal()),
                (Scalar::F32, _) => drawn(budget, args.some(0), of, &mut || random.normal_f32().into()),
                _ => Err(type_error(format!("Unsupported dtype dtype('{of}') for {name}"))),
            }
        }
        "uniform" => {
            args.bind(&["low", "high", "size"])?;
            let (low, high) = (float(args.some(0), 0.0)?, float(args.some(1), 1.0)?);
            if !(high - low).is_finite() {
                return Err(Fault::raised(
                    "OverflowError",
                    "high - low range exceeds valid bounds",
                ));
            }
            if high < low {
                return Err(value_error("low > high"));
            }
            drawn(budget, args.some(2), Scalar::F64, &mut || {
                random.uniform(low, high)
            })
        }
        "normal" => {
            args.bind(&["loc", "scale", "size"])?;
            let (loc, scale) = (float(args.some(0), 0.0)?, float(args.some(1), 1.0)?);
            if scale < 0.0 {
                return Err(value_error("scale < 0"));
            }
            drawn(budget, args.some(2), Scalar::F64, &mut || {
                loc + scale * random.normal()
            })
        }
        "integers" => {
            args.bind(&["low", "high", "size", "dtype", "endpoint"])?;
            let bounds = (args.get(0), args.some(1));
            integers(
                budget,
                &mut random,
                bounds,
                args.some(2),
                args.get(3),
                args.flag(4, false)?,
            )
        }
        "permutation" | "shuffle" => {
            args.bind(&["x", "axis"])?;
            let what = args.need(0, "an argument")?;
            match (what, name) {
                (Object::Int(n), "permutation") => {
                    let n = usize::try_from(*n)
                        .map_err(|_| value_error("x must be an integer or at least 1-dimensional"))?;
                    let mut order = order_of(budget, n)?;
                    shuffle(&mut random, &mut order);
                    let out = budget.filled(Scalar::I64, &[n], &mut |k| Ok(Num::Int(order[k] as i128)))?;
                    Ok(Object::Array(out))
                }
                (Object::Array(_), _) | (Object::List(_) | Object::Tuple(_), "permutation") => {
                    let from = array(budget, what, None)?;
                    if args.axis(1, from.shape.len())?.is_some_and(|at| at != 0) || from.shape.is_empty() {
                        return Err(Fault::unsupported(format!(
                            "{name}() along another axis is not supported"
                        )));
                    }
                    let mut order = order_of(budget, from.shape[0])?;
                    shuffle(&mut random, &mut order);
                    let copy = from.cast(budget, from.of)?;
                    let out: Array = if name == "shuffle" {
                        from
                    } else {
                        budget.array(from.of, &from.shape)?
                    };
                    for (to, at) in order.iter().enumerate() {
                        out.at(0, to).assign(&copy.at(0, *at))?;
                    }
                    Ok(if name == "shuffle" {
                        Object::None
                    } else {
                        Object::Array(out)
                    })
                }
                _ => Err(Fault::unsupported(format!(
                    "{name}() of '{}' is not supported",
                    what.type_name()
                ))),
            }
        }
        "choice" => {
            args.bind(&["a", "size", "replace"])?;
            if !args.flag(2, true)? {
                return Err(
                    Fault::unsupported("choice() without replacement is not supported")
                        .help("rng.permutation(a)[:k]"),
                );
            }
            let what = args.need(0, "an argument")?;
            let from = match what {
                Object::Int(_) => None,
                _ => Some(array(budget, what, None)?),
            };
            let count = match &from {
                None => what.index()?,
                Some(from) if from.shape.len() == 1 => from.len() as i128,
                Some(_) => return Err(Fault::unsupported("choice() is for arrays of one axis here")),
            };
            if count < 1 {
                return Err(value_error("a cannot be empty unless no samples are taken"));
            }
            let (zero, count) = (Object::Int(0), Object::Int(count));
            let bounds = (Some(&zero), Some(&count));
            let places = integers(budget, &mut random, bounds, args.some(1), None, false)?;
            match from {
                None => Ok(places),
                Some(from) => super::index::get(budget, &from, &[super::index::part(budget, &places)?]),
            }
        }
        _ => Err(
            Fault::unsupported(format!("the generator's {name}() is not supported in setup")).help(
                "random, uniform, integers, normal, standard_normal, permutation, shuffle and choice are",
            ),
        ),
    }
}

fn order_of(budget: &Budget, n: usize) -> Res<Vec<usize>> {
    let bytes = n.saturating_mul(size_of::<usize>());
    budget.meter.hold(bytes)?;
    budget.meter.release(bytes);
    budget.spend(n)?;
    Ok((0..n).collect())
}

/// Fisher and Yates, from the end, as NumPy goes: each place of as many bits as it may have, drawn anew until it fits
/// (`random_interval`), unlike bounded integers.
fn shuffle(random: &mut Generator, order: &mut [usize]) {
    for last in (1..order.len()).rev() {
        let mask = u64::MAX >> (last as u64).leading_zeros();
        let at = loop {
            let bits = match u32::try_from(last) {
                Ok(_) => random.next_u32().into(),
                Err(_) => random.next_u64(),
            };
            let at = (bits & mask) as usize;
            if at <= last {
                break at;
            }
        };
        order.swap(last, at);
    }
}

fn integers(
    budget: &Budget,
    random: &mut Generator,
    (low, high): (Option<&Object>, Option<&Object>),
    size: Option<&Object>,
    of: Option<&Object>,
    has_end: bool,
) -> Res<Object> {
    let is_python = matches!(of, Some(Object::Type(_, true)));
    let of = dtype(of)?.unwrap_or(Scalar::I64);
    if of.is_float() {
        return Err(type_error(format!(
            "Unsupported dtype dtype('{of}') for integers"
        )));
    }
    let low = low.ok_or_else(|| missing("integers", "low"))?;
    let zero = Object::Int(0);
    let (low, high) = match high {
        Some(high) => (low, high),
        None => (&zero, low),
    };
    let bound = |object: &Object| -> Res<i128> {
        match object.number() {
            Some((_, Num::Int(value))) => Ok(value),
            Some((_, Num::Float(value))) if value.fract() == 0.0 && value.abs() < 1e15 => Ok(value as i128),
            _ => Err(Fault::unsupported(
                "bounds of random integers are single integers here",
            )),
        }
    };
    let (low, high) = (bound(low)?, bound(high)?);
    let last = high.saturating_sub(i128::from(!has_end));
    let fits = |value: i128| super::array::wrapped(value, of) == value;
    if !fits(low) {
        return Err(value_error(format!("low is out of bounds for {of}")));
    }
    if last < low {
        return Err(value_error(if has_end { "low > high" } else { "low >= high" }));
    }
    if !fits(last) {
        return Err(value_error(format!("high is out of bounds for {of}")));
    }
    let Ok(range) = u64::try_from(last - low) else {
        return Err(value_error("the range of random integers is too wide"));
    };
    let shape = match size {
        None => {
            let mut one = [0];
            random.integers(of, low, range, &mut one);
            return Ok(match is_python {
                true => super::shape::item(of, Num::Int(one[0])),
                false => Object::scalar(of, Num::Int(one[0])),
            });
        }
        Some(size) => shape(size)?,
    };
    let out = budget.array(of, &shape)?;
    let bytes = out.len().saturating_mul(size_of::<i128>());
    budget.meter.hold(bytes)?;
    let mut drawn = vec![0; out.len()];
    random.integers(of, low, range, &mut drawn);
    budget.meter.release(bytes);
    {
        let mut into = out.data.bytes.borrow_mut();
        for (at, value) in drawn.into_iter().enumerate() {
            super::array::store(&mut into, of, at, Num::Int(value));
        }
    }
    Ok(Object::Array(out))
}
