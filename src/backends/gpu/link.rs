//! A prepared kernel's way to the device, hand-written or generated: pipelines, and waits that always end.

use super::device::Device;
use crate::host::Host;
use crate::{BackendError, Order, StopFlag};
use futures_channel::oneshot;
use std::future::Future;
use std::rc::Rc;

/// A device, and what ends a wait for it.
#[derive(Clone)]
pub(crate) struct Link {
    pub device: Rc<Device>,
    pub host: Rc<dyn Host>,
    pub stop: StopFlag,
}

impl Link {
    pub fn new(device: Rc<Device>, host: &Rc<dyn Host>, order: &Order) -> Self {
        Link {
            device,
            host: Rc::clone(host),
            stop: order.stop.clone(),
        }
    }

    pub async fn wait<T>(
        &self,
        what: &'static str,
        answer: impl Future<Output = T>,
    ) -> Result<T, BackendError> {
        self.device.wait(&*self.host, &self.stop, what, answer).await
    }

    /// Waits for everything that was submitted.
    pub async fn idle(&self, what: &'static str) -> Result<(), BackendError> {
        let (sender, done) = oneshot::channel();
        self.device.queue.on_submitted_work_done(move || {
            let _ = sender.send(());
        });
        // An error only says that the callback was dropped with its device, which `wait` hears of.
        self.wait(what, done).await.map(|_| ())
    }

    /// A copy of a buffer's first bytes to where they can be mapped, and their mapping.
    pub fn read_back(&self, from: &wgpu::Buffer, staging: &wgpu::Buffer, bytes: u64) -> Mapped {
        let mut encoder = self.device.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(from, 0, staging, 0, bytes);
        self.device.queue.submit([encoder.finish()]);
        map(staging)
    }

    /// Nanoseconds of a tick of the GPU's clock.
    pub fn period(&self) -> f64 {
        f64::from(self.device.queue.get_timestamp_period())
    }
}

/// A mapping that was asked for.
pub(crate) type Mapped = oneshot::Receiver<Result<(), wgpu::BufferAsyncError>>;

/// Asks for a buffer to be mapped for reading.
pub(crate) fn map(staging: &wgpu::Buffer) -> Mapped {
    let (sender, mapped) = oneshot::channel();
    staging.map_async(wgpu::MapMode::Read, .., move |result| {
        // The receiver is gone if the run was dropped.
        let _ = sender.send(result);
    });
    mapped
}

/// What a mapping came to.
///
/// # Errors
/// If it did not.
pub(crate) fn mapped(
    answer: Result<Result<(), wgpu::BufferAsyncError>, oneshot::Canceled>,
) -> Result<(), BackendError> {
    match answer {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(unreadable(error.to_string())),
        Err(_) => Err(unreadable("the buffer was never mapped".into())),
    }
}

pub(crate) fn unreadable(message: String) -> BackendError {
    BackendError::Gpu {
        what: "read-back",
        message,
    }
}

pub(crate) fn refused(what: &'static str, error: Option<wgpu::Error>) -> Result<(), BackendError> {
    match error {
        None => Ok(()),
        Some(error) => Err(BackendError::Gpu {
            what,
            message: error.to_string(),
        }),
    }
}

/// A compiled shader: a uniform block as binding 0, then storage.
pub(crate) struct Pipeline {
    pub layout: wgpu::BindGroupLayout,
    pub pipeline: wgpu::ComputePipeline,
}

impl Pipeline {
    /// Of a module's entry, or the only one. `written` says of each storage buffer whether it is.
    pub fn new(
        device: &wgpu::Device,
        module: &wgpu::ShaderModule,
        entry: Option<&str>,
        has_dynamic_offset: bool,
        written: impl Iterator<Item = bool>,
    ) -> Self {
        let uniform = (wgpu::BufferBindingType::Uniform, has_dynamic_offset);
        let storage = written.map(|is_written| {
            let read_only = !is_written;
            (wgpu::BufferBindingType::Storage { read_only }, false)
        });
        let all = [uniform].into_iter().chain(storage).zip(0..);
        let entries: Vec<_> = all
            .map(|((ty, has_dynamic_offset), binding)| wgpu::BindGroupLayoutEntry {
                binding,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty,
                    has_dynamic_offset,
                    min_binding_size: None,
                },
                count: None,
            })
            .collect();
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &entries,
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: Some(&pipeline_layout),
            module,
            entry_point: entry,
            compilation_options: Default::default(),
            cache: None,
        });
        Pipeline { layout, pipeline }
    }
}
