//! Arrays in WGSL: where an array's elements are, the handles that statements bind, and arrays that an invocation makes for itself.

use super::express::{element, from_word, register, to_word};
use super::plan::*;
use super::shader::{Writer, as_word, plain};
use crate::ir::*;
use crate::sorted::{Map as HashMap, Set as BTreeSet};
use crate::types::Scalar;
use std::fmt::Write;

impl Writer<'_> {
    /// The array whose elements it has: one of the host's, or one that an invocation makes for itself.
    pub(super) fn root_of(&self, array: Array) -> Array {
        self.roots.get(&array).copied().unwrap_or(array)
    }

    pub(super) fn array_name(&mut self, array: Array) -> String {
        let said = plain(&self.array_said(array));
        let name = format!("{said}_h{}", array.0);
        if !self.uses.binds.contains(&array) && !self.handles.iter().any(|one| one.array == array) {
            let of = self.element_of(array);
            if of.bytes() == 8 {
                self.wide_array(array, 0);
            }
            let axes = self
                .program
                .arrays
                .get(array.0 as usize)
                .map_or(1, |info| info.axes);
            self.handles.push(Bound {
                array,
                is_read: false,
                is_written: false,
                fits: (0..axes).map(|axis| self.facts.length(array, axis)).collect(),
                name: name.clone(),
                of,
            });
        }
        name
    }

    /// The name of the array whose elements it has, which are stored or loaded.
    pub(super) fn root(&mut self, array: Array, is_stored: bool) -> String {
        let root = self.root_of(array);
        let name = self.array_name(root);
        if let Some(bound) = self.handles.iter_mut().find(|one| one.array == root) {
            bound.is_written |= is_stored;
            bound.is_read |= !is_stored;
        }
        name
    }

    pub(super) fn field(&mut self, array: Array, what: &str) -> String {
        let name = self.array_name(array);
        match self.uses.binds.contains(&array) {
            true => format!("{name}_{what}"),
            false => format!("u.{name}_{what}"),
        }
    }

    pub(super) fn length(&mut self, array: Array, axis: u8) -> String {
        self.field(array, &format!("n{axis}"))
    }

    pub(super) fn stride(&mut self, array: Array, axis: u8) -> String {
        self.field(array, &format!("s{axis}"))
    }

    pub(super) fn offset(&mut self, array: Array) -> String {
        self.field(array, "o")
    }

    /// What each array that is bound here has its elements of: from all places that bind it.
    pub(super) fn find_roots(&mut self, body: &[Stmt]) {
        let mut binds: Vec<(Array, &ArrayExpr)> = Vec::new();
        collect(body, &mut binds);
        let of = roots(&binds, &|array| self.uses.binds.contains(&array));
        for (array, roots) in of {
            match roots.first() {
                Some(root) if roots.len() == 1 => {
                    self.roots.insert(array, *root);
                }
                _ => {
                    let name = self.array_said(array);
                    self.refuse(Why::Ambiguous(name));
                }
            }
        }
        let arrays: BTreeSet<Array> = binds.iter().map(|(array, _)| *array).collect();
        for array in arrays {
            let name = self.array_name(array);
            let axes = self
                .program
                .arrays
                .get(array.0 as usize)
                .map_or(1, |info| info.axes);
            let _ = writeln!(self.private, "var<private> {name}_o: i32;");
            for axis in 0..axes {
                let _ = writeln!(self.private, "var<private> {name}_n{axis}: i32;");
                let _ = writeln!(self.private, "var<private> {name}_s{axis}: i32;");
            }
            let shapes = binds.iter().filter_map(|(one, handle)| match handle {
                ArrayExpr::New { shape, .. } if *one == array => Some(shape),
                _ => None,
            });
            let sizes: Vec<Option<u64>> = shapes.map(|shape| self.size(shape)).collect();
            if sizes.is_empty() {
                continue;
            }
            let most: Option<u64> = sizes
                .into_iter()
                .try_fold(1, |most: u64, size| Some(most.max(size?)));
            let of = self.element_of(array);
            let (load, store) = match most {
                Some(size) if self.private_elements + size <= MOST_PRIVATE => {
                    self.private_elements += size;
                    let of = element(of);
                    let _ = writeln!(self.private, "var<private> {name}_mem: array<{of}, {size}>;");
                    accessors(&name, self.element_of(array), &format!("{name}_mem"))
                }
                Some(size) if self.scratch + size <= MOST_SCRATCH => {
                    let first = self.scratch;
                    self.scratch += size;
                    scratch(&name, of, first)
                }
                _ => {
                    let name = self.array_said(array);
                    self.refuse(Why::Allocation(name));
                    continue;
                }
            };
            self.private += &load;
            self.private += &store;
        }
    }

    /// Elements that an array of this shape has at most.
    fn size(&self, shape: &[Expr]) -> Option<u64> {
        shape.iter().try_fold(1_u64, |size, one| {
            let high = self.facts.of(one).1.max(0);
            size.checked_mul(u64::try_from(high).ok()?)
        })
    }

    pub(super) fn bind(&mut self, array: Array, handle: &ArrayExpr) {
        let name = self.array_name(array);
        match handle {
            ArrayExpr::Same(of) => self.fields(&name, *of, false),
            ArrayExpr::Transposed(of) => self.fields(&name, *of, true),
            ArrayExpr::Reshape { of, shape, site } => {
                let offset = self.offset(*of);
                let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
                let old: Vec<String> = (0..axes).map(|axis| self.length(*of, axis)).collect();
                let mut new = Vec::new();
                for one in shape {
                    let (text, t) = (self.exact_signed(one), self.temporary());
                    self.line(format_args!("let {t} = {text};"));
                    new.push(t);
                }
                let (fail, t) = (self.helper("fail"), self.temporary());
                self.line(format_args!("let {t} = {offset};"));
                let negative: Vec<String> = new.iter().map(|n| format!("{n} < 0")).collect();
                let (old, product, negative) = (old.join(" * "), new.join(" * "), negative.join(" || "));
                self.line(format_args!(
                    "if ({old} != {product} || {negative}) {{ {fail}({}u, 0); }}",
                    site.0
                ));
                self.line(format_args!("{name}_o = {t};"));
                let mut stride = "1".to_string();
                for (axis, length) in new.iter().enumerate().rev() {
                    self.line(format_args!("{name}_n{axis} = {length};"));
                    self.line(format_args!("{name}_s{axis} = {stride};"));
                    stride += &format!(" * max({length}, 1)");
                }
            }
            ArrayExpr::New { shape, fill, site } => {
                let lengths: Vec<String> = shape.iter().map(|one| self.new_length(one, *site)).collect();
                self.line(format_args!("{name}_o = 0;"));
                let mut stride = "1".to_string();
                for (axis, length) in lengths.iter().enumerate().rev() {
                    self.line(format_args!("{name}_n{axis} = {length};"));
                    self.line(format_args!("{name}_s{axis} = {stride};"));
                    stride += &format!(" * {length}");
                }
                if let Some(fill) = fill {
                    let (fill, value, j) = (self.value(fill), self.temporary(), self.temporary());
                    self.line(format_args!("let {value} = {fill};"));
                    self.line(format_args!(
                        "for (var {j} = 0; {j} < {stride}; {j} += 1) {{ {name}_store({j}, {value}); }}"
                    ));
                }
            }
            ArrayExpr::View { of, cuts } => self.view(&name, *of, cuts),
        }
    }

    /// A length of a new array: a number, or a variable that has it.
    fn new_length(&mut self, length: &Expr, site: Site) -> String {
        let (low, high) = self.facts.of(length);
        if low == high && low >= 0 {
            return (low as u64).to_string();
        }
        let (text, t) = (self.exact_signed(length), self.temporary());
        self.line(format_args!("let {t} = max({text}, 0);"));
        if low < 0 {
            let fail = self.helper("fail");
            self.line(format_args!("if ({text} < 0) {{ {fail}({}u, 0); }}", site.0));
        }
        t
    }

    /// Another's handle, the axes in the other order or not.
    pub(super) fn fields(&mut self, name: &str, of: Array, is_transposed: bool) {
        let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
        let mut sets = vec![(format!("{name}_o"), self.offset(of))];
        for axis in 0..axes {
            let from = if is_transposed { axes - 1 - axis } else { axis };
            sets.push((format!("{name}_n{axis}"), self.length(of, from)));
            sets.push((format!("{name}_s{axis}"), self.stride(of, from)));
        }
        // All is read before anything is overwritten.
        let read: Vec<String> = sets.iter().map(|_| self.temporary()).collect();
        for ((_, from), t) in sets.iter().zip(&read) {
            self.line(format_args!("let {t} = {from};"));
        }
        for ((field, _), t) in sets.iter().zip(&read) {
            self.line(format_args!("{field} = {t};"));
        }
    }

    pub(super) fn view(&mut self, name: &str, of: Array, cuts: &[Cut]) {
        let mut offset = self.offset(of);
        let mut axes = Vec::new();
        for (axis, cut) in cuts.iter().enumerate() {
            let (n, stride) = (self.length(of, axis as u8), self.stride(of, axis as u8));
            match cut {
                Cut::At(index, site) => {
                    let (index, at) = (self.exact_signed(index), self.helper("at"));
                    offset += &format!(" + {at}({index}, {n}, {}u) * {stride}", site.0);
                }
                Cut::Range {
                    low,
                    high,
                    step,
                    site,
                } => {
                    let step = match step {
                        None => "1".to_string(),
                        Some(step) => {
                            let (text, name) = (self.exact_signed(step), self.helper("step_of"));
                            format!("{name}({text}, {}u)", site.0)
                        }
                    };
                    let [by, from, count] = [(); 3].map(|()| self.temporary());
                    self.line(format_args!("let {by} = {step};"));
                    let (clip, counted) = (self.helper("clip"), self.helper("slice_count"));
                    let low = match low {
                        None => format!("select({n} - 1, 0, {by} > 0)"),
                        Some(low) => format!("{clip}({}, {n}, {by})", self.exact_signed(low)),
                    };
                    let high = match high {
                        None => format!("select(-1, {n}, {by} > 0)"),
                        Some(high) => format!("{clip}({}, {n}, {by})", self.exact_signed(high)),
                    };
                    self.line(format_args!("let {from} = {low};"));
                    self.line(format_args!("let {count} = {counted}({from}, {high}, {by});"));
                    offset += &format!(" + select(0, {from}, {count} > 0) * {stride}");
                    axes.push((count, format!("{stride} * {by}")));
                }
            }
        }
        // Computed before anything of it is overwritten: a view may be of the same name.
        let t = self.temporary();
        self.line(format_args!("let {t} = {offset};"));
        let strides: Vec<String> = axes.iter().map(|_| self.temporary()).collect();
        for ((_, stride), t) in axes.iter().zip(&strides) {
            self.line(format_args!("let {t} = {stride};"));
        }
        self.line(format_args!("{name}_o = {t};"));
        for (axis, ((count, _), stride)) in axes.iter().zip(&strides).enumerate() {
            self.line(format_args!("{name}_n{axis} = {count};"));
            self.line(format_args!("{name}_s{axis} = {stride};"));
        }
    }
}

/// What each array that is bound may have its elements of: new arrays, and those that are not bound here.
pub fn roots(
    binds: &[(Array, &ArrayExpr)],
    is_bound: &dyn Fn(Array) -> bool,
) -> HashMap<Array, BTreeSet<Array>> {
    let bound: BTreeSet<Array> = binds.iter().map(|(array, _)| *array).collect();
    let mut of: HashMap<Array, BTreeSet<Array>> = HashMap::new();
    loop {
        let before: usize = of.values().map(BTreeSet::len).sum();
        for (array, handle) in binds {
            let more = match handle {
                ArrayExpr::New { .. } => BTreeSet::from([*array]),
                ArrayExpr::Same(from)
                | ArrayExpr::Transposed(from)
                | ArrayExpr::Reshape { of: from, .. }
                | ArrayExpr::View { of: from, .. } => match bound.contains(from) && is_bound(*from) {
                    true => of.get(from).cloned().unwrap_or_default(),
                    false => BTreeSet::from([*from]),
                },
            };
            of.entry(*array).or_default().extend(more);
        }
        if of.values().map(BTreeSet::len).sum::<usize>() == before {
            return of;
        }
    }
}

/// All bindings of arrays in statements.
pub fn collect<'s>(body: &'s [Stmt], into: &mut Vec<(Array, &'s ArrayExpr)>) {
    for stmt in body {
        if let Stmt::Bind(array, handle) = stmt {
            into.push((*array, handle));
        }
        for inner in crate::walk::blocks(stmt) {
            collect(inner, into);
        }
    }
}

/// The functions that load and store an element.
pub fn accessors(name: &str, of: Scalar, buffer: &str) -> (String, String) {
    let value = register(of);
    let word = from_word(of, &format!("{buffer}[i]"));
    let load = format!("fn {name}_load(i: i32) -> {value} {{ return {word}; }}\n");
    let word = to_word(of, "x");
    let store = format!("fn {name}_store(i: i32, x: {value}) {{ {buffer}[i] = {word}; }}\n");
    (load, store)
}

/// The same of an array from a word of the invocation's part of the common buffer on.
fn scratch(name: &str, of: Scalar, first: u64) -> (String, String) {
    let value = register(of);
    let place = format!("scratch[({first}u + u32(i)) * stripe + slot]");
    let load = match value {
        "bool" => from_word(of, &place),
        _ => format!("bitcast<{value}>({place})"),
    };
    let word = as_word(of, "x");
    let load = format!("fn {name}_load(i: i32) -> {value} {{ return {load}; }}\n");
    let store = format!("fn {name}_store(i: i32, x: {value}) {{ {place} = {word}; }}\n");
    (load, store)
}
