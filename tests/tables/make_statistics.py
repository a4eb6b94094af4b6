# make_statistics.py — write the tables that tests/unit compare core's statistics with.
# SPDX-License-Identifier: Apache-2.0
#
# Run: python3 make_statistics.py       (Debian: python3-scipy, python3-mpmath; writes beside itself)
#
# Nothing here shares a method with daemon/core: quantiles are roots found in 40 digits, binomials come
# from scipy, Wilson's interval is found as the roots of the score equation, clustered errors are sums
# over all pairs. One case a line; how its words are meant stands in each file's first lines.
import math
import os
import random

from mpmath import betainc, erfc, exp, findroot, log, mp, mpf, sqrt
from scipy import stats
from scipy.optimize import brentq

mp.dps = 40
HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = [0.5, 0.9, 0.95, 0.99, 0.999] + [1 - 0.05 / k for k in (2, 3, 7, 20, 100, 1e4, 1e6)]
DEGREES = list(range(1, 41)) + [59, 60, 61, 99, 100, 101, 250, 999, 1000, 20000]


def write(name, head, rows):
    with open(os.path.join(HERE, name), "w") as file:
        for line in head.strip().split("\n"):
            file.write(f"# {line}\n".replace("# \n", "#\n"))
        for row in rows:
            file.write(" ".join(x if isinstance(x, str) else repr(x) for x in row) + "\n")


def exact_z(level):
    p = 1 - mpf(level)
    return findroot(lambda z: log(erfc(z / sqrt(mpf(2))) / p), mpf(stats.norm.isf((1 - level) / 2)))


def exact_t(level, df):
    p, half = 1 - mpf(level), mpf(1) / 2

    def off(s):
        return log(betainc(mpf(df) / 2, half, 0, df / (df + exp(2 * s)), regularized=True) / p)

    return exp(findroot(off, log(mpf(stats.t.isf((1 - level) / 2, df)))))


def quantiles():
    for level in LEVELS:
        yield level, 0, float(exact_z(level))
        for df in DEGREES:
            yield level, df, float(exact_t(level, df))


def elementary(rng):
    ends = [1.0, 2.0, 0.5, 0.7071067811865475, 0.7071067811865476, 1.0000000000000002, 1e300, 5e-324]
    for x in ends + [math.ldexp(1 + rng.random(), rng.randint(-60, 60)) for _ in range(100)]:
        yield "log", x, float(log(x))
    for x in [0.0, 1e-20, 0.24999, 0.25, 3.0] + [10 ** rng.uniform(-18, 3) for _ in range(100)]:
        yield "log1p", x, float(log(1 + mpf(x)))
    for x in [0.0, 709.7, -745.0] + [rng.choice((-1, 1)) * 10 ** rng.uniform(-5, 2.8) for _ in range(100)]:
        yield "exp", x, float(exp(x))


def median(x, is_log):
    x = sorted(x)
    low, high = x[(len(x) - 1) // 2], x[len(x) // 2]
    if low == high:
        return low
    return math.sqrt(low * high) if is_log else (low + high) / 2


def hettmansperger_sheather(y, level):
    n = len(y)
    y = sorted(y)
    covered = {d: 1 - 2 * stats.binom.cdf(d - 1, n, 0.5) for d in range(1, n // 2 + 2)}
    d = max(k for k in covered if covered[k] >= level)
    share = (covered[d] - level) / (covered[d] - covered[d + 1])
    weight = (n - d) * share / (d + (n - 2 * d) * share)
    return (
        (1 - weight) * y[d - 1] + weight * y[d],
        (1 - weight) * y[n - d] + weight * y[n - d - 1],
    )


def interval(x, is_log, level):
    y = [math.log(v) for v in x] if is_log else x
    n = len(y)
    if n >= 6 and 2.0 ** (1 - n) <= 1 - level:
        kind, (low, high) = "hettmansperger_sheather", hettmansperger_sheather(y, level)
    else:
        kind = "student"
        mean, h = math.fsum(y) / n, float(exact_t(level, n - 1)) * stats.sem(y)
        low, high = mean - h, mean + h
    if is_log:
        low, high = math.exp(low), math.exp(high)
    return kind, median(x, is_log), float(low), float(high), float(stats.tstd(y))


def votes(rng):
    for n in [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 20, 21, 31, 50, 51, 100, 101, 400, 1500]:
        for level in [0.95] if n > 50 else [0.9, 0.95, 0.99, 1 - 0.05 / 7, 1 - 0.05 / 1000]:
            for is_log in (False, True):
                if is_log and n < 4 and level > 0.999:
                    continue  # e to the power of thousands
                if is_log:
                    x = [float(f"{rng.lognormvariate(4, 0.3):.5g}") for _ in range(n)]
                else:
                    x = [round(rng.gauss(0.6, 0.1), 4) for _ in range(n)]
                yield ["log" if is_log else "linear", level, *interval(x, is_log, level), n, *x]


def wilson_roots(p, n, level):
    z = stats.norm.isf((1 - level) / 2)

    def score(q):
        return (p - q) ** 2 - z * z * q * (1 - q) / n

    low = 0.0 if p == 0 else brentq(score, 0, min(p, 1 - 1e-9), xtol=1e-300, rtol=1e-15)
    high = 1.0 if p == 1 else brentq(score, max(p, 1e-9), 1, xtol=1e-300, rtol=1e-15)
    return low, high


def wilsons():
    for n in (1, 2, 10, 29, 164, 1319, 14042):
        for share in (0, 0.01, 0.1, 0.5, 0.9, 1):
            p = round(share * n) / n
            for level in (0.9, 0.95, 0.999):
                yield p, n, level, *wilson_roots(p, n, level)


def clustered(rng):
    for clusters, most in [(2, 3), (3, 1), (5, 8), (40, 1), (57, 12), (200, 3)]:
        for missing in (0, 0.2):
            items = [(c, rng.random() < rng.random()) for c in range(clusters)
                     for _ in range(rng.randint(1, most))]
            rng.shuffle(items)
            scores = [math.nan if rng.random() < missing else float(right) for _, right in items]
            keys = [c for c, _ in items]
            given = [(c, s) for c, s in zip(keys, scores) if s == s]
            n, groups = len(given), len({c for c, _ in given})
            if groups < 2:
                continue
            mean = math.fsum(s for _, s in given) / n
            pairs = math.fsum((a - mean) * (b - mean) for c, a in given for d, b in given if c == d)
            se = math.sqrt(max(pairs, 0) / n**2 * groups / (groups - 1))
            yield [mean, se, n, groups, len(keys), *keys, *scores]


def main():
    rng = random.Random(20261123)
    write("elementary.txt", "function x value", elementary(random.Random(1)))
    write("quantile.txt", "level df(0: normal) two-sided-quantile", quantiles())
    write("votes.txt", "scale level kind point low high spread n votes…", votes(rng))
    write("wilson.txt", "p n level low high", wilsons())
    write("clustered.txt", "mean se items clusters n keys… scores… (nan: missing)", clustered(rng))


main()
