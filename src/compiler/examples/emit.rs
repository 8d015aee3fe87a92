//! Writes a kernel's modules and a memory that holds its arguments, for whoever wants to run or read them.
//!
//!     cargo run -p parallax-compiler --example emit -- FILE.py SIZE DIRECTORY

use parallax_compiler::wasm::Target;
use parallax_compiler::wasm::host::{Call, Memory, PADDING};
use parallax_compiler::{Request, prepare};

struct Image(Vec<u8>);

impl Memory for Image {
    fn room(&mut self, bytes: usize) -> Option<u32> {
        let at = (self.0.len() + PADDING as usize).next_multiple_of(16);
        self.0.resize(at + bytes + PADDING as usize, 0);
        u32::try_from(at).ok()
    }
    fn read(&self, at: u32, to: &mut [u8]) {
        to.copy_from_slice(&self.0[at as usize..at as usize + to.len()]);
    }
    fn write(&mut self, at: u32, bytes: &[u8]) {
        self.0[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, file, size, directory] = args.as_slice() else {
        eprintln!("emit FILE.py SIZE DIRECTORY");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(file).unwrap();
    let request = Request {
        size: size.parse().unwrap(),
        ..Request::default()
    };
    let started = std::time::Instant::now();
    let prepared = match prepare(&text, &request, &|| false) {
        Ok(prepared) => prepared,
        Err(failed) => {
            eprintln!("{}", failed.render(&text));
            std::process::exit(1);
        }
    };
    eprintln!("prepared in {:?}", started.elapsed());
    std::fs::create_dir_all(directory).unwrap();
    std::fs::write(format!("{directory}/ir.txt"), prepared.program.to_string()).unwrap();
    let mut image = Image(vec![0; 4096]);
    let mut frame = 0;
    for (name, simd) in [("scalar", false), ("simd", true)] {
        let target = Target {
            simd,
            ..Target::default()
        };
        let started = std::time::Instant::now();
        let module = prepared.wasm(target).unwrap();
        eprintln!("{name}: {} bytes in {:?}", module.bytes.len(), started.elapsed());
        std::fs::write(format!("{directory}/{name}.wasm"), &module.bytes).unwrap();
        if frame == 0 {
            frame = Call::new(&module.abi, &prepared.arguments, 1, &mut image).unwrap().frame;
        }
    }
    std::fs::write(format!("{directory}/memory.bin"), &image.0).unwrap();
    std::fs::write(format!("{directory}/frame.txt"), frame.to_string()).unwrap();
}
