//! Errors of written modules in the interpreter's words.
//!
//! A module's record has a site and numbers; what else there is to say stands in the program.

use crate::interpret::{Failed, What};
use crate::ir::{ArrayExpr, Cut, Failure, Program, Site, Stmt};
use crate::walk;
use crate::wasm::host;

/// A module's error as the interpreter has it.
pub fn of_module(program: &Program, record: &host::Failed) -> Failed {
    let Some(site) = program.sites.get(record.site.0 as usize) else {
        return Failed {
            what: What::Broken("a module fails at a site of its program"),
            span: None,
            iteration: None,
        };
    };
    let length = u64::try_from(record.length).ok();
    let what = match site.what {
        Failure::Index(array, _) => What::Index {
            array: program
                .arrays
                .get(array.0 as usize)
                .map(|info| info.name.clone())
                .unwrap_or_default(),
            axis: record.axis,
            index: Some(record.index),
            length,
            proven: false,
        },
        Failure::Division => What::Division,
        Failure::Shape => What::Shape,
        Failure::Memory => match u64::try_from(record.index) {
            Err(_) => What::Negative,
            Ok(length) => What::Memory {
                of: made_at(program, record.site),
                shape: vec![length],
            },
        },
        Failure::Assertion => What::Assertion,
        Failure::Step if is_slice(program, record.site) => What::SliceStep,
        Failure::Step => What::Step,
        Failure::Empty => What::Empty,
        Failure::Tuple => What::Tuple,
        Failure::Unbound(local) => What::Unbound(
            program
                .locals
                .get(local.0 as usize)
                .map(|info| info.name.clone())
                .unwrap_or_default(),
        ),
    };
    Failed {
        what,
        span: Some(site.span),
        iteration: record.iteration.map(i128::from),
    }
}

/// What the array that is made at a site is of.
fn made_at(program: &Program, at: Site) -> crate::types::Scalar {
    let mut of = crate::types::Scalar::F64;
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::Bind(array, ArrayExpr::New { site, .. }) = stmt
            && *site == at
            && let Some(info) = program.arrays.get(array.0 as usize)
        {
            of = info.of;
        }
    });
    of
}

/// Whether a site is a slice's.
fn is_slice(program: &Program, at: Site) -> bool {
    let mut found = false;
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::Bind(_, ArrayExpr::View { cuts, .. }) = stmt {
            found |= cuts
                .iter()
                .any(|cut| matches!(cut, Cut::Range { site, .. } if *site == at));
        }
    });
    found
}
