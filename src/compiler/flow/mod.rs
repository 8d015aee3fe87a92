//! Which uses of a name mean the same variable.
//!
//! A Python function may give one name values of several types, one after the other. Numba gives each its own
//! variable by static single assignment; here the definitions that meet in some use are one variable (a
//! "web": Muchnick, Advanced Compiler Design and Implementation, 16.3.3). Where they differ in their types, those that
//! meet at a place tell which of them it has there: [`Webs::meets`].
//!
//! One pass over the tree: branches join the sets of definitions that reach them, and a loop's head
//! has a definition of its own for each name that the loop assigns, which stands for what enters
//! and what comes back, if it is used at all. What is done behind a test that comes out the same in every
//! call ([`decided`]) is passed through, and what is never done is not.

pub mod decided;

use crate::diagnostic::{Diagnostic, Kind};
use crate::module::Global;
use crate::sorted::{Map, Set};
use crate::source::Span;
use crate::syntax::{Def, Expr, ExprKind, Index, LogicOp, Stmt, StmtKind};
use decided::{Fact, Fixed};

/// One variable of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Web(pub u32);

/// A function's variables.
#[derive(Debug, Default)]
pub struct Webs {
    /// Each variable's name.
    pub names: Vec<String>,
    /// By the place of a name that is read.
    loads: Map<u32, Web>,
    /// By the place of a name that is given a value.
    stores: Map<u32, Web>,
    /// Places of names that are read where not every way has given them a value.
    open: Set<u32>,
    /// What reaches the places where names are read, as numbers of nodes.
    reaching: Map<u32, Set<u32>>,
    nodes: Vec<Node>,
    /// How tests come out, by their places, where that is known.
    decided: Vec<(Span, bool)>,
}

/// The definitions of a variable that meet where it is read.
#[derive(Debug, Clone, Default)]
pub struct Meets {
    /// Their places, each time that others meet.
    pub all: Vec<Set<u32>>,
    /// Which of these it is where the variable is read.
    pub at: Map<u32, u32>,
}

impl Webs {
    /// The variable that is read at a place; `None` if the name is not one of the function's own.
    pub fn load(&self, at: Span) -> Option<Web> {
        self.loads.get(&at.start).copied()
    }

    /// How a test comes out in every call; nothing if that depends.
    pub fn decided(&self, test: Span) -> Option<bool> {
        self.decided.iter().find(|(at, _)| *at == test).map(|(_, is)| *is)
    }

    /// Whether what is read at a place may never have been given a value.
    pub fn is_open(&self, at: Span) -> bool {
        self.open.contains(&at.start)
    }

    /// The variables that are read where they may have no value.
    pub fn open(&self) -> Set<Web> {
        self.open
            .iter()
            .filter_map(|at| self.loads.get(at).copied())
            .collect()
    }

    /// Every place where a variable is read or given a value.
    pub fn places(&self, web: Web) -> impl Iterator<Item = u32> + '_ {
        let all = self.loads.iter().chain(&self.stores);
        all.filter(move |(_, of)| **of == web).map(|(at, _)| *at)
    }

    /// Every place where a variable is read.
    pub fn load_places(&self, web: Web) -> impl Iterator<Item = u32> + '_ {
        self.loads
            .iter()
            .filter(move |(_, of)| **of == web)
            .map(|(at, _)| *at)
    }

    /// Every place where a variable is given a value.
    pub fn store_places(&self, web: Web) -> impl Iterator<Item = u32> + '_ {
        self.stores
            .iter()
            .filter(move |(_, of)| **of == web)
            .map(|(at, _)| *at)
    }

    /// Which definitions of a variable meet where.
    pub fn meets(&self, web: Web) -> Meets {
        let mut meets = Meets::default();
        for at in self.load_places(web) {
            let mut open: Vec<u32> = self.reaching.get(&at).into_iter().flatten().copied().collect();
            let (mut seen, mut places) = (Set::new(), Set::new());
            while let Some(one) = open.pop() {
                let node = &self.nodes[one as usize];
                if seen.insert(one) {
                    places.extend(node.at);
                    open.extend(&node.joins);
                }
            }
            let same = meets.all.iter().position(|one| *one == places);
            let number = same.unwrap_or(meets.all.len());
            if same.is_none() {
                meets.all.push(places);
            }
            meets.at.insert(at, number as u32);
        }
        meets
    }

    /// The variables that get values between two places.
    pub fn stored_in(&self, range: std::ops::Range<u32>) -> Set<Web> {
        let within = self.stores.iter().filter(|(at, _)| range.contains(at));
        within.map(|(_, web)| *web).collect()
    }

    /// The variable that gets a value at a place.
    pub fn store(&self, at: Span) -> Option<Web> {
        self.stores.get(&at.start).copied()
    }
}

/// Finds a function's variables, where it is called with arguments of which this is known. What is read before
/// anything was given to it is a fault.
pub fn webs(def: &Def, globals: &Map<String, Global>, facts: &[Fact]) -> (Webs, Vec<Diagnostic>) {
    let mut names = Map::new();
    for param in &def.params {
        let next = names.len();
        names.entry(param.name.name.clone()).or_insert(next);
    }
    assigned(&def.body, &mut names);
    let mut flow = Flow {
        globals,
        decided: Vec::new(),
        names,
        nodes: Vec::new(),
        loads: Vec::new(),
        loops: Vec::new(),
        faults: Vec::new(),
        open: Set::new(),
    };
    let mut env = vec![Set::from([UNSET]); flow.names.len()];
    for (i, param) in def.params.iter().enumerate() {
        let fixed = match facts.get(i) {
            Some(Fact::None) => Some(Fixed::Value(Global::None)),
            Some(Fact::Axes(axes)) => Some(Fixed::Array(*axes)),
            Some(Fact::Literal) => Some(Fixed::NotNone),
            Some(Fact::Open) | None => None,
        };
        flow.define(&mut env, &param.name.name, param.name.span, fixed);
    }
    flow.run(&def.body, Some(env));
    flow.finish()
}

/// All names that statements give values to, in the order of their appearance.
fn assigned(body: &[Stmt], names: &mut Map<String, usize>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|target| targeted(target, names)),
            StmtKind::Annotated {
                target,
                value: Some(_),
            }
            | StmtKind::Augmented { target, .. } => targeted(target, names),
            StmtKind::For {
                target,
                body,
                or_else,
                ..
            } => {
                targeted(target, names);
                assigned(body, names);
                assigned(or_else, names);
            }
            StmtKind::While { body, or_else, .. } | StmtKind::If { body, or_else, .. } => {
                assigned(body, names);
                assigned(or_else, names);
            }
            _ => {}
        }
    }
}

fn targeted(target: &Expr, names: &mut Map<String, usize>) {
    match &target.kind {
        ExprKind::Name(name) => {
            let next = names.len();
            names.entry(name.clone()).or_insert(next);
        }
        ExprKind::Tuple(all) | ExprKind::List(all) => all.iter().for_each(|one| targeted(one, names)),
        _ => {}
    }
}

/// The definitions that reach a place, by the number of the name; sorted.
type Env = Vec<Set<u32>>;

/// Among definitions: there may be none.
const UNSET: u32 = u32::MAX;

/// A definition, or what stands for several.
#[derive(Debug)]
struct Node {
    name: usize,
    /// The place of a real one.
    at: Option<u32>,
    /// What enters a loop's head and what comes back to it.
    joins: Set<u32>,
    /// What a real one gives, if that is the same in every call.
    fixed: Option<Fixed>,
}

struct Loop {
    breaks: Vec<Env>,
    continues: Vec<Env>,
}

struct Flow<'a> {
    globals: &'a Map<String, Global>,
    decided: Vec<(Span, bool)>,
    names: Map<String, usize>,
    nodes: Vec<Node>,
    loads: Vec<(u32, Set<u32>)>,
    loops: Vec<Loop>,
    faults: Vec<Diagnostic>,
    open: Set<u32>,
}

impl Flow<'_> {
    fn node(&mut self, name: usize, at: Option<u32>) -> u32 {
        self.nodes.push(Node {
            name,
            at,
            joins: Set::new(),
            fixed: None,
        });
        self.nodes.len() as u32 - 1
    }

    fn define(&mut self, env: &mut Env, name: &str, span: Span, fixed: Option<Fixed>) {
        if let Some(&number) = self.names.get(name) {
            let node = self.node(number, Some(span.start));
            self.nodes[node as usize].fixed = fixed;
            env[number] = Set::from([node]);
        }
    }

    fn run(&mut self, body: &[Stmt], mut env: Option<Env>) -> Option<Env> {
        for stmt in body {
            // Behind a jump nothing is reached, and nobody asks.
            env = self.stmt(stmt, env?);
        }
        env
    }

    fn stmt(&mut self, stmt: &Stmt, mut env: Env) -> Option<Env> {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                self.reads(value, &env);
                let fixed = self.fixed(value, &env);
                for target in targets {
                    self.gives(target, &mut env, fixed.as_ref());
                }
            }
            StmtKind::Annotated { target, value } => {
                if let Some(value) = value {
                    self.reads(value, &env);
                    let fixed = self.fixed(value, &env);
                    self.gives(target, &mut env, fixed.as_ref());
                }
            }
            StmtKind::Augmented { target, value, .. } => {
                self.reads(target, &env);
                self.reads(value, &env);
                self.gives(target, &mut env, None);
            }
            StmtKind::Expr(value) | StmtKind::Assert(value) => self.reads(value, &env),
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.reads(value, &env);
                }
                return None;
            }
            StmtKind::If { test, body, or_else } => {
                self.reads(test, &env);
                return match self.test(test, &env) {
                    Some(true) => self.run(body, Some(env)),
                    Some(false) => self.run(or_else, Some(env)),
                    None => {
                        let yes = self.run(body, Some(env.clone()));
                        let no = self.run(or_else, Some(env));
                        join(yes, no)
                    }
                };
            }
            StmtKind::For {
                target,
                iter,
                body,
                or_else,
            } => {
                self.reads(iter, &env);
                return self.around(
                    env,
                    body,
                    or_else,
                    &|flow, env| {
                        flow.gives(target, env, None);
                    },
                    Some(target),
                    &|_, _| None,
                );
            }
            StmtKind::While { test, body, or_else } => {
                return self.around(env, body, or_else, &|_, _| {}, None, &|flow, env| {
                    flow.reads(test, env);
                    flow.test(test, env)
                });
            }
            StmtKind::Break => {
                if let Some(around) = self.loops.last_mut() {
                    around.breaks.push(env);
                }
                return None;
            }
            StmtKind::Continue => {
                if let Some(around) = self.loops.last_mut() {
                    around.continues.push(env);
                }
                return None;
            }
            StmtKind::Def(_)
            | StmtKind::Pass
            | StmtKind::Import(_)
            | StmtKind::From { .. }
            | StmtKind::Other { .. }
            | StmtKind::Invalid => {}
        }
        Some(env)
    }

    /// A loop. `begin` is what a round does first, `test` what is done before each, and how it comes out.
    fn around(
        &mut self,
        mut env: Env,
        body: &[Stmt],
        or_else: &[Stmt],
        begin: &dyn Fn(&mut Self, &mut Env),
        target: Option<&Expr>,
        test: &dyn Fn(&mut Self, &Env) -> Option<bool>,
    ) -> Option<Env> {
        let mut changed = Map::new();
        assigned(body, &mut changed);
        if let Some(target) = target {
            targeted(target, &mut changed);
        }
        let changed: Set<usize> = changed.keys().map(|name| self.names[name]).collect();
        let mut heads = Vec::new();
        for name in changed {
            let head = self.node(name, None);
            let mut at_head = Set::from([head]);
            at_head.extend(env[name].contains(&UNSET).then_some(UNSET));
            let enters = std::mem::replace(&mut env[name], at_head);
            self.nodes[head as usize].joins.extend(given(&enters));
            heads.push((name, head));
        }
        let is = test(self, &env);
        if is == Some(false) {
            for (name, head) in heads {
                // Nothing comes back.
                let entered = self.nodes[head as usize].joins.iter().copied();
                let open = env[name].contains(&UNSET).then_some(UNSET);
                env[name] = entered.chain(open).collect();
            }
            return self.run(or_else, Some(env));
        }
        let mut round = env.clone();
        begin(self, &mut round);
        self.loops.push(Loop {
            breaks: Vec::new(),
            continues: Vec::new(),
        });
        let mut back = self.run(body, Some(round));
        let left = self.loops.pop();
        let (breaks, continues) = left.map_or((Vec::new(), Vec::new()), |l| (l.breaks, l.continues));
        for one in continues {
            back = join(back, Some(one));
        }
        for (name, head) in heads {
            let returns = back.as_ref().map(|env| env[name].clone()).unwrap_or_default();
            self.nodes[head as usize].joins.extend(given(&returns));
        }
        let mut after = match is {
            Some(true) => None,
            _ => self.run(or_else, Some(env)),
        };
        for one in breaks {
            after = join(after, Some(one));
        }
        after
    }

    fn gives(&mut self, target: &Expr, env: &mut Env, fixed: Option<&Fixed>) {
        match &target.kind {
            ExprKind::Name(name) => self.define(env, name, target.span, fixed.cloned()),
            ExprKind::Tuple(all) | ExprKind::List(all) => {
                all.iter().for_each(|one| self.gives(one, env, None));
            }
            // An element: what is stored to is read.
            _ => self.reads(target, env),
        }
    }

    fn reads(&mut self, expr: &Expr, env: &Env) {
        match &expr.kind {
            ExprKind::Name(name) => {
                let Some(&number) = self.names.get(name) else {
                    return;
                };
                let reaching: Set<u32> = given(&env[number]).collect();
                if reaching.is_empty() {
                    let words = format!("local variable '{name}' referenced before assignment");
                    self.faults.push(Diagnostic::new(Kind::Name, expr.span, words));
                    return;
                }
                if env[number].contains(&UNSET) {
                    self.open.insert(expr.span.start);
                }
                self.loads.push((expr.span.start, reaching));
            }
            ExprKind::Tuple(all) | ExprKind::List(all) => all.iter().for_each(|one| self.reads(one, env)),
            ExprKind::Logic(op, all) => {
                for one in all {
                    self.reads(one, env);
                    if self.test(one, env) == Some(*op == LogicOp::Or) {
                        // The others are never asked.
                        break;
                    }
                }
            }
            ExprKind::Unary(_, a) | ExprKind::Attribute(a, _) => self.reads(a, env),
            ExprKind::Binary(_, a, b) => {
                self.reads(a, env);
                self.reads(b, env);
            }
            ExprKind::Compare(first, rest) => {
                self.reads(first, env);
                rest.iter().for_each(|(_, one)| self.reads(one, env));
            }
            ExprKind::Choice { test, yes, no } => {
                self.reads(test, env);
                let is = self.test(test, env);
                if is != Some(false) {
                    self.reads(yes, env);
                }
                if is != Some(true) {
                    self.reads(no, env);
                }
            }
            ExprKind::Call {
                callee,
                args,
                keywords,
            } => {
                self.reads(callee, env);
                args.iter().for_each(|one| self.reads(one, env));
                keywords.iter().for_each(|(_, one)| self.reads(one, env));
            }
            ExprKind::Subscript(of, indices) => {
                self.reads(of, env);
                for index in indices {
                    match index {
                        Index::At(at) => self.reads(at, env),
                        Index::Slice { low, high, step, .. } => {
                            for one in [low, high, step].into_iter().flatten() {
                                self.reads(one, env);
                            }
                        }
                    }
                }
            }
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Str(_)
            | ExprKind::Other(_)
            | ExprKind::Invalid => {}
        }
    }

    fn finish(self) -> (Webs, Vec<Diagnostic>) {
        let mut union = Union {
            parents: (0..self.nodes.len() as u32).collect(),
        };
        // What is read joins; and a loop's head that is read joins what it stands for.
        let mut used = vec![false; self.nodes.len()];
        let mut open: Vec<u32> = Vec::new();
        for (_, reaching) in &self.loads {
            for &one in reaching {
                union.join(*reaching.first().unwrap_or(&one), one);
                open.push(one);
            }
        }
        while let Some(one) = open.pop() {
            if std::mem::replace(&mut used[one as usize], true) {
                continue;
            }
            for &other in &self.nodes[one as usize].joins {
                union.join(one, other);
                open.push(other);
            }
        }
        let mut by_name = vec![""; self.names.len()];
        for (name, number) in &self.names {
            by_name[*number] = name;
        }
        let mut webs = Webs::default();
        let mut numbers: Map<u32, Web> = Map::new();
        let mut number = |webs: &mut Webs, node: u32, name: usize| {
            *numbers.entry(node).or_insert_with(|| {
                webs.names.push(by_name[name].to_owned());
                Web(webs.names.len() as u32 - 1)
            })
        };
        for (i, node) in self.nodes.iter().enumerate() {
            if let Some(at) = node.at {
                let web = number(&mut webs, union.find(i as u32), node.name);
                webs.stores.insert(at, web);
            }
        }
        for (at, reaching) in &self.loads {
            let Some(&first) = reaching.first() else { continue };
            let name = self.nodes[first as usize].name;
            let web = number(&mut webs, union.find(first), name);
            webs.loads.insert(*at, web);
        }
        webs.open = self.open;
        webs.reaching = self.loads.into_iter().collect();
        webs.nodes = self.nodes;
        webs.decided = self.decided;
        (webs, self.faults)
    }
}

/// The definitions that there are.
fn given(all: &Set<u32>) -> impl Iterator<Item = u32> + '_ {
    all.iter().copied().filter(|one| *one != UNSET)
}

fn join(a: Option<Env>, b: Option<Env>) -> Option<Env> {
    let (mut a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (one, other) => return one.or(other),
    };
    for (mine, theirs) in a.iter_mut().zip(b) {
        if *mine != theirs {
            mine.extend(theirs);
        }
    }
    Some(a)
}

/// Disjoint sets (Tarjan 1975), with halved paths.
struct Union {
    parents: Vec<u32>,
}

impl Union {
    fn find(&mut self, mut of: u32) -> u32 {
        while self.parents[of as usize] != of {
            let above = self.parents[self.parents[of as usize] as usize];
            self.parents[of as usize] = above;
            of = above;
        }
        of
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        // The earlier one stands for both, so that numbers are in the order of the source.
        self.parents[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax;

    /// Every place of a name in a function with its variable: "x0 x1 ...", in the source's order.
    fn told(body: &str, name: &str) -> (String, Vec<String>) {
        let text = format!("def f(p, q):\n{body}");
        let source = Source::new(&text).unwrap();
        let (module, faults) = syntax::parse(source);
        assert_eq!(faults, [], "{text}");
        let StmtKind::Def(def) = &module.body[0].kind else {
            panic!("{module:?}")
        };
        let (webs, faults) = webs(def, &Map::new(), &[]);
        let mut first: Vec<Web> = Vec::new();
        let mut all = Vec::new();
        let bytes = text.as_bytes();
        for (at, _) in text.match_indices(name) {
            let is_word = |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric());
            if is_word(at + name.len()) || is_word(at.wrapping_sub(1)) {
                continue;
            }
            let span = Span::new(at, at + name.len());
            let (load, store) = (webs.load(span), webs.store(span));
            // `x += 1` reads and gives.
            for web in [load, store].into_iter().flatten() {
                assert_eq!(webs.names[web.0 as usize], name);
                let number = first.iter().position(|w| *w == web).unwrap_or_else(|| {
                    first.push(web);
                    first.len() - 1
                });
                all.push(number.to_string());
            }
        }
        (
            all.join(" "),
            faults.into_iter().map(|f| f.message.clone()).collect(),
        )
    }

    #[test]
    fn definitions_that_meet_are_one_variable() {
        for (body, expected) in [
            // One after the other: two variables.
            (" x = 1\n y = x\n x = 2.0\n return x", "0 0 1 1"),
            // Both sides of a branch meet.
            (" if p:\n  x = 1\n else:\n  x = 2.0\n return x", "0 0 0"),
            (" x = 1\n if p:\n  x = 2.0\n return x", "0 0 0"),
            // Used within the branch alone.
            (" x = 1\n y = x\n if p:\n  x = 2.0\n  y = x\n return y", "0 0 1 1"),
            // A loop that carries it round, and one that does not.
            (" x = 0\n for i in p:\n  x += i\n return x", "0 0 0 0"),
            (
                " x = 0\n y = x\n for i in p:\n  x = i\n  y += x\n return y",
                "0 0 1 1",
            ),
            (" x = 0\n while x < p:\n  x = x + 1\n return 1", "0 0 0 0"),
            // What is defined before a break or continue reaches their targets.
            (
                " x = 0\n for i in p:\n  if i:\n   x = 1\n   break\n  x = 2.0\n return x",
                "0 0 0 0",
            ),
            (
                " x = 0\n for i in p:\n  y = x\n  if i:\n   x = 1\n   continue\n  x = 2\n  q = x\n return 0",
                "0 0 0 0 0",
            ),
            // The end of a function is no use.
            (" x = 1\n if p:\n  x = 2.0\n  return x\n return x", "0 1 1 0"),
            // A loop's variable behind it.
            (" for x in p:\n  pass\n return x", "0 0"),
            (" for x in p:\n  q = x\n for x in q:\n  p = x", "0 0 1 1"),
            // Elements are read, not defined.
            (" x = p\n x[0] = 1\n x[1] += 2\n return x", "0 0 0 0"),
            (" x, y = p, q\n (x, y) = y, x\n return x", "0 1 0 1"),
            // Behind a jump.
            (" x = p\n return x\n return x + x", "0 0"),
        ] {
            let (webs, faults) = told(body, "x");
            assert_eq!((webs.as_str(), faults.len()), (expected, 0), "{body}");
        }
        assert_eq!(told(" if q:\n  p = 1.0\n return p", "p").0, "0 0 0");
    }

    #[test]
    fn what_is_never_done_is_not_passed_through() {
        for (body, expected) in [
            (" x = 1\n if 2 > 3:\n  x = 2.0\n return x", "0 0"),
            (" x = 1\n if not 2 > 3:\n  x = 2.0\n return x", "0 1 1"),
            (" k = 3\n x = 1\n if k == 3 or p:\n  x = 2.0\n return x", "0 1 1"),
            (" x = 1\n if p and None is not None:\n  x = 2.0\n return x", "0 0"),
            (" x = 1\n while False:\n  x = 2.0\n return x", "0 0"),
            (
                " x = 1\n while True:\n  if p:\n   break\n  x = 2\n return x",
                "0 0 0",
            ),
            (
                " x = 1\n while True:\n  x = 2\n  if p:\n   break\n return x",
                "0 1 1",
            ),
            // Given twice, or in a loop: not the same everywhere.
            (
                " x = 1\n k = 0\n if p:\n  k = 1\n if k:\n  x = 2.0\n return x",
                "0 0 0",
            ),
            (
                " x = 1\n k = 0\n for i in p:\n  if k:\n   x = 2.0\n  k = 1\n return x",
                "0 0 0",
            ),
        ] {
            let (webs, faults) = told(body, "x");
            assert_eq!((webs.as_str(), faults.len()), (expected, 0), "{body}");
        }
        // Only within what is never done.
        assert_eq!(told(" if False:\n  x = 1\n return x", "x").1.len(), 1);
    }

    #[test]
    fn what_meets_is_told_by_place() {
        let text = "def f(p):\n x = 1\n y = x\n for i in p:\n  y = x\n  x = 2\n return x";
        let source = Source::new(text).unwrap();
        let (module, _) = syntax::parse(source);
        let StmtKind::Def(def) = &module.body[0].kind else {
            panic!("{module:?}")
        };
        let (webs, _) = webs(def, &Map::new(), &[]);
        let at: Vec<usize> = text.match_indices('x').map(|(at, _)| at).collect();
        let [first, alone, both, second, behind] = at[..] else {
            panic!("{at:?}")
        };
        let web = webs.store(Span::new(first, first + 1)).unwrap();
        let meets = webs.meets(web);
        let met = |at: usize| {
            meets.all[meets.at[&(at as u32)] as usize]
                .iter()
                .copied()
                .collect::<Vec<u32>>()
        };
        assert_eq!(met(alone), [first as u32]);
        assert_eq!(met(both), [first as u32, second as u32]);
        assert_eq!(met(behind), [first as u32, second as u32]);
    }

    #[test]
    fn what_was_never_given_a_value_is_a_fault() {
        let (webs, faults) = told(" y = x\n x = 1\n return y", "x");
        assert_eq!(webs, "0");
        assert_eq!(faults, ["local variable 'x' referenced before assignment"]);
        // On some way it was: as in Numba, that is enough.
        assert_eq!(told(" if p:\n  x = 1\n return x", "x").1, Vec::<String>::new());
        // A global.
        assert_eq!(told(" return x", "x"), (String::new(), Vec::new()));
    }

    #[test]
    fn deep_loops_are_quick() {
        let mut body = String::from(" x = 0\n");
        for depth in 1..60 {
            body.push_str(&format!("{}for i{depth} in p:\n", " ".repeat(depth)));
        }
        body.push_str(&format!("{}x += 1\n return x", " ".repeat(60)));
        assert_eq!(told(&body, "x").0, "0 0 0 0");
    }
}
