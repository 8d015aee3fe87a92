//! Clock and timers, natively and in a Worker.

use futures_util::future::LocalBoxFuture;

/// What the engine needs of its surroundings.
pub trait Host {
    /// Milliseconds on a clock that never goes back.
    fn now_ms(&self) -> f64;

    /// Resolves after at least this long, other events being handled meanwhile. Dropping it
    /// ends the timer.
    fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()>;
}

/// Milliseconds on one clock for all threads, whichever asks: in a browser `performance.now()`
/// counts from another moment in each Worker.
pub fn wall_ms() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return browser::wall_ms();
    #[cfg(not(target_arch = "wasm32"))]
    return native::wall_ms();
}

/// The smallest step that the clock was seen to make, in microseconds.
///
/// Browsers coarsen `performance.now()`: 5 us on an isolated page, 100 us or 1 ms
/// elsewhere. Takes at most about 50 ms.
pub fn timer_resolution_us(host: &dyn Host) -> f64 {
    let start = host.now_ms();
    let mut last = start;
    let mut smallest = f64::INFINITY;
    for _ in 0..1_000_000 {
        let now = host.now_ms();
        if now > last {
            smallest = smallest.min(now - last);
        }
        last = now;
        if now - start > 20.0 {
            break;
        }
    }
    // Float noise in the browser's milliseconds is far below a nanosecond's worth.
    if smallest.is_finite() {
        (smallest * 1e6).round() / 1e3
    } else {
        1000.0
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::NativeHost;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Host, LocalBoxFuture};
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    /// The operating system's clock.
    pub struct NativeHost {
        start: Instant,
    }

    impl NativeHost {
        /// A clock that starts now.
        pub fn new() -> Self {
            NativeHost {
                start: Instant::now(),
            }
        }
    }

    pub fn wall_ms() -> f64 {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
    }

    impl Default for NativeHost {
        fn default() -> Self {
            Self::new()
        }
    }

    impl Host for NativeHost {
        fn now_ms(&self) -> f64 {
            self.start.elapsed().as_secs_f64() * 1e3
        }

        fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
            let (sender, receiver) = futures_channel::oneshot::channel::<()>();
            // Dropping the future drops `alive`, which ends the thread before its time.
            let (alive, dropped) = std::sync::mpsc::channel::<()>();
            std::thread::spawn(move || {
                let _ = dropped.recv_timeout(Duration::from_millis(u64::from(ms)));
                drop(sender);
            });
            Box::pin(async move {
                let _alive = alive;
                // An error only says that the sender was dropped, which is the signal.
                let _ = receiver.await;
            })
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub use browser::BrowserHost;

#[cfg(target_arch = "wasm32")]
mod browser {
    use super::{Host, LocalBoxFuture};
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance, js_name = now)]
        fn performance_now() -> f64;
        #[wasm_bindgen(js_namespace = performance, js_name = timeOrigin, thread_local_v2)]
        static TIME_ORIGIN: f64;
        #[wasm_bindgen(js_name = setTimeout)]
        fn set_timeout(callback: &js_sys::Function, ms: u32) -> f64;
        #[wasm_bindgen(js_name = clearTimeout)]
        fn clear_timeout(timer: f64);
    }

    pub fn wall_ms() -> f64 {
        TIME_ORIGIN.with(|origin| *origin) + performance_now()
    }

    /// A timer that ends with its future: limits on waits would pile up otherwise.
    struct Timer(f64);

    impl Drop for Timer {
        fn drop(&mut self) {
            clear_timeout(self.0);
        }
    }

    /// `performance.now` and `setTimeout` of the Worker.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct BrowserHost;

    impl Host for BrowserHost {
        fn now_ms(&self) -> f64 {
            performance_now()
        }

        fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
            let mut timer = Timer(0.0);
            let promise = js_sys::Promise::new(&mut |resolve, _| timer.0 = set_timeout(&resolve, ms));
            Box::pin(async move {
                let _timer = timer;
                // setTimeout's promise is never rejected.
                let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Steps(std::cell::Cell<u32>, f64);

    impl Host for Steps {
        fn now_ms(&self) -> f64 {
            let calls = self.0.get();
            self.0.set(calls + 1);
            f64::from(calls / 10) * self.1
        }
        fn sleep(&self, _: u32) -> LocalBoxFuture<'static, ()> {
            Box::pin(async {})
        }
    }

    #[test]
    fn finds_the_step_of_a_coarse_clock() {
        assert_eq!(timer_resolution_us(&Steps(0.into(), 0.005)), 5.0);
        assert_eq!(timer_resolution_us(&Steps(0.into(), 0.1)), 100.0);
        assert_eq!(timer_resolution_us(&Steps(0.into(), 1.0)), 1000.0);
        assert_eq!(
            timer_resolution_us(&Steps(0.into(), 0.0)),
            1000.0,
            "a clock that stands still"
        );
    }
}
