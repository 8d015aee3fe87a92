//! What names stand for while `setup` runs: Python's objects, as far as they are needed.

use super::array::Array;
use crate::diagnostic::{Diagnostic, Kind};
use crate::random::Generator;
use crate::source::Span;
use crate::types::Scalar;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A fault whose place may not be known yet. One word, as every step of the way back hands it on.
#[derive(Debug)]
pub struct Fault(Box<Told>);

#[derive(Debug)]
struct Told {
    told: Diagnostic,
    is_placed: bool,
}

/// What may go wrong.
pub type Res<T> = Result<T, Fault>;

impl Fault {
    /// What Python raises.
    pub fn raised(exception: &'static str, message: impl Into<String>) -> Fault {
        Fault::new(Kind::Raised(exception), message)
    }

    /// What is not supported.
    pub fn unsupported(message: impl Into<String>) -> Fault {
        Fault::new(Kind::Unsupported, message)
    }

    /// Too much of something.
    pub fn limit(message: impl Into<String>) -> Fault {
        Fault::new(Kind::Limit, message)
    }

    /// Any, without a place.
    pub fn new(kind: Kind, message: impl Into<String>) -> Fault {
        Fault::made(kind, message.into())
    }

    #[cold]
    #[inline(never)]
    fn made(kind: Kind, message: String) -> Fault {
        Fault(Box::new(Told {
            told: Diagnostic::new(kind, Span::default(), message),
            is_placed: false,
        }))
    }

    /// With a way out.
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.0.told.help = Some(help.into());
        self
    }

    /// With a place, if it has none: the innermost is told.
    pub fn at(mut self, span: Span) -> Fault {
        if !self.0.is_placed {
            self.0.told.span = span;
            self.0.is_placed = true;
        }
        self
    }

    /// What is told of it.
    pub fn told(&mut self) -> &mut Diagnostic {
        &mut self.0.told
    }

    /// The same, in the end.
    pub fn into_told(self) -> Diagnostic {
        self.0.told
    }
}

/// `TypeError`.
pub fn type_error(message: impl Into<String>) -> Fault {
    Fault::raised("TypeError", message)
}

/// A call with more arguments than there are parameters, or other than as many, in CPython's words.
pub fn miscounted(name: &str, takes: usize, given: usize) -> Fault {
    let many = if takes == 1 { "argument" } else { "arguments" };
    let were = if given == 1 { "was" } else { "were" };
    type_error(format!(
        "{name}() takes {takes} positional {many} but {given} {were} given"
    ))
}

/// `ValueError`.
pub fn value_error(message: impl Into<String>) -> Fault {
    Fault::raised("ValueError", message)
}

/// What is held and what was done, so that it stays bounded.
pub struct Budget<'a> {
    pub meter: Rc<Meter>,
    steps: Cell<u64>,
    polled: Cell<u64>,
    most_steps: u64,
    stop: &'a dyn Fn() -> bool,
}

/// Bytes that are held by arrays, lists and tuples.
#[derive(Debug)]
pub struct Meter {
    held: Cell<usize>,
    most: usize,
}

impl Meter {
    /// Takes bytes.
    pub fn hold(&self, bytes: usize) -> Res<()> {
        let held = self.held.get().saturating_add(bytes);
        if held > self.most {
            let mib = self.most >> 20;
            return Err(
                Fault::limit(format!("setup needs more than {mib} MiB of memory")).help("take a smaller n")
            );
        }
        self.held.set(held);
        Ok(())
    }

    /// Gives bytes back.
    pub fn release(&self, bytes: usize) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }
}

impl<'a> Budget<'a> {
    /// With nothing used.
    pub fn new(most_bytes: usize, most_steps: u64, stop: &'a dyn Fn() -> bool) -> Budget<'a> {
        Budget {
            meter: Rc::new(Meter {
                held: Cell::new(0),
                most: most_bytes,
            }),
            steps: Cell::new(0),
            polled: Cell::new(0),
            most_steps,
            stop,
        }
    }

    /// Counts work: one for a node of the tree, one for an element of an array.
    pub fn spend(&self, steps: usize) -> Res<()> {
        let now = self.steps.get().saturating_add(steps as u64);
        self.steps.set(now);
        if now > self.most_steps {
            let millions = self.most_steps / 1_000_000;
            return Err(
                Fault::limit(format!("setup takes more than {millions} million steps"))
                    .help("take a smaller n, or let NumPy make whole arrays at once"),
            );
        }
        if now - self.polled.get() > 1 << 16 {
            self.polled.set(now);
            if (self.stop)() {
                return Err(Fault::limit("setup was stopped"));
            }
        }
        Ok(())
    }

    /// A list or a tuple.
    pub fn seq(&self, items: Vec<Object>) -> Res<Rc<Seq>> {
        for item in &items {
            storable(item)?;
        }
        self.spend(items.len())?;
        let bytes = items.len() * size_of::<Object>() + 64;
        self.meter.hold(bytes)?;
        Ok(Rc::new(Seq {
            items: RefCell::new(items),
            held: Cell::new(bytes),
            meter: self.meter.clone(),
        }))
    }

    /// A tuple as an object.
    pub fn tuple(&self, items: Vec<Object>) -> Res<Object> {
        Ok(Object::Tuple(self.seq(items)?))
    }

    /// A list as an object.
    pub fn list(&self, items: Vec<Object>) -> Res<Object> {
        Ok(Object::List(self.seq(items)?))
    }
}

/// Iterators stay out of lists, so that nothing can hold itself through one.
pub fn storable(item: &Object) -> Res<()> {
    match item {
        Object::Iter(_) => Err(
            Fault::unsupported("an iterator in a list or a tuple is not supported")
                .help("make a list of it: list(...)"),
        ),
        _ => Ok(()),
    }
}

/// A list's or a tuple's objects.
pub struct Seq {
    pub items: RefCell<Vec<Object>>,
    held: Cell<usize>,
    meter: Rc<Meter>,
}

impl Seq {
    /// How many.
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// One of them.
    pub fn get(&self, at: usize) -> Option<Object> {
        self.items.borrow().get(at).cloned()
    }

    /// All of them.
    pub fn to_vec(&self) -> Vec<Object> {
        self.items.borrow().clone()
    }

    /// One more.
    pub fn push(&self, item: Object) -> Res<()> {
        storable(&item)?;
        let bytes = size_of::<Object>();
        self.meter.hold(bytes)?;
        self.held.set(self.held.get() + bytes);
        self.items.borrow_mut().push(item);
        Ok(())
    }
}

impl Drop for Seq {
    /// Without recursion: lists may be nested as deep as a loop makes them.
    fn drop(&mut self) {
        self.meter.release(self.held.get());
        let mut pending = std::mem::take(self.items.get_mut());
        while let Some(item) = pending.pop() {
            if let Object::Tuple(inner) | Object::List(inner) = item
                && let Some(mut inner) = Rc::into_inner(inner)
            {
                pending.append(inner.items.get_mut());
            }
        }
    }
}

/// A number, as it is worked with: its type is known beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Num {
    /// A whole number or a truth value.
    Int(i128),
    /// A float, rounded to its type.
    Float(f64),
}

impl Num {
    /// As a float of 64 bits.
    pub fn float(self) -> f64 {
        match self {
            Num::Int(value) => value as f64,
            Num::Float(value) => value,
        }
    }

    /// As a whole number; a float's whole part.
    pub fn int(self) -> i128 {
        match self {
            Num::Int(value) => value,
            Num::Float(value) => value as i128,
        }
    }

    /// Whether it is other than zero.
    pub fn truth(self) -> bool {
        match self {
            Num::Int(value) => value != 0,
            Num::Float(value) => value != 0.0,
        }
    }
}

/// What loops take one after another.
pub enum Iter {
    /// Numbers.
    Range(Range, i128),
    /// A list's or a tuple's.
    Seq(Rc<Seq>, usize),
    /// Along an array's first axis.
    Array(Array, usize),
    /// With their places.
    Enumerate(Box<Iter>, i128),
    /// Of several, as long as all have some.
    Zip(Vec<Iter>),
    /// One that has a name.
    Shared(Rc<RefCell<Iter>>),
}

/// `range(start, stop, step)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    pub start: i128,
    pub stop: i128,
    /// Not 0.
    pub step: i128,
}

impl Range {
    /// How many numbers it has.
    pub fn len(self) -> i128 {
        let (span, step) = match self.step > 0 {
            true => (self.stop.saturating_sub(self.start), self.step),
            false => (self.start.saturating_sub(self.stop), self.step.saturating_neg()),
        };
        if span <= 0 { 0 } else { (span - 1) / step + 1 }
    }

    /// One of them; the index is below the length.
    pub fn at(self, index: i128) -> i128 {
        self.start.saturating_add(index.saturating_mul(self.step))
    }
}

/// Anything that a name may stand for.
#[derive(Clone)]
pub enum Object {
    None,
    Bool(bool),
    /// Python's own, which NumPy lets take the other side's type.
    Int(i128),
    Float(f64),
    /// NumPy's scalars, by their bits; see [`Object::scalar`].
    Scalar(Scalar, u64),
    Str(Rc<str>),
    Tuple(Rc<Seq>),
    List(Rc<Seq>),
    Array(Array),
    Range(Rc<Range>),
    Iter(Rc<RefCell<Iter>>),
    /// `np.float32`, a `dtype`; Python's own `int`, `float` and `bool` if the second holds.
    Type(Scalar, bool),
    /// A module or something of one, by its whole name; builtins as "builtins.len".
    Library(Rc<str>),
    /// A function of the file.
    Function(usize),
    Generator(Rc<RefCell<Generator>>),
}

impl Object {
    /// A scalar of NumPy's; the number is of the type.
    pub fn scalar(of: Scalar, value: Num) -> Object {
        Object::Scalar(of, super::array::bits(of, value))
    }

    /// As Python calls its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Object::None => "NoneType",
            Object::Bool(_) => "bool",
            Object::Int(_) => "int",
            Object::Float(_) => "float",
            Object::Scalar(Scalar::Bool, _) => "numpy.bool",
            Object::Scalar(of, _) => match of {
                Scalar::I8 => "numpy.int8",
                Scalar::I16 => "numpy.int16",
                Scalar::I32 => "numpy.int32",
                Scalar::I64 => "numpy.int64",
                Scalar::U8 => "numpy.uint8",
                Scalar::U16 => "numpy.uint16",
                Scalar::U32 => "numpy.uint32",
                Scalar::U64 => "numpy.uint64",
                Scalar::F32 => "numpy.float32",
                _ => "numpy.float64",
            },
            Object::Str(_) => "str",
            Object::Tuple(_) => "tuple",
            Object::List(_) => "list",
            Object::Array(_) => "numpy.ndarray",
            Object::Range(_) => "range",
            Object::Iter(_) => "iterator",
            Object::Type(..) => "type",
            Object::Library(_) => "module or function",
            Object::Function(_) => "function",
            Object::Generator(_) => "numpy.random.Generator",
        }
    }

    /// A number of Python's own or of NumPy's, and its type: `None` as the type where it is Python's
    /// `int` or `float`, which are weak.
    pub fn number(&self) -> Option<(Weak, Num)> {
        Some(match self {
            Object::Bool(value) => (Weak::Not(Scalar::Bool), Num::Int(i128::from(*value))),
            Object::Int(value) => (Weak::Int, Num::Int(*value)),
            Object::Float(value) => (Weak::Float, Num::Float(*value)),
            Object::Scalar(of, bits) => (Weak::Not(*of), super::array::number(*of, *bits)),
            Object::Array(array) if array.shape.is_empty() => (Weak::Not(array.of), array.first()),
            _ => return None,
        })
    }

    /// A whole number where Python takes one as an index.
    pub fn index(&self) -> Res<i128> {
        match self.number() {
            Some((_, Num::Int(value))) => Ok(value),
            _ => Err(type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                self.type_name()
            ))),
        }
    }

    /// What `if` asks.
    pub fn truth(&self) -> Res<bool> {
        if let Some((_, number)) = self.number() {
            return Ok(number.truth());
        }
        Ok(match self {
            Object::None => false,
            Object::Str(text) => !text.is_empty(),
            Object::Tuple(all) | Object::List(all) => all.len() > 0,
            Object::Range(range) => range.len() > 0,
            Object::Array(array) if array.len() == 1 => array.first().truth(),
            Object::Array(_) => {
                return Err(value_error(
                    "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
                ));
            }
            _ => true,
        })
    }
}

/// A type, or one of Python's own numbers, which takes the type of what it meets (NEP 50).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// Python's `int`.
    Int,
    /// Python's `float`.
    Float,
    /// A type that stays.
    Not(Scalar),
}

impl Weak {
    /// The type that it has alone.
    pub fn alone(self) -> Scalar {
        match self {
            Weak::Int => Scalar::I64,
            Weak::Float => Scalar::F64,
            Weak::Not(of) => of,
        }
    }
}
