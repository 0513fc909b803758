"""Solutions of small inversion problems by SciPy: python3 inversion.py > inversion.json

Endmembers and spectra are random but fixed. NNLS and priced NNLS are solved by scipy.optimize.nnls (the price through a
Cholesky factor of the Gram matrix), FCLS by the same with a heavy row of ones, the collaborative problem by accelerated
proximal gradients run to the last digit, the total-variation problem as a quadratic programme by SLSQP.
"""
import json

import numpy as np
from scipy.optimize import minimize, nnls

rng = np.random.default_rng(5)
K, B, N = 6, 12, 20
M = rng.random((K, B)).astype(np.float32).astype(float)
Y = (rng.dirichlet(np.full(K, 0.5), N) @ M + 0.05 * rng.normal(size=(N, B))).astype(np.float32).astype(float)
G, C = M @ M.T, Y @ M.T
L = np.linalg.cholesky(G)


def priced(price):
    return np.array([nnls(L.T, np.linalg.solve(L, c - price))[0] for c in C])


def simplex(heavy=1e5):
    A = np.vstack([M.T, np.full((1, K), heavy)])
    return np.array([nnls(A, np.append(y, heavy))[0] for y in Y])


def collaborative(weight, steps=200_000):
    top = np.linalg.eigvalsh(G)[-1]
    A, Z, t = np.zeros((N, K)), np.zeros((N, K)), 1.0
    for _ in range(steps):
        P = np.maximum(Z - (Z @ G - C) / top, 0)
        n = np.linalg.norm(P, axis=0)
        P *= np.maximum(0, 1 - weight / top / np.maximum(n, 1e-300))
        if ((Z - P) * (P - A)).sum() > 0:
            s, Z = 1.0, P
        else:
            s = (1 + np.sqrt(1 + 4 * t * t)) / 2
            Z = P + (t - 1) / s * (P - A)
        if np.abs(P - A).max() < 1e-15:
            break
        A, t = P, s
    return P


def total_variation(price, edge_price, rows, columns, k=3):
    g, c = G[:k, :k], C[: rows * columns, :k]
    n = rows * columns
    pairs = [(r * columns + q, r * columns + q + 1) for r in range(rows) for q in range(columns - 1)]
    pairs += [(r * columns + q, (r + 1) * columns + q) for r in range(rows - 1) for q in range(columns)]
    D = np.zeros((len(pairs), n))
    for i, (a, b) in enumerate(pairs):
        D[i, a], D[i, b] = -1, 1
    H = np.kron(D, np.eye(k))
    e = H.shape[0]
    scale = 100.0

    def cost(v):
        a = v[: n * k].reshape(n, k)
        return scale * (0.5 * (a @ g * a).sum() - (a * c).sum() + price * a.sum() + edge_price * v[n * k :].sum())

    def slope(v):
        a = v[: n * k].reshape(n, k)
        return scale * np.append((a @ g - c + price).ravel(), np.full(e, edge_price))

    J = np.vstack([np.hstack([-H, np.eye(e)]), np.hstack([H, np.eye(e)])])
    start = np.append(np.full(n * k, 0.3), np.full(e, 0.1))
    found = minimize(
        cost, start, jac=slope, method="SLSQP", bounds=[(0, None)] * (n * k + e),
        constraints=[dict(type="ineq", fun=lambda v: J @ v, jac=lambda v: J)], options=dict(maxiter=2000, ftol=1e-15))
    assert found.success or found.status == 8, found.message
    return found.x[: n * k].reshape(n, k)


print(json.dumps(dict(
    endmembers=M.tolist(), spectra=Y.tolist(), nnls=priced(0).tolist(), priced=priced(0.05).tolist(),
    fcls=simplex().tolist(), collaborative=collaborative(4.0).tolist(),
    totalVariation=total_variation(0.02, 0.05, 3, 4).tolist())))
