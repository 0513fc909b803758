#pragma once
// The derivative of log x along the shape of a Gamma distribution, at fixed probability:
//
//     d log x / da = −(∂P(a, x)/∂a) / (x p(x)),   p(x) = x^(a−1) e^−x / Γ(a)
//
// Four forms, each without branches; which one holds where is said by gradient_region.

#include "gamma_functions.h"
#include "gamma_patches.h"

enum gradient_region { region_head, region_tail, region_small_shape, region_large_shape, gradient_regions };

// Head: x ≤ e^−2 max(a, 1) about. Tail: x ≥ e^2 a and x ≥ e^2.5. Between, a polynomial for a ≤ 2 and one for a > 2.
ALU_INLINE int gradient_region(double a, double log_x, double log_a) {
  double low = a <= 2 ? -2 : log_a - 2, high = a <= 2 ? 2.5 : log_a + 2;
  int middle = a <= 2 ? region_small_shape : region_large_shape;
  return log_x < low ? region_head : (log_x > high ? region_tail : middle);
}

// The power series of P and its termwise derivative; as x → 0 what is left is (ψ(a + 1) − log x) / a.
ALU_INLINE double gradient_in_head(double a, double log_x, double log_a) {
  (void)log_a;
  double x = exp_of(log_x), term = 1, harmonic = 0, sum = 1, slope = 0;
#pragma clang loop unroll(full)
  for (int n = 1; n <= 16; n++) {
    double r = 1 / (a + n);
    term *= x * r;
    harmonic += r;
    sum += term;
    slope += term * harmonic;
  }
  return (sum * (digamma_of(a + 1) - log_x) + slope) / a;
}

// Legendre's continued fraction C of Q = x^a e^−x / Γ(a) · C, differentiated level by level from the innermost.
ALU_INLINE double gradient_in_tail(double a, double log_x, double log_a) {
  (void)log_a;
  double x = exp_of(log_x), value = x + 21 - a, slope = -1;
#pragma clang loop unroll(full)
  for (int k = 9; k >= 0; k--) {
    double r = 1 / value, e = (k + 1) * (k + 1 - a) * r;
    slope = -1 + ((k + 1) + e * slope) * r;
    value = x + (2 * k + 1) - a - e;
  }
  double c = 1 / value;
  return c * ((log_x - digamma_of(a)) - slope * c);
}

ALU_INLINE double gradient_of_small_shape(double a, double log_x, double log_a) {
  (void)log_a;
  return gradient_small_shape(a - 1, (log_x - 0.25) * (1 / 2.25)) / a;
}

ALU_INLINE double gradient_of_large_shape(double a, double log_x, double log_a) {
  double b = 1 / a;
  return gradient_large_shape(4 * b - 1, (log_x - log_a) * 0.5) * b;
}
