//! The start of the thread pool, which must never keep the engine waiting for ever.

use futures_util::future::{Either, select};
use parallax_backends::Pool;
use parallax_backends::host::Host;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Most threads: Chrome fails near 500 workers, and no kernel here scales that far.
const MOST_THREADS: usize = 64;
/// Longest wait for the pool, in milliseconds; 100 are usual.
const LIMIT_MS: u32 = 8_000;

/// Starts one thread per core. Without isolation, or when the start fails, says why.
pub async fn start(host: &dyn Host, isolated: bool, cores: usize) -> (Pool, Option<f64>) {
    let here = |reason: String| (Pool::Here { reason }, None);
    if !isolated {
        return here(
            "this page is not cross-origin isolated, so there is no shared memory for threads: \
             it must be served with COOP and COEP headers, and not inside another page"
                .into(),
        );
    }
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    // By its own word: WebKitGTK shares memory and hides the constructor.
    let kind = memory.buffer().unchecked_into::<js_sys::Object>().to_string();
    if kind != "[object SharedArrayBuffer]" {
        return here(
            "the engine's memory is not shared: this browser does not do that here, or the engine was built \
             without it (`cargo xtask dist` builds it anew)"
                .into(),
        );
    }
    let threads = cores.min(MOST_THREADS);
    let begin = host.now_ms();
    let started = JsFuture::from(wasm_bindgen_rayon::init_thread_pool(threads));
    match select(started, host.sleep(LIMIT_MS)).await {
        Either::Left((Ok(_), _)) => (Pool::Threads(threads), Some(host.now_ms() - begin)),
        Either::Left((Err(error), _)) => here(format!("the thread pool did not start: {}", text(&error))),
        Either::Right(_) => here(format!(
            "the thread pool did not start within {} s",
            LIMIT_MS / 1000
        )),
    }
}

fn text(error: &JsValue) -> String {
    let message = js_sys::Reflect::get(error, &"message".into()).ok();
    let message = message.and_then(|m| m.as_string());
    message
        .or_else(|| error.as_string())
        .unwrap_or_else(|| "unknown reason".into())
}
