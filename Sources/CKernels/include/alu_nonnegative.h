#pragma once
// Exact nonnegative least squares with one set of endmembers and many right-hand sides, in double.

#include "alu_base.h"

// minimises a'gram a / 2 - products'a over a >= 0 for `pixels` right-hand sides, rows of `products`. `gram` is the
// [count, count] matrix of inner products of the endmembers, of any count; up to 32 no memory is asked for. `abundances`,
// [pixels, count], holds where to begin, zeros for nowhere in particular: members are the positive ones. It becomes the
// solution. A right-hand side that is not finite gives NaN.
void alu_nnls(const double *gram, size_t count, const double *products, size_t pixels, alu_scalar *abundances);

// The largest violation of the optimality conditions by each pixel's abundances, relative to the largest squared norm
// of an endmember: of a >= 0, g_k >= 0, a_k g_k = 0, with the gradient g = gram a - products.
void alu_nnls_residual(const double *gram, size_t count, const double *products, size_t pixels,
                       const alu_scalar *abundances, double *residual);
