//! `np.load`: NumPy's own format, `numpy/lib/_format_impl.py`.
//!
//! Behind a magic string, a version and a length stands a Python literal, `{'descr': '<f8', 'fortran_order': False,
//! 'shape': (3, 4), }`; then the elements.

use super::{DataFile, base, broken, find, left_out, repr};
use crate::setup::args::{Args, short};
use crate::setup::array::Array;
use crate::setup::object::{Budget, Fault, Object, Res};
use crate::types::Scalar;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Characters of a header that NumPy reads at most.
const LONGEST_HEADER: usize = 10_000;

/// `np.load(file)`.
pub fn load(budget: &Budget, files: &[DataFile], args: &mut Args) -> Res<Object> {
    args.bind(&["file", "mmap_mode", "allow_pickle"])?;
    left_out(args, &[(1, "mmap_mode")])?;
    let file = find(files, args.need(0, "a file")?, |name| {
        format!("[Errno 2] No such file or directory: {}", repr(name))
    })?;
    array(budget, file).map(Object::Array)
}

/// The bytes of a file that were not read yet.
struct Rest<'f> {
    file: &'f DataFile,
    at: usize,
}

impl<'f> Rest<'f> {
    fn take(&mut self, what: &str, many: usize) -> Res<&'f [u8]> {
        let rest = self.file.bytes.get(self.at..).unwrap_or_default();
        let Some(taken) = rest.get(..many) else {
            let words = format!("EOF: reading {what}, expected {many} bytes got {}", rest.len());
            return Err(broken(self.file, "ValueError", words));
        };
        self.at += many;
        Ok(taken)
    }
}

/// What a header says.
struct Header {
    of: Scalar,
    /// The most significant byte is the first.
    is_swapped: bool,
    /// The first axis is the fastest.
    is_fortran: bool,
    shape: Vec<usize>,
    /// As Python writes it.
    shape_text: String,
}

fn array(budget: &Budget, file: &DataFile) -> Res<Array> {
    if file.bytes.is_empty() {
        return Err(broken(file, "EOFError", "No data left in file"));
    }
    if file.bytes.starts_with(b"PK\x03\x04") || file.bytes.starts_with(b"PK\x05\x06") {
        let words = format!("{}: archives (.npz) are not read here", base(&file.name));
        return Err(Fault::unsupported(words).help("save each array by itself: np.save"));
    }
    if !file.bytes.starts_with(MAGIC) {
        let words = "This file contains pickled (object) data. If you trust the file you can load it unsafely \
                     using the `allow_pickle=` keyword argument or `pickle.load()`.";
        return Err(broken(file, "ValueError", words)
            .help("it does not begin as np.save begins files; numbers in a text are read by np.loadtxt"));
    }
    let mut rest = Rest { file, at: 0 };
    let header = header(&mut rest)?;
    let width = header.of.bytes() as usize;
    let elements = file.bytes.get(rest.at..).unwrap_or_default();
    // An axis without elements makes it none, however long the others are.
    let count = match header.shape.contains(&0) {
        true => 0,
        false => header
            .shape
            .iter()
            .fold(1, |count: usize, size| count.saturating_mul(*size)),
    };
    let bytes = count.checked_mul(width).and_then(|all| elements.get(..all));
    let Some(bytes) = bytes else {
        let words = format!(
            "Failed to read all data for array. Expected {} = {count} elements, could only read {} elements. \
             (file seems not fully written?)",
            header.shape_text,
            elements.len() / width
        );
        return Err(broken(file, "ValueError", words));
    };
    let mut order: Vec<usize> = (0..header.shape.len()).collect();
    let mut shape = header.shape;
    if header.is_fortran {
        order.reverse();
        shape.reverse();
    }
    let out = budget.array(header.of, &shape)?;
    {
        let mut to = out.data.bytes.borrow_mut();
        to.copy_from_slice(bytes);
        if header.is_swapped {
            to.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        if header.of == Scalar::Bool {
            to.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
        }
    }
    Ok(out.permuted(&order))
}

fn header(rest: &mut Rest) -> Res<Header> {
    let file = rest.file;
    let wrong = |words: String| broken(file, "ValueError", words);
    let version = match rest.take("magic string", MAGIC.len() + 2)? {
        [.., major, minor] => (*major, *minor),
        _ => (0, 0),
    };
    let length = match version {
        (1, 0) => rest.take("array header length", 2)?,
        (2 | 3, 0) => rest.take("array header length", 4)?,
        (major, minor) => {
            return Err(wrong(format!(
                "we only support format version (1,0), (2,0), and (3,0), not ({major}, {minor})"
            )));
        }
    };
    let length = length.iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte));
    let text = rest.take("array header", length)?;
    let text = match version {
        (3, _) => match std::str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                return Err(broken(
                    file,
                    "UnicodeDecodeError",
                    "the header is no text in UTF-8",
                ));
            }
        },
        // Latin 1: the code points are the bytes.
        _ => text.iter().map(|byte| char::from(*byte)).collect(),
    };
    let long = text.chars().count();
    if long > LONGEST_HEADER {
        return Err(wrong(format!(
            "Header info length ({long}) is large and may not be safe to load securely."
        )));
    }
    let Some(mut entries) = entries(&text) else {
        return Err(wrong(format!("Cannot parse header: {}", repr(&text))));
    };
    entries.sort_unstable();
    let [("descr", descr), ("fortran_order", fortran), ("shape", shape)] = entries[..] else {
        let keys: Vec<String> = entries.iter().map(|(key, _)| repr(key)).collect();
        return Err(wrong(format!(
            "Header does not contain the correct keys: [{}]",
            keys.join(", ")
        )));
    };
    let sizes = sizes(shape).ok_or_else(|| wrong(format!("shape is not valid: {shape}")))?;
    let is_fortran = match fortran {
        "True" => true,
        "False" => false,
        _ => return Err(wrong(format!("fortran_order is not a valid bool: {fortran}"))),
    };
    let (of, is_swapped) = element(file, descr)?;
    let all: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let shape_text = match &all[..] {
        [one] => format!("({one},)"),
        _ => format!("({})", all.join(", ")),
    };
    Ok(Header {
        of,
        is_swapped,
        is_fortran,
        shape: sizes,
        shape_text,
    })
}

/// The keys of a dictionary and their values as they are written; `None` of what is none.
fn entries(text: &str) -> Option<Vec<(&str, &str)>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut out = Vec::new();
    let (mut from, mut key, mut depth, mut quote) = (0, None, 0_i32, None);
    let end = [(inner.len(), ',')];
    for (at, c) in inner.char_indices().chain(end) {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            // The end within a text is an end all the same, and no dictionary.
            (Some(_), _) if at < inner.len() => {}
            (Some(_), _) => return None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ':') if depth == 0 && key.is_none() => {
                key = Some(quoted(inner.get(from..at)?)?);
                from = at + 1;
            }
            (None, ',') if depth == 0 => {
                let value = inner.get(from..at)?.trim();
                match key.take() {
                    Some(key) if !value.is_empty() => out.push((key, value)),
                    // Behind the last comma.
                    None if value.is_empty() && at == inner.len() => {}
                    _ => return None,
                }
                from = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(out)
}

/// What is within quotes.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// `(3, 4)`; Python 2 wrote `(3L, 4L)`.
fn sizes(text: &str) -> Option<Vec<usize>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    // One number in brackets is a number.
    let all = match inner.strip_suffix(',') {
        Some(all) => all,
        None if inner.contains(',') => inner,
        None => return None,
    };
    all.split(',')
        .map(|one| one.trim().trim_end_matches('L').parse().ok())
        .collect()
}

/// What the elements are, and whether their bytes stand the other way round.
fn element(file: &DataFile, descr: &str) -> Res<(Scalar, bool)> {
    let foreign = |what: &str| {
        let words = format!(
            "{}: its elements are {what}, which kernels do not have",
            base(&file.name)
        );
        Err(Fault::unsupported(words).help("save them as other numbers: np.save(name, x.astype(np.float64))"))
    };
    if descr.starts_with(['[', '(']) {
        return foreign("structured");
    }
    let invalid = || {
        broken(
            file,
            "ValueError",
            format!("descr is not a valid dtype descriptor: {descr}"),
        )
    };
    let whole = quoted(descr).ok_or_else(invalid)?;
    let name = whole.strip_prefix(['<', '>', '=', '|']).unwrap_or(whole);
    if let Some(of) = Scalar::named(name).or_else(|| short(name)) {
        return Ok((of, whole.starts_with('>')));
    }
    match name {
        "f2" | "e" | "float16" => return foreign("float16"),
        "c8" | "F" | "complex64" => return foreign("complex64"),
        "c16" | "D" | "complex128" => return foreign("complex128"),
        "f12" | "f16" | "g" | "longdouble" => return foreign("long doubles"),
        "c24" | "c32" | "G" => return foreign("complex long doubles"),
        "O" | "O8" | "object" => {
            let words = "Object arrays cannot be loaded when allow_pickle=False";
            return Err(broken(file, "ValueError", words)
                .help("objects are not read here: save numbers, np.save(name, x.astype(np.float64))"));
        }
        _ => {}
    }
    match name.chars().next() {
        Some('S' | 'a' | 'U') => foreign("texts"),
        Some('M' | 'm') => foreign("times"),
        Some('V') => foreign("raw bytes"),
        _ => Err(invalid()),
    }
}
