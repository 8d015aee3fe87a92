//! A kernel as a script for real Numba: the file as it is, and behind it a few lines that run it and print
//! what [`summary`] says of the outputs here.

use crate::outputs::Numbers;
use parallax_protocol::{RawOutput, checksum};

/// Behind the kernel's own text. Names begin with an underscore, so that none of the file's is taken.
const MAIN: &str = r#"

if __name__ == "__main__":
    # Added by Parallax: runs the kernel as its lab does, and prints what it shows of the outputs.
    import sys as _sys
    import numba as _numba
    import numpy as _np
    from numba.np.numpy_support import as_dtype as _as_dtype

    @_numba.njit
    def _fnv1a(data):
        h = _np.uint64(0xCBF29CE484222325)
        for b in data:
            h = (h ^ _np.uint64(b)) * _np.uint64(0x100000001B3)
        return h

    def _flat(value, of):
        if isinstance(of, _numba.types.BaseTuple):
            return [one for v, t in zip(value, of) for one in _flat(v, t)]
        if isinstance(of, _numba.types.NoneType):
            return []
        if isinstance(of, _numba.types.Array):
            return [value]
        return [_as_dtype(_numba.types.unliteral(of)).type(value)]

    _given = setup(int(_sys.argv[1]) if len(_sys.argv) > 1 else $SIZE)
    _given = _given if isinstance(_given, tuple) else (_given,)
    _before = [a.tobytes() if isinstance(a, _np.ndarray) else None for a in _given]
    _result = $ENTRY(*_given)
    _outputs = _flat(_result, $ENTRY.overloads[$ENTRY.signatures[0]].signature.return_type)
    if _result is None:
        _outputs = [a for a, was in zip(_given, _before) if was is not None and a.tobytes() != was]
    for _at, _output in enumerate(_outputs):
        _a = _np.ascontiguousarray(_output).reshape(_np.shape(_output))
        _line = f"output {_at}: {_a.dtype} {list(_a.shape)}"
        _v = _a.astype(_np.float64)
        _v = _v[_np.isfinite(_v)]
        if _v.size:
            _line += f" least {_v.min():.6e} greatest {_v.max():.6e} mean {_v.mean():.6e}"
        if _a.dtype.kind != "f":
            _bytes = _np.frombuffer(_a.tobytes(), _np.uint8)
            _line += f" checksum {int(_fnv1a(_bytes)):016x}"
        print(_line)
"#;

/// The file with what runs it under real Numba. `entry` is the kernel's function, `size` what `setup` is given unless
/// the script is told otherwise.
pub fn script(text: &str, entry: &str, size: u32) -> String {
    let main = MAIN.replace("$SIZE", &size.to_string()).replace("$ENTRY", entry);
    format!("{}\n{main}", text.trim_end())
}

/// What is said of outputs, a line each: type, shape, range and mean of what is finite; of what is no float, where every
/// bit counts, a checksum as reports have it.
pub fn summary(outputs: &[RawOutput]) -> Vec<String> {
    let line = |(at, raw): (usize, &RawOutput)| {
        let shape: Vec<String> = raw.shape.iter().map(u64::to_string).collect();
        let mut line = format!("output {at}: {} [{}]", raw.dtype, shape.join(", "));
        if let Some(numbers) = Numbers::of(raw) {
            let finite = numbers.all().filter(|v| v.is_finite());
            let (mut count, mut sum, mut range) = (0u32, 0.0, (f64::INFINITY, f64::NEG_INFINITY));
            for v in finite {
                count += 1;
                sum += v;
                range = (range.0.min(v), range.1.max(v));
            }
            if count > 0 {
                let [least, greatest, mean] = [range.0, range.1, sum / f64::from(count)].map(python);
                line += &format!(" least {least} greatest {greatest} mean {mean}");
            }
        }
        if !raw.dtype.starts_with("float") {
            line += &format!(" checksum {}", checksum(&raw.bytes));
        }
        line
    };
    outputs.iter().enumerate().map(line).collect()
}

/// As Python writes it with `:.6e`: two digits of the exponent at least, and its sign.
fn python(value: f64) -> String {
    let text = format!("{value:.6e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        let expected = [
            (0.0, "0.000000e+00"),
            (-1.5, "-1.500000e+00"),
            (1234.5678, "1.234568e+03"),
            (2.5e-7, "2.500000e-07"),
            (1e100, "1.000000e+100"),
        ];
        for (value, text) in expected {
            assert_eq!(python(value), text);
        }
    }

    #[test]
    fn outputs_are_told_in_a_line_each() {
        let outputs = [
            RawOutput {
                dtype: "float32".into(),
                shape: vec![3],
                bytes: [1.0f32, f32::NAN, 4.0]
                    .iter()
                    .flat_map(|v| v.to_le_bytes())
                    .collect(),
            },
            RawOutput {
                dtype: "uint8".into(),
                shape: Vec::new(),
                bytes: b"a".to_vec(),
            },
        ];
        assert_eq!(
            summary(&outputs),
            [
                "output 0: float32 [3] least 1.000000e+00 greatest 4.000000e+00 mean 2.500000e+00",
                "output 1: uint8 [] least 9.700000e+01 greatest 9.700000e+01 mean 9.700000e+01 checksum af63dc4c8601ec8c",
            ]
        );
    }

    #[test]
    fn a_script_is_the_file_and_what_runs_it() {
        let script = script("def f(x): ...\n\n\n", "f", 7);
        assert!(script.starts_with("def f(x): ...\n\n"));
        assert!(
            script.contains("else 7)") && script.contains("_result = f(*_given)") && !script.contains('$')
        );
    }
}
