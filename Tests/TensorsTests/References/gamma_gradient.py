"""The derivative of a Gamma variate along its shape at fixed probability, with many digits (mpmath).

    d log x / da = -(dP(a, x)/da) / (x p(x))

Run: python gamma_gradient.py > gamma_gradient.json   writes the table of the tests, rows [a, log x, d log x/da].
"""
import json
import math

import mpmath as m
from mpmath import mp, mpf


def log_gradient(a, log_x, digits=25):
    """By the power series of P and its termwise derivative where that is short, else by quadrature of

    int_0^oo (t + log x - psi(a)) exp(a t - x (e^t - 1)) dt    (from the upper tail), or
    int_0^oo (t - log x + psi(a)) exp(-a t + x (1 - e^-t)) dt  (from the lower tail).
    """
    with mp.workdps(digits + 15):
        a, log_x = mpf(a), mpf(log_x)
        x = m.exp(log_x)
        if a < 60 and x < 80:
            return _series(a, log_x, digits + 30 + int(x / 2))
        width = 1 / (abs(x - a) + m.sqrt(x))
        marks = [0] + [k * width for k in (1, 2, 4, 7, 11, 17, 26, 40, 80, 200)]
        if x > a:
            shift = log_x - m.psi(0, a)
            return m.quad(lambda t: (t + shift) * m.exp(a * t - x * m.expm1(t)), marks)
        shift = m.psi(0, a) - log_x
        return m.quad(lambda t: (t + shift) * m.exp(-a * t - x * m.expm1(-t)), marks + [400 * width])


def _series(a, log_x, digits):
    with mp.workdps(digits):
        x = m.exp(log_x)
        term, harmonic, total, slope, n = mpf(1), mpf(0), mpf(1), mpf(0), 0
        while True:
            n += 1
            term *= x / (a + n)
            harmonic += 1 / (a + n)
            total += term
            slope += term * harmonic
            if x < a + n and term * (harmonic + 1) < mpf(10) ** -digits * total:
                return (total * (m.psi(0, a + 1) - log_x) + slope) / a


def points():
    """Shapes 1e-6 … 1e7; x where variates of that shape lie, and far out in both tails."""
    for exponent in range(-24, 29):
        a = 10 ** (exponent / 4)
        if a < 1:
            logs = [math.log(u) / a for u in (1e-9, 1e-3, 0.5)] + [-80, -30, -8, -2, -1, 0, 1, 2.5, 3.5]
        else:
            logs = [math.log(a) + z / math.sqrt(a) for z in (-7, -4, -2, -1, 0, 0.5, 1, 2, 4, 7)] + [math.log(a) - 2.5]
        for log_x in logs:
            if log_x < 700:
                yield a, log_x


if __name__ == "__main__":
    rows = [[a, log_x, float(log_gradient(a, log_x))] for a, log_x in points()]
    print("[" + ",\n".join(json.dumps(row) for row in rows) + "]")
