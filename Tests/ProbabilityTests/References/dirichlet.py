"""Writes DirichletReference.swift: Dirichlet log densities, divergences and entropies to 50 digits.

    python dirichlet.py > ../DirichletReference.swift

Needs mpmath and numpy. Every argument is a number of single precision, printed so that it reads back exactly.
"""
import mpmath
import numpy as np

mpmath.mp.dps = 50
TOTALS = [1e-2, 1e-1, 1, 1e1, 1e2, 1e4, 1e5, 1e6]
CASES_PER_TOTAL = 20
SIZES = [2, 3, 4, 6, 12]


def log_beta(a):
    return sum(map(mpmath.loggamma, a)) - mpmath.loggamma(sum(a))


def exact(row):
    return [mpmath.mpf(float(x)) for x in row]


def log_density(x, a):
    return sum((ai - 1) * mpmath.log(xi) for ai, xi in zip(a, x)) - log_beta(a)


def divergence(a, b):
    total = mpmath.digamma(sum(a))
    return log_beta(b) - log_beta(a) + sum((ai - bi) * (mpmath.digamma(ai) - total) for ai, bi in zip(a, b))


def entropy(a):
    k = len(a)
    return log_beta(a) + (sum(a) - k) * mpmath.digamma(sum(a)) - sum((ai - 1) * mpmath.digamma(ai) for ai in a)


def concentrations(random, total, size):
    share = random.dirichlet(np.full(size, 0.7)) + 1e-3
    return np.float32(total * share / share.sum())


def draw(random, a):
    # In logarithms, as log γ(a) = log γ(a + 1) + log(u)/a; a float32 that is neither 0 nor subnormal.
    a = a.astype(np.float64)
    logs = np.log(random.standard_gamma(a + 1)) + np.log(random.uniform(size=a.size)) / a
    return np.float32(np.exp(np.maximum(logs - np.logaddexp.reduce(logs), -80)))


def text(row):
    return ",".join(np.format_float_scientific(x, unique=True, trim="-") for x in row)


def main():
    random = np.random.default_rng(20240607)
    lines = []
    for total in TOTALS:
        for case in range(CASES_PER_TOTAL):
            size = SIZES[case % len(SIZES)]
            a, b = concentrations(random, total, size), concentrations(random, 10 ** random.uniform(-1, 3), size)
            x = draw(random, a)
            results = log_density(exact(x), exact(a)), divergence(exact(a), exact(b)), entropy(exact(a))
            lines.append(" ".join([text(a), text(b), text(x)] + [mpmath.nstr(r, 20) for r in results]))
    print("// Made by References/dirichlet.py with mpmath at 50 digits.\n")
    print("/// One case a line: concentrations α, concentrations β, a point x; log p(x | α), KL(α ‖ β) and the entropy of α.")
    print('let dirichletReference = """')
    for line in lines:
        print("  " + line)
    print('  """')


main()
