//! What the editor completes: the names that the compiler knows.

/// Keywords, Numba's names, and functions of `math` and NumPy.
pub const WORDS: &[&str] = &[
    "and", "assert", "break", "continue", "def", "elif", "else", "for", "from", "if", "import", "in", "not", "or",
    "pass", "return", "while", "True", "False", "None", "abs", "bool", "float", "int", "len", "max", "min", "print",
    "range", "round", "njit", "prange", "parallel=True", "fastmath=True", "boundscheck=True",
    "math.acos", "math.acosh", "math.asin", "math.asinh", "math.atan", "math.atan2", "math.atanh", "math.ceil",
    "math.copysign", "math.cos", "math.cosh", "math.degrees", "math.e", "math.erf", "math.erfc", "math.exp",
    "math.expm1", "math.fabs", "math.floor", "math.gamma", "math.hypot", "math.inf", "math.isfinite", "math.isinf",
    "math.isnan", "math.lgamma", "math.log", "math.log10", "math.log1p", "math.log2", "math.nan", "math.pi",
    "math.pow", "math.radians", "math.sin", "math.sinh", "math.sqrt", "math.tan", "math.tanh", "math.trunc",
    "np.abs", "np.all", "np.any", "np.arange", "np.arccos", "np.arcsin", "np.arctan", "np.arctan2", "np.argmax",
    "np.argmin", "np.bool_", "np.cbrt", "np.ceil", "np.clip", "np.cos", "np.cosh", "np.dot", "np.empty",
    "np.empty_like", "np.exp", "np.exp2", "np.expm1", "np.eye", "np.float32", "np.float64", "np.floor", "np.full",
    "np.full_like", "np.hypot", "np.int16", "np.int32", "np.int64", "np.int8", "np.isfinite", "np.isinf", "np.isnan",
    "np.linspace", "np.log", "np.log10", "np.log1p", "np.log2", "np.max", "np.maximum", "np.mean", "np.min",
    "np.minimum", "np.ones", "np.ones_like", "np.outer", "np.pi", "np.prod", "np.random.default_rng", "np.rint",
    "np.round", "np.sign", "np.sin", "np.sinh", "np.sqrt", "np.square", "np.std", "np.sum", "np.tan", "np.tanh",
    "np.trunc", "np.uint16", "np.uint32", "np.uint64", "np.uint8", "np.var", "np.where", "np.zeros", "np.zeros_like",
];

#[cfg(test)]
mod tests {
    use super::WORDS;

    #[test]
    fn no_word_is_there_twice() {
        let mut words = WORDS.to_vec();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), WORDS.len());
    }
}
