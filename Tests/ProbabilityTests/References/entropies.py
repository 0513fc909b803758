"""Writes EntropyReference.swift: entropies of independent components, with their derivatives, to 50 digits.

    python entropies.py > ../EntropyReference.swift

Needs mpmath and numpy. Every argument is a number of single precision, printed so that it reads back exactly.
"""
import mpmath
import numpy as np

mpmath.mp.dps = 50


def gamma(a, b):
    value = a - mpmath.log(b) + mpmath.loggamma(a) + (1 - a) * mpmath.digamma(a)
    return value, 1 + (1 - a) * mpmath.psi(1, a), -1 / b


def beta(a, b):
    rest = a + b - 2
    value = (mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b) - (a - 1) * mpmath.digamma(a)
             - (b - 1) * mpmath.digamma(b) + rest * mpmath.digamma(a + b))
    shared = rest * mpmath.psi(1, a + b)
    return value, shared - (a - 1) * mpmath.psi(1, a), shared - (b - 1) * mpmath.psi(1, b)


def log_normal(location, scale):
    value = location + mpmath.log(scale) + (1 + mpmath.log(2 * mpmath.pi)) / 2
    return value, mpmath.mpf(1), 1 / scale


CASES = [
    ("gamma", gamma, [1e-3, 0.02, 0.3, 1, 1.7, 6, 7.99, 8.5, 9.9, 10.1, 80, 1e3, 1e4, 1e5, 1e6],
     [1e-20, 1e-3, 0.7, 1, 1e3, 1e20]),
    ("beta", beta, [1e-3, 0.05, 0.5, 1, 3, 80, 1e4, 1e6], [1e-3, 0.05, 0.5, 1, 3, 80, 1e4, 1e6]),
    ("logNormal", log_normal, [-100, -3.5, 0, 12.4, 80], [1e-6, 0.01, 1, 50]),
]


def text(x):
    return np.format_float_scientific(np.float32(x), unique=True, trim="-")


def main():
    print("// Made by References/entropies.py with mpmath at 50 digits.\n")
    print("/// One case a line: the family, its two parameters, the entropy, and its derivative by either parameter.")
    print('let entropyReference = """')
    for name, function, firsts, seconds in CASES:
        for first in firsts:
            for second in seconds:
                results = function(mpmath.mpf(float(np.float32(first))), mpmath.mpf(float(np.float32(second))))
                print("  " + " ".join([name, text(first), text(second)] + [mpmath.nstr(r, 20) for r in results]))
    print('  """')


main()
