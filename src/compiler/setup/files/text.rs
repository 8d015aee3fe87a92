//! `np.loadtxt` and `np.genfromtxt`: numbers in lines, as NumPy reads each of the two.
//!
//! They differ in more than what is missing: the first strips no lines, wants a delimiter of one character and takes
//! Python's words for floats without `_`; the second takes whatever is no number for a number that is missing.

use super::{DataFile, base, broken, find, left_out, repr};
use crate::decimal;
use crate::setup::args::Args;
use crate::setup::array::{Array, bits};
use crate::setup::object::{Budget, Fault, Num, Object, Res, type_error, value_error};
use crate::types::Scalar;
use std::rc::Rc;

/// Lines that are told of at most, of those that have other columns than the first.
const MOST_TOLD: usize = 20;

/// `np.loadtxt(fname, ...)`.
pub fn loadtxt(budget: &Budget, files: &[DataFile], args: &mut Args) -> Res<Object> {
    args.bind(&[
        "fname",
        "dtype",
        "comments",
        "delimiter",
        "converters",
        "skiprows",
        "usecols",
        "unpack",
        "ndmin",
        "encoding",
        "max_rows",
    ])?;
    left_out(args, &[(4, "converters"), (9, "encoding")])?;
    let (file, text) = opened(files, args)?;
    let of = match args.get(1) {
        Some(Object::None) => return Err(type_error("a dtype must be provided.")),
        _ => args.dtype(1)?.unwrap_or(Scalar::F64),
    };
    let comments = comments(args)?;
    if comments.iter().any(|comment| comment.is_empty()) {
        return Err(value_error(
            "comments cannot be an empty string. Use comments=None to disable comments.",
        ));
    }
    let delimiter = delimiter(args, &comments)?;
    let count = |at: usize, otherwise: usize| match args.some(at).map(Object::index) {
        None => Ok(otherwise),
        Some(given) => usize::try_from(given?).map_err(|_| value_error("argument must be nonnegative")),
    };
    let (skipped, most) = (count(5, 0)?, count(10, usize::MAX)?);
    let places = places(args.some(6))?;
    let mut table = Table::new(file, of);
    // With `usecols` each row may have another number of columns.
    let mut columns = places.as_ref().map(Vec::len);
    let mut fields = Vec::new();
    for line in Lines(text).skip(skipped) {
        if table.rows >= most {
            break;
        }
        split(uncommented(line, &comments), delimiter, &mut fields);
        if fields.is_empty() || fields == [""] {
            continue;
        }
        let row = table.rows;
        let put = |table: &mut Table, column: usize| {
            let field = fields.get(column).copied().unwrap_or_default();
            match parsed(field, of) {
                Some(number) => {
                    table.put(number);
                    Ok(())
                }
                None => Err(broken(
                    file,
                    "ValueError",
                    format!(
                        "could not convert string {} to {of} at row {row}, column {}.",
                        repr(field),
                        column + 1
                    ),
                )),
            }
        };
        match &places {
            Some(places) => {
                for place in places {
                    let Some(column) = from_either_end(*place, fields.len()) else {
                        let words = format!(
                            "invalid column index {place} at row {} with {} columns",
                            row + 1,
                            fields.len()
                        );
                        return Err(broken(file, "ValueError", words));
                    };
                    put(&mut table, column)?;
                }
            }
            None => {
                let had = *columns.get_or_insert(fields.len());
                if had != fields.len() {
                    let words = format!(
                        "the number of columns changed from {had} to {} at row {}; use `usecols` to select a \
                         subset and avoid this error",
                        fields.len(),
                        row + 1
                    );
                    return Err(broken(file, "ValueError", words));
                }
                (0..had).try_for_each(|column| put(&mut table, column))?;
            }
        }
        table.next(budget)?;
    }
    table.finish(budget, columns.unwrap_or(1), axes(args, 8)?, args.flag(7, false)?)
}

/// `np.genfromtxt(fname, ...)` of floats.
pub fn genfromtxt(budget: &Budget, files: &[DataFile], args: &mut Args) -> Res<Object> {
    args.bind(&[
        "fname",
        "dtype",
        "comments",
        "delimiter",
        "skip_header",
        "skip_footer",
        "converters",
        "missing_values",
        "filling_values",
        "usecols",
        "names",
        "unpack",
        "max_rows",
        "ndmin",
    ])?;
    left_out(
        args,
        &[
            (5, "skip_footer"),
            (6, "converters"),
            (7, "missing_values"),
            (10, "names"),
        ],
    )?;
    let (file, text) = opened(files, args)?;
    let of = match args.get(1) {
        None => Some(Scalar::F64),
        Some(Object::None) => None,
        Some(_) => args.dtype(1)?,
    };
    let Some(of @ (Scalar::F32 | Scalar::F64)) = of else {
        return Err(Fault::unsupported(
            "np.genfromtxt makes float64 and float32 here, where what is missing is nan",
        )
        .help("np.genfromtxt(...).astype(...), or np.loadtxt with this dtype"));
    };
    let comments = comments(args)?;
    if comments.iter().any(|comment| comment.is_empty()) {
        return Err(value_error("empty separator"));
    }
    let delimiter = match args.some(3) {
        None => None,
        Some(Object::Str(text)) => Some(&**text).filter(|text| !text.is_empty()),
        Some(_) => {
            return Err(Fault::unsupported("columns of fixed widths are not supported"));
        }
    };
    let skipped = usize::try_from(args.index(4, 0)?).unwrap_or(0);
    let filling = match args.some(8).map(|object| (object, object.number())) {
        None => f64::NAN,
        Some((_, Some((_, number)))) => number.float(),
        Some((_, None)) => {
            return Err(Fault::unsupported("'filling_values' is one number here"));
        }
    };
    let places = places(args.some(9))?.filter(|places| !places.is_empty());
    let most = match args.some(12).map(Object::index) {
        None => usize::MAX,
        Some(most) => match usize::try_from(most?) {
            Ok(most) if most > 0 => most,
            _ => return Err(value_error("'max_rows' must be at least 1.")),
        },
    };
    let mut table = Table::new(file, of);
    let mut wrong: Vec<String> = Vec::new();
    // Of the first line that has any, and what is taken of them.
    let (mut first, mut columns) = (None, 1);
    let mut number = skipped;
    let mut fields: Vec<&str> = Vec::new();
    for line in Lines(text).skip(skipped) {
        let line = uncommented(line, &comments).trim_matches([' ', '\r', '\n']);
        fields.clear();
        match delimiter {
            _ if line.is_empty() => {}
            Some(delimiter) => fields.extend(line.split(delimiter)),
            None => fields.extend(line.split(is_space).filter(|field| !field.is_empty())),
        }
        // Lines ahead of the first that has any are not counted.
        number += usize::from(first.is_some() || !fields.is_empty());
        if fields.is_empty() {
            continue;
        }
        let had = *first.get_or_insert(fields.len());
        columns = places.as_ref().map_or(had, Vec::len);
        let is_whole = match &places {
            Some(places) => places
                .iter()
                .all(|place| place_in(*place, had, &fields).is_some()),
            None => fields.len() == had,
        };
        if !is_whole {
            if wrong.len() < MOST_TOLD {
                wrong.push(format!(
                    "    Line #{number} (got {} columns instead of {columns})",
                    fields.len()
                ));
            }
            continue;
        }
        for at in 0..columns {
            let field = match &places {
                Some(places) => places.get(at).and_then(|place| place_in(*place, had, &fields)),
                None => fields.get(at).copied(),
            };
            let field = field.unwrap_or_default().trim_matches(is_space);
            if !field.is_ascii() && field.chars().any(char::is_numeric) {
                let words = format!("{}: digits of other scripts are not read", base(&file.name));
                return Err(Fault::unsupported(words));
            }
            let value = pythons(field).unwrap_or(filling);
            table.put(bits(of, Num::Float(value)));
        }
        table.next(budget)?;
        if table.rows >= most {
            break;
        }
    }
    if !wrong.is_empty() {
        let words = format!("Some errors were detected !\n{}", wrong.join("\n"));
        return Err(broken(file, "ValueError", words));
    }
    table.finish(budget, columns, axes(args, 13)?, args.flag(11, false)?)
}

/// The numbers of a file as they are read.
struct Table {
    name: String,
    of: Scalar,
    rows: usize,
    bytes: Vec<u8>,
    /// Of the bytes.
    counted: usize,
}

impl Table {
    fn new(file: &DataFile, of: Scalar) -> Table {
        Table {
            name: base(&file.name).into(),
            of,
            rows: 0,
            bytes: Vec::new(),
            counted: 0,
        }
    }

    /// One more number, by its bits.
    fn put(&mut self, number: u64) {
        let all = number.to_le_bytes();
        let width = (self.of.bytes() as usize).min(all.len());
        self.bytes.extend_from_slice(&all[..width]);
    }

    /// A row is over.
    fn next(&mut self, budget: &Budget) -> Res<()> {
        self.rows += 1;
        let more = self.bytes.len() - self.counted;
        budget.meter.hold(more)?;
        self.counted += more;
        // Reading a number is more work than computing with one.
        budget.spend(more)
    }

    /// As an array with the axes that NumPy leaves: those of more than one element, and so many as are wanted.
    fn finish(self, budget: &Budget, columns: usize, least: usize, is_transposed: bool) -> Res<Object> {
        let mut shape = vec![self.rows, columns];
        if least < 2 {
            shape.retain(|size| *size != 1);
        }
        if least == 1 && shape.is_empty() {
            shape.push(1);
        }
        let out = budget.array(self.of, &shape)?;
        {
            let mut to = out.data.bytes.borrow_mut();
            if to.len() != self.bytes.len() {
                let words = format!("{}: its rows were lost", self.name);
                return Err(Fault::new(crate::diagnostic::Kind::Internal, words));
            }
            to.copy_from_slice(&self.bytes);
        }
        budget.meter.release(self.counted);
        let order: Vec<usize> = (0..shape.len()).rev().collect();
        let made: Array = if is_transposed { out.permuted(&order) } else { out };
        Ok(Object::Array(made))
    }
}

/// The file and its text.
fn opened<'f>(files: &'f [DataFile], args: &Args) -> Res<(&'f DataFile, &'f str)> {
    let file = find(files, args.need(0, "fname")?, |name| format!("{name} not found."))?;
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => Ok((file, text)),
        Err(error) => {
            let at = error.valid_up_to();
            let byte = file.bytes.get(at).copied().unwrap_or_default();
            let words = format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}");
            let fault = broken(file, "UnicodeDecodeError", words);
            Err(match file.bytes.starts_with(b"\x93NUMPY") {
                true => fault.help("np.load reads this file"),
                false => fault,
            })
        }
    }
}

/// `comments`: a text, some, or `None`.
fn comments(args: &Args) -> Res<Vec<Rc<str>>> {
    let one = |object: &Object| match object {
        Object::Str(text) => Ok(text.clone()),
        _ => Err(type_error(format!(
            "comments are texts, not '{}'",
            object.type_name()
        ))),
    };
    match args.get(2) {
        None => Ok(vec!["#".into()]),
        Some(Object::None) => Ok(Vec::new()),
        Some(Object::Tuple(all) | Object::List(all)) if args.name == "loadtxt" => {
            all.to_vec().iter().map(one).collect()
        }
        Some(object) => Ok(vec![one(object)?]),
    }
}

/// `delimiter` of `loadtxt`: a character, or `None` for any space.
fn delimiter(args: &Args, comments: &[Rc<str>]) -> Res<Option<char>> {
    let Some(given) = args.some(3) else {
        return Ok(None);
    };
    let shown = match given {
        Object::Str(text) => {
            let mut all = text.chars();
            match (all.next(), all.next()) {
                (Some('\n' | '\r'), None) => {
                    let words = "control character 'delimiter' cannot be a newline (`\\r` or `\\n`).";
                    return Err(type_error(words));
                }
                (Some(one), None) if comments.iter().any(|comment| **comment == **text) => {
                    return Err(type_error(match comments.len() {
                        1 => "The values for control characters 'comment' and 'delimiter' are incompatible"
                            .into(),
                        _ => format!("Comment characters cannot include the delimiter '{one}'"),
                    }));
                }
                (Some(one), None) => return Ok(Some(one)),
                _ => repr(text),
            }
        }
        other => other.type_name().into(),
    };
    let words = format!(
        "Text reading control character must be a single unicode character or None; but got: {shown}"
    );
    Err(type_error(words))
}

/// `usecols`: places, from either end.
fn places(given: Option<&Object>) -> Res<Option<Vec<i128>>> {
    let one = |object: &Object| match object.number() {
        Some((_, Num::Int(place))) => Ok(place),
        _ => Err(type_error(format!(
            "usecols must be an int or a sequence of ints but it contains at least one element of type '{}'",
            object.type_name()
        ))),
    };
    match given {
        None => Ok(None),
        Some(Object::Tuple(all) | Object::List(all)) => {
            all.to_vec().iter().map(one).collect::<Res<_>>().map(Some)
        }
        Some(Object::Range(range)) if range.len() < 10_000 => {
            Ok(Some((0..range.len()).map(|at| range.at(at)).collect()))
        }
        Some(object) => Ok(Some(vec![one(object)?])),
    }
}

/// `ndmin`.
fn axes(args: &Args, at: usize) -> Res<usize> {
    match args.index(at, 0)? {
        least @ 0..=2 => Ok(least as usize),
        other => Err(value_error(format!("Illegal value of ndmin keyword: {other}"))),
    }
}

fn from_either_end(place: i128, many: usize) -> Option<usize> {
    let many = many as i128;
    let at = if place < 0 { place + many } else { place };
    usize::try_from(at).ok().filter(|at| (*at as i128) < many)
}

/// A field by its place: those from the end are counted in the first line, as NumPy counts them.
fn place_in<'t>(place: i128, first: usize, fields: &[&'t str]) -> Option<&'t str> {
    let place = if place < 0 {
        place.saturating_add(first as i128)
    } else {
        place
    };
    fields.get(from_either_end(place, fields.len())?).copied()
}

/// What stands ahead of the first comment.
fn uncommented<'t>(line: &'t str, comments: &[Rc<str>]) -> &'t str {
    let end = comments.iter().filter_map(|comment| line.find(&**comment)).min();
    end.and_then(|end| line.get(..end)).unwrap_or(line)
}

fn split<'t>(line: &'t str, delimiter: Option<char>, fields: &mut Vec<&'t str>) {
    fields.clear();
    match delimiter {
        Some(delimiter) => fields.extend(line.split(delimiter)),
        None => fields.extend(line.split(is_space).filter(|field| !field.is_empty())),
    }
}

/// Python's spaces: Unicode's, and the separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// A number's bits in its type; `None` where this type has no such number.
fn parsed(field: &str, of: Scalar) -> Option<u64> {
    let field = field.trim_matches(is_space);
    if of.is_float() {
        return Some(bits(of, Num::Float(decimal::parse(field)?)));
    }
    // A truth value is any int64.
    let range = match of {
        Scalar::Bool => Scalar::I64,
        of => of,
    };
    if !range.is_signed() && field.starts_with('-') {
        return None;
    }
    let value: i128 = field.parse().ok()?;
    let is_in = crate::setup::array::wrapped(value, range) == value;
    let value = if of == Scalar::Bool {
        i128::from(value != 0)
    } else {
        value
    };
    is_in.then(|| bits(of, Num::Int(value)))
}

/// What `float(...)` makes of a text: `_` may stand between two digits.
fn pythons(field: &str) -> Option<f64> {
    if !field.contains('_') {
        return decimal::parse(field);
    }
    let all = field.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| all.get(at))
            .is_some_and(|byte| byte.is_ascii_digit())
    };
    let is_between = |at: usize| is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1));
    let well = (0..all.len()).all(|at| all[at] != b'_' || is_between(at));
    well.then(|| decimal::parse(&field.replace('_', "")))?
}

/// A text's lines, ended as any system ends them.
struct Lines<'t>(&'t str);

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.0.is_empty() {
            return None;
        }
        let Some(end) = self.0.find(['\n', '\r']) else {
            return Some(std::mem::take(&mut self.0));
        };
        let (line, rest) = self.0.split_at(end);
        let ends = if rest.starts_with("\r\n") { 2 } else { 1 };
        self.0 = rest.get(ends..).unwrap_or_default();
        Some(line)
    }
}
