"""Figures that NumPy and SciPy compute for our estimators to be compared with.

    python src/stats/tests/oracles/oracles.py      rewrites estimators.txt and ranks.txt

Needs numpy and scipy. The files are committed; run this only to add cases.
"""
import pathlib
import numpy as np
from scipy import stats

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261121)


def sets():
    for n in (1, 2, 3, 4, 5, 6, 7, 8, 19, 20, 40, 79, 80, 500):
        yield rng.normal(10, 1, n)
        yield rng.lognormal(1, 0.7, n)
        # Ties, as a coarse clock makes them.
        yield np.round(rng.normal(10, 1, n), 1)


def estimators():
    for x in sets():
        q1, q3 = np.quantile(x, [0.25, 0.75])
        reach = 1.5 * (q3 - q1)
        out = (x < q1 - reach) | (x > q3 + reach) if len(x) >= 4 else np.zeros(len(x), bool)
        figures = [np.median(x), stats.median_abs_deviation(x), q1, q3]
        yield "\t".join([
            " ".join(repr(float(v)) for v in x),
            " ".join(repr(float(v)) for v in figures),
            "".join("1" if o else "0" for o in out),
        ])


def ranks():
    """Ranks (from 1) of the order statistics that bound the median, by SciPy's own test."""
    for n in [*range(1, 60), 79, 80, 81, 100, 255, 256, 1000, 1999, 2000]:
        x = np.arange(1, n + 1, dtype=float)
        for level in (0.95, 0.99):
            test = stats.quantile_test(x, q=0, p=0.5)
            ci = test.confidence_interval(level)
            both = not (np.isnan(ci.low) or np.isnan(ci.high))
            yield f"{n} {level} " + (f"{ci.low:.0f} {ci.high:.0f}" if both else "none")


(HERE / "estimators.txt").write_text("\n".join(estimators()) + "\n")
(HERE / "ranks.txt").write_text("\n".join(ranks()) + "\n")
