//! Timelines as a Chrome trace, which Perfetto and `chrome://tracing` open.
//!
//! Google's "Trace Event Format": complete events (`ph` "X") with microseconds in `ts` and `dur`,
//! one process for each back end, one thread for each track, named by metadata events (`ph` "M").

use std::fmt::Write as _;

use parallax_protocol::{Span, SpanKind, Timeline};

/// All timelines as one JSON text.
pub fn chrome(timelines: &[Timeline], name: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    let mut first = true;
    let mut event = |text: String| {
        if !first {
            out.push(',');
        }
        first = false;
        out.push('\n');
        out.push_str(&text);
    };
    for (process, timeline) in (1..).zip(timelines) {
        event(named("process_name", process, 0, &name(&timeline.backend)));
        for (thread, track) in (1..).zip(&timeline.tracks) {
            event(named("thread_name", process, thread, &track.name));
            for span in &track.spans {
                event(complete(process, thread, span));
            }
        }
    }
    out.push_str("\n]}\n");
    out
}

fn named(what: &str, process: u32, thread: u32, name: &str) -> String {
    format!(
        "{{\"name\":\"{what}\",\"ph\":\"M\",\"pid\":{process},\"tid\":{thread},\"args\":{{\"name\":{}}}}}",
        quoted(name)
    )
}

fn complete(process: u32, thread: u32, span: &Span) -> String {
    let kind = match span.kind {
        SpanKind::Chunk => "chunk",
        SpanKind::Wait => "wait",
        SpanKind::Run => "run",
        SpanKind::Upload => "upload",
        SpanKind::Submit => "submit",
        SpanKind::Kernel => "kernel",
        SpanKind::ReadBack => "read-back",
    };
    let mut args = String::new();
    if span.kind == SpanKind::Chunk {
        let _ = write!(
            args,
            "\"pass\":{},\"first\":{},\"items\":{}",
            span.pass, span.first, span.items
        );
    }
    if span.kind == SpanKind::Kernel {
        args.push_str("\"placed\":true");
    }
    // A thousandth of a microsecond is finer than any of our clocks.
    let start = span.start_ms * 1e3;
    let length = (span.end_ms - span.start_ms).max(0.0) * 1e3;
    format!(
        "{{\"name\":\"{kind}\",\"cat\":\"parallax\",\"ph\":\"X\",\"ts\":{start:.3},\"dur\":{length:.3},\
         \"pid\":{process},\"tid\":{thread},\"args\":{{{args}}}}}"
    )
}

/// A JSON string (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::Track;
    use serde_json::Value;

    fn span(start_ms: f64, end_ms: f64, kind: SpanKind) -> Span {
        Span {
            start_ms,
            end_ms,
            kind,
            pass: 1,
            first: 64,
            items: 32,
        }
    }

    #[test]
    fn events_are_as_the_format_wants_them() {
        let track = |name: &str, spans| Track {
            name: name.into(),
            spans,
        };
        let timelines = [Timeline {
            backend: "threads".into(),
            tracks: vec![
                track("engine", vec![span(0.0, 2.0, SpanKind::Run)]),
                track(
                    "thread \"0\"\n\\",
                    vec![
                        span(0.25, 1.0, SpanKind::Chunk),
                        span(1.0, 0.5, SpanKind::Wait),
                        span(1.0, 1.5, SpanKind::Kernel),
                    ],
                ),
            ],
            dropped: 0,
        }];
        let trace: Value = serde_json::from_str(&chrome(&timelines, &|id| id.to_uppercase())).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        assert_eq!(events.len(), 7);
        for event in events {
            assert!(
                event["name"].is_string() && event["pid"].is_u64() && event["tid"].is_u64(),
                "{event}"
            );
            match event["ph"].as_str().unwrap() {
                "M" => assert!(event["args"]["name"].is_string()),
                "X" => assert!(event["ts"].as_f64() >= Some(0.0) && event["dur"].as_f64() >= Some(0.0)),
                other => panic!("{other}"),
            }
        }
        assert_eq!(events[0]["args"]["name"], "THREADS");
        assert_eq!(events[3]["args"]["name"], "thread \"0\"\n\\");
        let chunk = &events[4];
        assert_eq!(
            (chunk["ts"].as_f64(), chunk["dur"].as_f64()),
            (Some(250.0), Some(750.0))
        );
        assert_eq!(chunk["args"]["items"], 32);
        assert_eq!(events[6]["args"]["placed"], true);
    }

    #[test]
    fn nothing_recorded_is_a_trace_too() {
        let trace: Value = serde_json::from_str(&chrome(&[], &|id| id.to_owned())).unwrap();
        assert_eq!(trace["traceEvents"].as_array().map(Vec::len), Some(0));
    }
}
