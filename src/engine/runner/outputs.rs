//! What a row's first run gave, for the report: its types, shapes and checksums.

use super::Run;
use parallax_backends::BackendError;
use parallax_protocol::{
    Event, LabEvent, MOST_DRAWN, MOST_VALUES, Number, OutputOf, PlanRow, RawOutput, checksum, encode,
};
use parallax_workloads::{Array, Output};
use std::borrow::Cow;

impl Run<'_> {
    /// Tells the lab something, if the kernel is the lab's.
    pub(super) fn lab(&self, event: LabEvent) {
        let is_labs = self.spec.kernel.as_ref().is_some_and(|kernel| kernel.drawn);
        // Our own data can always be written.
        if let (true, Ok(bytes)) = (is_labs, encode(&event)) {
            (self.emit)(Event::Lab { explain: None, bytes });
        }
    }

    /// Tells a run's outputs as they are, if they are to be drawn and are not those of the first row again.
    pub(super) fn drawn(&self, row: &PlanRow, output: Output, first: Option<&Output>) -> Output {
        if self.spec.kernel.as_ref().is_some_and(|kernel| kernel.drawn) {
            let outputs = (first != Some(&output)).then(|| raw(&output));
            self.lab(LabEvent::Drawn {
                backend: row.backend.clone(),
                outputs,
            });
        }
        output
    }

    /// Tells what a run gave, and hands it back.
    pub(super) async fn outputs(
        &self,
        row: &PlanRow,
        output: Output,
        shape: Option<Vec<usize>>,
    ) -> Result<Output, BackendError> {
        let values = self.spec.kernel.as_ref().is_some_and(|kernel| kernel.values);
        let job = move || {
            let outputs = described(&output, shape, values);
            (output, outputs)
        };
        let (output, outputs) = self
            .machine
            .pool
            .offload(job)
            .await
            .map_err(|message| BackendError::Panicked { message })?;
        (self.emit)(Event::Outputs {
            job: self.job,
            backend: row.backend.clone(),
            outputs,
        });
        Ok(output)
    }
}

/// The outputs up to what can be drawn; the first that is larger has no elements, nor have those behind it.
fn raw(output: &Output) -> Vec<RawOutput> {
    let Output::Arrays(all) = output else {
        return Vec::new();
    };
    let mut left = MOST_DRAWN;
    let one = |array: &Array| {
        left = left.saturating_sub(array.bytes.len());
        RawOutput {
            dtype: array.dtype.into(),
            shape: array.shape.iter().map(|n| *n as u64).collect(),
            bytes: match left {
                0 => Vec::new(),
                _ => array.bytes.clone(),
            },
        }
    };
    all.iter().map(one).collect()
}

fn described(output: &Output, shape: Option<Vec<usize>>, values: bool) -> Vec<OutputOf> {
    let one = |dtype: &str, bytes: Vec<u8>| OutputOf {
        dtype: dtype.into(),
        shape: match &shape {
            Some(shape) => shape.iter().map(|n| *n as u64).collect(),
            None => vec![output.len() as u64],
        },
        checksum: checksum(&one_nan(dtype, Cow::Owned(bytes))),
        values: None,
    };
    match output {
        Output::U32(v) => vec![one("uint32", v.iter().flat_map(|v| v.to_le_bytes()).collect())],
        Output::F32(v) => vec![one("float32", v.iter().flat_map(|v| v.to_le_bytes()).collect())],
        Output::F64(v) => vec![one("float64", v.iter().flat_map(|v| v.to_le_bytes()).collect())],
        Output::Arrays(all) => {
            let described = all.iter().map(|array| OutputOf {
                dtype: array.dtype.into(),
                shape: array.shape.iter().map(|n| *n as u64).collect(),
                checksum: checksum(&one_nan(array.dtype, Cow::Borrowed(&array.bytes))),
                values: (values && array.len() <= MOST_VALUES).then(|| numbers(array)),
            });
            described.collect()
        }
    }
}

/// Every NaN as NumPy's `nan`: which one an operation gives is the processor's choice, and says nothing.
fn one_nan<'b>(dtype: &str, mut bytes: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
    fn each<const N: usize>(bytes: &mut Cow<[u8]>, is_nan: fn([u8; N]) -> bool, nan: [u8; N]) {
        for at in 0..bytes.len() / N {
            let at = at * N..(at + 1) * N;
            // A chunk of this length always fits.
            if <[u8; N]>::try_from(&bytes[at.clone()]).is_ok_and(is_nan) {
                bytes.to_mut()[at].copy_from_slice(&nan);
            }
        }
    }
    match dtype {
        "float32" => each(
            &mut bytes,
            |b| f32::from_le_bytes(b).is_nan(),
            0x7fc0_0000u32.to_le_bytes(),
        ),
        "float64" => each(
            &mut bytes,
            |b| f64::from_le_bytes(b).is_nan(),
            (0x7ff8u64 << 48).to_le_bytes(),
        ),
        _ => {}
    }
    bytes
}

fn numbers(array: &Array) -> Vec<Number> {
    let word = |at: usize| {
        array
            .element(at)
            .iter()
            .rev()
            .fold(0u64, |n, b| n << 8 | u64::from(*b))
    };
    let number = |at: usize| match array.dtype {
        "bool" => Number::Bool(word(at) != 0),
        "float32" | "float64" => Number::Float(array.at(at)),
        // Narrower ones fit a double exactly.
        "int64" => Number::Int(word(at) as i64),
        name if name.starts_with('i') => Number::Int(array.at(at) as i64),
        _ => Number::Uint(word(at)),
    };
    (0..array.len()).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_to_be_drawn_has_no_elements() {
        let array = |len| Array {
            dtype: "uint8",
            shape: vec![len],
            bytes: vec![1; len],
        };
        let drawn = raw(&Output::Arrays(vec![array(3), array(MOST_DRAWN), array(1)]));
        let lengths: Vec<usize> = drawn.iter().map(|one| one.bytes.len()).collect();
        assert_eq!(lengths, [3, 0, 0]);
        assert_eq!(drawn[1].shape, [MOST_DRAWN as u64]);
    }

    #[test]
    fn an_output_is_described_by_its_bytes() {
        let plain = described(&Output::F32(vec![1.5, -2.0]), None, true);
        assert_eq!(
            (plain[0].dtype.as_str(), &plain[0].shape[..]),
            ("float32", &[2][..])
        );
        assert_eq!(plain[0].checksum, checksum(&[0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]));
        let nans = [0x7fc0_0000, 0xffc0_0000, 0x7f80_0001].map(f32::from_bits);
        let [one, another, third] = nans.map(|nan| described(&Output::F32(vec![1.0, nan]), None, false));
        assert_eq!(one[0].checksum, checksum(&[0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f]));
        assert!(one == another && another == third);
        let shaped = described(&Output::U32(vec![7; 6]), Some(vec![2, 3]), false);
        assert_eq!(shaped[0].shape, [2, 3]);
        let array = |dtype, shape: &[usize], bytes: &[u8]| Array {
            dtype,
            shape: shape.into(),
            bytes: bytes.into(),
        };
        let all = Output::Arrays(vec![
            array("int8", &[2], &[255, 3]),
            array("int64", &[], &i64::MIN.to_le_bytes()),
            array("uint64", &[], &u64::MAX.to_le_bytes()),
            array("bool", &[1], &[1]),
        ]);
        let all = described(&all, None, true);
        let values: Vec<_> = all.into_iter().filter_map(|output| output.values).collect();
        assert_eq!(values[0], [Number::Int(-1), Number::Int(3)]);
        assert_eq!(values[1], [Number::Int(i64::MIN)]);
        assert_eq!(values[2], [Number::Uint(u64::MAX)]);
        assert_eq!(values[3], [Number::Bool(true)]);
    }
}
