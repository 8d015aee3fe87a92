//! A report as text for other programs: CSV of the samples, a Markdown table, an SVG of
//! the ladder. JSON is the browser's own.

use std::fmt::Write as _;

use parallax_protocol::{Catalogue, Experiment, Report, ResultRow, ResultStatus, Verdict};
use parallax_stats::format;

use crate::charts::ruler::{Direction, Ruler};
use crate::charts::{Axis, Unit, quoted};
use crate::{panels, words};

/// What the page says in its own words, from its table.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Where the figures were made, in one line.
    pub made_by: &'a str,
    /// Of two times that cannot be told apart.
    pub no_difference: &'a str,
}

/// One line per sample; a row without samples has one line, with its status.
pub fn csv(report: &Report) -> String {
    let mut out = String::from(
        "workload,size,where,backend,form,threads,status,block,ms,outlier,schedule,chunk,recorded\r\n",
    );
    for row in &report.results {
        let form = row.form.title().to_lowercase();
        let head = [
            quoted(&row.workload),
            row.size.to_string(),
            quoted(&row.place),
            quoted(&row.backend),
            form,
            row.threads.to_string(),
            status(row.status).into(),
        ];
        let head = head.join(",");
        let tail = [
            row.schedule.map_or("", |s| s.name()).to_owned(),
            row.chunk.map(|chunk| chunk.to_string()).unwrap_or_default(),
            row.recorded.to_string(),
        ];
        let tail = tail.join(",");
        if row.samples.is_empty() {
            let _ = write!(out, "{head},,,,{tail}\r\n");
        }
        for s in &row.samples {
            let _ = write!(out, "{head},{},{},{},{tail}\r\n", s.block, s.ms, s.outlier);
        }
    }
    out
}

/// A table with a line above it that says of what and where.
pub fn markdown(catalogue: &Catalogue, report: &Report, said: &Words) -> String {
    let mut out = format!("{}\n\n", cell(said.made_by));
    out.push_str("| workload | n | back end | threads | time | 95 % | speed-up | 95 % | samples | |\n");
    out.push_str("|---|--:|---|--:|--:|---|--:|---|--:|---|\n");
    for row in &report.results {
        let interval = |interval: Option<String>| interval.unwrap_or_default();
        let (ratio, ratio_interval) = match row.speedup {
            Some(ratio) => format::ratio(ratio, row.speedup_ci95),
            None => (String::new(), None),
        };
        let notes = match row.status {
            ResultStatus::Ok => row.warnings.join("; "),
            other => [Some(status(other).to_string()), row.reason.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(": "),
        };
        let cells = [
            row.workload.clone(),
            format::count(row.size.into()),
            who(catalogue, row),
            row.threads.to_string(),
            row.median_ms.map(format::time).unwrap_or_default(),
            interval(
                row.median_ms
                    .zip(row.ci95_ms)
                    .map(|(m, i)| format::time_interval(m, i)),
            ),
            match row.verdict {
                Some(Verdict::NoClearDifference) => said.no_difference.into(),
                _ => ratio,
            },
            interval(ratio_interval),
            row.sample_count.to_string(),
            notes,
        ];
        let cells = cells.map(|c| cell(&c));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if !report.quantities.is_empty() {
        let _ = writeln!(
            out,
            "\n| {} | {} | {} |\n|---|---|---|",
            words::WHAT,
            words::HERE,
            words::REMARK
        );
    }
    for q in &report.quantities {
        let cells = [
            words::quantity(q),
            panels::written(q),
            q.note.clone().unwrap_or_default(),
        ];
        let _ = writeln!(out, "| {} |", cells.map(|c| cell(&c)).join(" | "));
    }
    for finding in &report.findings {
        let _ = writeln!(out, "\n{}", cell(&finding.words));
    }
    out
}

/// The back end, what tells it from the others of an experiment, and where if it is not the browser.
fn who(catalogue: &Catalogue, row: &ResultRow) -> String {
    let mut name = catalogue.name_of(&row.id());
    if let Some(schedule) = row.schedule {
        let _ = write!(name, ", {}", words::schedule(schedule.name(), row.chunk));
    }
    if row.recorded {
        name.push_str(", recorded");
    }
    match row.place.as_str() {
        "browser" => name,
        place => format!("{name} ({place})"),
    }
}

/// Text in a table: nothing that ends the cell or begins markup.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

fn status(status: ResultStatus) -> &'static str {
    match status {
        ResultStatus::Ok => "ok",
        ResultStatus::Wrong => "wrong",
        ResultStatus::Skipped => "skipped",
        ResultStatus::Failed => "failed",
        ResultStatus::Stopped => "stopped",
    }
}

const WIDTH: f64 = 880.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = 240.0;
/// What is left for the bars.
const LENGTH: f64 = WIDTH - LEFT - RIGHT;
const TOP: f64 = 64.0;
const ROW: f64 = 44.0;
const BOTTOM: f64 = 40.0;

/// The ladder as a picture on white paper, readable in grey: a bar, its interval and every
/// sample per row, outliers as rings. `None` without any time, and of an experiment.
pub fn svg(catalogue: &Catalogue, report: &Report, title: &str, words: &Words) -> Option<String> {
    // Rows of several sizes or threads are no ladder: their charts are saved one by one.
    if report.spec.experiment != Experiment::Race {
        return None;
    }
    let rows: Vec<&ResultRow> = report.results.iter().collect();
    let times = rows.iter().flat_map(|row| {
        let reach = row.median_ms.map_or(0.0, |m| m * 2.0);
        let near = row.samples.iter().map(|s| s.ms).filter(move |ms| *ms <= reach);
        near.chain(row.median_ms)
    });
    let axis = Axis::new("", Unit::TimeMs);
    let usable = times.filter(|ms| ms.is_finite() && *ms > 0.0);
    let ruler = Ruler::new(&axis, usable, true, LENGTH, Direction::Across)?;
    let height = TOP + ROW * rows.len() as f64 + BOTTOM;
    // What lies beyond the axis stands at its end.
    let x = |ms: f64| LEFT + ruler.place(ms).unwrap_or(0.0).clamp(0.0, LENGTH);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <text x=\"12\" y=\"24\" font-size=\"16\" font-weight=\"600\">{}</text>\
         <text x=\"12\" y=\"44\" fill=\"#555\">{}</text>",
        escaped(title),
        escaped(words.made_by),
    );
    let bottom = TOP + ROW * rows.len() as f64;
    for tick in &ruler.ticks {
        let at = LEFT + tick.at;
        let _ = write!(
            out,
            "<path d=\"M{at:.1} {TOP}V{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\" fill=\"#555\">{}</text>",
            bottom + 18.0,
            escaped(&tick.label),
        );
    }
    for (i, row) in rows.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        let _ = write!(
            out,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            y + 20.0,
            escaped(&who(catalogue, row)),
        );
        let mut said = status(row.status).to_string();
        if let Some(median) = row.median_ms {
            bar(&mut out, row, median, y, &x);
            said = format::time(median);
            if let Some(ratio) = row.speedup {
                let (ratio, interval) = format::ratio(ratio, row.speedup_ci95);
                let _ = write!(said, "  {ratio} {}", interval.unwrap_or_default());
            }
            if row.verdict == Some(Verdict::NoClearDifference) {
                said = format!("{}  {}", format::time(median), words.no_difference);
            }
        }
        let _ = write!(
            out,
            "<text x=\"{:.0}\" y=\"{:.0}\">{}</text>",
            WIDTH - RIGHT + 12.0,
            y + 20.0,
            escaped(&said),
        );
    }
    out.push_str("</svg>");
    Some(out)
}

fn bar(out: &mut String, row: &ResultRow, median: f64, y: f64, x: &impl Fn(f64) -> f64) {
    let _ = write!(
        out,
        "<rect x=\"{LEFT}\" y=\"{:.0}\" width=\"{:.1}\" height=\"16\" fill=\"{}\"/>",
        y + 8.0,
        x(median) - LEFT,
        colour(&row.backend),
    );
    if let Some((low, high)) = row.ci95_ms {
        let _ = write!(
            out,
            "<path d=\"M{:.1} {m}H{:.1}\" stroke=\"#000\" stroke-width=\"2\"/>",
            x(low),
            x(high),
            m = y + 16.0,
        );
    }
    for s in &row.samples {
        let at = x(s.ms);
        let _ = match s.outlier {
            false => write!(
                out,
                "<path d=\"M{at:.1} {:.0}v8\" stroke=\"#000\" stroke-opacity=\".45\"/>",
                y + 28.0
            ),
            true => write!(
                out,
                "<circle cx=\"{at:.1}\" cy=\"{:.0}\" r=\"3\" fill=\"none\" stroke=\"#000\"/>",
                y + 32.0
            ),
        };
    }
}

/// After Okabe and Ito, as in style/tokens.css.
fn colour(backend: &str) -> &'static str {
    match parallax_protocol::base_id(backend) {
        "interpreter" => "#c04a00",
        "javascript" => "#857700",
        "scalar" => "#5d6468",
        "simd" => "#0072b2",
        "threads" => "#a86a00",
        "threads+simd" => "#00805f",
        "gpu" => "#a94880",
        _ => "#999999",
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::{Asked, Environment, Form, ReportSample, RunSpec, SCHEMA};

    fn report() -> (Catalogue, Report) {
        let sample = |block, ms| ReportSample {
            ms,
            block,
            outlier: block == 1,
        };
        let row = ResultRow {
            status: ResultStatus::Ok,
            samples: vec![sample(0, 12.5), sample(1, 20.0)],
            sample_count: 2,
            median_ms: Some(16.3),
            speedup: Some(3.5),
            speedup_ci95: Some((3.3, 3.8)),
            ..ResultRow::blank("w", 1024, "simd", Form::Rust, 1)
        };
        let bad = ResultRow {
            reason: Some("a | b <img src=x onerror=alert(1)>".into()),
            place: "=cmd,\"x\"".into(),
            ..ResultRow::blank("w", 1024, "gpu", Form::Wgsl, 1)
        };
        let report = Report {
            schema: SCHEMA,
            spec: Asked::from(&RunSpec::race("w", 1024)),
            environment: Environment::default(),
            results: vec![row, bad],
            quantities: Vec::new(),
            timelines: Vec::new(),
            findings: Vec::new(),
        };
        let catalogue = Catalogue {
            workloads: Vec::new(),
            backends: Vec::new(),
        };
        (catalogue, report)
    }

    const WORDS: Words = Words {
        made_by: "4 cores",
        no_difference: "no clear difference",
    };

    #[test]
    fn csv_has_a_line_a_sample_and_no_formula() {
        let lines = csv(&report().1);
        let lines: Vec<&str> = lines.trim_end().split("\r\n").collect();
        assert_eq!(lines[1], "w,1024,browser,simd,rust,1,ok,0,12.5,false,,,false");
        assert_eq!(lines[2], "w,1024,browser,simd,rust,1,ok,1,20,true,,,false");
        assert_eq!(
            lines[3],
            "w,1024,\"'=cmd,\"\"x\"\"\",gpu,wgsl,1,skipped,,,,,,false"
        );
    }

    #[test]
    fn markdown_cells_hold_no_markup() {
        let (catalogue, report) = report();
        let table = markdown(&catalogue, &report, &WORDS);
        assert!(
            table.contains("| w | 1,024 | simd | 1 | 16.3 ms |  | 3.5x | (3.3-3.8) | 2 |  |"),
            "{table}"
        );
        assert!(table.contains(r"skipped: a \| b \<img"), "{table}");
        let bars = |line: &str| line.replace(r"\|", "").matches('|').count();
        assert!(table.lines().skip(2).all(|line| bars(line) == 11), "{table}");
    }

    #[test]
    fn the_picture_is_text_and_shapes_only() {
        let (catalogue, report) = report();
        let svg = svg(&catalogue, &report, "<script>", &WORDS).unwrap();
        assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script"));
        assert!(svg.contains("16.3 ms  3.5x (3.3-3.8)") && svg.contains("<circle"));
        let mut nothing = report;
        nothing.results.truncate(0);
        assert_eq!(super::svg(&catalogue, &nothing, "", &WORDS), None);
    }
}
