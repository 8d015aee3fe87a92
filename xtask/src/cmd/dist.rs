//! `cargo xtask dist`: the site as it goes to a host, with the host's header files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::process::say;
use crate::{build, headers};

/// Builds, writes the hosts' files, and says what is where and how large.
///
/// # Errors
/// If the build fails or a file cannot be written.
pub fn run() -> Result<bool> {
    let dist = build::site()?;
    for (name, text) in headers::host_files(&dist.folder)? {
        let file = dist.folder.join(name);
        fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    say(format!("the site is in {}", dist.folder.display()));
    let [lab, editor] = dist.lab();
    for (name, file) in [
        ("page", dist.page_wasm()?),
        ("views", dist.views_wasm()),
        ("lab", lab),
        ("editor", editor),
        ("engine", dist.engine_wasm()),
    ] {
        let (raw, packed) = sizes(&file)?;
        say(format!(
            "  {name:<7}{:>8}, {} as brotli",
            kilobytes(raw),
            kilobytes(packed)
        ));
    }
    say("  headers for Netlify and Cloudflare (_headers), Vercel (vercel.json), Apache");
    say("  (.htaccess) and nginx (nginx.conf, to include) are in it");
    Ok(true)
}

/// Bytes of a file as it is and as a host would send it.
///
/// # Errors
/// If it cannot be read.
pub fn sizes(file: &Path) -> Result<(usize, usize)> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut packed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &best)
        .with_context(|| format!("{} cannot be packed", file.display()))?;
    Ok((bytes.len(), packed.len()))
}

/// A size for people: thousands of bytes, as browsers show it.
#[must_use]
pub fn kilobytes(bytes: usize) -> String {
    format!("{:.0} kB", bytes as f64 / 1000.0)
}
