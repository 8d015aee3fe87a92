//! Kernels as WGSL: every shader is read and checked by naga, which is somebody else's; a few are kept as texts that
//! were read by a person (`BLESS=1` writes them anew).

use naga::valid::{Capabilities, ValidationFlags, Validator};
use parallax_compiler::validate::{Valid, validate};
use parallax_compiler::wgsl::{self, Action, Arg, Options, Plan, Refusal, Run, Shader};
use parallax_compiler::{ArrayValue, Layout, Scalar, Source, Type, Value, infer, module, syntax};
use std::path::Path;

/// The entry of a file for arguments of these types.
fn compile(text: &str, types: &[Type]) -> Result<Valid, String> {
    let source = Source::new(text).map_err(|fault| fault.to_string())?;
    let (module, faults) = syntax::parse(source);
    let (file, more) = module::file(&module, None);
    if let Some(fault) = faults.iter().chain(&more).next() {
        return Err(fault.render(source));
    }
    let entry = file.entry.ok_or("no entry")?;
    let program = infer::program(&file, entry, types).map_err(|all| all[0].render(source))?;
    validate(program).map_err(|fault| format!("{fault:?}"))
}

fn types(args: &[Value]) -> Vec<Type> {
    args.iter().map(Value::type_of).collect()
}

fn arg(value: &Value) -> Arg {
    match value {
        Value::Scalar(_, bits) => Arg::Scalar(*bits),
        Value::Array(array) => Arg::Shape(array.shape.clone()),
        _ => Arg::Shape(Vec::new()),
    }
}

fn options(args: &[Value], narrow: bool) -> Options {
    Options {
        narrow,
        ..Options::new(args.iter().map(arg).collect())
    }
}

fn plan(text: &str, args: &[Value], narrow: bool) -> Result<Plan, Vec<Refusal>> {
    let program = compile(text, &types(args)).expect(text);
    let plan = wgsl::write(&program, &options(args, narrow))?;
    for shader in &plan.shaders {
        check(shader, &shader.apart());
        // All arrays of a type in one buffer: as far as they may be of one.
        let one = vec![0; shader.handles.len()];
        let all_alike = shader.handles.iter().all(|bound| {
            let of = |array: parallax_compiler::ir::Array| plan.program.arrays[array.0 as usize].of;
            of(bound.array) == of(shader.handles[0].array)
        });
        if all_alike {
            check(shader, &one);
        }
    }
    Ok(plan)
}

/// Read and checked by naga.
fn check(shader: &Shader, sharing: &[usize]) {
    let text = shader.wgsl(sharing);
    let module = match naga::front::wgsl::parse_str(&text) {
        Ok(module) => module,
        Err(fault) => panic!("{}\n{text}", fault.emit_to_string(&text)),
    };
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    if let Err(fault) = validator.validate(&module) {
        panic!("{}\n{text}", fault.emit_to_string(&text));
    }
}

fn refusals(text: &str, args: &[Value]) -> Vec<String> {
    let all = plan(text, args, false).expect_err("refused");
    all.iter().map(Refusal::to_string).collect()
}

fn array(of: Scalar, shape: &[usize]) -> Value {
    Value::Array(ArrayValue {
        of,
        shape: shape.to_vec(),
        bytes: vec![0; shape.iter().product::<usize>() * of.bytes() as usize],
    })
}

/// A value of a type as the golden file writes it.
fn example(name: &str) -> Option<Value> {
    if let Some(inner) = name.strip_prefix("array(") {
        let mut parts = inner.trim_end_matches(')').split(", ");
        let of = Scalar::named(parts.next()?)?;
        let axes: usize = parts.next()?.trim_end_matches('d').parse().ok()?;
        return Some(array(of, &vec![8; axes]));
    }
    let of = Scalar::named(name)?;
    let bits = match of {
        Scalar::F32 => 0.5f32.to_bits().into(),
        Scalar::F64 => 0.5f64.to_bits(),
        Scalar::Bool => 1,
        _ => 6,
    };
    Some(Value::Scalar(of, bits))
}

#[test]
fn all_kernels_are_refused_by_name_or_read_by_naga() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let golden = std::fs::read_to_string(folder.join("oracle/kernels.golden")).expect("the golden file");
    let (mut name, mut written, mut refused, mut as_is) = (String::new(), 0, Vec::new(), 0);
    for line in golden.lines() {
        let mut words = line.split('\t');
        match words.next() {
            Some("kernel") => name = words.next().unwrap_or_default().to_string(),
            Some("takes") => {
                let Some(args) = words.map(example).collect::<Option<Vec<Value>>>() else {
                    continue;
                };
                let Ok(text) = std::fs::read_to_string(folder.join(format!("kernels/{name}.py"))) else {
                    continue;
                };
                if let Err(fault) = compile(&text, &types(&args)) {
                    eprintln!("{name}: {}", fault.lines().next().unwrap_or_default());
                    continue;
                }
                match plan(&text, &args, true) {
                    Ok(_) => written += 1,
                    Err(why) => refused.push((name.clone(), why[0].to_string())),
                }
                as_is += usize::from(plan(&text, &args, false).is_ok());
            }
            _ => {}
        }
    }
    eprintln!("{written} written, {as_is} without narrowing, refused: {refused:#?}");
    assert!(written > 100, "{written}");
}
