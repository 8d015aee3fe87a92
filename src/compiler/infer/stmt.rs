//! Statements, one after the other.

use super::operand::Operand;
use super::{Jump, Maker, RESULT};
use crate::diagnostic::Kind;
use crate::ir::{Failure, Printed, Stmt};
use crate::module::Global;
use crate::source::Span;
use crate::syntax::{self, ExprKind, StmtKind};
use crate::told::What;

impl Maker<'_> {
    /// Statements into the block at hand; whether what follows them is reached.
    pub(super) fn block_here(&mut self, body: &[syntax::Stmt]) -> bool {
        for stmt in body {
            if self.is_full(stmt.span) {
                return false;
            }
            if !self.stmt(stmt) {
                return false;
            }
        }
        true
    }

    /// Statements as a block of their own.
    pub(super) fn block(&mut self, body: &[syntax::Stmt]) -> (Vec<Stmt>, bool) {
        self.aside(|maker| maker.block_here(body))
    }

    fn stmt(&mut self, stmt: &syntax::Stmt) -> bool {
        let around = std::mem::replace(&mut self.span_at_hand, stmt.span);
        let falls = self.stmt_at_hand(stmt);
        self.span_at_hand = around;
        falls
    }

    fn stmt_at_hand(&mut self, stmt: &syntax::Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                let mut value = self.expr(value);
                if targets.len() > 1 {
                    value = self.settled(value);
                    self.has_several = true;
                }
                for target in targets {
                    self.assign(target, value.clone());
                }
                self.has_several = false;
            }
            StmtKind::Annotated { target, value } => {
                if let Some(value) = value {
                    let value = self.expr(value);
                    self.assign(target, value);
                }
            }
            StmtKind::Augmented { target, op, value } => self.augmented(target, *op, value, stmt.span),
            StmtKind::Expr(value) => self.alone(value),
            StmtKind::Assert(test) => {
                let value = self.expr(test);
                if let Some(test_value) = self.truth(value, test.span) {
                    let site = self.site(stmt.span, Failure::Assertion);
                    self.emit(Stmt::Check(test_value, site));
                }
            }
            StmtKind::If { test, body, or_else } => return self.branch(test, body, or_else),
            StmtKind::For {
                target,
                iter,
                body,
                or_else,
            } => return self.for_loop(stmt.span, target, iter, body, or_else),
            StmtKind::While { test, body, or_else } => return self.while_loop(test, body, or_else),
            StmtKind::Return(value) => {
                let value = match value {
                    Some(value) => self.expr(value),
                    None => Operand::Known(Global::None),
                };
                self.give_result(value, stmt.span);
                return false;
            }
            StmtKind::Break | StmtKind::Continue => {
                self.jump(stmt.kind == StmtKind::Break, stmt.span);
                return false;
            }
            StmtKind::Pass => {}
            StmtKind::Def(_) => {
                self.fault(
                    Kind::Unsupported,
                    stmt.span,
                    "functions within functions are not compiled",
                );
                self.help("put the function outside, decorate it with '@njit', and call it");
            }
            StmtKind::Import(_) | StmtKind::From { .. } => {
                self.fault(
                    Kind::Unsupported,
                    stmt.span,
                    "imports stand at the head of the file",
                );
            }
            StmtKind::Other { what, .. } => {
                self.fault(
                    Kind::Unsupported,
                    stmt.span,
                    format!("{what} are not of the language of kernels"),
                );
            }
            StmtKind::Invalid => {}
        }
        true
    }

    /// A value that is not used: a call for what it does, a docstring.
    fn alone(&mut self, value: &syntax::Expr) {
        if let ExprKind::Call { callee, args, .. } = &value.kind
            && let ExprKind::Name(name) = &callee.kind
            && name == "print"
            && self.is_builtin(callee)
        {
            return self.print(args);
        }
        if matches!(value.kind, ExprKind::Str(_)) {
            return;
        }
        let _ = self.expr(value);
    }

    fn print(&mut self, args: &[syntax::Expr]) {
        let mut parts = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                parts.push(Printed::Text(" ".into()));
            }
            let value = self.expr(arg);
            self.printed(value, arg.span, &mut parts);
        }
        self.emit(Stmt::Print(parts));
    }

    fn printed(&mut self, value: Operand, span: Span, parts: &mut Vec<Printed>) {
        match value {
            Operand::Known(Global::Text(text)) => parts.push(Printed::Text(text)),
            Operand::Known(Global::None) => parts.push(Printed::Text("None".into())),
            Operand::Tuple(all) => {
                parts.push(Printed::Text("(".into()));
                let count = all.len();
                for (i, one) in all.into_iter().enumerate() {
                    self.printed(one, span, parts);
                    let between = if i + 1 < count {
                        ", "
                    } else if count == 1 {
                        ","
                    } else {
                        ""
                    };
                    parts.push(Printed::Text(between.into()));
                }
                parts.push(Printed::Text(")".into()));
            }
            array @ (Operand::Array(_) | Operand::Part(..) | Operand::Lazy(_)) => {
                if let Some(array) = self.handle(array, span) {
                    parts.push(Printed::Array(array));
                }
            }
            other => {
                if let Some(expr) = self.value(other, span) {
                    parts.push(Printed::Value(expr));
                }
            }
        }
    }

    fn branch(&mut self, test: &syntax::Expr, body: &[syntax::Stmt], or_else: &[syntax::Stmt]) -> bool {
        if let Some(is) = self.decided(test) {
            return self.block_here(if is { body } else { or_else });
        }
        let value = self.expr(test);
        let Some(test_value) = self.truth(value, test.span) else {
            // Both sides still have faults to show, and types to give.
            let (_, a) = self.block(body);
            let (_, b) = self.block(or_else);
            return a || b;
        };
        let (yes, a) = self.block(body);
        let (no, b) = self.block(or_else);
        self.emit(Stmt::If {
            test: test_value,
            yes,
            no,
        });
        a || b
    }

    fn jump(&mut self, is_break: bool, span: Span) {
        let word = if is_break { "break" } else { "continue" };
        let around = self.frame_ref().and_then(|frame| frame.loops.last().copied());
        let Some(around) = around else {
            self.fault(Kind::Syntax, span, format!("'{word}' outside loop"));
            return;
        };
        let jump = if is_break { around.breaks } else { around.continues };
        match jump {
            Jump::Leave(label) => self.emit(Stmt::Leave(label)),
            Jump::Again(label) => self.emit(Stmt::Again(label)),
            Jump::Forbidden => {
                self.fault(
                    Kind::Unsupported,
                    span,
                    "a 'prange' cannot be left by 'break': its iterations have no order",
                );
                self.help("use 'range', or 'continue' for what an iteration need not do");
            }
        }
    }

    /// `return value`.
    pub(super) fn give_result(&mut self, value: Operand, span: Span) {
        let Some(frame) = self.frame_ref() else { return };
        let (key, leave, depth) = (frame.key, frame.leave, self.frames.len());
        let gives = frame.gives.clone();
        if self.parallel.is_some_and(|around| depth <= around) {
            self.fault(
                Kind::Unsupported,
                span,
                "a 'prange' cannot be left by 'return': its iterations have no order",
            );
            self.help("store the result in an array, and return behind the loop");
            return;
        }
        if leave.is_none() && self.known(&value).is_some_and(|known| known.has_thing()) {
            let words = format!("{} is no value that a kernel can return", self.words(&value));
            self.fault(Kind::Typing, span, words);
            self.help("kernels return numbers, arrays and tuples of these");
            return;
        }
        let value = match gives {
            Some(gives) => self.as_declared(value, &gives, span).unwrap_or(Operand::Unknown),
            None => value,
        };
        self.assign_web((key, RESULT), "$result", value, span.start, span);
        match leave {
            Some(label) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.is_left = true;
                }
                self.emit(Stmt::Leave(label));
            }
            None => {
                self.program.told.say(span.start + 1, What::Returns);
                self.emit(Stmt::Return);
            }
        }
    }
}
