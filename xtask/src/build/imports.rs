//! Shorter names for what a module imports from its glue.
//!
//! wasm-bindgen ends each with a hash, `__wbg_apply_bfe2b07b146427e2`: eight bytes that no compression takes, in the
//! module and once more in its glue, where two or three hundred of them are needed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::sections;

/// Renames them in `<folder>/<name>_bg.wasm` and `<folder>/<name>.js`.
pub(super) fn shorten(folder: &Path, name: &str) -> Result<()> {
    let (module, glue) = (
        folder.join(format!("{name}_bg.wasm")),
        folder.join(format!("{name}.js")),
    );
    let wasm = fs::read(&module).with_context(|| format!("{} cannot be read", module.display()))?;
    let text = fs::read_to_string(&glue).with_context(|| format!("{} cannot be read", glue.display()))?;

    let mut names = Vec::new();
    sections::with_imports(&wasm, |name| {
        names.push(name.to_owned());
        name.to_owned()
    })
    .with_context(|| format!("{} is not wasm", module.display()))?;
    let short = shorter(&names);
    let renamed = sections::with_imports(&wasm, |name| short.get(name).cloned().unwrap_or(name.to_owned()));
    let renamed = renamed.with_context(|| format!("{} is not wasm", module.display()))?;
    let (text, found) = with_words(&text, &short);
    if found < short.len() {
        bail!(
            "{} lacks {} of the imports: xtask/src/build/imports.rs has to learn this version of wasm-bindgen",
            glue.display(),
            short.len() - found
        );
    }
    fs::write(&module, renamed).with_context(|| format!("{} cannot be written", module.display()))?;
    fs::write(&glue, text).with_context(|| format!("{} cannot be written", glue.display()))
}

/// Each name that ends with a hash, and what is left of it; a number keeps those apart that are alike but for that.
fn shorter(names: &[String]) -> HashMap<String, String> {
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut short = HashMap::new();
    for name in names {
        let Some(plain) = without_hash(name) else { continue };
        let mut new = plain.to_owned();
        let mut number = 1;
        while !taken.insert(new.clone()) {
            number += 1;
            new = format!("{plain}{number}");
        }
        short.insert(name.clone(), new);
    }
    short
}

fn without_hash(name: &str) -> Option<&str> {
    let (plain, hash) = name.rsplit_once('_')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hash.then_some(plain)
}

/// A script with some of its words replaced, and how many different ones were in it.
fn with_words(script: &str, new: &HashMap<String, String>) -> (String, usize) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut found = HashSet::new();
    let mut out = String::new();
    let mut rest = script;
    while let Some(start) = rest.find(is_word) {
        let (before, after) = rest.split_at(start);
        let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
        let (word, next) = after.split_at(end);
        out.push_str(before);
        out.push_str(new.get(word).map_or(word, |new| {
            found.insert(word);
            new
        }));
        rest = next;
    }
    out.push_str(rest);
    (out, found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "bfe2b07b146427e2";

    #[test]
    fn only_hashes_go_and_names_stay_apart() {
        let names = [
            format!("__wbg_apply_{HASH}"),
            "__wbg_apply_0000000000000000".into(),
            format!("__wbg_call2_{HASH}"),
            format!("__wbg_call_{HASH}"),
            "__wbg_call_1111111111111111".into(),
            "__wbindgen_throw".into(),
            format!("__wbindgen_throw_{HASH}"),
            "memory".into(),
            "a_short".into(),
        ];
        let short = shorter(&names);
        let new: Vec<_> = names
            .iter()
            .map(|name| short.get(name).unwrap_or(name).as_str())
            .collect();
        assert_eq!(
            new,
            [
                "__wbg_apply",
                "__wbg_apply2",
                "__wbg_call2",
                "__wbg_call",
                "__wbg_call3",
                "__wbindgen_throw",
                "__wbindgen_throw2",
                "memory",
                "a_short"
            ]
        );
    }

    #[test]
    fn whole_words_are_replaced() {
        let new = HashMap::from([
            ("abc".to_owned(), "x".to_owned()),
            ("d".to_owned(), "y".to_owned()),
        ]);
        assert_eq!(
            with_words("abc: abcd, $d(abc);", &new),
            ("x: abcd, $d(x);".into(), 1)
        );
        assert_eq!(with_words("d", &new), ("y".into(), 1));
    }

    #[test]
    fn module_and_glue_change_together() {
        let folder = std::env::temp_dir().join(format!("parallax-imports-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let name = format!("__wbg_now_{HASH}");
        let wasm = |name: &str| {
            let length = name.len() as u8;
            let mut wasm = b"\0asm\x01\0\0\0\x02".to_vec();
            wasm.extend([6 + length, 1, 1, b'.', length]);
            wasm.extend(name.bytes());
            wasm.extend([0, 0]);
            wasm
        };
        fs::write(folder.join("a_bg.wasm"), wasm(&name)).unwrap();
        fs::write(folder.join("a.js"), format!("{{ {name}: now }}")).unwrap();
        shorten(&folder, "a").unwrap();
        assert_eq!(fs::read(folder.join("a_bg.wasm")).unwrap(), wasm("__wbg_now"));
        assert_eq!(
            fs::read_to_string(folder.join("a.js")).unwrap(),
            "{ __wbg_now: now }"
        );

        fs::write(folder.join("a_bg.wasm"), wasm(&name)).unwrap();
        assert!(shorten(&folder, "a").unwrap_err().to_string().contains("lacks 1"));
        fs::remove_dir_all(folder).unwrap();
    }
}
