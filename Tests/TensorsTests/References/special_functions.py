"""Log-gamma, digamma and trigamma at 5,000 arguments that Float holds exactly, with 40 digits (mpmath).

Run: python special_functions.py > special_functions.json   writes rows [x, log Gamma(x), psi(x), psi'(x)].
"""
import json
import random
import struct

import mpmath as m

m.mp.dps = 40


def to_float(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def arguments():
    rng = random.Random(1)
    yield from (1.0, 2.0, 3.0, 8.0, 9.0, 10.0, 0.5, 1.5, 2.5)
    for zero in (1.0, 2.0, 1.4616321449683623):
        yield from (zero + rng.choice((-1, 1)) * 10 ** rng.uniform(-7.2, -0.5) for _ in range(600))
    yield from (rng.uniform(0, 12) for _ in range(1000))
    yield from (10 ** rng.uniform(-6, 9) for _ in range(2191))


if __name__ == "__main__":
    rows = []
    for x in map(to_float, arguments()):
        rows.append([x, float(m.loggamma(x)), float(m.psi(0, x)), float(m.psi(1, x))])
    print("[" + ",\n".join(json.dumps(row) for row in rows) + "]")
