//! What real Numba made of the kernels in `tests/kernels`, read from `tests/oracle/kernels.golden`.
//! The format stands in `tests/oracle/kernels_golden.py`.
#![allow(dead_code, reason = "each file of tests uses its part")]

use parallax_compiler::{ArrayValue, Scalar, Value};
use std::path::{Path, PathBuf};

/// A kernel and what Numba made of it.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The file's name without its ending.
    pub name: String,
    /// FNV-1a of the text that Numba ran.
    pub hash: u64,
    /// Types of the arguments.
    pub takes: Vec<String>,
    /// Of what is returned.
    pub gives: String,
    /// A variable as "function.name", and every type that it has.
    pub locals: Vec<(String, Vec<String>)>,
    /// What came out.
    pub outputs: Vec<Output>,
    /// The error that ended it instead: class and message.
    pub error: Option<(String, String)>,
}

/// An output, or an array as an error left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Of what.
    pub of: Scalar,
    /// Along each axis; none of a number.
    pub shape: Option<Vec<usize>>,
    /// FNV-1a of the bytes.
    pub hash: u64,
    /// Bits of the elements; of more than 4096 the first and last 64.
    pub bits: Vec<u64>,
}

/// A kernel that must fail, and what CPython did.
#[derive(Debug, Clone)]
pub struct Failing {
    /// The file's name without its ending.
    pub name: String,
    /// FNV-1a of the text that CPython ran.
    pub hash: u64,
    /// The error's class; "passes" where there was none.
    pub class: String,
    /// "LINE:COLUMN".
    pub at: String,
    /// Its message.
    pub message: String,
    /// What Numba said.
    pub numba: String,
    /// The arrays that it was given, as the error left them.
    pub left: Vec<Output>,
}

/// Where the tests are.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A kernel's text: "kernels", "kernels/bad", "kernels/fails", then its name.
pub fn text(place: &str, name: &str) -> String {
    let path = folder(place).join(format!("{name}.py"));
    std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// Names of all kernels of a place, sorted.
pub fn names(place: &str) -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(folder(place))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "py"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    all.sort();
    all
}

/// What a line "# parallax: name=value" of a text has.
pub fn pragma<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.strip_prefix("# parallax: ")?.split_once('=')?;
        (key == name).then_some(value.trim())
    })
}

/// What `setup` is called with.
pub fn size(text: &str) -> i64 {
    pragma(text, "size").map_or(16, |size| size.parse().expect("a size"))
}

/// How far floats may be off, by `max(1, |value|)`.
pub fn tolerance(text: &str) -> f64 {
    pragma(text, "tolerance").map_or(0.0, |tolerance| tolerance.parse().expect("a tolerance"))
}

/// FNV-1a of 64 bits.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// All records of kernels.golden.
pub fn records() -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    for line in read("oracle/kernels.golden").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match (fields[0], all.last_mut()) {
            ("kernel", _) => all.push(Record {
                name: fields[1].into(),
                hash: hex(fields[2]),
                ..Record::default()
            }),
            ("takes", Some(record)) => record.takes = owned(&fields[1..]),
            ("gives", Some(record)) => record.gives = fields[1].into(),
            ("local", Some(record)) => record.locals.push((fields[1].into(), owned(&fields[2..]))),
            ("out", Some(record)) => record.outputs.push(Output::read(&fields)),
            ("error", Some(record)) => record.error = Some((fields[1].into(), fields[2].into())),
            _ => assert!(line.starts_with('#'), "{line}"),
        }
    }
    all
}

/// All records of fails.golden.
pub fn failing() -> Vec<Failing> {
    let mut all: Vec<Failing> = Vec::new();
    for line in read("oracle/fails.golden").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match (fields[0], all.last_mut()) {
            ("fails", _) => all.push(Failing {
                name: fields[1].into(),
                hash: hex(fields[2]),
                class: fields[3].into(),
                at: fields[4].into(),
                message: fields[5].into(),
                numba: fields[6].into(),
                left: Vec::new(),
            }),
            ("out", Some(failing)) => failing.left.push(Output::read(&fields)),
            _ => assert!(line.starts_with('#'), "{line}"),
        }
    }
    all
}

/// What CPython and NumPy made of the programs of `tests/generate`, from differential.golden: seed, FNV-1a of the
/// program, FNV-1a of what [`told`] gives of its outputs.
/// `PARALLAX_ORACLE` names another file of that kind.
pub fn differential() -> Vec<(u64, u64, u64)> {
    let text = match std::env::var("PARALLAX_ORACLE") {
        Ok(file) => std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{file}: {fault}")),
        Err(_) => read("oracle/differential.golden"),
    };
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            (fields[0].parse().expect("a seed"), hex(fields[1]), hex(fields[2]))
        })
        .collect()
}

/// Outputs as `differential.py` tells them, a tuple's parts one after the other.
pub fn told(outputs: &[Value]) -> String {
    let told: Vec<String> = outputs.iter().map(|value| Output::of(value).told()).collect();
    told.join("\t")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder(name)).expect("made by kernels_golden.py")
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| field.to_string()).collect()
}

fn hex(field: &str) -> u64 {
    u64::from_str_radix(field, 16).expect("hex digits")
}

/// The bits of a type's only NaN here.
fn canonical(of: Scalar, bits: u64) -> u64 {
    match of {
        Scalar::F32 if f32::from_bits(bits as u32).is_nan() => 0x7fc0_0000,
        Scalar::F64 if f64::from_bits(bits).is_nan() => 0x7ff8_0000_0000_0000,
        _ => bits,
    }
}

fn as_float(of: Scalar, bits: u64) -> f64 {
    match of {
        Scalar::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

impl Output {
    fn read(fields: &[&str]) -> Output {
        let of = Scalar::named(fields[1]).expect("a type");
        let shape = (fields[2] != "-").then(|| {
            let axes = fields[2].split('x');
            axes.map(|n| n.parse().expect("a length")).collect()
        });
        let mask = u64::MAX >> (64 - 8 * of.bytes());
        let bits = |field: &&str| match of.is_float() {
            true => hex(field),
            false => field.parse::<i128>().expect("a number") as u64 & mask,
        };
        Output {
            of,
            shape,
            hash: hex(fields[3]),
            bits: fields[4..].iter().map(bits).collect(),
        }
    }

    /// What a number or an array is here.
    pub fn of(value: &Value) -> Output {
        let (of, shape, bits) = match value {
            Value::Scalar(of, bits) => (*of, None, vec![*bits]),
            Value::Array(array) => (array.of, Some(array.shape.clone()), elements(array)),
            other => panic!("{other:?} is no output"),
        };
        let bits: Vec<u64> = bits.into_iter().map(|bits| canonical(of, bits)).collect();
        let bytes: Vec<u8> = bits
            .iter()
            .flat_map(|bits| bits.to_le_bytes().into_iter().take(of.bytes() as usize))
            .collect();
        Output {
            of,
            shape,
            hash: fnv(&bytes),
            bits,
        }
    }

    /// "dtype:shape:hash".
    pub fn told(&self) -> String {
        let shape = match &self.shape {
            None => "-".into(),
            Some(shape) => shape.iter().map(usize::to_string).collect::<Vec<_>>().join("x"),
        };
        format!("{}:{shape}:{:016x}", self.of, self.hash)
    }

    /// What differs from this, if anything; floats may be off by the tolerance times `max(1, |value|)`.
    pub fn difference(&self, got: &Value, tolerance: f64) -> Option<String> {
        let got = Output::of(got);
        if (self.of, &self.shape) != (got.of, &got.shape) {
            return Some(format!(
                "{:?} of {}, not {:?} of {}",
                got.shape, got.of, self.shape, self.of
            ));
        }
        if self.hash == got.hash {
            return None;
        }
        let whole = self.bits.len() == got.bits.len();
        let ends = got
            .bits
            .iter()
            .take(64)
            .chain(got.bits.iter().rev().take(64).rev());
        let seen: Vec<u64> = if whole {
            got.bits.clone()
        } else {
            ends.copied().collect()
        };
        for (at, (expected, got)) in self.bits.iter().zip(&seen).enumerate() {
            if expected == got {
                continue;
            }
            if !self.of.is_float() {
                return Some(format!("[{at}] {got:#x}, not {expected:#x}"));
            }
            let (x, y) = (as_float(self.of, *expected), as_float(self.of, *got));
            // Zeros of both signs are the same within any tolerance but none.
            let is_near = (x - y).abs() <= tolerance * x.abs().max(1.0);
            if tolerance == 0.0 || !is_near {
                return Some(format!("[{at}] {y:?}, not {x:?}"));
            }
        }
        match whole || tolerance > 0.0 {
            true => None,
            false => Some("something between the first and last 64".into()),
        }
    }
}

fn elements(array: &ArrayValue) -> Vec<u64> {
    (0..array.len()).filter_map(|at| array.bits(at)).collect()
}
