//! A module as WebAssembly's text: one instruction a line. It knows what our writer writes, and says so of anything else.

use super::opcodes;
use crate::wasm::HELPERS;

/// Numbers of instructions with a meaning of their own here.
const BLOCK: u8 = 0x02;
const LOOP: u8 = 0x03;
const IF: u8 = 0x04;
const ELSE: u8 = 0x05;
const END: u8 = 0x0b;

/// A module's lines, and of each the place in the source that it comes from: `marks` has them by function, from which byte of its
/// instructions on.
pub fn text(bytes: &[u8], marks: &[Vec<(u32, u32)>]) -> Vec<(String, u32)> {
    let mut writer = Writer {
        bytes: Bytes { all: bytes, at: 8 },
        tables: [opcodes::PLAIN, opcodes::MEMORY, opcodes::MORE, opcodes::VECTOR].map(opcodes::names),
        types: Vec::new(),
        functions: Vec::new(),
        imported: 0,
        out: vec![("(module".into(), 0)],
    };
    if writer.sections(marks).is_none() {
        writer.out.push((";; the rest is not known here".into(), 0));
    }
    writer.out.push((")".into(), 0));
    writer.out
}

/// Bytes and how far they were read; nothing where there are no more.
struct Bytes<'b> {
    all: &'b [u8],
    at: usize,
}

impl<'b> Bytes<'b> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.all.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn take(&mut self, n: usize) -> Option<&'b [u8]> {
        let taken = self.all.get(self.at..self.at.checked_add(n)?)?;
        self.at += n;
        Some(taken)
    }

    /// LEB128 without a sign.
    fn number(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte < 0x80 {
                return Some(value);
            }
        }
    }

    /// LEB128 with one.
    fn signed(&mut self) -> Option<i64> {
        let (mut value, mut shift) = (0i64, 0);
        loop {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte < 0x80 {
                let has_sign = shift < 64 && byte & 0x40 != 0;
                return Some(if has_sign { value | -1 << shift } else { value });
            }
        }
    }

    fn word(&mut self) -> Option<String> {
        let n = self.number()? as usize;
        String::from_utf8(self.take(n)?.to_vec()).ok()
    }
}

fn type_name(byte: u8) -> &'static str {
    match byte {
        0x7f => "i32",
        0x7e => "i64",
        0x7d => "f32",
        0x7c => "f64",
        0x7b => "v128",
        _ => "?",
    }
}

/// A function as its callers see it.
#[derive(Clone, Default)]
struct Function {
    name: String,
    of: usize,
    is_exported: bool,
}

struct Writer<'b> {
    bytes: Bytes<'b>,
    tables: [Vec<[&'static str; 2]>; 4],
    /// Parameters and results.
    types: Vec<[Vec<&'static str>; 2]>,
    functions: Vec<Function>,
    imported: usize,
    out: Vec<(String, u32)>,
}

impl Writer<'_> {
    fn sections(&mut self, marks: &[Vec<(u32, u32)>]) -> Option<()> {
        while self.bytes.at < self.bytes.all.len() {
            let (id, size) = (self.bytes.byte()?, self.bytes.number()? as usize);
            let end = self.bytes.at + size;
            match id {
                1 => self.types()?,
                2 => self.imports()?,
                3 => {
                    for number in 0..self.bytes.number()? as usize {
                        let of = self.bytes.number()? as usize;
                        let name = HELPERS.get(number).copied().unwrap_or("function");
                        let name = name.to_owned();
                        self.functions.push(Function {
                            name,
                            of,
                            is_exported: false,
                        });
                    }
                }
                7 => {
                    for _ in 0..self.bytes.number()? {
                        let name = self.bytes.word()?;
                        let (_, number) = (self.bytes.byte()?, self.bytes.number()? as usize);
                        let function = self.functions.get_mut(number)?;
                        (function.name, function.is_exported) = (name, true);
                    }
                }
                10 => {
                    for number in 0..self.bytes.number()? as usize {
                        let marks = marks.get(number).map_or(&[][..], Vec::as_slice);
                        self.function(self.imported + number, marks)?;
                    }
                }
                _ => {}
            }
            self.bytes.at = end;
        }
        Some(())
    }

    fn types(&mut self) -> Option<()> {
        for _ in 0..self.bytes.number()? {
            self.bytes.byte()?;
            let mut of = [Vec::new(), Vec::new()];
            for list in &mut of {
                for _ in 0..self.bytes.number()? {
                    list.push(type_name(self.bytes.byte()?));
                }
            }
            self.types.push(of);
        }
        Some(())
    }

    fn imports(&mut self) -> Option<()> {
        for _ in 0..self.bytes.number()? {
            let (module, name) = (self.bytes.word()?, self.bytes.word()?);
            let what = if self.bytes.byte()? == 0 {
                let of = self.bytes.number()? as usize;
                let text = format!("(func ${name}{})", self.signature(of));
                self.functions.push(Function {
                    name: name.clone(),
                    of,
                    is_exported: false,
                });
                self.imported += 1;
                text
            } else {
                let limits = self.bytes.byte()?;
                let least = self.bytes.number()?;
                let most = match limits & 1 {
                    1 => format!(" {}", self.bytes.number()?),
                    _ => String::new(),
                };
                let shared = if limits & 2 == 2 { " shared" } else { "" };
                format!("(memory {least}{most}{shared})")
            };
            self.out
                .push((format!("  (import \"{module}\" \"{name}\" {what})"), 0));
        }
        Some(())
    }

    fn signature(&self, of: usize) -> String {
        let mut text = String::new();
        if let Some(lists) = self.types.get(of) {
            for (word, list) in ["param", "result"].into_iter().zip(lists) {
                if !list.is_empty() {
                    text += &format!(" ({word} {})", list.join(" "));
                }
            }
        }
        text
    }

    fn function(&mut self, number: usize, marks: &[(u32, u32)]) -> Option<()> {
        let size = self.bytes.number()? as usize;
        let end = self.bytes.at + size;
        let function = self.functions.get(number)?.clone();
        let export = match function.is_exported {
            true => format!(" (export \"{}\")", function.name),
            false => String::new(),
        };
        let head = format!(
            "  (func ${}{export}{}",
            function.name,
            self.signature(function.of)
        );
        self.out.push((head, 0));
        let mut locals: Vec<&str> = Vec::new();
        for _ in 0..self.bytes.number()? {
            let (n, of) = (self.bytes.number()? as usize, self.bytes.byte()?);
            locals.extend(std::iter::repeat_n(type_name(of), n.min(50_000)));
        }
        if !locals.is_empty() {
            self.out.push((format!("    (local {})", locals.join(" ")), 0));
        }
        let begin = self.bytes.at;
        let mut marks = marks.iter().peekable();
        let (mut depth, mut place) = (2usize, 0);
        // Its own end is the bracket.
        while self.bytes.at + 1 < end {
            let here = (self.bytes.at - begin) as u32;
            while let Some((_, at)) = marks.next_if(|(from, _)| *from <= here) {
                place = *at;
            }
            let op = self.bytes.byte()?;
            let text = self.instruction(op)?;
            if matches!(op, ELSE | END) {
                depth = depth.saturating_sub(1);
            }
            let indent = 2 * depth;
            self.out.push((format!("{:indent$}{text}", ""), place));
            if matches!(op, BLOCK | LOOP | IF | ELSE) {
                depth += 1;
            }
        }
        self.bytes.at = end;
        self.out.push(("  )".into(), 0));
        Some(())
    }

    fn named(&self, table: usize, number: usize) -> Option<String> {
        let [before, name] = self.tables[table].get(number).copied()?;
        (!name.is_empty()).then(|| format!("{before}{name}"))
    }

    fn block(&mut self, word: &str) -> Option<String> {
        let of = self.bytes.byte()?;
        Some(match of {
            0x40 => word.into(),
            of => format!("{word} (result {})", type_name(of)),
        })
    }

    fn with_number(&mut self, word: &str) -> Option<String> {
        Some(format!("{word} {}", self.bytes.number()?))
    }

    /// What is behind a load or store: where, and how it lies.
    fn memory(&mut self, name: String) -> Option<String> {
        let (align, offset) = (self.bytes.number()?, self.bytes.number()?);
        let offset = match offset {
            0 => String::new(),
            offset => format!(" offset={offset}"),
        };
        Some(format!(
            "{name}{offset} align={}",
            1u64.checked_shl(align as u32)?
        ))
    }

    fn instruction(&mut self, op: u8) -> Option<String> {
        match op {
            0x00 => Some("unreachable".into()),
            0x01 => Some("nop".into()),
            BLOCK => self.block("block"),
            LOOP => self.block("loop"),
            IF => self.block("if"),
            ELSE => Some("else".into()),
            END => Some("end".into()),
            0x0c => self.with_number("br"),
            0x0d => self.with_number("br_if"),
            0x0e => {
                let n = self.bytes.number()?;
                let all: Option<Vec<String>> =
                    (0..=n).map(|_| Some(self.bytes.number()?.to_string())).collect();
                Some(format!("br_table {}", all?.join(" ")))
            }
            0x0f => Some("return".into()),
            0x10 => {
                let number = self.bytes.number()? as usize;
                Some(format!("call ${}", self.functions.get(number)?.name))
            }
            0x1a => Some("drop".into()),
            0x1b => Some("select".into()),
            0x20 => self.with_number("local.get"),
            0x21 => self.with_number("local.set"),
            0x22 => self.with_number("local.tee"),
            0x28..=0x3e => {
                let name = self.named(1, usize::from(op - 0x28))?;
                self.memory(name)
            }
            0x41 => Some(format!("i32.const {}", self.bytes.signed()?)),
            0x42 => Some(format!("i64.const {}", self.bytes.signed()?)),
            0x43 => {
                let bits = u32::from_le_bytes(self.bytes.take(4)?.try_into().ok()?);
                let value = f32::from_bits(bits);
                Some(match value.is_nan() {
                    true => format!("f32.const {}", nan(bits >> 31 == 1, u64::from(bits & 0x7f_ffff))),
                    false => format!("f32.const {value:?}"),
                })
            }
            0x44 => {
                let bits = u64::from_le_bytes(self.bytes.take(8)?.try_into().ok()?);
                let value = f64::from_bits(bits);
                Some(match value.is_nan() {
                    true => format!("f64.const {}", nan(bits >> 63 == 1, bits & (u64::MAX >> 12))),
                    false => format!("f64.const {value:?}"),
                })
            }
            0x45..=0xc4 => self.named(0, usize::from(op - 0x45)),
            0xfc => {
                let number = self.bytes.number()? as usize;
                let operands = match number {
                    0..=7 => 0,
                    11 => 1,
                    _ => 2,
                };
                let name = self.named(2, number)?;
                self.bytes.take(operands)?;
                Some(name)
            }
            0xfd => self.vector(),
            _ => None,
        }
    }

    fn vector(&mut self) -> Option<String> {
        let number = self.bytes.number()? as usize;
        let name = self.named(3, number)?;
        match number {
            0..=11 | 92 | 93 => self.memory(name),
            12 => {
                let words = self.bytes.take(16)?.chunks(4).map(|four| {
                    let word = four
                        .iter()
                        .rev()
                        .fold(0u32, |all, byte| all << 8 | u32::from(*byte));
                    format!("{word:#010x}")
                });
                let words: Vec<String> = words.collect();
                Some(format!("v128.const i32x4 {}", words.join(" ")))
            }
            13 => {
                let places = self.bytes.take(16)?.iter().map(u8::to_string);
                let places: Vec<String> = places.collect();
                Some(format!("{name} {}", places.join(" ")))
            }
            21..=34 => self.with_number(&name),
            84..=91 => {
                let text = self.memory(name)?;
                self.with_number(&text)
            }
            _ => Some(name),
        }
    }
}

/// A number that is none.
fn nan(is_negative: bool, bits: u64) -> String {
    let sign = if is_negative { "-" } else { "" };
    format!("{sign}nan:{bits:#x}")
}
