//! What js/parallax.js does for us: the scripts' API, the store, files.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The page may share memory between threads: known before the engine is up.
    #[wasm_bindgen(js_name = crossOriginIsolated, thread_local_v2)]
    pub static ISOLATED: bool;

    /// Hands the API its calls: an object with `loaded`, `run`, `link` and `stop`.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn connect(calls: &JsValue);
    /// The page will never be up.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn lost(message: &str);
    /// The engine is up.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn ready(capabilities: &JsValue);
    /// The engine did not start.
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = engineFailed)]
    pub fn engine_failed(message: &str);
    /// The views program did not arrive, and without it scripts get nothing.
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = viewsMissing)]
    pub fn views_missing(message: &str);
    /// How far the API's run is.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn progress(stage: &str, backend: Option<&str>, blocks: u32, elapsed_s: f64, budget_s: f64);
    /// The API's run is over.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn finished(report: &JsValue);
    /// The API's run was refused or failed, with an error that [`failure`] made.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn refused(error: &JsValue);
    /// An `Error` with a documented name.
    #[wasm_bindgen(js_namespace = parallaxHost)]
    pub fn failure(code: &str, message: &str) -> JsValue;

    /// The same with further properties.
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = failure)]
    pub fn failure_with(code: &str, message: &str, more: &JsValue) -> JsValue;

    /// The build that the server has now, as text; nothing if it does not say.
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = servedBuild, catch)]
    pub async fn served_build() -> Result<JsValue, JsValue>;

    /// The exports of a program of this build, `views` or `lab`, fetched anew if they did not arrive.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn program(name: &str, build: &str) -> Result<JsValue, JsValue>;
    /// The browser has nothing better to do.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn idle() -> Result<JsValue, JsValue>;

    /// Keeps an entry and its report, and gives the entry's id.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn put(started: &str, title: &str, line: &str, report: &JsValue) -> Result<JsValue, JsValue>;
    /// All entries, oldest first.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn list() -> Result<JsValue, JsValue>;
    /// An entry's report.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn get(id: u32) -> Result<JsValue, JsValue>;
    /// Forgets an entry.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn remove(id: u32) -> Result<JsValue, JsValue>;
    /// Forgets all entries.
    #[wasm_bindgen(js_namespace = parallaxHost, catch)]
    pub async fn clear() -> Result<JsValue, JsValue>;

    /// Saves a text as a file.
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = saveText)]
    pub fn save_text(name: &str, kind: &str, text: &str);
    /// Draws an SVG and saves it as a file.
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = savePng, catch)]
    pub async fn save_png(name: &str, svg: &str) -> Result<JsValue, JsValue>;
}
