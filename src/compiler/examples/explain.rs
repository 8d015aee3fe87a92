//! Says what the compiler made of a kernel: remarks, and a listing by name.
//!
//!     cargo run -p parallax-compiler --example explain -- FILE.py SIZE [LISTING]

use parallax_compiler::Request;
use parallax_compiler::explain::{Wanted, explain};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, file, size, rest @ ..] = args.as_slice() else {
        eprintln!("explain FILE.py SIZE [LISTING]");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(file).expect("a file");
    let request = Request {
        size: size.parse().expect("a size"),
        ..Request::default()
    };
    let began = std::time::Instant::now();
    let clock = || began.elapsed().as_secs_f64() * 1e3;
    let wanted = Wanted {
        narrow: true,
        listings: true,
    };
    let made = explain(&text, &request, &clock, wanted, &|| false);
    if let Some(failed) = &made.failed {
        println!("{}", failed.render(&text));
    }
    for (stage, time) in &made.stages {
        println!("{stage:>14} {time:8.3} ms");
    }
    for (target, why) in &made.refused {
        println!("no {target}: {why}");
    }
    for one in &made.remarks {
        let sign = if one.is_good { '+' } else { '-' };
        println!("{:4} {sign} {:9} {}", one.line, one.about.name(), one.text);
    }
    for listing in made
        .listings
        .iter()
        .filter(|one| rest.contains(&one.name.to_string()))
    {
        println!("\n{}", listing.name);
        for (text, line) in &listing.lines {
            println!("{line:4} {text}");
        }
    }
}
