#!/usr/bin/env python3
"""Writes blind.json: a small scene unmixed by independent NumPy versions of the blind methods.

Usage: python3 blind.py > blind.json        (NumPy only)

Everything is in double precision. Multiplicative methods make five iterations. Total variation is denoised by a plain
projected gradient on the dual that runs until nothing moves, bounded least squares by trying every set of bounds,
smoothing by a dense linear solver, and fully constrained least squares by trying every support. The abundance step of the
models of varying endmembers is carried to its optimum.
"""
import itertools
import json

import numpy as np

ROWS, COLUMNS, BANDS, COUNT, MASKED = 4, 5, 6, 3, 7
ITERATIONS = 5
DELTA, THRESHOLD = 15.0, 1e-4


def irregular(shape, low, high, salt):
    index = np.arange(1, int(np.prod(shape)) + 1)
    product = index * 0.6180339887498949 + salt * 0.7548776662466927
    return (low + (high - low) * (product - np.floor(product))).reshape(shape)


def fcls(spectra, endmembers):
    found = []
    for y in spectra:
        best = None
        for size in range(1, COUNT + 1):
            for support in itertools.combinations(range(COUNT), size):
                m = endmembers[list(support)]
                system = np.block([[m @ m.T, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
                solution = np.linalg.lstsq(system, np.append(m @ y, 1), rcond=None)[0][:size]
                if solution.min() < -1e-12:
                    continue
                error = ((y - solution @ m) ** 2).sum()
                if best is None or error < best[0] - 1e-15:
                    a = np.zeros(COUNT)
                    a[list(support)] = solution
                    best = (error, a)
        found.append(best[1])
    return np.array(found)


def scene():
    raw = irregular((ROWS * COLUMNS, COUNT), 0, 1, 1) ** 3
    abundances = raw / raw.sum(1, keepdims=True)
    endmembers = irregular((COUNT, BANDS), 0.1, 0.9, 2)
    spectra = abundances @ endmembers + irregular((ROWS * COLUMNS, BANDS), -0.02, 0.02, 3)
    start = endmembers + irregular((COUNT, BANDS), -0.05, 0.05, 4)
    return np.maximum(spectra, 0), start


def grid():
    places = np.full((ROWS, COLUMNS), -1)
    valid = [p for p in range(ROWS * COLUMNS) if p != MASKED]
    for place, p in enumerate(valid):
        places[p // COLUMNS, p % COLUMNS] = place
    return valid, places


VALID, PLACES = grid()


def pairs(down, across):
    found = []
    for r in range(ROWS):
        for c in range(COLUMNS):
            r2, c2 = r + down, c + across
            if 0 <= r2 < ROWS and 0 <= c2 < COLUMNS and PLACES[r, c] >= 0 and PLACES[r2, c2] >= 0:
                found.append((PLACES[r, c], PLACES[r2, c2]))
    return found


def difference(edges, n):
    matrix = np.zeros((len(edges), n))
    for row, (i, j) in enumerate(edges):
        matrix[row, i], matrix[row, j] = 1, -1
    return matrix


N = len(VALID)
ACROSS, DOWN = difference(pairs(0, 1), N), difference(pairs(1, 0), N)
GRADIENT = np.vstack([ACROSS, DOWN])
LAPLACIAN = GRADIENT.T @ GRADIENT


def sparseness(y):
    l1, l2 = np.abs(y).sum(0), np.sqrt((y**2).sum(0))
    return ((np.sqrt(N) - l1 / l2) / np.sqrt(N - 1)).sum() / np.sqrt(BANDS)


def variation(b, isotropic):
    if not isotropic:
        return np.abs(GRADIENT @ b).sum()
    across, down = np.zeros_like(b), np.zeros_like(b)
    for row, (i, _) in enumerate(pairs(0, 1)):
        across[i] = ACROSS[row] @ b
    for row, (i, _) in enumerate(pairs(1, 0)):
        down[i] = DOWN[row] @ b
    return np.sqrt(across**2 + down**2).sum()


def denoise(x, weight, isotropic, rounds=20000):
    """argmin over b >= 0 of 1/2 |b - x|^2 + weight TV(b)."""
    p = np.zeros((len(GRADIENT), x.shape[1]))
    starts = [i for i, _ in pairs(0, 1)] + [i for i, _ in pairs(1, 0)]
    for _ in range(rounds):
        b = np.maximum(x - weight * GRADIENT.T @ p, 0)
        moved = p + GRADIENT @ b / (8 * weight)
        if isotropic:
            squares = np.zeros_like(x)
            np.add.at(squares, starts, moved**2)
            moved /= np.maximum(1, np.sqrt(squares))[starts]
        else:
            moved = np.clip(moved, -1, 1)
        if np.abs(moved - p).max() < 1e-14:
            break
        p = moved
    return np.maximum(x - weight * GRADIENT.T @ p, 0)


def graph(y, nearest):
    square = ((y[:, None] - y[None]) ** 2).sum(2)
    np.fill_diagonal(square, np.inf)
    near = np.argsort(square, axis=1, kind="stable")[:, :nearest]
    width = np.mean([np.sqrt(square[i, j]) for i in range(N) for j in near[i]])
    w = np.zeros((N, N))
    for i in range(N):
        for j in near[i]:
            w[i, j] = w[j, i] = np.exp(-square[i, j] / width**2)
    return w


def factorize(y, start, penalty):
    """penalty(a) gives attraction, repulsion; penalty.value(a) the term; penalty.follow(a) renews copies."""
    m, a = np.maximum(start, 1e-9), np.maximum(fcls(y, start), 1e-4)
    objective = []
    for _ in range(ITERATIONS):
        m = m * (a.T @ y) / (a.T @ a @ m)
        attraction, repulsion = penalty(a)
        a = a * (y @ m.T + DELTA**2 + attraction) / (a @ (m @ m.T + DELTA**2) + repulsion)
        penalty.follow(a)
        fit = 0.5 * ((y - a @ m) ** 2).sum() + 0.5 * DELTA**2 * ((1 - a.sum(1)) ** 2).sum()
        objective.append(fit + penalty.value(a))
    return {
        "abundances": (a / a.sum(1, keepdims=True)).ravel().tolist(),
        "endmembers": m.ravel().tolist(),
        "objective": objective,
    }


class Nothing:
    def __call__(self, a):
        return np.zeros_like(a), np.zeros_like(a)

    def follow(self, a):
        pass

    def value(self, a):
        return 0.0


class Half(Nothing):
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, a):
        return np.zeros_like(a), self.weight / (2 * np.sqrt(np.maximum(a, THRESHOLD)))

    def value(self, a):
        root = np.sqrt(THRESHOLD)
        return self.weight * np.where(a >= THRESHOLD, np.sqrt(a), (THRESHOLD + a) / (2 * root)).sum()


class HalfOnGraph(Half):
    def __init__(self, weight, smoothness, w):
        super().__init__(weight)
        self.smoothness, self.w, self.d = smoothness, w, np.diag(w.sum(1))

    def __call__(self, a):
        _, repulsion = super().__call__(a)
        mu = self.smoothness
        return mu * (self.w + self.d) @ a, repulsion + 2 * mu * self.d @ a

    def value(self, a):
        return super().value(a) + self.smoothness / 2 * np.trace(a.T @ (self.d - self.w) @ a)


class Reweighted(Nothing):
    def __init__(self, weight, offset):
        # A pure pixel costs the weight, whatever the offset is.
        self.weight, self.offset = weight / np.log1p(1 / offset), offset

    def __call__(self, a):
        return np.zeros_like(a), self.weight / (a + self.offset)

    def value(self, a):
        return self.weight * np.log1p(a / self.offset).sum()


class ReweightedSmooth(Reweighted):
    def __init__(self, weight, offset, tau, mu, b, isotropic):
        super().__init__(weight, offset)
        self.tau, self.mu, self.b, self.isotropic = tau, mu, b, isotropic

    def __call__(self, a):
        _, repulsion = super().__call__(a)
        return self.mu * self.b, repulsion + self.mu * a

    def follow(self, a):
        self.b = denoise(a, self.tau / self.mu, self.isotropic)

    def value(self, a):
        coupling = self.mu / 2 * ((a - self.b) ** 2).sum()
        return super().value(a) + coupling + self.tau * variation(self.b, self.isotropic)


class SpectralSpatial(Nothing):
    def __init__(self, weight, offset):
        self.weight, self.offset = weight, offset

    def __call__(self, a):
        total, mean = np.zeros((N, 1)), np.zeros_like(a)
        for down, across in itertools.product((-1, 0, 1), repeat=2):
            if down == across == 0:
                continue
            share = 1.0 if down * across == 0 else 1 / np.sqrt(2)
            for i, j in pairs(down, across):
                total[i] += share
                mean[i] += share * a[j]
        spectral = 1 / (np.sqrt((a**2).sum(0)) + self.offset)
        self.v = self.weight * spectral / (mean / total + 0.01)
        return np.zeros_like(a), self.v

    def value(self, a):
        return (self.v * a).sum()


# Endmembers that vary.


def bounded(y, a, t, coupling, floor):
    """argmin over s >= floor of 1/2 (y - s a)^2 + coupling/2 |s - t|^2, by trying every set of bounds."""
    best = None
    for free in itertools.product((True, False), repeat=COUNT):
        free = np.array(free)
        s = np.full(COUNT, floor)
        if free.any():
            rest = y - s[~free] @ a[~free]
            matrix = np.outer(a[free], a[free]) + coupling * np.eye(free.sum())
            s[free] = np.linalg.solve(matrix, a[free] * rest + coupling * t[free])
        if s.min() < floor - 1e-12:
            continue
        value = 0.5 * (y - s @ a) ** 2 + coupling / 2 * ((s - t) ** 2).sum()
        if best is None or value < best[0]:
            best = (value, s)
    return best[1]


def adapt(y, a, t, coupling, floor):
    """[pixels, endmembers, bands]"""
    s = np.zeros((N, COUNT, BANDS))
    for n in range(N):
        for band in range(BANDS):
            s[n, :, band] = bounded(y[n, band], a[n], t[n, :, band], coupling, floor)
    return s


def simplex(v):
    u = -np.sort(-v, 1)
    c = np.cumsum(u, 1) - 1
    r = (u - c / np.arange(1, COUNT + 1) > 0).sum(1)
    return np.maximum(v - (c[np.arange(len(v)), r - 1] / r)[:, None], 0)


def best_abundances(y, s, weight, smooth):
    """The optimum of 1/2 |y - a s|^2 + R(a) on the simplex: splitting into differences and simplex, until at rest."""
    rho = 0.3
    hessian = np.zeros((N * COUNT, N * COUNT))
    for n in range(N):
        own = slice(n * COUNT, (n + 1) * COUNT)
        hessian[own, own] = s[n] @ s[n].T
    product = np.einsum("nkl,nl->nk", s, y)
    if smooth:
        hessian += weight * np.kron(LAPLACIAN, np.eye(COUNT))
    inverse = np.linalg.inv(hessian + rho * np.eye(N * COUNT) + rho * np.kron(LAPLACIAN, np.eye(COUNT)))
    w = fcls(y, s.mean(0))
    z = GRADIENT @ w
    d1, d2 = np.zeros_like(z), np.zeros_like(w)
    for _ in range(200000):
        a = (inverse @ (product + rho * (GRADIENT.T @ (z - d1) + w - d2)).ravel()).reshape(N, COUNT)
        wanted = GRADIENT @ a + d1
        z = wanted if smooth else np.sign(wanted) * np.maximum(np.abs(wanted) - weight / rho, 0)
        before, w = w, simplex(a + d2)
        d1, d2 = wanted - z, d2 + a - w
        if max(np.abs(a - w).max(), np.abs(GRADIENT @ a - z).max(), np.abs(w - before).max()) < 1e-10:
            return w
    raise SystemExit("the abundance step did not settle")


def rough(x):
    flat = GRADIENT @ x.reshape(N, -1)
    return (flat**2).sum()


def fit(y, a, s):
    return 0.5 * ((y - np.einsum("nk,nkl->nl", a, s)) ** 2).sum()


def elmm(y, start, ls=0.4, la=0.005, lpsi=0.001):
    a = fcls(y, start)
    s = adapt(y, a, np.broadcast_to(start, (N, COUNT, BANDS)), ls, 1e-6)
    psi = np.zeros((N, COUNT))
    for k in range(COUNT):
        matrix = ls * (start[k] @ start[k]) * np.eye(N) + lpsi * LAPLACIAN
        psi[:, k] = np.linalg.solve(matrix, ls * s[:, k] @ start[k])
    a = best_abundances(y, s, la, False)
    t = psi[:, :, None] * start
    value = fit(y, a, s) + ls / 2 * ((s - t) ** 2).sum() + la * variation(a, False) + lpsi / 2 * rough(psi)
    return {"abundances": a.ravel().tolist(), "objective": [value]}


def glmm(y, start, lm=1.0, la=0.01, lpsi=0.01):
    a = fcls(y, start)
    s = adapt(y, a, np.broadcast_to(start, (N, COUNT, BANDS)), lm, 1e-6)
    psi = np.zeros((N, COUNT, BANDS))
    for k in range(COUNT):
        for band in range(BANDS):
            matrix = lm * start[k, band] ** 2 * np.eye(N) + lpsi * LAPLACIAN
            psi[:, k, band] = np.linalg.solve(matrix, lm * s[:, k, band] * start[k, band])
    a = best_abundances(y, s, la, False)
    value = fit(y, a, s) + lm / 2 * ((s - psi * start) ** 2).sum() + la * variation(a, False) + lpsi / 2 * rough(psi)
    return {"abundances": a.ravel().tolist(), "objective": [value]}


def plmm(y, start, gamma=1.0, beta=5.0, alpha=0.05):
    a = fcls(y, start)
    s = adapt(y, a, np.broadcast_to(start, (N, COUNT, BANDS)), gamma, 0.0)
    m = np.maximum((gamma * s.sum(0) + beta * start) / (gamma * N + beta), 0)
    a = best_abundances(y, s, alpha, True)
    value = fit(y, a, s) + gamma / 2 * ((s - m) ** 2).sum() + beta / 2 * ((m - start) ** 2).sum() + alpha / 2 * rough(a)
    return {"abundances": a.ravel().tolist(), "objective": [value]}


def main():
    spectra, start = scene()
    y = spectra[VALID]
    weight = sparseness(y)
    a0 = fcls(y, start)
    result = {
        "sparseness": {"objective": [weight], "abundances": a0.ravel().tolist()},
        "nmf": factorize(y, start, Nothing()),
        "l12-nmf": factorize(y, start, Half(weight)),
        "glnmf": factorize(y, start, HalfOnGraph(0.1, 0.1, graph(y, 3))),
        "rsnmf": factorize(y, start, Reweighted(weight, 0.01)),
        "tv-rsnmf": factorize(y, start, ReweightedSmooth(weight, 0.01, 0.5, 10.0, a0, False)),
        "tv-rsnmf-isotropic": factorize(y, start, ReweightedSmooth(weight, 0.01, 0.5, 10.0, a0, True)),
        "sswnmf": factorize(y, start, SpectralSpatial(weight, 1e-6)),
        "elmm": elmm(y, start),
        "glmm": glmm(y, start),
        "plmm": plmm(y, start),
    }
    print(json.dumps(result))


main()
