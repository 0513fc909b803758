"""The regularised incomplete gamma and beta functions and their derivatives, with 30 and more digits (mpmath).

All arguments are numbers that Float holds exactly. Derivatives along the shapes are central differences of the smaller
tail, of step 1e-15 in 60 digits, or, for shapes of 300 and above, integrals of the density's derivative.

Run: python incomplete_functions.py   writes incomplete_gamma.json, rows [a, x, P, Q, dP/da, dP/dx],
and incomplete_beta.json, rows [x, a, b, I, dI/dx, dI/da, dI/db], beside this file.
"""
import json
import pathlib
import struct

import mpmath as m

m.mp.dps = 60
STEP = m.mpf(10) ** -15


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def difference(function, at):
    return (function(at * (1 + STEP)) - function(at * (1 - STEP))) / (2 * STEP * at)


def pieces(low, high):
    return [low + (high - low) * k / 24 for k in range(25)]


def gamma_row(a, x):
    lower = lambda shape: m.gammainc(shape, 0, x, regularized=True)
    upper = lambda shape: m.gammainc(shape, x, m.inf, regularized=True)
    density = m.exp((a - 1) * m.log(x) - x - m.loggamma(a))
    if a < 300:
        slope = -difference(upper, a) if x > a else difference(lower, a)
        below, above = lower(a), upper(a)
    else:
        f = lambda t: m.exp((a - 1) * m.log(t) - t - m.loggamma(a))
        spread = 16 * m.sqrt(a)
        below = m.quad(f, pieces(max(a - spread, m.mpf(1)), x))
        above = m.quad(f, pieces(x, max(a, x) + spread))
        g = lambda t: (m.log(t) - m.digamma(a)) * f(t)
        if x > a:
            slope = -m.quad(g, pieces(x, x + spread))
        else:
            slope = m.quad(g, pieces(max(a - spread, m.mpf(1)), x))
    return [below, above, slope, density]


def beta_row(x, a, b):
    log_beta = m.loggamma(a) + m.loggamma(b) - m.loggamma(a + b)
    f = lambda t: m.exp((a - 1) * m.log(t) + (b - 1) * m.log(1 - t) - log_beta)
    if max(a, b) < 300:
        ends, sign = ((x, 1), -1) if x > a / (a + b) else ((0, x), 1)
        part = lambda p, q: sign * m.betainc(p, q, *ends, regularized=True)
        value = part(a, b) if sign > 0 else 1 + part(a, b)
        with m.workdps(300):  # betainc takes tails from 1
            slopes = [difference(lambda p: part(p, b), a), difference(lambda q: part(a, q), b)]
        return [value, f(x), *slopes]
    mean, both = a / (a + b), m.digamma(a + b)
    low = max(mean - 16 * m.sqrt(mean * (1 - mean) / (a + b + 1)), x / 10**6)
    ends = pieces(low, x)
    return [
        m.quad(f, ends), f(x),
        m.quad(lambda t: (m.log(t) - m.digamma(a) + both) * f(t), ends),
        m.quad(lambda t: (m.log(1 - t) - m.digamma(b) + both) * f(t), ends),
    ]


def write(name, rows):
    text = ",\n".join(json.dumps([float(value) for value in row]) for row in rows)
    pathlib.Path(__file__).with_name(name).write_text("[" + text + "]\n")


def main():
    gamma = []
    for a in (0.01, 0.3, 1, 2.5, 9, 40, 1200, 90000):
        for ratio in (0.03, 0.5, 0.9, 1, 1.1, 2, 6):
            near = a + (ratio - 1) * 3 * a**0.5 if a >= 300 else a * ratio
            shape, x = single(a), single(near)
            gamma.append([shape, x, *gamma_row(m.mpf(shape), m.mpf(x))])
    beta = []
    for a, b in ((0.02, 0.4), (0.5, 0.5), (1, 3), (3, 1), (2.5, 0.7), (6, 80), (150, 20), (700, 900), (40000, 500)):
        mean = a / (a + b)
        spread = (mean * (1 - mean) / (a + b + 1)) ** 0.5
        places = [mean + k * spread for k in (-2.5, -1, 0, 0.7, 2.2)] + ([0.001, 0.99] if max(a, b) < 300 else [])
        for place in places:
            if 1e-6 < place < 1 - 1e-6:
                x, p, q = single(place), single(a), single(b)
                beta.append([x, p, q, *beta_row(m.mpf(x), m.mpf(p), m.mpf(q))])
    write("incomplete_gamma.json", gamma)
    write("incomplete_beta.json", beta)


main()
