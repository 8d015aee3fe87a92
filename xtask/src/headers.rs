//! The headers of every answer: one table, used by our server and written out for hosts.
//!
//! The policy allows what the site is made of, its own files, and nothing else: no inline
//! script, no eval, nothing from elsewhere. It says nothing on who may embed the page, since
//! that is allowed.
//!
//! COOP and COEP make the page cross-origin isolated, which is what allows shared memory
//! and with it threads. Caching follows names: a name with a hash or build id in it never
//! changes its content; every other name is asked for anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

/// A header's name and value.
pub type Header = (&'static str, &'static str);

/// What allows threads.
pub const ISOLATION: [Header; 2] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
];

/// What a document or a Worker may load and run. Workers go by the answer to their own
/// script, so every answer has it.
pub const POLICY: Header = (
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
     style-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'",
);

/// On every answer, isolated or not.
pub const ALWAYS: [Header; 3] = [
    POLICY,
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

/// For names that hold a hash.
pub const FOREVER: Header = ("Cache-Control", "public, max-age=31536000, immutable");
/// For all other names.
pub const ANEW: Header = ("Cache-Control", "no-cache");

/// Trunk's hashes and our build id, as [`hashed`] finds them.
const HASH: &str = "-[0-9a-f]{12,}";

/// The headers of the answer to `path`; of a refusal if `path` was not `found`.
pub fn of(path: &str, found: bool, isolated: bool) -> impl Iterator<Item = Header> {
    let cache = if found && hashed(path) { FOREVER } else { ANEW };
    ALWAYS
        .into_iter()
        .chain([cache])
        .chain(isolated.then_some(ISOLATION).into_iter().flatten())
}

/// Whether the path holds a hyphen followed by at least twelve hex digits.
#[must_use]
pub fn hashed(path: &str) -> bool {
    let digit = |c: &char| matches!(c, '0'..='9' | 'a'..='f');
    path.split('-')
        .skip(1)
        .any(|part| part.chars().take_while(digit).count() >= 12)
}

/// The files that tell common hosts about the headers, for the site in `folder`.
///
/// # Errors
/// If the folder cannot be read.
pub fn host_files(folder: &Path) -> Result<Vec<(&'static str, String)>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        names.push(if entry.path().is_dir() {
            format!("{name}/*")
        } else {
            name
        });
    }
    names.sort();
    Ok(vec![
        ("_headers", netlify(&names)),
        ("vercel.json", vercel()),
        (".htaccess", apache()),
        ("nginx.conf", nginx()),
    ])
}

/// On every answer of a host that isolates.
pub fn everywhere() -> impl Iterator<Item = Header> {
    ISOLATION.into_iter().chain(ALWAYS)
}

/// Netlify joins the headers of all rules that match, so each path gets its cache rule
/// by name and none twice.
fn netlify(names: &[String]) -> String {
    let mut text = String::from("/*\n");
    for (name, value) in everywhere() {
        let _ = writeln!(text, "  {name}: {value}");
    }
    let paths = names
        .iter()
        .filter(|name| hashed(name))
        .map(|name| (name.as_str(), FOREVER));
    for (path, (name, value)) in [("", ANEW), ("index.html", ANEW)].into_iter().chain(paths) {
        let _ = write!(text, "/{path}\n  {name}: {value}\n");
    }
    text
}

fn vercel() -> String {
    let list = |headers: &mut dyn Iterator<Item = Header>| {
        headers
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect::<Vec<_>>()
    };
    let rules = json!({ "headers": [
        { "source": "/(.*)", "headers": list(&mut everywhere().chain([ANEW])) },
        // A later rule wins.
        { "source": format!("/(.*{HASH}.*)"), "headers": list(&mut [FOREVER].into_iter()) },
    ]});
    format!("{rules:#}\n")
}

fn apache() -> String {
    let mut text = String::from(
        "AddType application/wasm .wasm\nAddType text/javascript .js\n<IfModule mod_headers.c>\n",
    );
    for (name, value) in everywhere() {
        let _ = writeln!(text, "  Header always set {name} \"{value}\"");
    }
    // Without `always`: a refusal must not be kept for a year.
    for ((name, value), only) in [
        (ANEW, String::new()),
        (FOREVER, format!(" \"expr=%{{REQUEST_URI}} =~ m#{HASH}#\"")),
    ] {
        let _ = writeln!(text, "  Header set {name} \"{value}\"{only}");
    }
    text.push_str("</IfModule>\n");
    text
}

/// nginx forgets outer `add_header`s inside a location that has its own, hence a variable.
fn nginx() -> String {
    let mut text = String::from("# Include this inside the server block of the site.\n");
    let _ = writeln!(text, "set $parallax_cache \"{}\";", ANEW.1);
    let _ = writeln!(
        text,
        "if ($uri ~ \"{HASH}\") {{ set $parallax_cache \"{}\"; }}",
        FOREVER.1
    );
    for (name, value) in everywhere() {
        let _ = writeln!(text, "add_header {name} \"{value}\" always;");
    }
    // Without `always`: a refusal must not be kept for a year.
    let _ = writeln!(text, "add_header {} $parallax_cache;", ANEW.0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_told_from_words() {
        for path in [
            "/engine-0123456789ab/worker.js",
            "/parallax-app-89abcdef01234567_bg.wasm",
            "/catalogue-0123456789ab.postcard",
        ] {
            assert!(hashed(path), "{path}");
        }
        for path in [
            "/",
            "/index.html",
            "/build.json",
            "/engine-worker.js",
            "/0123456789ab",
        ] {
            assert!(!hashed(path), "{path}");
        }
    }

    #[test]
    fn isolation_can_be_left_out_and_nothing_else() {
        let isolated: Vec<Header> = of("/", true, true).collect();
        let plain: Vec<Header> = of("/", true, false).collect();
        assert_eq!(isolated.len(), plain.len() + ISOLATION.len());
        assert!(plain.contains(&ANEW) && isolated.contains(&ANEW));
        assert!(of("/engine-0123456789ab/a", true, true).any(|header| header == FOREVER));
        assert!(of("/engine-0123456789ab/a", false, true).all(|header| header != FOREVER));
    }

    #[test]
    fn the_policy_allows_files_and_wasm_only() {
        let (_, policy) = POLICY;
        let rules: Vec<&str> = policy.split("; ").collect();
        assert!(rules.contains(&"default-src 'none'") && rules.contains(&"worker-src 'self'"));
        assert!(rules.contains(&"script-src 'self' 'wasm-unsafe-eval'"));
        for word in ["'unsafe-inline'", "'unsafe-eval'", "http", "*", "frame-ancestors"] {
            assert!(!policy.contains(word), "{word}");
        }
        // What would end the value early, or need an escape, in one of the hosts' files.
        assert!(!policy.contains(['"', '\\', '\n', '$', '%']), "{policy}");
    }

    /// Each host's own way to write a value that holds spaces, quotes and semicolons.
    #[test]
    fn every_host_reads_the_whole_policy() {
        let (name, policy) = POLICY;
        let has = |text: &str, line: &str| assert!(text.lines().any(|l| l == line), "{line} in {text}");
        has(&netlify(&[]), &format!("  {name}: {policy}"));
        has(&apache(), &format!("  Header always set {name} \"{policy}\""));
        has(&nginx(), &format!("add_header {name} \"{policy}\" always;"));
        let vercel: serde_json::Value = serde_json::from_str(&vercel()).unwrap();
        let everywhere = vercel["headers"][0]["headers"].as_array().unwrap();
        assert!(everywhere.contains(&json!({ "key": name, "value": policy })));
    }

    #[test]
    fn every_host_gets_every_header() {
        let names = ["engine-0123456789ab/*".to_owned(), "index.html".to_owned()];
        for text in [netlify(&names), vercel(), apache(), nginx()] {
            for (name, value) in everywhere().chain([ANEW, FOREVER]) {
                assert!(text.contains(name) && text.contains(value), "{name} in {text}");
            }
        }
        assert!(netlify(&names).contains("/engine-0123456789ab/*\n  Cache-Control: public"));
        assert!(serde_json::from_str::<serde_json::Value>(&vercel()).is_ok());
    }
}
