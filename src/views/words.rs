//! Every word of the panels, in one table.

use parallax_protocol::Quantity;
use parallax_stats::is_software;

use crate::charts::Unit;

pub const TABLE: &str = "Table";
pub const QUANTITIES: &str = "What this machine gives";
pub const THEIR_QUANTITIES: &str = "What their machine gives";
pub const WHAT: &str = "what";
pub const HERE: &str = "here";
pub const THERE: &str = "theirs";
pub const REMARK: &str = "remark";
pub const LEFT_OUT: &str = "Left out";
pub const THEIR_FINDINGS: &str = "What theirs came to";
pub const WARNINGS: &str = "To be known of these rows";
pub const NO_SPANS: &str =
    "Recorded spans travel in files, not in links: ask for the report as a file, or press Run.";
pub const MORE_ROWS: &str = "The rest is in the CSV file.";
pub const SKIPPED: &str = "skipped";
pub const FAILED: &str = "failed";
pub const WRONG: &str = "WRONG";
pub const NO_REASON: &str = "no reason was given";

pub const SPEEDUP: &str = "Speed-up over one thread";
pub const SPEEDUP_DESC: &str = "The nearer to the line \"ideal\", the more of each thread is used.";
pub const IDEAL: &str = "ideal";
pub const THREADS: &str = "threads";
pub const AMDAHL: &str = "Amdahl";
pub const USL: &str = "USL";
pub const EFFICIENCY: &str = "Efficiency";
pub const EFFICIENCY_DESC: &str = "Speed-up per thread: 100% is all there is to gain.";
pub const SCHEDULES: &str = "How items are dealt out";
pub const SCHEDULES_DESC: &str = "Time of a run under each schedule and size of chunk. Imbalance: how much more than the mean the busiest thread has.";
pub const CHUNK: &str = "chunk";
pub const USUAL: &str = "usual";

pub const TIME_BY_SIZE: &str = "Time by size";
pub const TIME_BY_SIZE_DESC: &str =
    "Where two lines cross, the lower one begins to win; a shaded stretch is where that may be.";
pub const SIZE: &str = "n";
pub const TIME: &str = "time of a run";
pub const RATE_BY_SIZE: &str = "Operations a second by size";
pub const RATE_BY_SIZE_DESC: &str =
    "A line that rises still pays a fixed cost; one that falls has outgrown a cache.";
pub const RATE: &str = "rate";

pub const PARTS: &str = "A run's parts, end to end";
pub const PARTS_DESC: &str =
    "What a run on the GPU is made of when data come from our memory and go back to it.";
pub const UPLOAD: &str = "upload";
pub const DISPATCH: &str = "dispatch and wait";
pub const KERNEL: &str = "kernel";
pub const KERNEL_AND_DISPATCH: &str = "kernel, dispatch and wait";
pub const READBACK: &str = "read-back";
pub const KEPT: &str = "End to end against data that stay";
pub const KEPT_DESC: &str =
    "A resident run neither uploads nor reads back: what a chain of kernels on the same data pays.";
pub const END_TO_END: &str = "end to end";
pub const RESIDENT: &str = "resident";
pub const COLD: &str = "pipeline, once";
pub const TRANSFER: &str = "Bandwidth to and from the GPU";
pub const TRANSFER_DESC: &str = "Small transfers pay for the way, large ones for the bytes.";
pub const BYTES: &str = "bytes";

pub const ROOFLINE: &str = "Roofline";
pub const ROOFLINE_DESC: &str =
    "Each workload under what memory (the slope) and arithmetic (the flat part) allow here.";
pub const INTENSITY: &str = "arithmetic intensity";
pub const COPY: &str = "Copy bandwidth by working set";
pub const COPY_DESC: &str =
    "Steps are caches: a set that no longer fits into one runs at the next one's rate.";
pub const WORKING_SET: &str = "working set";
pub const PEAK: &str = "Peak arithmetic";
pub const PEAK_DESC: &str = "Multiplications and additions a second with nothing to wait for.";
pub const MESSAGES: &str = "Data between Workers";
pub const MESSAGES_DESC: &str = "A clone copies, a transfer moves, shared memory does neither.";

pub const TIMELINE_DESC: &str = "Each block is a chunk of items; what is hatched or empty is waiting. The GPU's kernel is placed within its submission.";
pub const TRACE: &str = "Save all as a Chrome trace";
pub const ZOOMS: [(&str, &str); 5] = [
    ("in", "Zoom in"),
    ("out", "Zoom out"),
    ("left", "Earlier"),
    ("right", "Later"),
    ("all", "All"),
];
pub const WAIT: &str = "waiting";

/// A rung's name among ceilings: "simd, 2 threads".
pub fn rung(of: &str, threads: Option<u32>) -> String {
    let of = match of {
        "scalar" => "Scalar",
        "simd" => "SIMD",
        "gpu" => "GPU",
        other => other,
    };
    match threads {
        Some(1) => format!("{of}, 1 thread"),
        Some(many) => format!("{of}, {many} threads"),
        None => of.into(),
    }
}

/// Whose ceiling a quantity is: "SIMD, 2 threads".
pub fn ceiling(q: &Quantity) -> String {
    let rung = rung(&q.of, q.threads);
    match q.note.as_deref().is_some_and(is_software) {
        true => in_software(&rung),
        false => rung,
    }
}

/// From where on one beats another.
pub fn beats(first: &str, second: &str, n: &str) -> String {
    format!("{first} > {second} from {n}")
}

/// Somebody else's of the same.
pub fn theirs(name: &str) -> String {
    format!("{THERE}: {name}")
}

/// A GPU that is none.
pub fn in_software(name: &str) -> String {
    format!("{name}, in software")
}

/// Spans that were recorded and not kept.
pub fn dropped(spans: u32) -> String {
    format!("{spans} more spans were not kept, for want of room")
}

/// Some that are named, and others that are not.
pub fn and_more(named: &str, others: usize) -> String {
    format!("{named} and {others} more")
}

/// What a button saves.
pub fn save_as(title: &str, kind: &str) -> String {
    format!("Save {title} as {kind}")
}

/// A quantity in words.
pub fn quantity(q: &Quantity) -> String {
    let what = match q.id.as_str() {
        "copy" => "copy bandwidth",
        "peak" => "peak arithmetic",
        "cores" => "cores that really run at once",
        "dispatch" => "an empty parallel run",
        "barrier" => "a further one while threads are awake",
        "spawn" => "a Worker's start",
        "clock-step" => "the clock's step",
        "message" => "a message there and back",
        "clone" => "cloning",
        "transfer" => "transferring",
        "shared" => "writing and reading shared memory",
        "gpu-quantum" => "the GPU clock's step",
        "gpu-round-trip" => "the GPU's queue, empty",
        "gpu-map-round-trip" => "four bytes back from the GPU",
        "gpu-upload" => "upload to the GPU",
        "gpu-readback" => "read-back from the GPU",
        "gpu-empty-dispatch" => "a dispatch that does nothing",
        "gpu-max-buffer" => "largest GPU buffer",
        "gpu-max-binding" => "largest GPU binding",
        "gpu-max-workgroups" => "workgroups in a row",
        "gpu-max-invocations" => "invocations in a workgroup",
        other => other,
    };
    let mut out = what.to_string();
    if !q.of.is_empty() {
        out.push_str(&format!(", {}", rung(&q.of, q.threads)));
    } else if q.threads.is_some() {
        out.push_str(&rung("", q.threads));
    }
    if let Some(bytes) = q.bytes {
        out.push_str(&format!(", {}", Unit::Bytes.write(bytes)));
    }
    out
}

/// What a timeline is of.
pub fn timeline(name: &str) -> String {
    format!("Who did what when: {name}")
}

/// A schedule and its size of chunks.
pub fn schedule(name: &str, chunk: Option<f64>) -> String {
    match chunk {
        Some(chunk) if chunk != 1.0 => format!("{name}, {CHUNK} x{chunk}"),
        _ => name.into(),
    }
}

/// How uneven the threads' shares are.
pub fn uneven(imbalance: f64) -> String {
    format!("imbalance {}", Unit::Percent.write(imbalance))
}
