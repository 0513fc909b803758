"""Reference values of the generalised Pareto fit and of Pareto-smoothed importance weights.

    python pareto.py

Quantiles are SciPy's. The fit of Zhang and Stephens and the smoothing are written here from the papers, in the plainest way
and in 50 digits (mpmath), so that they share neither code nor rounding with what is tested. Data are made of the quantiles of
known distributions at (i − ½)/n in an order that is not sorted.
"""
import mpmath as mp
import numpy as np
from scipy.stats import genpareto

mp.mp.dps = 50


def fit(x):
    x = sorted(mp.mpf(v) for v in x)
    n = len(x)
    m = 30 + int(mp.floor(mp.sqrt(n)))
    quartile = x[int(mp.floor(mp.mpf(n) / 4 + mp.mpf(1) / 2)) - 1]
    theta = [1 / x[-1] + (1 - mp.sqrt(m / (j - mp.mpf(1) / 2))) / (3 * quartile) for j in range(1, m + 1)]
    k = [sum(mp.log(1 - t * v) for v in x) / n for t in theta]
    ell = [n * (mp.log(-t / c) - c - 1) for t, c in zip(theta, k)]
    top = max(ell)
    w = [mp.e ** (l - top) for l in ell]
    t = sum(a * b for a, b in zip(w, theta)) / sum(w)
    shape = sum(mp.log(1 - t * v) for v in x) / n
    return shape, -shape / t


def smooth(logs):
    logs = [mp.mpf(v) for v in logs]
    s = len(logs)
    m = int(min(mp.ceil(mp.mpf(s) / 5), mp.ceil(3 * mp.sqrt(s))))
    top = max(logs)
    ratios = [mp.e ** (v - top) for v in logs]
    order = sorted(range(s), key=lambda i: ratios[i])
    cut = ratios[order[-m - 1]]
    tail = order[-m:]
    shape, scale = fit([ratios[i] - cut for i in tail])
    shape = (shape * m + 5) / (m + 10)
    for rank, i in enumerate(tail):
        p = (rank + mp.mpf(1) / 2) / m
        ratios[i] = min(mp.mpf(1), cut + scale * ((1 - p) ** (-shape) - 1) / shape)
    total = sum(ratios)
    weights = [r / total for r in ratios]
    return shape, weights, 1 / sum(w * w for w in weights)


for k in (-0.4, 0.1, 0.5, 0.9):
    data = [float(genpareto.ppf((i + 0.5) / 60, k, scale=2)) for i in range(60)]
    shape, scale = fit(data)
    print(f"({k}, {mp.nstr(shape, 16)}, {mp.nstr(scale, 16)}),")
for k in (-0.4, 0.1, 0.9):
    print(k, [float(genpareto.ppf(p, k, scale=2)) for p in (0.01, 0.5, 0.99)])
for spread in (0.5, 1.5, 3.0):
    from scipy.stats import norm
    logs = [float(spread * norm.ppf(((7 * i) % 400 + 0.5) / 400)) for i in range(400)]
    shape, weights, effective = smooth(logs)
    print(f"({spread}, {mp.nstr(shape, 16)}, {mp.nstr(max(weights), 16)}, {mp.nstr(effective, 16)}),")
