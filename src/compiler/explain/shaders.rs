//! The shaders of a plan as one text, and between them what the host does, as comments.

use super::lines::Lines;
use crate::ir::{Expr, Stmt};
use crate::print;
use crate::told;
use crate::wgsl::{MARK, Op, Plan, Shader, Work};

/// The text with the line of the source of each line, and each shader as a file.
pub fn text(plan: &Plan, lines: &Lines) -> (Vec<(String, u32)>, Vec<String>) {
    let mut out = Vec::new();
    let mut files: Vec<Option<String>> = vec![None; plan.shaders.len()];
    for (number, op) in plan.code.iter().enumerate() {
        let (text, at) = step(plan, op);
        out.push((format!("// {number}: {text}"), lines.of(at)));
        if let Op::Dispatch(which) = op
            && let (Some(shader), Some(file)) = (plan.shaders.get(*which), files.get_mut(*which))
            && file.is_none()
        {
            *file = Some(written(shader, lines, &mut out));
        }
    }
    (out, files.into_iter().flatten().collect())
}

fn written(shader: &Shader, lines: &Lines, out: &mut Vec<(String, u32)>) -> String {
    let around = shader.span.map_or(0, |span| span.start + 1);
    let mut file = String::new();
    for line in shader.wgsl(&shader.apart()).lines() {
        let (text, at) = match line.rsplit_once(MARK) {
            Some((text, at)) => (text, at.parse().unwrap_or(0)),
            None => (line, 0),
        };
        file.push_str(text);
        file.push('\n');
        // What begins a parallel loop's iteration is the loop's.
        let at = if at == 0 && text.contains("run()") {
            around
        } else {
            at
        };
        out.push((text.to_owned(), lines.of(at)));
    }
    file
}

/// A step of the host for people, and where it comes from.
fn step(plan: &Plan, op: &Op) -> (String, u32) {
    let said = |expr: &Expr| print::expression(&plan.program, expr);
    let name = |local: crate::ir::Local| {
        let info = plan.program.locals.get(local.0 as usize);
        info.map_or("?", |info| info.name.as_str())
    };
    let whole = |stmt: Stmt| {
        let text = print::statement(&plan.program, &stmt);
        (text.trim_end().to_owned(), told::place(&stmt))
    };
    match op {
        Op::Set(local, value) => whole(Stmt::Set(*local, value.clone())),
        Op::Bind(array, how) => whole(Stmt::Bind(*array, how.clone())),
        Op::Check(test, site) => whole(Stmt::Check(test.clone(), *site)),
        Op::Unless(test, to) => (format!("on at {to} unless {}", said(test)), told::place_of(test)),
        Op::Jump(to) => (format!("on at {to}"), 0),
        Op::Round(_) => ("another round".into(), 0),
        Op::Range(number, start, stop, step) => {
            let [from, to, by] = [start, stop, step].map(said);
            (
                format!("range {number}: {from}, {to}, {by}"),
                told::place_of(start),
            )
        }
        Op::Next(number, local, to) => {
            let name = name(*local);
            (format!("{name} = the next of range {number}, or on at {to}"), 0)
        }
        Op::Dispatch(which) => {
            let shader = plan.shaders.get(*which);
            let at = shader
                .and_then(|shader| shader.span)
                .map_or(0, |span| span.start + 1);
            let work = match shader.map(|shader| &shader.work) {
                Some(Work::Each(start, stop)) => {
                    format!(
                        ", an invocation for each from {} up to {}",
                        said(start),
                        said(stop)
                    )
                }
                Some(Work::Lanes(start, stop)) => format!(
                    ", an invocation for each lane of each leaf of a reduction from {} up to {}",
                    said(start),
                    said(stop)
                ),
                _ => ", one invocation".into(),
            };
            (format!("dispatch shader {which}{work}"), at)
        }
        Op::End => ("the end".into(), 0),
    }
}
