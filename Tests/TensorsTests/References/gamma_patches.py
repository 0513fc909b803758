"""Writes Sources/CKernels/gamma_patches.h: Chebyshev fits, as polynomials, of three functions of the Gamma distribution.

All values come from quadrature or series with 25 and more digits (mpmath). Run: python gamma_patches.py > ../../../Sources/CKernels/gamma_patches.h
"""
import mpmath as m
from mpmath import mp, mpf

from gamma_gradient import log_gradient

mp.dps = 40


def nodes(low, high, count):
    return [(high + low) / 2 + (high - low) / 2 * m.cos(m.pi * (2 * k + 1) / (2 * count)) for k in range(count)]


def fit(function, rows, columns):
    """Chebyshev coefficients c[i][j] of function(r, c) over two intervals, given as (low, high, node count)."""
    nr, nc = rows[2], columns[2]
    values = [[function(r, c) for c in nodes(*columns)] for r in nodes(*rows)]
    cosine = lambda i, k, n: m.cos(i * m.pi * (2 * k + 1) / (2 * n)) * (2 if i else 1) / n
    half = [[sum(v[k] * cosine(j, k, nc) for k in range(nc)) for j in range(nc)] for v in values]
    return [[sum(half[k][j] * cosine(i, k, nr) for k in range(nr)) for j in range(nc)] for i in range(nr)]


def monomials(count):
    """Rows: the power coefficients of the Chebyshev polynomials."""
    table = [[mpf(1)], [mpf(0), mpf(1)]]
    while len(table) < count:
        nxt = [mpf(0)] + [2 * v for v in table[-1]]
        for i, v in enumerate(table[-2]):
            nxt[i] -= v
        table.append(nxt)
    return table


def powers(c, threshold):
    """Power coefficients p[i][j] of r^i c^j on [-1, 1]², from the Chebyshev coefficients not below the threshold."""
    size = max(len(c), len(c[0]))
    table = monomials(size)
    kept = [max([j + 1 for j, v in enumerate(row) if abs(v) > threshold], default=0) for row in c]
    p = [[mpf(0)] * len(c[0]) for _ in c]
    for i, row in enumerate(c):
        for j in range(kept[i]):
            for a, va in enumerate(table[i]):
                for b, vb in enumerate(table[j]):
                    p[a][b] += row[j] * va * vb
    lengths = [max([j + 1 for j, v in enumerate(row) if v != 0], default=0) for row in p]
    return [row[:n] for row, n in zip(p, lengths) if n]


def emit(name, comment, p):
    print(f"\n// {comment}")
    print(f"static const double {name}_c[] = {{")
    flat = [repr(float(v)) for row in p for v in row]
    line = "   "
    for v in flat:
        if len(line) + len(v) + 2 > 118:
            print(line)
            line = "   "
        line += f" {v},"
    print(line)
    print("};\n")
    print(f"ALU_INLINE double {name}(double r, double c) {{")
    print("  double value = 0;")
    offsets = [sum(len(row) for row in p[:i]) for i in range(len(p))]
    line = " "
    for i in reversed(range(len(p))):
        item = f" ALU_ROW({name}_c, {offsets[i]}, {len(p[i])})"
        if len(line) + len(item) > 118:
            print(line)
            line = " "
        line += item
    print(line)
    print("  return value;\n}")


def small_shape(a, log_x):
    return log_gradient(a, log_x, 25) * a


def large_shape(b, t):
    return log_gradient(1 / b, t - m.log(b), 25) / b


def tail_remainder(b, t):
    """(Q(a, x) - erfc(eta sqrt(a/2))/2) sqrt(2 pi a) exp(a eta²/2) for a = 1/b, x = a exp(t)."""
    a = 1 / b
    x = a * m.exp(t)
    with mp.workdps(40 + int(a / 2)):
        half = a * (m.expm1(t) - t)
        eta = m.sign(t) * m.sqrt(half)
        pref = m.exp(a * m.log(x) - x - m.loggamma(a))
        width = 1 / (abs(x - a) + m.sqrt(x))
        marks = [0] + [k * width for k in (1, 2, 4, 7, 11, 17, 26, 40, 80, 200)]
    with mp.workdps(40):
        if x > a:
            tail = pref * m.quad(lambda s: m.exp(a * s - x * m.expm1(s)), marks)
            rest = tail - m.erfc(eta) / 2
        else:
            head = pref * m.quad(lambda s: m.exp(-a * s - x * m.expm1(-s)), marks + [400 * width])
            rest = m.erfc(-eta) / 2 - head
        return rest * m.sqrt(2 * m.pi * a) * m.exp(half)


if __name__ == "__main__":
    print("#pragma once")
    print("#include \"double_math.h\"\n")
    print("// Written by Tests/TensorsTests/References/gamma_patches.py; do not edit.")
    print("// Polynomials in two variables that run over [-1, 1]: one row of coefficients of c for each power of r.")
    print("\n#define ALU_ROW(table, start, length)                                  \\")
    print("  {                                                                    \\")
    print("    double row = table[(start) + (length) - 1];                        \\")
    print("    _Pragma(\"clang loop unroll(full)\")                                 \\")
    print("    for (int k = (length) - 2; k >= 0; k--) row = row * c + table[(start) + k]; \\")
    print("    value = value * r + row;                                           \\")
    print("  }")
    emit("gradient_small_shape", "a dlog x/da at fixed P(a, x), for a = 1 + r in (0, 2], log x = 0.25 + 2.25 c in [-2, 2.5].",
         powers(fit(small_shape, (mpf(0), mpf(2), 26), (mpf(-2), mpf("2.5"), 30)), mpf("3e-14")))
    emit("gradient_large_shape", "a dlog x/da at fixed P(a, x), for 1/a = (1 + r)/4 in (0, 1/2], log(x/a) = 2 c in [-2, 2].",
         powers(fit(large_shape, (mpf(0), mpf("0.5"), 22), (mpf(-2), mpf(2), 26)), mpf("3e-14")))
    emit("tail_remainder", "(Q(a, x) - erfc(eta sqrt(a/2))/2) sqrt(2 pi a) exp(a eta²/2), for 1/a = (1 + r)/16 in (0, 1/8], log(x/a) = c.",
         powers(fit(tail_remainder, (mpf(0), mpf(1) / 8, 14), (mpf(-1), mpf(1), 20)), mpf("1e-17")))
