//! What was decided about loops, as sentences. Each says what a pass said, or what is seen in the program that it left: of each access
//! whether it had a check when it was typed, when the arguments were known, and behind the loops' passes.

use super::lines::Lines;
use crate::Prepared;
use crate::ir::{Array, ExprKind, Local, Program, Reduce, Stmt};
use crate::sorted::{Map, Set};
use crate::syntax::{self, StmtKind};
use crate::told::{Checked, NotLanes, Serial, Told, What};
use crate::walk;

/// What was decided about a loop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The line of the loop, or of what the remark is about.
    pub line: u32,
    /// What it is about.
    pub about: About,
    /// Whether that is what one would wish.
    pub is_good: bool,
    /// A short sentence.
    pub text: String,
}

/// What a remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Whether threads share the iterations.
    Parallel,
    /// Whether several iterations run at once in vectors.
    Lanes,
    /// Whether lanes wait.
    Masks,
    /// What is combined over all iterations.
    Reduction,
    /// Whether indices are checked in each iteration.
    Checks,
    /// Whether there are two versions.
    Copied,
    /// Whether several rounds are one.
    Unrolled,
}

impl About {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            About::Parallel => "parallel",
            About::Lanes => "lanes",
            About::Masks => "masks",
            About::Reduction => "reduction",
            About::Checks => "checks",
            About::Copied => "copied",
            About::Unrolled => "unrolled",
        }
    }
}

/// A loop of the source, from its head to its last line.
#[derive(Debug, Clone, Copy)]
pub struct SourceLoop {
    pub line: u32,
    pub last: u32,
}

/// Finds loops; gives the last line of the statements.
pub fn source_loops(body: &[syntax::Stmt], lines: &Lines, found: &mut Vec<SourceLoop>) -> u32 {
    let mut last = 0;
    for stmt in body {
        last = last.max(lines.of(stmt.span.end));
        match &stmt.kind {
            StmtKind::For { body, or_else, .. } | StmtKind::While { body, or_else, .. } => {
                let end = source_loops(body, lines, found);
                let line = lines.of(stmt.span.start + 1);
                found.push(SourceLoop { line, last: end });
                last = last.max(end).max(source_loops(or_else, lines, found));
            }
            StmtKind::If { body, or_else, .. } => {
                last = last.max(source_loops(body, lines, found));
                last = last.max(source_loops(or_else, lines, found));
            }
            _ => {}
        }
    }
    last
}

/// Where elements are read and stored, and which of these places were checked when.
#[derive(Default)]
pub struct Accesses {
    /// With a check as they were typed: the place, the array's name, the line.
    typed: Set<(u32, String, u32)>,
    /// With a check still once what the arguments decide is known.
    specialised: Set<(u32, String)>,
    /// With and without one in some version behind the loops' passes.
    with: Set<(u32, String)>,
    without: Set<(u32, String)>,
}

/// Each access of a program: its place, its array, whether it is checked.
fn accesses(program: &Program, visit: &mut dyn FnMut(u32, &str, bool)) {
    let name = |array: &Array| {
        let info = program.arrays.get(array.0 as usize);
        info.map_or("", |info| info.name.as_str())
    };
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::Store {
            array, index, site, ..
        } = stmt
        {
            visit(index.first().map_or(0, |one| one.at), name(array), site.is_some());
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                if let ExprKind::Load { array, site, .. } = &expr.kind {
                    visit(expr.at, name(array), site.is_some());
                }
            });
        });
    });
}

impl Accesses {
    /// Looks at the program as it was typed.
    pub fn typed(&mut self, program: &Program, lines: &Lines) {
        accesses(program, &mut |at, name, is_checked| {
            if is_checked && at != 0 {
                self.typed.insert((at, name.to_owned(), lines.of(at)));
            }
        });
    }

    /// Looks at the program after a stage.
    pub fn after(&mut self, stage: &str, program: &Program) {
        accesses(program, &mut |at, name, is_checked| {
            let to = match (stage, is_checked) {
                ("specialise", true) => &mut self.specialised,
                ("specialise", false) => return,
                (_, true) => &mut self.with,
                (_, false) => &mut self.without,
            };
            to.insert((at, name.to_owned()));
        });
    }
}

struct Writer<'a> {
    program: &'a Program,
    found: Set<Remark>,
}

impl Writer<'_> {
    fn say(&mut self, line: u32, about: About, is_good: bool, text: impl Into<String>) {
        if line != 0 {
            self.found.insert(Remark {
                line,
                about,
                is_good,
                text: text.into(),
            });
        }
    }

    fn local(&self, local: Local) -> String {
        let info = self.program.locals.get(local.0 as usize);
        match info.map(|info| info.name.trim_start_matches('$')) {
            Some(name) if name.starts_with(|c: char| c.is_alphabetic() || c == '_') => format!("`{name}`"),
            _ => "a value".into(),
        }
    }

    fn array(&self, array: Array) -> String {
        let info = self.program.arrays.get(array.0 as usize);
        match info.map(|info| info.name.as_str()) {
            Some(name) if !name.starts_with('$') => format!("`{name}`"),
            _ => "an array".into(),
        }
    }
}

/// What was said of a line by the passes, and of loops in lanes by the writer.
pub fn remarks(
    prepared: &Prepared,
    written: &Told,
    accesses: &Accesses,
    loops: &[SourceLoop],
    lines: &Lines,
) -> Vec<Remark> {
    let mut writer = Writer {
        program: &prepared.program,
        found: Set::new(),
    };
    // Of what the passes say again and again about a line, the last word counts; of what the writer does, the first: where a loop
    // is there twice, the quick one comes first. The writer's word is the very last.
    let mut by_line: Map<u32, Vec<What>> = Map::new();
    let mut why_checked: Map<(u32, String), Checked> = Map::new();
    for (at, what) in prepared
        .program
        .told
        .all()
        .iter()
        .chain(written.all().iter().rev())
    {
        by_line.entry(lines.of(*at)).or_default().push(*what);
        if let What::Checked(array, why) = what {
            let info = prepared.program.arrays.get(array.0 as usize);
            let name = info.map(|info| info.name.clone()).unwrap_or_default();
            *why_checked.entry((*at, name)).or_insert(*why) = *why;
        }
    }
    let mut masked: Vec<u32> = Vec::new();
    for (line, said) in &by_line {
        if said.contains(&What::Masked) {
            masked.push(*line);
            let text = "lanes that do not take part wait under a mask";
            writer.say(*line, About::Masks, false, text);
        }
    }
    for (line, said) in &by_line {
        parallel(&mut writer, *line, said);
        rounds(&mut writer, *line, said);
        let in_lanes = in_lanes(&mut writer, *line, said);
        let end = loops
            .iter()
            .find(|one| one.line == *line)
            .map_or(*line, |one| one.last);
        if in_lanes && !masked.iter().any(|one| (*line..=end).contains(one)) {
            writer.say(
                *line,
                About::Masks,
                true,
                "no masks needed: all lanes do the same",
            );
        }
    }
    reductions(&mut writer, &prepared.typed, lines);
    checks(&mut writer, accesses, &why_checked, loops, &by_line);
    writer.found.into_iter().collect()
}

fn parallel(writer: &mut Writer<'_>, line: u32, said: &[What]) {
    if said.contains(&What::Parallel) {
        let text = "parallel: iterations are shared among threads";
        return writer.say(line, About::Parallel, true, text);
    }
    let last = said.iter().rev().find_map(|what| match what {
        What::Serial(why) => Some(*why),
        _ => None,
    });
    let text = match last {
        Some(Serial::Plain) => {
            let is_bound = said.iter().any(|what| {
                use NotLanes::{Behind, Crosses, Left, Memory};
                matches!(what, What::NotLanes(Crosses(_) | Behind(_) | Left | Memory(_)))
            });
            match is_bound {
                true => "not parallel: a plain loop",
                false => "not parallel: a plain loop; use prange",
            }
        }
        Some(Serial::While) => "not parallel: a `while` goes round by round",
        Some(Serial::Within) => "not parallel: the loop around it is",
        Some(Serial::NotAsked) => "not parallel: the decorator does not say parallel=True",
        Some(Serial::Left) => "not parallel: `break` or `return` leaves it",
        None => return,
    };
    writer.say(line, About::Parallel, last == Some(Serial::Within), text);
}

fn rounds(writer: &mut Writer<'_>, line: u32, said: &[What]) {
    for what in said {
        match what {
            What::Rounds(n) => {
                let text = format!("unrolled: its {n} rounds stand one after the other");
                writer.say(line, About::Unrolled, true, text);
            }
            What::AtOnce(n) => {
                let text = format!("unrolled: {n} rounds are one");
                writer.say(line, About::Unrolled, true, text);
            }
            What::Jammed => {
                let text = "unrolled: 4 of its rounds share one pass of the loop within it";
                writer.say(line, About::Unrolled, true, text);
            }
            What::Skewed(n) => {
                let text = format!(
                    "{n} of its rounds go along together, a row behind each other, while rows are in a cache"
                );
                writer.say(line, About::Unrolled, true, text);
            }
            What::Twice => {
                let text = "there twice: a quicker one behind a test of all that it needs, and as it was";
                writer.say(line, About::Copied, true, text);
            }
            _ => {}
        }
    }
}

/// Whether a line's loop runs in lanes.
fn in_lanes(writer: &mut Writer<'_>, line: u32, said: &[What]) -> bool {
    let last = said.iter().rev().find_map(|what| match what {
        What::Lanes => Some(None),
        What::NotLanes(why) => Some(Some(*why)),
        _ => None,
    });
    let why = match last {
        None => return false,
        Some(Some(why)) => why,
        Some(None) => {
            let text = format!("runs in lanes: {} iterations at once", crate::ir::LANES);
            writer.say(line, About::Lanes, true, text);
            return true;
        }
    };
    // What became its rounds is no loop any more.
    if said.iter().any(|what| matches!(what, What::Rounds(_))) && why != NotLanes::Inside {
        return false;
    }
    let text = match why {
        NotLanes::Step => "it does not count by 1".into(),
        NotLanes::While => "how often it goes round is not known before it".into(),
        NotLanes::Left => "something leaves it before its end".into(),
        NotLanes::Fails => "something in it may fail, which must come at its very iteration".into(),
        NotLanes::Makes => "it makes arrays, or prints".into(),
        NotLanes::Outside => "a loop within it is, or is parallel".into(),
        NotLanes::Crosses(local) => {
            format!("each iteration needs {} of the one before", writer.local(local))
        }
        NotLanes::Behind(local) => format!("{} is read behind it", writer.local(local)),
        NotLanes::Memory(array) => {
            let name = writer.array(array);
            format!("what one iteration stores in {name} another may need")
        }
        NotLanes::Slower => "another loop of the nest suits the memory better".into(),
        NotLanes::Scattered => "it does not go along the memory".into(),
        NotLanes::Inside => "a loop around it is, and each lane goes its own rounds".into(),
    };
    let text = format!("not in lanes: {text}");
    let is_fine = matches!(why, NotLanes::Inside | NotLanes::Outside);
    writer.say(line, About::Lanes, is_fine, text);
    false
}

fn reductions(writer: &mut Writer<'_>, typed: &Program, lines: &Lines) {
    walk::statements(&typed.body, &mut |stmt| {
        let Stmt::ParFor(par) = stmt else { return };
        for one in &par.reductions {
            let by = match one.op {
                Reduce::Sum => "+",
                Reduce::Product => "*",
                Reduce::Least => "min",
                Reduce::Greatest => "max",
                Reduce::And => "&",
                Reduce::Or => "|",
                Reduce::Xor => "^",
            };
            let text = format!("reduction of {} by {by}", writer.local(one.local));
            writer.say(lines.of(par.span.start + 1), About::Reduction, true, text);
        }
    });
}

/// How an array's indices in a loop are checked; what comes later is worse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Check {
    Known,
    Once,
    Each(Option<Why>),
}

/// Why a check stays, in the order of [`Check`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Unbounded,
    Rebound,
    Outside,
}

fn checks(
    writer: &mut Writer<'_>,
    accesses: &Accesses,
    why: &Map<(u32, String), Checked>,
    loops: &[SourceLoop],
    by_line: &Map<u32, Vec<What>>,
) {
    let mut worst: Map<(u32, String), Check> = Map::new();
    for (at, name, line) in &accesses.typed {
        let around = loops.iter().filter(|one| (one.line..=one.last).contains(line));
        let around = around.max_by_key(|one| one.line).map(|one| one.line);
        // An array expression's loop is its own line.
        let is_loop = |said: &Vec<What>| said.contains(&What::Parallel) || said.contains(&What::Lanes);
        let own = by_line.get(line).filter(|said| is_loop(said)).map(|_| *line);
        let Some(around) = around.or(own) else { continue };
        let key = (*at, name.clone());
        let check = if accesses.without.contains(&key) && !accesses.specialised.contains(&key) {
            Check::Known
        } else if accesses.without.contains(&key) {
            Check::Once
        } else if accesses.with.contains(&key) {
            Check::Each(why.get(&key).map(|why| match why {
                Checked::Unbounded => Why::Unbounded,
                Checked::Rebound => Why::Rebound,
                Checked::Outside => Why::Outside,
            }))
        } else {
            // It is not there any more.
            continue;
        };
        let known = worst.entry((around, name.clone())).or_insert(check);
        *known = (*known).max(check);
    }
    for ((line, name), check) in &worst {
        let name = match name.starts_with('$') {
            true => "an array".into(),
            false => format!("`{name}`"),
        };
        let text = match check {
            Check::Known => format!("no index of {name} is checked: all are known to be inside"),
            Check::Once => format!("indices of {name} are checked once before the loop"),
            Check::Each(why) => {
                let why = match why {
                    Some(Why::Unbounded) => ": its bounds are not known before the loop",
                    Some(Why::Rebound) => ": it is another array in each round",
                    Some(Why::Outside) => ": it is outside for certain",
                    None => "",
                };
                format!("each index of {name} is checked{why}")
            }
        };
        writer.say(*line, About::Checks, !matches!(check, Check::Each(_)), text);
    }
}
