//! `window.parallax`: scripts and tests press Run as a person does, and get the report.

use leptos::prelude::*;
use parallax_protocol::{Compilation, Diagnosis, RunSpec, Stage};
use wasm_bindgen::prelude::*;

use crate::client::words;
use crate::components::Page;
use crate::hub::{Moment, Told, Wanted};
use crate::state::{End, Engine, Input, Phase, Run, Session};
use crate::views::Program;
use crate::{address, host, text};

/// Connects the API to the page.
pub fn connect(page: Page) {
    let calls = js_sys::Object::new();
    let put = |name: &str, call: JsValue| {
        // A fresh object of our own takes any property.
        let _ = js_sys::Reflect::set(&calls, &name.into(), &call);
    };
    type Call = js_sys::Function;
    let loaded: Closure<dyn FnMut(Call, Call)> = Closure::new(move |resolve: Call, reject: Call| {
        page.views.then(move |program| {
            // Both are a promise's own, which throw nothing.
            let _ = match program {
                Ok(_) => resolve.call0(&JsValue::UNDEFINED),
                Err(why) => reject.call1(&JsValue::UNDEFINED, &host::failure(PAGE_FAILED, &why)),
            };
        });
    });
    let run: Closure<dyn FnMut(JsValue)> = Closure::new(move |asked| {
        if let Err(error) = run(page, &asked) {
            host::refused(&error);
        }
    });
    let link: Closure<dyn FnMut(JsValue) -> Result<JsValue, JsValue>> = Closure::new(move |asked| {
        let program = program(page)?;
        let link = program.link(&spec(page, &program, &asked)?, None)?;
        Ok(address::whole(&link).into())
    });
    let stop: Closure<dyn FnMut()> = Closure::new(move || page.dispatch(Input::Stop));
    let compile: Closure<dyn FnMut(JsValue, Call, Call)> =
        Closure::new(move |asked, resolve, reject| compile(page, asked, resolve, reject));
    put("loaded", loaded.into_js_value());
    put("run", run.into_js_value());
    put("link", link.into_js_value());
    put("stop", stop.into_js_value());
    put("compile", compile.into_js_value());
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

const PAGE_FAILED: &str = "page-failed";

fn program(page: Page) -> Result<Program, JsValue> {
    let program = untrack(|| page.views.now());
    program.ok_or_else(|| host::failure("not-ready", text::API_NOT_READY))
}

fn run(page: Page, asked: &JsValue) -> Result<(), JsValue> {
    if page.session.with_untracked(Session::is_active) {
        return Err(host::failure("busy", text::API_BUSY));
    }
    let spec = spec(page, &program(page)?, asked)?;
    if page
        .session
        .with_untracked(|s| matches!(s.engine, Engine::OtherBuild(_)))
    {
        return Err(host::failure("engine-failed", text::OTHER_BUILD));
    }
    // The form has no place for a kernel of one's own.
    if spec.kernel.is_none() {
        page.ask(&spec);
    }
    page.start(spec);
    Ok(())
}

/// What the compiler makes of a kernel: the fields of a spec that are about one.
fn compile(page: Page, asked: JsValue, resolve: js_sys::Function, reject: js_sys::Function) {
    // Both are a promise's own, which throw nothing.
    let answer = move |result: Result<JsValue, JsValue>| {
        let _ = match result {
            Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
            Err(error) => reject.call1(&JsValue::UNDEFINED, &error),
        };
    };
    let spec = match program(page).and_then(|program| spec(page, &program, &asked)) {
        Ok(spec) => spec,
        Err(error) => return answer(Err(error)),
    };
    let size = spec.size;
    let Some(kernel) = spec.kernel else {
        return answer(Err(host::failure("bad-spec", text::API_NO_SOURCE)));
    };
    if page.session.with_untracked(Session::is_active) {
        return answer(Err(host::failure("busy", text::API_BUSY)));
    }
    page.hub.with_value(|hub| {
        hub.compile(kernel, size, Wanted::Verdict, move |told| {
            answer(match told {
                Some(Told::Compilation(compilation)) => {
                    program(page).and_then(|program| program.compilation(&compilation))
                }
                _ => Err(host::failure("engine-failed", text::API_NO_ENGINE)),
            });
        });
    });
}

/// A spec object, or the spec of a link.
fn spec(page: Page, program: &Program, asked: &JsValue) -> Result<RunSpec, JsValue> {
    let spec = program.ask(asked)?;
    let pool = untrack(|| page.pool());
    // A link may be of a larger machine: fewer threads are then used, and the plan says so.
    match (spec.threads, pool) {
        (Some(threads), Some(pool)) if pool > 0 && threads > pool && !asked.is_string() => {
            Err(host::failure("bad-spec", &text::threads_range(pool)))
        }
        _ => Ok(spec),
    }
}

fn hear(page: Page, session: &Session, moment: Moment) {
    match moment {
        Moment::Ready => {
            let Some(capabilities) = session.capabilities.clone() else {
                return;
            };
            page.views.then(move |program| match program {
                Ok(program) => match program.capabilities(&capabilities) {
                    Ok(value) => host::ready(&value),
                    Err(error) => host::views_missing(&words(&error)),
                },
                Err(why) => host::views_missing(&why),
            });
        }
        Moment::EngineFailed => host::engine_failed(&match &session.engine {
            Engine::Failed(why) => text::engine_failed(why),
            _ => text::OTHER_BUILD.into(),
        }),
        Moment::Progress => {
            if let Some(run) = &session.run {
                progress(run);
            }
        }
        Moment::Ended => {
            let Some(run) = &session.run else { return };
            if let Phase::Over(End::Failed(words)) = &run.phase {
                return failed(page, words.clone(), run.diagnostics.clone());
            }
            let report = page.report(session, run);
            page.views.then(move |program| {
                let report = program
                    .map_err(|why| host::failure(PAGE_FAILED, &why))
                    .and_then(|program| program.report(&report));
                match report {
                    Ok(report) => host::finished(&report),
                    Err(error) => host::refused(&error),
                }
            });
        }
    }
}

/// A run that failed as a whole: by the kernel's fault, with all that is wrong with it.
fn failed(page: Page, words: String, diagnostics: Vec<Diagnosis>) {
    if diagnostics.is_empty() {
        return host::refused(&host::failure("run-failed", &words));
    }
    page.views.then(move |program| {
        let all = program
            .map_err(|why| host::failure(PAGE_FAILED, &why))
            .and_then(|program| program.compilation(&Compilation::failed(diagnostics)))
            .and_then(|all| js_sys::Reflect::get(&all, &"diagnostics".into()));
        host::refused(&match all {
            Ok(all) => {
                let more = js_sys::Object::new();
                // A fresh object of our own takes any property.
                let _ = js_sys::Reflect::set(&more, &"diagnostics".into(), &all);
                host::failure_with("bad-kernel", &words, &more)
            }
            Err(error) => error,
        });
    });
}

fn progress(run: &Run) {
    let (backend, stage) = match &run.stage {
        Some((backend, stage)) => (backend.as_deref(), Some(*stage)),
        None => (None, None),
    };
    let stage = match stage {
        None => "waiting",
        Some(Stage::Reference) => "reference",
        Some(Stage::Preparing) => "preparing",
        Some(Stage::WarmingUp) => "warming-up",
        Some(Stage::Sampling) => "sampling",
        Some(Stage::Probing) => "probing",
    };
    // A kernel of one's own has but one form: its rows are asked for, and reported, without it.
    let backend = backend.map(|id| match run.spec.kernel {
        Some(_) => parallax_protocol::reported_id(id),
        None => id.into(),
    });
    host::progress(
        stage,
        backend.as_deref(),
        run.blocks,
        run.elapsed_s,
        run.spec.budget_s,
    );
}
