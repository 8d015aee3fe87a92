//! Wrong results, and texts from strangers.

use crate::house::{House, by};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::browser::Options;

/// A wrong result is called that, with its worst element, and gets no time.
pub fn wrong_result(house: &House) -> Result<()> {
    for (workload, backend) in [
        ("mandelbrot", "simd"),
        ("matmul", "threads+simd"),
        ("matmul", "gpu"),
    ] {
        let encoded = backend.replace('+', "%2B");
        let page = house.open(&format!(
            "?workload={workload}&size=100&budget=1&inject=wrong:{encoded}"
        ))?;
        page.ready()?;
        if backend == "gpu" && !page.has_gpu()? {
            println!("SKIPPED wrong_is_named: this browser offers no adapter");
            continue;
        }
        page.run()?;
        page.row_is(backend, "wrong")?;
        let row = format!("row-{backend}");
        ensure!(
            page.attribute(&row, "data-median-ms")?.is_empty(),
            "a wrong row has a time"
        );
        let words = page.text(&row)?;
        for word in ["WRONG", "row", "column", "expected"] {
            ensure!(words.contains(word), "'{words}' does not say '{word}'");
        }
        page.row_is_timed("scalar")?;
    }
    Ok(())
}

const MARKUP: &str = "<img src=x onerror='window.hit = 1'><script>window.hit = 2</script>";

/// Every place of a JSON value that holds text, as a path.
fn texts(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                texts(item, format!("{path}/{place}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                texts(field, format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// Markup in every text of a report, one after another, from a file and from the history; in
/// every field of the form, of the address and of a spec: shown as text, or refused by name.
pub fn markup_in_every_field(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=64&budget=0.3&backends=scalar,gpu")?;
    let report = page.awaited(
        "await parallax.run({workload: 'mandelbrot', size: 64, budget: 0.3, backends: ['scalar', 'gpu']})",
    )?;
    let mut paths = Vec::new();
    let mut whole = report.clone();
    // Texts that this run has no use for, and another's may.
    whole["results"][0]["reason"] = "r".into();
    whole["results"][0]["warnings"] = json!(["w"]);
    whole["environment"]["adapter"] = json!({ "name": "n", "software": false });
    texts(&whole, String::new(), &mut paths);
    ensure!(paths.len() > 15, "only {paths:?}");
    let clean =
        "window.hit === undefined && document.querySelector('#app img, #app script, dialog img') === null";
    let mut shown = 0;
    for path in &paths {
        let mut theirs = whole.clone();
        *theirs.pointer_mut(path).context("no such text")? = MARKUP.into();
        page.import("theirs.json", &theirs.to_string())?;
        page.wait(&format!(
            "document.querySelector('{}') !== null || (document.querySelector('{}')?.textContent ?? '') !== ''",
            by("theirs"),
            by("import-problem")
        ))?;
        ensure!(page.eval(clean)? == true, "{path} became markup");
        if page.eval(&format!("document.querySelector('{}') !== null", by("theirs")))? == true {
            shown += 1;
            page.press("theirs-remove")?;
            page.wait(&format!("document.querySelector('{}') === null", by("theirs")))?;
        }
    }
    ensure!(shown > 5, "only {shown} of {} were opened at all", paths.len());
    // From the history, whose store anybody with the developer tools can write to.
    let mut kept = whole.clone();
    kept["environment"]["user_agent"] = MARKUP.into();
    let entry = json!({
        "title": MARKUP, "started": MARKUP, "words": MARKUP, "workload": MARKUP, "text": MARKUP,
    });
    page.awaited(&format!(
        "await (async () => {{
             const all = await parallaxHost.list();
             const entry = {{ ...all.at(-1) }};
             delete entry.id;
             for (const key of Object.keys(entry)) if (typeof entry[key] === 'string') entry[key] = {markup};
             await parallaxHost.put({{ ...{entry}, ...entry }}, {kept});
             return true;
         }})()",
        markup = json!(MARKUP)
    ))?;
    page.session.go(&page.site.url)?;
    page.wait(&format!("document.querySelector('{}') !== null", by("history")))?;
    page.eval(&format!(
        "document.querySelector('{}').open = true",
        by("history")
    ))?;
    page.wait(&format!(
        "document.querySelectorAll('{}').length > 1",
        by("history-entry")
    ))?;
    page.wait(&format!(
        "document.querySelector('{}') !== null",
        by("history-compare")
    ))?;
    // What is kept there is no report: whether it is refused or shown, not as markup.
    page.eval(&format!(
        "document.querySelector('{}').click()",
        by("history-compare")
    ))?;
    page.session.run_async("setTimeout(arguments[0], 1000)")?;
    ensure!(page.eval(clean)? == true, "the history became markup");
    // Fields of the form, and of a spec.
    for field in ["size", "threads", "budget", "history-search"] {
        page.type_into(field, MARKUP)?;
    }
    ensure!(page.eval(clean)? == true, "the form became markup");
    for field in [
        "workload",
        "size",
        "backends",
        "threads",
        "seed",
        "budget",
        "experiment",
        "inject",
    ] {
        let spec = json!({ "workload": "matmul", field: MARKUP });
        let error = page.awaited(&format!("await parallax.run({spec})"))?;
        ensure!(error["name"] == "bad-spec", "{field}: {error}");
        let address = format!(
            "{}?{field}=%3Cimg%20src%3Dx%20onerror%3D%22window.hit%3D1%22%3E",
            page.site.url
        );
        page.session.go(&address)?;
        page.wait("document.querySelector('[data-testid=run]') !== null")?;
        ensure!(page.eval(clean)? == true, "{field} in the address became markup");
    }
    Ok(())
}

/// Whatever the page and its Workers ask for, they ask of their own host.
pub fn no_request_to_others(house: &House) -> Result<()> {
    house.chromium("tells all that a page asks for")?;
    let options = Options {
        events: true,
        ..Options::default()
    };
    let page = house.open_with("?workload=mandelbrot&size=64&budget=0.4", house.site(), &options)?;
    page.run()?;
    page.press("share")?;
    page.press("share-close")?;
    let events = page.session.events()?;
    let mut asked = Vec::new();
    for event in events {
        let event: Value = serde_json::from_str(&event)?;
        let event = &event["message"];
        if event["method"] == "Network.requestWillBeSent" {
            asked.push(
                event["params"]["request"]["url"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    }
    ensure!(asked.len() > 5, "only {asked:?} were seen");
    let own = |url: &String| {
        url.starts_with(&page.site.url) || url.starts_with("data:") || url.starts_with("blob:")
    };
    let others: Vec<_> = asked.iter().filter(|url| !own(url)).collect();
    ensure!(others.is_empty(), "asked of others: {others:?}");
    Ok(())
}
