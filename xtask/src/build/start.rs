//! The page's start script, which Trunk writes into `index.html`, in a file of its own: the
//! policy that the page is served with (`headers.rs`) then needs no exception for it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// Where Trunk's script begins and ends.
const BEGIN: &str = "<script type=\"module\">";
const END: &str = "</script>";

/// Hex digits of the script's hash in its name, as many as Trunk takes.
const DIGITS: usize = 16;

/// Moves the script of `<stage>/index.html` into `<stage>/start-<hash>.js`.
pub(super) fn into_a_file(stage: &Path) -> Result<()> {
    let index = stage.join("index.html");
    let page = fs::read_to_string(&index).with_context(|| format!("{} cannot be read", index.display()))?;
    let (page, name, script) = split(&page)?;
    for (file, text) in [(stage.join(name), script), (index, page)] {
        fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

/// The page without its script, the script's name, and the script. Its imports are relative,
/// so the file has to lie beside the page.
fn split(page: &str) -> Result<(String, String, String)> {
    let page = without_nonces(page);
    let parts: Vec<&str> = page.split(BEGIN).collect();
    let [before, rest] = parts[..] else {
        bail!(
            "Trunk wrote {} start scripts into index.html, not one: xtask/src/build/start.rs \
             has to learn this version of Trunk",
            parts.len() - 1
        );
    };
    let (script, after) = rest
        .split_once(END)
        .context("Trunk's start script does not end")?;
    let script = format!("{}\n", told(script.trim())?);
    let mut hash: String = Sha256::digest(&script)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    hash.truncate(DIGITS);
    let name = format!("start-{hash}.js");
    let page = format!("{before}<script type=\"module\" src=\"./{name}\">{END}{after}");
    if let Some(inline) = inline_script(&page) {
        bail!("index.html holds a script that its policy forbids, give it a file: {inline}");
    }
    Ok((page, name, script))
}

/// The script with its start telling `parallax.js` when it fails, which not every browser does.
fn told(script: &str) -> Result<String> {
    const START: &str = "= await init(";
    let found = script.split_once(START).and_then(|(before, rest)| {
        let (arguments, after) = rest.split_once(");")?;
        Some((before, arguments, after))
    });
    let Some((before, arguments, after)) = found else {
        bail!(
            "Trunk's start script does not await init: xtask/src/build/start.rs has to learn this \
             version of Trunk"
        );
    };
    Ok(format!(
        "{before}{START}{arguments}).catch((error) => {{\n  window.parallaxHost.missing(error.message);\n  \
         throw error;\n}});{after}"
    ))
}

/// Nonces are for servers that make a new one for every answer. Ours are files: a nonce that
/// everybody knows would allow everything.
fn without_nonces(page: &str) -> String {
    const NONCE: &str = " nonce=\"";
    let mut parts = page.split(NONCE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    out
}

/// The opening tag of a script without a file.
fn inline_script(page: &str) -> Option<&str> {
    let tags = page.split("<script").skip(1);
    tags.filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
        .find(|tag| !tag.contains(" src="))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head><script src=\"./theme.js\" nonce=\"{{__TRUNK_NONCE__}}\"></script>\n\
        <script type=\"module\" nonce=\"abc\">\nimport init from './app.js';\nconst wasm = await init();\n</script></head>";

    #[test]
    fn the_script_moves_and_nothing_else() {
        let (page, name, script) = split(PAGE).unwrap();
        assert_eq!(
            script,
            "import init from './app.js';\nconst wasm = await init().catch((error) => {\n  \
             window.parallaxHost.missing(error.message);\n  throw error;\n});\n"
        );
        assert!(crate::headers::hashed(&name), "{name}");
        let expect = format!(
            "<head><script src=\"./theme.js\"></script>\n\
             <script type=\"module\" src=\"./{name}\"></script></head>"
        );
        assert_eq!(page, expect);
    }

    #[test]
    fn another_script_gets_another_name() {
        let other = PAGE.replace("app.js", "other.js");
        assert_ne!(split(PAGE).unwrap().1, split(&other).unwrap().1);
    }

    #[test]
    fn what_the_policy_would_block_is_refused() {
        let second = format!("{PAGE}<script>alert(1)</script>");
        assert!(split(&second).unwrap_err().to_string().contains("policy"));
        for page in ["<head></head>".to_owned(), format!("{PAGE}{PAGE}")] {
            assert!(split(&page).unwrap_err().to_string().contains("Trunk"));
        }
    }
}
