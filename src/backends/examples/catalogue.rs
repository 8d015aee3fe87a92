//! Writes the catalogue, what the page knows before the engine has loaded, to standard
//! output, as the bytes that the page decodes.
//!
//! Built natively, without wgpu: `cargo run -p parallax-backends --no-default-features
//! --example catalogue`.

use parallax_protocol::{Catalogue, encode};
use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let catalogue = Catalogue {
        workloads: parallax_workloads::catalogue(),
        backends: parallax_backends::registry().iter().map(|b| b.info()).collect(),
    };
    std::io::stdout().write_all(&encode(&catalogue)?)?;
    Ok(())
}
