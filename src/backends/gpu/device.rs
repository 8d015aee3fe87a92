//! The adapter and its device: asked for once, shared by all runs, asked for again
//! after a loss.

use crate::host::Host;
use crate::{BackendError, StopFlag};
use futures_channel::oneshot;
use futures_util::future::{Either, FutureExt, Shared, select};
use parallax_protocol::{Adapter, Support};
use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Mutex;

/// Longest wait for an adapter or a device, in milliseconds. Browsers answer in tens of
/// them; a first start of a software adapter was seen to take seconds.
/// Below the page's patience with the engine as a whole.
const START_LIMIT_MS: u32 = 8_000;
/// Longest wait for submitted work. Dispatches are cut to some 50 ms each, but a software
/// adapter may have many of them to do.
const WORK_LIMIT_MS: u32 = 120_000;

/// The place where the GPU is kept.
pub struct GpuSlot {
    state: RefCell<State>,
    /// Features to ask for where the adapter has them.
    wanted: wgpu::Features,
}

enum State {
    Missing { reason: String },
    There(Rc<Device>),
}

/// An adapter with an open device.
pub(crate) struct Device {
    pub adapter: Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub max_buffer: u64,
    pub max_groups: u32,
    /// What the adapter has: we ask for no more workgroups or invocations than the defaults.
    pub there: wgpu::Limits,
    /// Whether shaders may use subgroup operations.
    pub subgroups: bool,
    lost: Shared<oneshot::Receiver<String>>,
}

impl GpuSlot {
    /// A slot without a GPU, and why.
    pub fn missing(reason: impl Into<String>) -> Self {
        GpuSlot {
            state: RefCell::new(State::Missing {
                reason: reason.into(),
            }),
            wanted: wgpu::Features::empty(),
        }
    }

    /// Asks for an adapter and a device. Never fails: what is missing is a reason.
    pub async fn probe(host: &dyn Host) -> Self {
        // Time stamps for the parts of a run; what is timed does not need them.
        Self::wanting(host, wgpu::Features::TIMESTAMP_QUERY | wgpu::Features::SUBGROUP).await
    }

    /// The same with none of the features that shaders can do without: what they do on an
    /// adapter that has none, for tests.
    pub async fn probe_plain(host: &dyn Host) -> Self {
        Self::wanting(host, wgpu::Features::empty()).await
    }

    async fn wanting(host: &dyn Host, wanted: wgpu::Features) -> Self {
        GpuSlot {
            state: RefCell::new(State::ask(host, wanted).await),
            wanted,
        }
    }

    /// Whether shaders use subgroup operations here; `None` without a GPU.
    pub fn subgroups(&self) -> Option<bool> {
        self.device().map(|device| device.subgroups)
    }

    /// The adapter, if there is one.
    pub fn adapter(&self) -> Option<Adapter> {
        match &*self.state.borrow() {
            State::There(device) => Some(device.adapter.clone()),
            State::Missing { .. } => None,
        }
    }

    /// Whether shaders can run here.
    pub fn support(&self) -> Support {
        match &*self.state.borrow() {
            State::Missing { reason } => Support::no(reason.as_str()),
            State::There(device) if device.adapter.software => Support::Yes {
                note: Some(format!(
                    "software GPU ({}): shaders run on the CPU, so its time says nothing about GPUs",
                    device.adapter.name
                )),
            },
            State::There(_) => Support::YES,
        }
    }

    pub(crate) fn device(&self) -> Option<Rc<Device>> {
        match &*self.state.borrow() {
            State::There(device) => Some(Rc::clone(device)),
            State::Missing { .. } => None,
        }
    }

    /// The device, opened anew if it was lost.
    pub(crate) async fn open(&self, host: &dyn Host, stop: &StopFlag) -> Result<Rc<Device>, BackendError> {
        let missing = |reason: &str| BackendError::DeviceLost {
            reason: reason.into(),
        };
        let device = self.device().ok_or_else(|| missing("there is none"))?;
        if device.lost_reason().is_none() {
            return Ok(device);
        }
        let asked = pin!(State::ask(host, self.wanted));
        match select(asked, pin!(stop.raised())).await {
            Either::Left((State::There(device), _)) => {
                *self.state.borrow_mut() = State::There(Rc::clone(&device));
                Ok(device)
            }
            // The lost one stays in its place, so that the next run asks again.
            Either::Left((State::Missing { reason }, _)) => Err(missing(&reason)),
            Either::Right(_) => Err(BackendError::Stopped),
        }
    }
}

impl State {
    async fn ask(host: &dyn Host, wanted: wgpu::Features) -> State {
        let asked = pin!(Device::ask(wanted));
        let limit = pin!(host.sleep(START_LIMIT_MS));
        match select(asked, limit).await {
            Either::Left((Ok(device), _)) => State::There(Rc::new(device)),
            Either::Left((Err(reason), _)) => State::Missing { reason },
            Either::Right(_) => State::Missing {
                reason: format!(
                    "the browser did not answer for a GPU within {} s",
                    START_LIMIT_MS / 1000
                ),
            },
        }
    }
}

impl Device {
    async fn ask(wanted: wgpu::Features) -> Result<Device, String> {
        #[cfg(target_arch = "wasm32")]
        if !browser::has_webgpu() {
            return Err("this browser has no WebGPU, or it is switched off".into());
        }
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = instance
            .request_adapter(&options)
            .await
            .map_err(|_| "no GPU adapter: the browser or driver offers none".to_string())?;
        let info = describe(&adapter).await;

        // Ask only for what our workloads use beyond the defaults, and only for what is there.
        let there = adapter.limits();
        let limits = wgpu::Limits {
            max_storage_buffer_binding_size: there.max_storage_buffer_binding_size,
            max_buffer_size: there.max_buffer_size,
            ..wgpu::Limits::default()
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("parallax"),
            required_limits: limits,
            required_features: adapter.features() & wanted,
            ..Default::default()
        };
        let opened = match adapter.request_device(&descriptor).await {
            Ok(opened) => Ok(opened),
            // Some drivers refuse what they advertise: the defaults are enough for most sizes.
            Err(_) => adapter.request_device(&wgpu::DeviceDescriptor::default()).await,
        };
        let (device, queue) = opened.map_err(|error| format!("the GPU gives no device: {error}"))?;

        // First of all: wgpu's own handler panics.
        device.on_uncaptured_error(std::sync::Arc::new(|error: wgpu::Error| report(&error)));
        let (sender, lost) = oneshot::channel();
        let sender = Mutex::new(Some(sender));
        device.set_device_lost_callback(move |reason, message| {
            let text = if message.is_empty() {
                format!("{reason:?}")
            } else {
                message
            };
            if let Some(sender) = sender.lock().ok().and_then(|mut s| s.take()) {
                // Nobody may be waiting; then the next run finds out.
                let _ = sender.send(text);
            }
        });
        let limits = device.limits();
        Ok(Device {
            adapter: Adapter {
                max_storage_binding: limits.max_storage_buffer_binding_size,
                ..info
            },
            max_buffer: limits.max_buffer_size,
            max_groups: limits.max_compute_workgroups_per_dimension,
            there,
            subgroups: device.features().contains(wgpu::Features::SUBGROUP),
            device,
            queue,
            lost: lost.shared(),
        })
    }

    /// Why the device was lost, if it was.
    pub fn lost_reason(&self) -> Option<String> {
        match self.lost.clone().now_or_never() {
            Some(Ok(reason)) => Some(reason),
            // The callback was dropped unheard: the device is gone with it.
            Some(Err(_)) => Some("the device is gone".into()),
            None => None,
        }
    }

    /// Waits for the GPU, but no longer than until the device is lost, the limit is
    /// reached or somebody presses Stop (submitted work cannot be taken back; it runs out).
    pub async fn wait<T>(
        &self,
        host: &dyn Host,
        stop: &StopFlag,
        what: &'static str,
        answer: impl Future<Output = T>,
    ) -> Result<T, BackendError> {
        // Natively callbacks are made from within poll; in the browser this does nothing.
        #[cfg(not(target_arch = "wasm32"))]
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
        let answer = pin!(answer);
        let lost = self.lost.clone();
        let limit = pin!(host.sleep(WORK_LIMIT_MS));
        let stopped = pin!(stop.raised());
        match select(answer, select(lost, select(stopped, limit))).await {
            Either::Left((answer, _)) => Ok(answer),
            Either::Right((Either::Left((reason, _)), _)) => Err(BackendError::DeviceLost {
                reason: reason.unwrap_or_else(|_| "the device is gone".into()),
            }),
            Either::Right((Either::Right((Either::Left(_), _)), _)) => Err(BackendError::Stopped),
            Either::Right((Either::Right((Either::Right(_), _)), _)) => Err(BackendError::Gpu {
                what,
                message: format!(
                    "no answer within {} s; choose a smaller size",
                    WORK_LIMIT_MS / 1000
                ),
            }),
        }
    }
}

/// Errors outside of any scope are defects of ours: said, never fatal.
fn report(error: &wgpu::Error) {
    #[cfg(target_arch = "wasm32")]
    browser::log_error(&format!("WebGPU: {error}"));
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("WebGPU: {error}");
}

fn is_software(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["swiftshader", "llvmpipe", "lavapipe", "softpipe", "basic render"]
        .iter()
        .any(|software| name.contains(software))
}

#[cfg(not(target_arch = "wasm32"))]
async fn describe(adapter: &wgpu::Adapter) -> Adapter {
    let info = adapter.get_info();
    Adapter {
        software: info.device_type == wgpu::DeviceType::Cpu || is_software(&info.name),
        name: info.name,
        max_storage_binding: 0,
    }
}

#[cfg(target_arch = "wasm32")]
async fn describe(adapter: &wgpu::Adapter) -> Adapter {
    let info = adapter.get_info();
    // wgpu passes on the description only, which browsers mostly leave empty.
    let name = match browser::adapter_name().await {
        Some(name) => name,
        None if info.name.is_empty() => "unnamed GPU".into(),
        None => info.name.clone(),
    };
    Adapter {
        software: info.device_type == wgpu::DeviceType::Cpu || is_software(&name) || is_software(&info.name),
        name,
        max_storage_binding: 0,
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = console, js_name = error)]
        pub fn log_error(text: &str);
    }

    fn gpu() -> Option<JsValue> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let gpu = Reflect::get(&navigator, &"gpu".into()).ok()?;
        gpu.is_object().then_some(gpu)
    }

    pub fn has_webgpu() -> bool {
        gpu().is_some()
    }

    /// Vendor, architecture and device as the browser gives them.
    pub async fn adapter_name() -> Option<String> {
        let gpu = gpu()?;
        let request: Function = Reflect::get(&gpu, &"requestAdapter".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let options = js_sys::Object::new();
        Reflect::set(&options, &"powerPreference".into(), &"high-performance".into()).ok()?;
        let promise: Promise = request.call1(&gpu, &options).ok()?.dyn_into().ok()?;
        let adapter = JsFuture::from(promise).await.ok()?;
        let info = Reflect::get(&adapter, &"info".into()).ok()?;
        let part = |key: &str| Reflect::get(&info, &key.into()).ok()?.as_string();
        let parts = ["vendor", "architecture", "device", "description"]
            .into_iter()
            .filter_map(part);
        let mut name: Vec<String> = parts.filter(|p| !p.is_empty()).collect();
        name.dedup();
        (!name.is_empty()).then(|| name.join(" "))
    }
}
