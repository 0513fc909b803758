// How far abundances are from the conditions of optimality of fully constrained least squares.

#include "alu_simplex.h"

#include <math.h>

void alu_fcls_residual(const alu_fcls_problem *problem, const double *products, size_t stride, size_t pixels,
                       const alu_scalar *abundances, double *residual) {
  size_t count = problem->count;
  double scale = 0;
  for (size_t k = 0; k < count; k++) scale = fmax(scale, problem->gram[k * count + k]);
  if (scale == 0) scale = 1;
  for (size_t p = 0; p < pixels; p++) {
    const alu_scalar *a = abundances + p * count;
    double g[alu_fcls_most], sum = 0, level = 0, worst = 0;
    for (size_t i = 0; i < count; i++) {
      g[i] = -products[p * stride + i];
      for (size_t k = 0; k < count; k++) g[i] += problem->gram[i * count + k] * (double)a[k];
      sum += (double)a[i];
      level += (double)a[i] * g[i];
      worst = fmax(worst, -(double)a[i]);
    }
    level /= sum;
    worst = fmax(worst, fabs(sum - 1));
    for (size_t i = 0; i < count; i++)
      worst = fmax(worst, fmax((level - g[i]) / scale, fabs((double)a[i] * (g[i] - level)) / scale));
    residual[p] = isfinite(sum) && isfinite(level) ? worst : INFINITY;
  }
}
