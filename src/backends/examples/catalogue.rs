//! Prints the catalogue as JSON: what the page knows before the engine has loaded.
//!
//! Built natively, without wgpu: `cargo run -p parallax-backends --no-default-features
//! --example catalogue`.

use parallax_protocol::Catalogue;

fn main() -> Result<(), serde_json::Error> {
    let catalogue = Catalogue {
        workloads: parallax_workloads::registry().iter().map(|w| w.info()).collect(),
        backends: parallax_backends::registry().iter().map(|b| b.info()).collect(),
    };
    println!("{}", serde_json::to_string(&catalogue)?);
    Ok(())
}
