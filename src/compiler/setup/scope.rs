//! The names that a function assigns, which are its own everywhere in it.

use crate::sorted::Set;
use crate::syntax::{Def, Expr, ExprKind, Stmt, StmtKind};

/// The names that statements assign.
pub fn assigned<'a>(body: &'a [Stmt], out: &mut Set<&'a str>) {
    fn target<'a>(expr: &'a Expr, out: &mut Set<&'a str>) {
        match &expr.kind {
            ExprKind::Name(name) => {
                out.insert(name);
            }
            ExprKind::Tuple(all) | ExprKind::List(all) => all.iter().for_each(|one| target(one, out)),
            _ => {}
        }
    }
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|one| target(one, out)),
            StmtKind::Annotated { target: one, .. } | StmtKind::Augmented { target: one, .. } => {
                target(one, out)
            }
            StmtKind::For {
                target: one,
                body,
                or_else,
                ..
            } => {
                target(one, out);
                assigned(body, out);
                assigned(or_else, out);
            }
            StmtKind::While { body, or_else, .. } | StmtKind::If { body, or_else, .. } => {
                assigned(body, out);
                assigned(or_else, out);
            }
            StmtKind::Import(names) => {
                for alias in names {
                    let name = alias.here.as_ref().unwrap_or(&alias.name);
                    out.insert(name.name.split('.').next().unwrap_or_default());
                }
            }
            StmtKind::From { names, .. } => {
                let names = names
                    .iter()
                    .map(|alias| alias.here.as_ref().unwrap_or(&alias.name));
                out.extend(names.map(|name| name.name.as_str()));
            }
            StmtKind::Def(def) => {
                let def: &'a Def = def;
                out.insert(&def.name.name);
            }
            StmtKind::Other { names, body, .. } => {
                out.extend(names.iter().map(String::as_str));
                assigned(body, out);
            }
            _ => {}
        }
    }
}
