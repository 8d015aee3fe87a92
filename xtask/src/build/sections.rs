//! Custom sections of a wasm file: cut out without touching a byte of the rest.

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
    fn what_is_not_wasm_is_refused() {
        assert_eq!(without(b"PK", &[]), None);
        assert_eq!(without(b"\0asm\x01\0\0\0\x0a\x7f", &[]), None);
    }
}
