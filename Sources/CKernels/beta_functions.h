#pragma once
// What the incomplete beta function and its derivatives share.

#include "gamma_functions.h"

// log(1 + u) − u where 1 + u = ratio.
ALU_INLINE double log_ratio_minus(double u, double ratio) {
  return fabs(u) < 0.5 ? log1p_minus(u) : log_of(ratio) - u;
}

// x^a y^b / B(a, b) around the mean a / (a + b), so that large shapes lose no digits.
ALU_INLINE double log_beta_density(double a, double b, double x, double y) {
  double sum = a + b, excess = x * b - y * a, u = excess / a, v = -excess / b;
  double exponent = a * log_ratio_minus(u, x * sum / a) + b * log_ratio_minus(v, y * sum / b);
  double rest = stirling_rest_of(a) + stirling_rest_of(b) - stirling_rest_of(sum);
  return exponent + 0.5 * (log_of(a) + log_of(b) - log_of(sum)) - 0.91893853320467274 - rest;
}
