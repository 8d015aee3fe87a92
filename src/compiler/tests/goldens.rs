//! The records of the kernels that Numba has run, and of those that must be refused or fail, are what they say.
#![cfg(not(target_arch = "wasm32"))]

mod golden;

use golden::{Output, failing, fnv, names, pragma, records, size, text, tolerance};
use parallax_compiler::{ArrayValue, Scalar, Source, Value, flow, module, syntax};

#[test]
fn every_kernel_has_a_record_of_its_present_text() {
    let (records, kernels) = (records(), names("kernels"));
    assert!(kernels.len() >= 110, "{}", kernels.len());
    let recorded: Vec<&str> = records.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(recorded, kernels, "run tests/oracle/kernels_golden.py");
    for record in &records {
        let text = text("kernels", &record.name);
        assert_eq!(record.hash, fnv(text.as_bytes()), "{} has changed", record.name);
        assert!(
            size(&text) > 0 && (0.0..1e-3).contains(&tolerance(&text)),
            "{}",
            record.name
        );
        assert!(
            record.outputs.is_empty() == record.error.is_some(),
            "{}",
            record.name
        );
    }
    let failing = failing();
    let recorded: Vec<&str> = failing.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(recorded, names("kernels/fails"), "run kernels_golden.py --fails");
    for one in &failing {
        let text = text("kernels/fails", &one.name);
        assert_eq!(one.hash, fnv(text.as_bytes()), "{} has changed", one.name);
        let line = |at: &str| at.split(':').next().map(str::to_owned);
        assert_eq!(pragma(&text, "at").and_then(line), line(&one.at), "{}", one.name);
        let class = pragma(&text, "cpython").or(pragma(&text, "fails"));
        assert_eq!(class, Some(one.class.as_str()), "{}", one.name);
        assert!(
            one.numba == "passes" || one.numba.contains("Error:"),
            "{}",
            one.name
        );
        let has_words = !["passes", "AssertionError"].contains(&one.class.as_str());
        assert!(!has_words || !one.message.is_empty(), "{}", one.name);
    }
}

#[test]
fn values_have_the_hashes_that_python_gave_them() {
    let mut compared = 0;
    for record in records() {
        for (at, output) in record.outputs.iter().enumerate() {
            let count = output.shape.as_ref().map_or(1, |shape| shape.iter().product());
            if count > 4096 {
                continue;
            }
            assert_eq!(output.bits.len(), count, "{} {at}", record.name);
            let bytes: Vec<u8> = output
                .bits
                .iter()
                .flat_map(|bits| bits.to_le_bytes().into_iter().take(output.of.bytes() as usize))
                .collect();
            let value = match &output.shape {
                None => Value::Scalar(output.of, output.bits[0]),
                Some(shape) => Value::Array(ArrayValue {
                    of: output.of,
                    shape: shape.clone(),
                    bytes,
                }),
            };
            assert_eq!(Output::of(&value), *output, "{} {at}", record.name);
            assert_eq!(output.difference(&value, 0.0), None);
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn a_difference_is_seen() {
    let expected = Output::of(&Value::float(2.0));
    assert_eq!(expected.difference(&Value::float(2.0 + 1e-9), 1e-9), None);
    assert_eq!(
        expected.difference(&Value::float(2.0 + 3e-9), 1e-9),
        Some("[0] 2.000000003, not 2.0".into())
    );
    assert!(expected.difference(&Value::float(f64::NAN), 1e-3).is_some());
    assert!(
        Output::of(&Value::float(f64::NAN))
            .difference(&Value::float(0.0), 1e-3)
            .is_some()
    );
    let negative = Value::float(f64::from_bits(0xfff8_0000_0000_0001));
    assert_eq!(
        Output::of(&Value::float(f64::NAN)).difference(&negative, 0.0),
        None
    );
    assert!(expected.difference(&Value::int(2), 1.0).is_some());
    assert!(
        Output::of(&Value::float(0.0))
            .difference(&Value::float(-0.0), 0.0)
            .is_some()
    );
}

#[test]
fn what_must_be_refused_says_why_and_where() {
    let all = names("kernels/bad");
    assert!(all.len() >= 40, "{}", all.len());
    for name in all {
        let text = text("kernels/bad", &name);
        let kind = pragma(&text, "error").expect("a kind");
        assert!(
            [
                "SyntaxError",
                "UnsupportedError",
                "NameError",
                "TypingError",
                "RaceError",
                "LimitError"
            ]
            .contains(&kind),
            "{name}: {kind}"
        );
        let (line, column) = pragma(&text, "at")
            .and_then(|at| at.split_once(':'))
            .expect("a place");
        let line: usize = line.parse().expect("a line");
        let column: usize = column.parse().expect("a column");
        let width = text.lines().nth(line - 1).expect("such a line").chars().count();
        assert!((1..=width + 1).contains(&column), "{name}");
        assert!(
            pragma(&text, "says").is_some_and(|says| !says.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn what_runs_is_read_without_faults() {
    for place in ["kernels", "kernels/fails"] {
        for name in names(place) {
            let text = text(place, &name);
            let source = Source::new(&text).expect("short");
            let (tree, mut faults) = syntax::parse(source);
            let (file, more) = module::file(&tree, None);
            faults.extend(more);
            for function in &file.functions {
                faults.extend(flow::webs(function.def, &file.globals, &[]).1);
            }
            let told: Vec<String> = faults.iter().map(|fault| fault.render(source)).collect();
            assert_eq!(told, Vec::<String>::new(), "{name}");
            assert!(file.entry.is_some() && file.setup.is_some(), "{name}");
        }
    }
    assert_eq!(Scalar::ALL.len(), 11);
}
