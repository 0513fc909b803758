#pragma once
// Linear mixing on the simplex: projections, scatter matrices, and exact fully constrained least squares.
// Spectra are rows of `bands` scalars; everything else is double.

#include "alu_base.h"

enum { alu_fcls_most = 32 };

// out[p, k] = scale_p * <directions[k], spectra[p]> - offsets[k];  scale_p = 1, or 1 / |spectra[p]| when `normalized`
// (1 for a spectrum of zeros). Rows of `out` lie `stride` doubles apart.
void alu_project(const alu_scalar *spectra, size_t pixels, size_t bands, const double *directions,
                 const double *offsets, size_t count, int normalized, double *out, size_t stride);

// scatter[i, j] += sum over pixels with valid[p] of (x_i - center_i)(x_j - center_j), for j >= i (below: undefined).
// `valid` may be NULL: then all count. `scatter` is [bands, bands].
void alu_scatter(const alu_scalar *spectra, const uint8_t *valid, size_t pixels, size_t bands, const double *center,
                 double *scatter);

// One problem min |y - sum_k a_k m_k|^2 over the simplex, for many y. Since the a_k sum to one, endmembers and pixels
// may be centred first: `gram` is the [count, count] matrix of inner products of centred endmembers, and the right-
// hand sides are inner products of centred endmembers and pixels, up to a constant per pixel.
typedef struct {
  size_t count; // endmembers, 1 ... alu_fcls_most
  const double *gram;
} alu_fcls_problem;

// Solves for `pixels` right-hand sides, rows of `products` at a distance of `stride` doubles; writes [pixels, count].
// A right-hand side that is not finite gives NaN.
void alu_fcls(const alu_fcls_problem *problem, const double *products, size_t stride, size_t pixels,
              alu_scalar *abundances);

// The largest violation of the optimality conditions by each pixel's abundances, relative to the largest squared norm
// of a centred endmember: of a >= 0, sum a = 1, g_k >= a.g, a_k (g_k - a.g) = 0, with the gradient g = gram a -
// products.
void alu_fcls_residual(const alu_fcls_problem *problem, const double *products, size_t stride, size_t pixels,
                       const alu_scalar *abundances, double *residual);
