//! Elements: checked indices, addresses, loads and stores, one at a time.

use super::function::{Emitter, Handle};
use super::host;
use super::scalar::{constant_int, extended};
use crate::ir::{Array, Binary, Expr, ExprKind, Site};
use crate::types::{Layout, Scalar};
use wasm_encoder::ValType;

/// An index of an axis, ready for an address.
#[derive(Debug, Clone, Copy)]
pub(super) enum Index<'e> {
    /// Still to be evaluated; proven.
    Of(&'e Expr),
    /// In an `i64` variable; checked.
    In(u32),
}

impl Emitter<'_> {
    pub fn load(&mut self, array: Array, index: &[Expr], site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        self.load_by(array, index, site, |own, offset| own.load_word(of, offset));
    }

    /// Does what takes the address of an element and an offset.
    pub fn load_by(
        &mut self,
        array: Array,
        index: &[Expr],
        site: Option<Site>,
        f: impl FnOnce(&mut Self, u32),
    ) {
        let kept = self.indices(index, site.is_some());
        if let Some(site) = site {
            self.check(array, &kept, site);
        }
        let offset = self.address(array, &kept);
        f(self, offset);
        self.drop_indices(&kept);
    }

    pub fn store(&mut self, array: Array, index: &[Expr], value: &Expr, site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        let kept = self.indices(index, site.is_some());
        let offset = match site {
            None => {
                let offset = self.address(array, &kept);
                self.scalar(value);
                offset
            }
            Some(site) => {
                // A value that fails comes first.
                let word = super::function::word(of);
                let value_in = self.borrow(word);
                self.scalar(value);
                self.set(value_in);
                self.check(array, &kept, site);
                let offset = self.address(array, &kept);
                self.get(value_in);
                self.give_back(&[value_in]);
                offset
            }
        };
        self.store_word(of, offset);
        self.drop_indices(&kept);
    }

    /// Indices, evaluated if they are to be checked.
    pub fn indices<'e>(&mut self, index: &'e [Expr], checked: bool) -> Vec<Index<'e>> {
        if !checked {
            return index.iter().map(Index::Of).collect();
        }
        let mut kept = Vec::new();
        for one in index {
            self.scalar(one);
            let variable = self.borrow(ValType::I64);
            self.set(variable);
            kept.push(Index::In(variable));
        }
        kept
    }

    pub fn drop_indices(&mut self, kept: &[Index<'_>]) {
        for one in kept {
            if let Index::In(variable) = one {
                self.give_back(&[*variable]);
            }
        }
    }

    /// Makes indices from -n to -1 those from the end, and fails for others.
    pub fn check(&mut self, array: Array, kept: &[Index<'_>], site: Site) {
        let handle = self.handle(array);
        for (axis, one) in kept.iter().enumerate() {
            if let Index::In(variable) = *one {
                self.check_index(variable, handle.lengths[axis], axis as u8, site);
            }
        }
    }

    pub fn check_index(&mut self, index: u32, length: u32, axis: u8, site: Site) {
        let wrapped = self.borrow(ValType::I64);
        self.put().local_get(index).local_get(length).i64_ge_u();
        self.begin_if();
        self.put()
            .local_get(index)
            .local_get(length)
            .i64_add()
            .local_tee(wrapped)
            .local_get(length)
            .i64_ge_u();
        self.begin_if();
        self.fail(site, |own| {
            own.put()
                .i32_const(axis.into())
                .local_get(index)
                .local_get(length);
        });
        self.end();
        self.put().local_get(wrapped).local_set(index);
        self.end();
        self.give_back(&[wrapped]);
    }

    /// Puts the address of an element on the stack, and gives what is to be added to it. What varies comes first: so neighbours in
    /// any direction have it in common.
    pub fn address(&mut self, array: Array, index: &[Index<'_>]) -> u32 {
        let handle = self.handle(array);
        let mut more = 0i64;
        let row = self.row_of(array, index);
        self.get(row.unwrap_or(handle.address));
        let known = row.map_or(0, |_| index.len() - 1);
        for (axis, one) in index.iter().enumerate().skip(known) {
            match *one {
                Index::In(variable) => {
                    self.put().local_get(variable).i32_wrap_i64();
                }
                Index::Of(mut e) => {
                    if let Some(bytes) = self.constant_stride(array, axis) {
                        let (varies, add) = apart(e);
                        more = more.wrapping_add(add.wrapping_mul(bytes.into()));
                        let Some(varies) = varies else { continue };
                        e = varies;
                    }
                    self.narrow(e);
                }
            }
            self.times_stride(array, &handle, axis);
            self.put().i32_add();
        }
        // What is added by the access itself has to stay below the least address that there is.
        if (0..host::LOWEST.into()).contains(&more) {
            return more as u32;
        }
        self.put().i32_const(more as i32).i32_add();
        0
    }

    /// Bytes from one element to the next along an axis, where that is known.
    pub fn constant_stride(&self, array: Array, axis: usize) -> Option<u32> {
        let info = &self.program.arrays[array.0 as usize];
        let within = match usize::from(info.axes) - axis {
            _ if info.layout != Layout::C => return None,
            1 => &[],
            _ => self.unit.shapes.get(&array)?.as_ref()?.get(axis + 1..)?,
        };
        let bytes = |bytes: u32, length: &usize| bytes.checked_mul(u32::try_from(*length).ok()?);
        within.iter().try_fold(info.of.bytes(), bytes)
    }

    /// Makes the index on the stack bytes.
    pub fn times_stride(&mut self, array: Array, handle: &Handle, axis: usize) {
        match (self.constant_stride(array, axis), handle.strides.get(axis)) {
            (None, Some(stride)) => {
                self.get(*stride);
                self.put().i32_mul();
            }
            (bytes, _) => self.times(bytes.unwrap_or(1)),
        }
    }

    /// Puts the low 32 bits of an `int64` on the stack.
    pub fn narrow(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Const(bits) => self.int32(extended(e.of, *bits) as i32),
            ExprKind::Binary(op @ (Binary::Add | Binary::Sub | Binary::Mul), a, b) => {
                self.narrow(a);
                self.narrow(b);
                self.binary(*op, Scalar::I32);
            }
            ExprKind::Convert(a) if matches!(a.of, Scalar::I32 | Scalar::U32) => self.scalar(a),
            _ => {
                self.scalar(e);
                self.convert(e.of, Scalar::I32);
            }
        }
    }
}

/// An index as what varies and what is added to it.
pub(super) fn apart(e: &Expr) -> (Option<&Expr>, i64) {
    if let Some(value) = constant_int(e) {
        return (None, value);
    }
    match &e.kind {
        ExprKind::Binary(Binary::Add, a, b) => match (constant_int(a), constant_int(b)) {
            (_, Some(add)) => (Some(a), add),
            (Some(add), _) => (Some(b), add),
            _ => (Some(e), 0),
        },
        ExprKind::Binary(Binary::Sub, a, b) => match constant_int(b) {
            Some(sub) => (Some(a), sub.wrapping_neg()),
            None => (Some(e), 0),
        },
        _ => (Some(e), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::vselect::tests::done;

    /// How often a kernel does this as it reads elements of a new array.
    fn count(what: &str, shape: &str, elements: &str) -> usize {
        let body =
            format!("c = np.ones({shape}, f32)\nfor j in range(1, m % 6):\n    p += {elements}\nb[i] = p");
        done(&body).lines().filter(|line| *line == what).count()
    }

    #[test]
    fn rows_of_a_known_length_take_no_product_and_neighbours_share_an_address() {
        let [one, three] = ["c[j, 1]", "c[j, 1] + c[j - 1, 2] + c[j + 1, 0]"];
        let products = |shape, elements| count("I32Mul", shape, elements);
        assert_eq!(products("(8, 8)", one), products("(8, 8)", three));
        assert!(products("(8, m)", one) > products("(8, 8)", one));
        // Eight elements of four bytes further, or less, and one element.
        for (more, elements) in [("-28", "c[j - 1, 1]"), ("36", "c[j + 1, 1]")] {
            let added = format!("I32Const {{ value: {more} }}");
            let offset = |elements| count(&added, "(8, 8)", elements);
            assert_eq!(offset(elements) > 0, more == "-28", "{more}");
            assert_eq!(offset("c[j, 1]"), 0);
        }
    }
}
