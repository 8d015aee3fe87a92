fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let request = parallax_compiler::Request {
        size: 16,
        ..Default::default()
    };
    match parallax_compiler::prepare(&text, &request, &|| false) {
        Ok(prepared) => println!("{}", prepared.typed),
        Err(failed) => println!("{}", failed.render(&text)),
    }
}
