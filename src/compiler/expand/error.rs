//! The error function and what it lacks to 1: fdlibm's s_erf.c, with unrounded exponentials. `float32` is computed in
//! `float64`.

use super::build::Value;
use super::double::{Double, fast_sum, product, scale_far, signed};
use super::exp::{exp, exp_double};
use crate::types::Scalar;

/// `(erf x - x) / x` by `x^2`, up to 27/32.
fn near<'b>(z: Value<'b>) -> Value<'b> {
    let top = z.poly(&[
        1.283_791_670_955_125_585_61e-1,
        -3.250_421_072_470_014_993_70e-1,
        -2.848_174_957_559_851_047_66e-2,
        -5.770_270_296_489_441_591_57e-3,
        -2.376_301_665_665_016_260_84e-5,
    ]);
    let below = z.poly(&[
        1.0,
        3.979_172_239_591_553_528_19e-1,
        6.502_224_998_876_729_444_85e-2,
        5.081_306_281_875_765_627_76e-3,
        1.324_947_380_043_216_445_26e-4,
        -3.960_228_278_775_368_123_20e-6,
    ]);
    top / below
}

/// A short float near to erf 1.
const ERF_1: f64 = 8.450_629_115_104_675_292_97e-1;

/// `erf(1 + s) - ERF_1`, up to 5/4.
fn middle<'b>(s: Value<'b>) -> Value<'b> {
    let top = s.poly(&[
        -2.362_118_560_752_659_440_77e-3,
        4.148_561_186_837_483_316_66e-1,
        -3.722_078_760_357_013_238_47e-1,
        3.183_466_199_011_617_536_74e-1,
        -1.108_946_942_823_966_774_76e-1,
        3.547_830_432_561_823_593_71e-2,
        -2.166_375_594_868_790_843_00e-3,
    ]);
    let below = s.poly(&[
        1.0,
        1.064_208_804_008_442_282_86e-1,
        5.403_979_177_021_710_489_37e-1,
        7.182_865_441_419_626_628_68e-2,
        1.261_712_198_087_616_421_12e-1,
        1.363_708_391_202_905_073_62e-2,
        1.198_449_984_679_910_741_70e-2,
    ]);
    top / below
}

/// `log(x erfc x) + x^2 + 0.5625` by `1 / x^2`, from 5/4 on.
fn far<'b>(x: Value<'b>, s: Value<'b>) -> Value<'b> {
    let first = s.poly(&[
        -9.864_944_034_847_148_227_05e-3,
        -6.938_585_727_071_817_643_72e-1,
        -1.055_862_622_532_329_098_14e1,
        -6.237_533_245_032_600_603_96e1,
        -1.623_966_694_625_734_703_55e2,
        -1.846_050_929_067_110_359_94e2,
        -8.128_743_550_630_659_342_46e1,
        -9.814_329_344_169_145_485_92e0,
    ]) / s.poly(&[
        1.0,
        1.965_127_166_743_925_712_92e1,
        1.376_577_541_435_190_426_00e2,
        4.345_658_774_752_292_288_21e2,
        6.453_872_717_332_678_803_36e2,
        4.290_081_400_275_678_333_86e2,
        1.086_350_055_417_794_351_34e2,
        6.570_249_770_319_281_701_35e0,
        -6.042_441_521_485_809_874_38e-2,
    ]);
    let second = s.poly(&[
        -9.864_942_924_700_099_285_97e-3,
        -7.992_832_376_805_230_065_74e-1,
        -1.775_795_491_775_475_198_89e1,
        -1.606_363_848_558_219_160_62e2,
        -6.375_664_433_683_896_277_22e2,
        -1.025_095_131_611_077_249_54e3,
        -4.835_191_916_086_513_970_19e2,
    ]) / s.poly(&[
        1.0,
        3.033_806_074_348_245_829_24e1,
        3.257_925_129_965_739_188_26e2,
        1.536_729_586_084_436_959_94e3,
        3.199_858_219_508_595_539_08e3,
        2.553_050_406_433_164_425_83e3,
        4.745_285_412_069_553_672_15e2,
        -2.244_095_244_658_581_833_62e1,
    ]);
    x.lt(2.857_142_857_142_857).choose(first, second)
}

/// `erfc x` for x from 5/4 on, of a `float32` or of any.
fn rest<'b>(x: Value<'b>, is_narrow: bool) -> Value<'b> {
    if is_narrow {
        let square = x * x;
        return exp(far(x, 1.0 / square) - 0.5625 - square) / x;
    }
    let square = product(x, x);
    let power = fast_sum(-square.hi, far(x, 1.0 / square.hi) - 0.5625);
    let (y, n) = exp_double(Double {
        hi: power.hi,
        lo: power.lo - square.lo,
    });
    scale_far(y.over(Double::of(x)).rounded(), n)
}

/// The error function.
pub(super) fn erf<'b>(x: Value<'b>) -> Value<'b> {
    let is_narrow = x.of == Scalar::F32;
    let wide = x.to(Scalar::F64);
    let a = wide.abs();
    let tail = a
        .lt(6.0)
        .choose(1.0 - rest(a, is_narrow), a.ne(a).select(a, a.float(1.0)));
    let above = a.lt(1.25).choose(ERF_1 + middle(a - 1.0), tail);
    let below = a + a * near(a * a);
    signed(a.lt(0.84375).choose(below, above), wide).to(x.of)
}

/// 1 less the error function.
pub(super) fn erfc<'b>(x: Value<'b>) -> Value<'b> {
    let (of, is_narrow) = (x.of, x.of == Scalar::F32);
    let x = x.to(Scalar::F64);
    let a = x.abs();
    let negative = x.lt(0.0);
    let r = rest(a, is_narrow);
    let tail = negative.select(2.0 - r, r);
    let end = negative.select(2.0, x.float(0.0));
    let end = x.ne(x).select(x, end);
    let tail = a.lt(28.0).choose(tail, end);
    let m = middle(a - 1.0);
    let above = negative.select(1.0 + (ERF_1 + m), (1.0 - ERF_1) - m);
    let above = a.lt(1.25).choose(above, tail);
    let y = x * near(x * x);
    let below = x.lt(0.25).select(1.0 - (x + y), 0.5 - (y + (x - 0.5)));
    a.lt(0.84375).choose(below, above).to(of)
}
