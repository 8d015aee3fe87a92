//! Kernels as WGSL: every shader is read and checked by naga, which is somebody else's; a few are kept as texts that
//! were read by a person (`BLESS=1` writes them anew).

use naga::valid::{Capabilities, ValidationFlags, Validator};
use parallax_compiler::interpret::{self, State};
use parallax_compiler::ir::Program;
use parallax_compiler::wgsl::{self, Action, Arg, Fault, Options, Plan, Refusal, Run, Shader};
use parallax_compiler::{ArrayValue, Request, Scalar, Source, Type, Value, infer, module, prepare, syntax};
use std::path::Path;

/// The entry of a file for arguments of these types.
fn compile(text: &str, types: &[Type]) -> Result<Program, String> {
    let source = Source::new(text).map_err(|fault| fault.to_string())?;
    let (module, faults) = syntax::parse(source);
    let (file, more) = module::file(&module, None);
    if let Some(fault) = faults.iter().chain(&more).next() {
        return Err(fault.render(source));
    }
    let entry = file.entry.ok_or("no entry")?;
    infer::program(&file, entry, types)
        .map(|typed| typed.program)
        .map_err(|all| all[0].render(source))
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
    assert!(
        written > 140 && as_is > 25,
        "{written} written, {as_is} without narrowing, refused: {refused:#?}"
    );
}

fn int(value: i64) -> Value {
    Value::int(value)
}

const HEAD: &str = "import math\nimport numpy as np\nfrom numba import njit, prange\nf32 = np.float32\n";

fn kernel(body: &str) -> String {
    format!("{HEAD}@njit(parallel=True)\n{body}")
}

const MANDELBROT: &str = "\
def mandelbrot(steps, width, height, most):
    for y in prange(height):
        for x in range(width):
            cr = f32(-2.0) + f32(x) * f32(2.5 / width)
            ci = f32(-1.25) + f32(y) * f32(2.5 / height)
            zr = f32(0)
            zi = f32(0)
            n = 0
            while n < most and zr * zr + zi * zi <= f32(4):
                zr, zi = zr * zr - zi * zi + cr, f32(2) * zr * zi + ci
                n += 1
            steps[y, x] = n
";

const HEAT: &str = "\
def heat(a, b, rounds):
    for t in range(rounds):
        for i in prange(1, a.size - 1):
            b[i] = f32(0.25) * a[i - 1] + f32(0.5) * a[i] + f32(0.25) * a[i + 1]
        a, b = b, a
    return a
";

const TOTAL: &str = "\
def total(x, k):
    s = f32(0)
    n = 0
    for i in prange(x.size):
        if x[i] > f32(0):
            n += k[i]
            s += x[i]
    return s, n
";

const GATHER: &str = "\
def gather(out, a, k):
    for i in prange(out.size):
        out[i] = a[k[i]]
";

fn golden(name: &str, plan: &Plan) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/wgsl/{name}.wgsl"));
    let all: Vec<String> = plan
        .shaders
        .iter()
        .map(|shader| shader.wgsl(&shader.apart()))
        .collect();
    let text = all.join("\n");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == kept, "{name} changed; BLESS=1 keeps it:\n{text}");
}

fn mandelbrot() -> Plan {
    let args = [array(Scalar::I32, &[64, 48]), int(48), int(64), int(100)];
    plan(&kernel(MANDELBROT), &args, false).expect("float32 alone")
}

fn heat() -> (Plan, Vec<Value>) {
    let args = vec![array(Scalar::F32, &[100]), array(Scalar::F32, &[100]), int(3)];
    (plan(&kernel(HEAT), &args, false).expect("float32 alone"), args)
}

fn total() -> (Plan, Vec<Value>) {
    let args = vec![array(Scalar::F32, &[5000]), array(Scalar::I32, &[5000])];
    (
        plan(&kernel(TOTAL), &args, false).expect("sums of int64 too"),
        args,
    )
}

#[test]
fn texts_are_as_they_were_read() {
    golden("mandelbrot", &mandelbrot());
    golden("heat", &heat().0);
    golden("total", &total().0);
    let args = [
        array(Scalar::F32, &[9]),
        array(Scalar::F32, &[5]),
        array(Scalar::I32, &[9]),
    ];
    let text = kernel(
        "def f(out, n):\n    for i in prange(out.size):\n        own = np.full(n + i % 7, i, np.int32)\n        \
         own[i % own.size] += 1\n        for k in range(0, own.size, 997):\n            out[i] += own[k]\n",
    );
    let args_of = [array(Scalar::I32, &[300]), int(10_000)];
    golden("scratch", &plan(&text, &args_of, true).expect("narrowed"));
    golden(
        "gather",
        &plan(&kernel(GATHER), &args, false).expect("no 64 bits"),
    );
}

#[test]
fn counters_of_64_bits_need_no_narrowing_and_loops_are_bounded() {
    let plan = mandelbrot();
    assert_eq!(plan.shaders.len(), 1);
    let text = plan.shaders[0].wgsl(&[0]);
    assert!(text.contains("if (tick()) { break; }"), "{text}");
    assert!(text.contains("spend(trips_i("), "{text}");
}

#[test]
fn a_bad_index_is_clamped_recorded_and_stores_nothing() {
    let args = [
        array(Scalar::F32, &[9]),
        array(Scalar::F32, &[5]),
        array(Scalar::I32, &[9]),
    ];
    let plan = plan(&kernel(GATHER), &args, false).expect("no 64 bits");
    let text = plan.shaders[0].wgsl(&[0, 1, 2]);
    assert!(text.contains("return clamp(i, 0, max(n - 1, 0));"), "{text}");
    // Nothing that fails comes after it was asked whether something has.
    let stores: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("_store(") && !line.starts_with("fn"))
        .collect();
    assert_eq!(stores, ["    if (!failed) { out_h1_store(t1, t2); }"]);
}

/// What a run asks for, where the device answers `reads` one after the other.
fn actions(
    plan: &Plan,
    args: &[Value],
    mut reads: Vec<Vec<u32>>,
) -> (Vec<Action>, Result<wgsl::Outcome, Fault>) {
    let mut run = Run::new(plan, args).expect("the plan's arguments");
    let mut all = Vec::new();
    loop {
        match run.step() {
            Ok(Action::Done) => return (all, run.outcome()),
            Ok(action) => {
                if let Action::Read(buffers) = &action {
                    let answers = buffers.iter().flat_map(|(_, words)| {
                        let mut answer = if reads.is_empty() {
                            Vec::new()
                        } else {
                            reads.remove(0)
                        };
                        answer.resize(*words as usize, 0);
                        answer
                    });
                    run.give(answers.collect());
                }
                all.push(action);
            }
            Err(fault) => return (all, Err(fault)),
        }
    }
}

fn nobody() -> Vec<u32> {
    vec![u32::MAX, u32::MAX]
}

#[test]
fn swapped_arrays_are_other_buffers_of_the_same_shader() {
    let (plan, args) = heat();
    let (all, outcome) = actions(&plan, &args, vec![nobody(), vec![7; 100], vec![8; 100]]);
    let launches = all.iter().filter_map(|action| match action {
        Action::Dispatch(launch) => Some((launch.sharing.clone(), launch.buffers.clone(), launch.groups)),
        _ => None,
    });
    let launches: Vec<_> = launches.collect();
    let (one, other) = (&launches[0].1, &launches[1].1);
    assert_eq!(launches.len(), 3);
    assert_eq!((one, one[0], one[1]), (&launches[2].1, other[1], other[0]));
    assert!(launches.iter().all(|launch| launch.0 == [0, 1] && launch.2 == 2));
    let outcome = outcome.expect("done");
    assert_eq!((outcome.results.len(), outcome.changed.len()), (1, 2));
}

#[test]
fn partial_sums_are_combined_by_the_languages_tree_in_64_bits() {
    let (plan, args) = total();
    // Of 5000 iterations the leaves have 24, and there are 209.
    let mut report = nobody();
    report.resize(260, 0);
    let lanes = 209 * 8;
    let outputs: Vec<u32> = plan.shaders[0]
        .outputs
        .iter()
        .map(|output| output.words)
        .collect();
    for words in outputs {
        let mut own = vec![0; 2048 * words as usize];
        for lane in 0..lanes {
            match words {
                1 => own[lane] = 0.5f32.to_bits(),
                _ => (own[2 * lane], own[2 * lane + 1]) = (u32::MAX, 1),
            }
        }
        report.extend(own);
    }
    let (_, outcome) = actions(&plan, &args, vec![report, nobody()]);
    let half = (209.0f32 * 4.0).to_bits();
    let sum = lanes as u64 * 0x1_ffff_ffff;
    let want = vec![
        Value::Scalar(Scalar::F32, half.into()),
        Value::Scalar(Scalar::I64, sum),
    ];
    assert_eq!(outcome.expect("done").results, want);
}

#[test]
fn of_several_records_the_smallest_iteration_is_reported() {
    let args = [
        array(Scalar::F32, &[9]),
        array(Scalar::F32, &[5]),
        array(Scalar::I32, &[9]),
    ];
    let plan = plan(&kernel(GATHER), &args, false).expect("no 64 bits");
    let mut report = vec![0, 2, 2, 0, 6, 0, 70, 0];
    report.extend([2, 0, -9i32 as u32, 0]);
    let (_, outcome) = actions(&plan, &args, vec![report]);
    assert!(
        matches!(outcome, Err(Fault::Site { index: -9, .. })),
        "{outcome:?}"
    );
    let stopped = vec![0, 2, 1, 0, 2, u32::MAX, 0, 0];
    let (_, outcome) = actions(&plan, &args, vec![stopped]);
    assert!(
        matches!(outcome, Err(Fault::Stopped { span: Some(_), .. })),
        "{outcome:?}"
    );
}

#[test]
fn wide_values_are_refused_by_name_once_each() {
    let text = "def f(x, out):\n    for i in prange(out.size):\n        s = 0.5 * i\n        s = s + s\n        out[i] = s\n";
    let args = [array(Scalar::F64, &[4]), array(Scalar::F32, &[4])];
    // The number is at fault, and not all that was made of it.
    assert_eq!(
        refusals(&kernel(text), &args),
        ["0.5 is float64; narrow to float32?"]
    );
    let text = "def f(x, out):\n    for i in prange(out.size):\n        out[i] = x[i]\n";
    assert_eq!(
        refusals(&kernel(text), &args),
        ["the array 'x' is float64; narrow to float32?"]
    );
    assert!(plan(&kernel(text), &args, true).is_ok());
    let text = "def f(x, out):\n    for i in prange(out.size):\n        h = i\n        for k in range(9):\n            h = h * 31 + k\n        out[i] = h % 1000\n";
    assert_eq!(refusals(&kernel(text), &args), ["'h' is int64; narrow to int32?"]);
    // A reduction without a name.
    let product = "def f(k):\n    return k.prod()\n";
    let all = plan(&kernel(product), &[array(Scalar::I32, &[4])], true).expect_err("refused");
    assert_eq!(
        all[0].to_string(),
        "what is reduced here is combined in 64 bits, which a shader does for sums only"
    );
    let mask = text.replace("h % 1000", "h & 1023");
    assert!(
        plan(&kernel(&mask), &args, false).is_ok(),
        "low bits are low bits"
    );
}

/// What is refused, and the word of the text that each points at.
fn pointed(body: &str, args: &[Value]) -> Vec<(String, String)> {
    let text = kernel(body);
    let all = plan(&text, args, false).expect_err("refused");
    let word = |refusal: &Refusal| {
        let rest = &text[refusal.span().expect("a place").start as usize..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
        rest[..end.unwrap_or(rest.len())].to_string()
    };
    all.iter()
        .map(|one| (one.to_string().replace("; narrow to float32?", ""), word(one)))
        .collect()
}

#[test]
fn refusals_point_at_what_first_had_64_bits() {
    let (x, k) = (array(Scalar::F32, &[4]), array(Scalar::I32, &[4]));
    let args = [x, k, array(Scalar::F64, &[4])];
    let said = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| format!("        {line}\n")).collect();
        pointed(
            &format!(
                "def f(x, k, w):\n    for i in prange(x.size):\n{}",
                lines.concat()
            ),
            &args,
        )
    };
    let is = |words: &str, at: &str| (words.to_string(), at.to_string());
    // A literal, through variables that are made of it.
    let lines = [
        "d = x[i] + 0.01",
        "light = d / d",
        "light += d * d",
        "x[i] = light",
    ];
    assert_eq!(said(&lines), [is("0.01 is float64", "0.01")]);
    // The accumulator begins with 64 bits; the sum is not at fault.
    let lines = ["s = 0.0", "for j in range(9):", "    s += x[j]", "x[i] = s"];
    assert_eq!(said(&lines), [is("'s' is float64", "s")]);
    // Types that only 64 bits have in common.
    let lines = ["x[i] = f32(2) * (x[i] * i)"];
    assert_eq!(said(&lines), [is("'*' of float32 and int64 is float64", "x")]);
    let lines = ["x[i] = f32(x[i] + i) + f32(2)"];
    assert_eq!(said(&lines), [is("'+' of float32 and int64 is float64", "x")]);
    let lines = ["r = math.sqrt(k[i])", "x[i] = r"];
    assert_eq!(said(&lines), [is("'sqrt' of int32 is float64", "math.sqrt")]);
    // Arrays, where they are made or else used; in the order of the text, each once.
    let lines = ["x[i] = w[i] + w[i]", "x[i] += w[i] * 0.5 + 0.5 / w[i]"];
    let wanted = [is("the array 'w' is float64", "w"), is("0.5 is float64", "0.5")];
    assert_eq!(said(&lines), wanted);
    let lines = ["own = np.zeros(3)", "other = own", "x[i] = other[0]"];
    assert_eq!(said(&lines), [is("the array 'own' is float64", "np.zeros")]);
    // What the compiler made has no name of its own.
    let lines = ["x[i] = np.zeros(3).sum()"];
    assert_eq!(said(&lines)[0], is("an array made here is float64", "np.zeros"));
    // Variables that count to what does not fit.
    let lines = [
        "n = k[i] * 100000",
        "for j in range(n, n + 2):",
        "    x[i] = f32(j)",
    ];
    let said = said(&lines);
    assert_eq!(
        said,
        [is("'*' of int32 and int64 is int64; narrow to int32?", "k")]
    );
}

#[test]
fn constants_beside_float32_need_no_64_bits_where_nothing_is_lost() {
    let args = [array(Scalar::F32, &[4])];
    for (line, is_exact) in [
        ("x[i] = x[i] > 0.1", true),
        ("x[i] = 0 <= x[i] < 1e300", true),
        ("x[i] = 2.5 * x[i]", true),
        ("x[i] = 1 / x[i]", true),
        ("x[i] = 0.1 * x[i]", false),
        ("x[i] = 2.5 * x[i] + 1.0", false),
        ("x[i] = x[i] * 2.5 > 0.1", false),
    ] {
        let text = kernel(&format!(
            "def f(x):\n    for i in prange(x.size):\n        {line}\n"
        ));
        assert_eq!(plan(&text, &args, false).is_ok(), is_exact, "{line}");
    }
}

#[test]
fn what_goes_on_for_too_long_says_where_and_what_to_do() {
    let body = "def f(x, n):\n    s = f32(0)\n    while s < x[0]:\n        s += x[1]\n    for i in prange(n):\n        while x[i] < f32(1):\n            x[i] += x[i]\n    return s\n";
    let text = kernel(body);
    let args = [array(Scalar::F32, &[9]), int(9)];
    let plan = plan(&text, &args, false).expect("no 64 bits");
    let stopped = |shader| vec![0, 2, 1, 0, 0, u32::MAX, 0, shader];
    for (shader, at, help) in [
        (0, "s < x[0]", "let a 'prange'"),
        (1, "for i in", "an iteration of the 'prange'"),
    ] {
        let (_, outcome) = actions(&plan, &args, vec![stopped(shader); 2]);
        let Err(fault @ Fault::Stopped { span: Some(span), .. }) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(
            text[span.start as usize..].starts_with(at),
            "{}",
            &text[span.start as usize..]
        );
        assert!(fault.to_string().contains("16777216"), "{fault}");
        assert!(
            fault.help().is_some_and(|words| words.contains(help)),
            "{:?}",
            fault.help()
        );
    }
}

#[test]
fn more_arrays_than_buffers_are_refused() {
    let names: Vec<String> = (0..8).map(|k| format!("a{k}")).collect();
    let sum = names
        .iter()
        .map(|name| format!("{name}[i]"))
        .collect::<Vec<_>>()
        .join(" + ");
    let text = format!(
        "def f({}):\n    for i in prange(a0.size):\n        a0[i] = {sum}\n",
        names.join(", ")
    );
    let args = vec![array(Scalar::F32, &[4]); 8];
    assert_eq!(
        refusals(&kernel(&text), &args),
        ["8 arrays are used at once; a shader has 7 buffers for them"]
    );
}

#[test]
fn constants_and_functions_that_wgsl_would_refuse_are_none_to_it() {
    let text = "\
def f(x, out, k):
    for i in prange(out.size):
        a = x[i]
        out[i] = f32(math.inf) * a + f32(math.nan) + f32(1e-45) + f32(-0.0)
        out[i] += math.expm1(a) + math.log1p(a) + math.log10(a) + math.hypot(a, a) + math.erf(a) + math.erfc(a)
        out[i] += math.gamma(a) + math.lgamma(a) + np.fmod(a, f32(3)) + math.atan2(a, a) + np.cbrt(a)
        out[i] += math.sinh(a) + math.cosh(a) + math.tanh(a) + math.asinh(a) + math.acosh(a) + math.atanh(a)
        out[i] += a ** f32(2.5) + a // f32(2) + a % f32(2) + np.minimum(a, f32(1)) + math.copysign(a, a)
        k[i] = (k[i] // 7) + (k[i] % -3) + (k[i] >> 3) + (k[i] << 2) + (1 << k[i]) + -2147483648 + np.int32(a)
";
    let args = [
        array(Scalar::F32, &[4]),
        array(Scalar::F32, &[4]),
        array(Scalar::I32, &[4]),
    ];
    plan(&kernel(text), &args, true).expect("narrowed");
}

#[test]
fn large_loops_are_several_bands() {
    let text = kernel("def f(out):\n    for i in prange(out.size):\n        out[i] = 1\n");
    let args = [array(Scalar::I8, &[5_000_000])];
    let plan = plan(&text, &args, false).expect("int8");
    let (all, _) = actions(&plan, &args, vec![nobody(), vec![1; 5_000_000]]);
    let launch = all.iter().find_map(|action| match action {
        Action::Dispatch(launch) => Some(launch),
        _ => None,
    });
    let launch = launch.expect("a dispatch");
    assert_eq!((launch.groups, launch.most), (78_125, 65_535));
    // The first invocation.
    assert_eq!((launch.band(0)[6], launch.band(65_535)[6]), (0, 65_535 * 64));
}

#[test]
fn arrays_that_iterations_make_are_private_or_share_a_buffer() {
    let plan_of = |length: &str, n: i64| {
        let text = format!(
            "def f(out, n):\n    for i in prange(out.size):\n        own = np.zeros({length}, np.float32)\n        \
             own[i % own.size] = out[i]\n        out[i] = own.sum()\n"
        );
        let args = [array(Scalar::F32, &[5000]), int(n)];
        plan(&kernel(&text), &args, false)
    };
    let private = plan_of("n", 16).expect("16 elements");
    let text = private.shaders[0].wgsl(&[0]);
    assert!(
        text.contains("array<f32, 16>") && !text.contains("scratch"),
        "{text}"
    );
    // Of lengths that iterations choose the greatest counts.
    let chosen = plan_of("1 + i % n", 9).expect("at most 9 elements");
    assert!(chosen.shaders[0].wgsl(&[0]).contains("array<f32, 9>"));
    let shared = plan_of("n", 10_000).expect("10,000 elements");
    let text = shared.shaders[0].wgsl(&[0]);
    assert!(text.contains("scratch[(0u + u32(i)) * stripe + slot]"), "{text}");
    let args = [array(Scalar::F32, &[5000]), int(10_000)];
    let (all, outcome) = actions(&shared, &args, vec![nobody(), vec![0; 5000]]);
    let launch = all.iter().find_map(|action| match action {
        Action::Dispatch(launch) => Some(launch),
        _ => None,
    });
    let launch = launch.expect("a dispatch");
    // A workgroup needs 640,000 words, and there are 2^24.
    assert_eq!((launch.groups, launch.most, launch.buffers.len()), (79, 26, 2));
    let made = |action: &Action| matches!(action, Action::Create { words: 16_640_000, buffer, .. } if *buffer == launch.buffers[1]);
    assert!(all.iter().any(made) && outcome.is_ok());
    let why = plan_of("n", 300_000).expect_err("too many");
    assert_eq!(
        why[0].to_string(),
        "'own' is made inside a parallel loop; there, arrays have at most 262144 elements, known in advance"
    );
}

#[test]
fn what_is_changed_and_used_has_to_be_given_anew() {
    let repeats = |body: &str| {
        let text = format!("def f(x, out):\n    for i in prange(out.size):\n        {body}\n");
        let args = [array(Scalar::F32, &[4]), array(Scalar::F32, &[4])];
        let plan = plan(&kernel(&text), &args, false).expect("float32");
        let mut run = Run::new(&plan, &args).expect("the plan's arguments");
        loop {
            match run.step().expect("no fault") {
                Action::Done => return run.repeats(),
                Action::Read(_) => run.give([nobody(), vec![0; 262]].concat()),
                _ => {}
            }
        }
    };
    assert!(repeats("out[i] = x[i]"));
    assert!(!repeats("out[i] += x[i]"));
}

#[test]
fn a_report_that_was_read_is_not_read_again() {
    let (plan, args) = total();
    let (all, outcome) = actions(&plan, &args, vec![nobody()]);
    let reads = all.iter().filter(|action| matches!(action, Action::Read(_)));
    assert_eq!((reads.count(), outcome.is_ok()), (1, true));
}

#[test]
fn the_host_computes_functions_as_the_processors_rungs_do() {
    let text =
        kernel("def f(x):\n    y = math.exp(x)\n    return math.log(y) + math.erf(y) + math.sin(x) ** 2.5\n");
    let args = [Value::Scalar(Scalar::F64, 0.7_f64.to_bits())];
    let plan = plan(&text, &args, false).expect("nothing for a shader");
    assert!(plan.shaders.is_empty());
    let (_, outcome) = actions(&plan, &args, Vec::new());
    let request = Request {
        arguments: Some(args.to_vec()),
        ..Request::default()
    };
    let prepared = prepare(&text, &request, &|| false).expect("a kernel");
    let mut machine = prepared
        .machine(interpret::Options::default())
        .expect("its arguments");
    while machine.run(1_000).expect("no fault") != State::Done {}
    assert_eq!(
        outcome.expect("no fault").results,
        machine.results().expect("a number")
    );
}
