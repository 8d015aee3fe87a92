//! `window.parallax`: scripts and tests press Run as a person does, and get the report.

use leptos::prelude::*;
use parallax_protocol::{Asked, Catalogue, Report, RunSpec, Stage, Value, encode_link};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::components::Page;
use crate::hub::Moment;
use crate::state::{End, Engine, Input, Phase, Run, Session};
use crate::{address, host, text};

/// Connects the API to the page.
pub fn connect(page: Page) {
    let calls = js_sys::Object::new();
    let put = |name: &str, call: JsValue| {
        // A fresh object of our own takes any property.
        let _ = js_sys::Reflect::set(&calls, &name.into(), &call);
    };
    let run: Closure<dyn FnMut(JsValue)> = Closure::new(move |asked| {
        if let Err((code, message)) = run(page, asked) {
            host::refused(code, &message);
        }
    });
    let link: Closure<dyn FnMut(JsValue) -> Result<JsValue, JsValue>> = Closure::new(move |asked| {
        let link = spec(page, asked).and_then(|spec| {
            let link = encode_link(&spec, None);
            link.map_err(|error| (BAD_SPEC, error.to_string()))
        });
        match link {
            Ok(link) => Ok(address::whole(&link).into()),
            Err((code, message)) => Err(host::failure(code, &message)),
        }
    });
    let stop: Closure<dyn FnMut()> = Closure::new(move || page.dispatch(Input::Stop));
    put("run", run.into_js_value());
    put("link", link.into_js_value());
    put("stop", stop.into_js_value());
    host::connect(&calls);
    page.hub.with_value(|hub| {
        hub.listen(move |session, moment| hear(page, session, moment));
    });
    // What happened before there was anybody to hear it.
    page.session.with_untracked(|session| match &session.engine {
        Engine::Ready => hear(page, session, Moment::Ready),
        Engine::Failed(_) | Engine::OtherBuild(_) => hear(page, session, Moment::EngineFailed),
        Engine::Starting => {}
    });
}

const BAD_SPEC: &str = "bad-spec";

type Refusal = (&'static str, String);

fn run(page: Page, asked: JsValue) -> Result<(), Refusal> {
    if page.session.with_untracked(Session::is_active) {
        return Err(("busy", text::API_BUSY.into()));
    }
    let spec = spec(page, asked)?;
    if page
        .session
        .with_untracked(|s| matches!(s.engine, Engine::OtherBuild(_)))
    {
        return Err(("engine-failed", text::OTHER_BUILD.into()));
    }
    page.ask(&spec);
    page.start(spec);
    Ok(())
}

/// A spec object, or the spec of a link.
fn spec(page: Page, asked: JsValue) -> Result<RunSpec, Refusal> {
    if let Some(link) = asked.as_string() {
        let opened = page.catalogue.with_value(|c| address::read(&link, c));
        return opened
            .map(|opened| opened.spec)
            .map_err(|words| ("bad-link", words));
    }
    if !asked.is_object() {
        return Err((BAD_SPEC, text::API_NO_SPEC.into()));
    }
    let spec = Asked::read(fields(&asked)).and_then(|asked| page.catalogue.with_value(|c| asked.resolve(c)));
    let spec = spec.map_err(|error| (BAD_SPEC, error.to_string()))?;
    let pool = untrack(|| page.pool());
    match (spec.threads, pool) {
        (Some(threads), Some(pool)) if pool > 0 && threads > pool => {
            Err((BAD_SPEC, text::threads_range(pool)))
        }
        _ => Ok(spec),
    }
}

/// An object's own fields. A field whose getter throws is none that a spec has.
fn fields(object: &JsValue) -> Vec<(String, Value)> {
    let names = js_sys::Object::keys(object.unchecked_ref::<js_sys::Object>());
    let names = names.iter().filter_map(|name| name.as_string());
    let fields = names.map(|name| {
        let value = js_sys::Reflect::get(object, &JsValue::from_str(&name));
        (
            name,
            value.map_or(Value::Other("throwing getter"), |v| value_of(&v)),
        )
    });
    fields.collect()
}

fn value_of(value: &JsValue) -> Value {
    if value.is_null() || value.is_undefined() {
        return Value::Null;
    }
    if let Some(number) = value.as_f64() {
        return Value::Number(number);
    }
    if let Some(text) = value.as_string() {
        return Value::Text(text);
    }
    match value.dyn_ref::<js_sys::Array>() {
        // One level is all that a spec has.
        Some(list) => Value::List(
            list.iter()
                .map(|v| v.as_string().map_or(Value::Other("object"), Value::Text))
                .collect(),
        ),
        None => Value::Other(if value.is_object() {
            "object"
        } else {
            "value of another type"
        }),
    }
}

fn hear(page: Page, session: &Session, moment: Moment) {
    match moment {
        Moment::Ready => {
            if let Some(value) = page.catalogue.with_value(|c| capabilities(c, session)) {
                host::ready(&value);
            }
        }
        Moment::EngineFailed => host::engine_failed(&match &session.engine {
            Engine::Failed(why) => text::engine_failed(why),
            _ => text::OTHER_BUILD.into(),
        }),
        Moment::Progress => {
            if let Some(value) = session.run.as_ref().and_then(progress) {
                host::progress(&value);
            }
        }
        Moment::Ended => {
            let Some(run) = &session.run else { return };
            if let Phase::Over(End::Failed(words)) = &run.phase {
                return host::refused("run-failed", words);
            }
            let report = page.report(session, run);
            match to_js(&report) {
                Ok(report) => host::finished(&report),
                Err(words) => host::refused("run-failed", &words),
            }
        }
    }
}

/// Any of our data as a plain JavaScript value.
pub fn to_js<T: Serialize>(value: &T) -> Result<JsValue, String> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|error| error.to_string())
}

/// A value as readable JSON.
pub fn json(value: &JsValue) -> Result<String, String> {
    let json = js_sys::JSON::stringify_with_replacer_and_space(value, &JsValue::NULL, &JsValue::from(1));
    json.map(String::from)
        .map_err(|error| crate::client::words(&error))
}

/// And back.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, String> {
    serde_wasm_bindgen::from_value(value).map_err(|error| crate::client::words(&JsValue::from(error)))
}

/// A report from outside: read and checked.
pub fn report_from_js(value: JsValue) -> Result<Report, String> {
    let report: Report = from_js(value)?;
    report.validate().map_err(|error| error.to_string())?;
    Ok(report)
}

#[derive(Serialize)]
struct Progress<'a> {
    stage: &'a str,
    backend: Option<&'a str>,
    blocks: u32,
    elapsed_s: f64,
    budget_s: f64,
}

fn progress(run: &Run) -> Option<JsValue> {
    let (backend, stage) = match &run.stage {
        Some((backend, stage)) => (backend.as_deref(), Some(*stage)),
        None => (None, None),
    };
    to_js(&Progress {
        stage: match stage {
            None => "waiting",
            Some(Stage::Reference) => "reference",
            Some(Stage::Preparing) => "preparing",
            Some(Stage::WarmingUp) => "warming-up",
            Some(Stage::Sampling) => "sampling",
            Some(Stage::Probing) => "probing",
        },
        backend,
        blocks: run.blocks,
        elapsed_s: run.elapsed_s,
        budget_s: run.spec.budget_s,
    })
    .ok()
}

#[derive(Serialize)]
struct Capable<'a> {
    build: &'a str,
    cores: u32,
    pool_threads: u32,
    isolated: bool,
    timer_resolution_us: f64,
    adapter: Option<parallax_protocol::AdapterName>,
    experiments: [parallax_protocol::Experiment; 7],
    backends: Vec<CapableBackend<'a>>,
    workloads: Vec<CapableWorkload<'a>>,
}

#[derive(Serialize)]
struct CapableBackend<'a> {
    id: &'a str,
    name: &'a str,
    supported: bool,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct CapableWorkload<'a> {
    id: &'a str,
    name: &'a str,
    default_size: u32,
    size_range: (u32, u32),
    sizes: &'a [parallax_protocol::NamedSize],
}

fn capabilities(catalogue: &Catalogue, session: &Session) -> Option<JsValue> {
    use parallax_protocol::Support;
    let c = session.capabilities.as_ref()?;
    let backends = catalogue.backends.iter().map(|b| {
        let (supported, note) = match c.backend(&b.id) {
            Some(Support::Yes { note }) => (true, note.as_deref()),
            Some(Support::No { reason }) => (false, Some(reason.as_str())),
            None => (false, None),
        };
        CapableBackend {
            id: &b.id,
            name: &b.name,
            supported,
            note,
        }
    });
    let workloads = catalogue.workloads.iter().map(|w| CapableWorkload {
        id: &w.id,
        name: &w.name,
        default_size: w.default_size,
        size_range: w.size_range,
        sizes: &w.sizes,
    });
    to_js(&Capable {
        build: &c.build,
        cores: c.cores,
        pool_threads: c.pool_threads,
        isolated: c.isolated,
        timer_resolution_us: c.timer_resolution_us,
        adapter: c.adapter.as_ref().map(|a| parallax_protocol::AdapterName {
            name: a.name.clone(),
            software: a.software,
        }),
        experiments: parallax_protocol::Experiment::ALL,
        backends: backends.collect(),
        workloads: workloads.collect(),
    })
    .ok()
}
