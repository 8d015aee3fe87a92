//! Sections of a wasm file: custom ones and exports cut out without touching a byte of the rest.

/// The module without the custom sections of these names; `None` if it is not wasm.
///
/// A module is a header of eight bytes and then sections: an id, a length (LEB128), and
/// that many bytes. A custom section has id 0 and begins with its name.
pub fn without(wasm: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let (header, mut rest) = wasm.split_at_checked(8)?;
    if !header.starts_with(b"\0asm") {
        return None;
    }
    let mut kept = header.to_vec();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = leb128(after_id)?;
        let (body, next) = body.split_at_checked(length)?;
        let section = &rest[..rest.len() - next.len()];
        let name = || {
            let (length, name) = leb128(body)?;
            name.get(..length)
        };
        if id != 0 || !names.iter().any(|dropped| name() == Some(dropped.as_bytes())) {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Some(kept)
}

/// The module without the exports whose names begin so; `None` if it is not wasm. What only they
/// held is then dead code, which wasm-opt removes.
pub fn without_exports(wasm: &[u8], begin: &str) -> Option<Vec<u8>> {
    const EXPORTS: u8 = 7;
    let (header, mut rest) = wasm.split_at_checked(8)?;
    if !header.starts_with(b"\0asm") {
        return None;
    }
    let mut out = header.to_vec();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = leb128(after_id)?;
        let (body, next) = body.split_at_checked(length)?;
        if id == EXPORTS {
            let body = exports(body, |name| !name.starts_with(begin.as_bytes()))?;
            out.push(EXPORTS);
            push_leb128(&mut out, body.len());
            out.extend(body);
        } else {
            out.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Some(out)
}

/// The body of an export section with those that are kept: a count, then of each the name's
/// length, the name, a kind and an index.
fn exports(body: &[u8], keep: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let (count, mut rest) = leb128(body)?;
    let mut kept = Vec::new();
    for _ in 0..count {
        let (length, after) = leb128(rest)?;
        let (name, after) = after.split_at_checked(length)?;
        let (_, next) = leb128(after.get(1..)?)?;
        if keep(name) {
            kept.push(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    let mut out = Vec::new();
    push_leb128(&mut out, kept.len());
    out.extend(kept.concat());
    Some(out)
}

fn push_leb128(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (place, &byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_sections_go() {
        let header = b"\0asm\x01\0\0\0";
        let code = b"\x0a\x81\x00\x00".as_slice();
        let names = b"\x00\x06\x04name\xff".as_slice();
        let other = b"\x00\x03\x02hi".as_slice();
        let wasm = [header, code, names, other].concat();
        assert_eq!(without(&wasm, &["name"]).unwrap(), [header, code, other].concat());
        assert_eq!(without(&wasm, &[]).unwrap(), wasm);
    }

    #[test]
    fn only_the_named_exports_go() {
        let header = b"\0asm\x01\0\0\0";
        let exports = b"\x07\x0f\x03\x02ab\x00\x01\x02ac\x00\x80\x01\x00\x02\x00".as_slice();
        let code = b"\x0a\x01\x00".as_slice();
        let wasm = [header, exports, code].concat();
        let kept = b"\x07\x04\x01\x00\x02\x00".as_slice();
        let expect = [header, kept, code].concat();
        assert_eq!(without_exports(&wasm, "a").unwrap(), expect);
        assert_eq!(without_exports(&wasm, "b").unwrap(), wasm);
        assert_eq!(without_exports(&wasm[..12], "a"), None);
    }

    #[test]
    fn what_is_not_wasm_is_refused() {
        assert_eq!(without(b"PK", &[]), None);
        assert_eq!(without(b"\0asm\x01\0\0\0\x0a\x7f", &[]), None);
    }
}
