// The regularised incomplete gamma functions, their inverse, and the normal distribution.

#include "alu_special.h"
#include "gamma_functions.h"
#include "gamma_patches.h"

typedef struct {
  double p, q, log_density; // log of x times the density at x
} gamma_tails;

// log λ − λ + 1 for λ = x / a, without cancellation near 1 or underflow near 0.
static double deviance(double a, double x) {
  double u = (x - a) / a;
  return fabs(u) < 0.5 ? log1p_minus(u) : log(x / a) - u;
}

// 1 + x/(a + 1) + x²/((a + 1)(a + 2)) + …
static double head_series(double a, double x) {
  double term = 1, sum = 1;
  for (int n = 1; n < 100000 && term > 1e-17 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

// Legendre's continued fraction by Lentz's method.
static double tail_fraction(double a, double x) {
  double b = x + 1 - a, c = 1e300, d = 1 / b, value = d;
  for (int n = 1; n < 100000; n++) {
    double e = n * (a - n);
    b += 2;
    d = 1 / (b + e * d);
    c = b + e / c;
    double factor = c * d;
    value *= factor;
    if (fabs(factor - 1) < 2e-16) break;
  }
  return value;
}

// Q for small a and x, where 1 − P would lose its digits.
static double small_q(double a, double x) {
  double logarithm = a * log(x) - log_gamma_of_one_plus(a), term = 1, sum = 0;
  for (int n = 1; n < 100 && fabs(term) > 1e-18; n++) {
    term *= -x / n;
    sum += term / (a + n);
  }
  return -expm1(logarithm) - exp(logarithm) * a * sum;
}

// Temme, "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10 (1979), Eq. 2.8,
// with its remainder as a polynomial.
static gamma_tails around_mean(double a, double x, double log_density, double half) {
  double rest = exp(-half) / sqrt(6.283185307179586 * a) * tail_remainder(16 / a - 1, log(x / a));
  double smaller = 0.5 * erfc(sqrt(half)) + (x >= a ? rest : -rest);
  return x >= a ? (gamma_tails){1 - smaller, smaller, log_density} : (gamma_tails){smaller, 1 - smaller, log_density};
}

ALU_CLONES static void find_tails(double a, double x, gamma_tails *out) {
  double exponent = a * deviance(a, x);
  double log_density = exponent + 0.5 * log(a) - 0.91893853320467274 - stirling_rest_of(a);
  if (a >= 8 && fabs(log(x / a)) <= 1) {
    *out = around_mean(a, x, log_density, -exponent);
  } else if (x < (a < 1 ? 1.5 : a + 1)) {
    double p = exp(log_density) / a * head_series(a, x);
    *out = (gamma_tails){p, a < 1 ? small_q(a, x) : 1 - p, log_density};
  } else {
    double q = exp(log_density) * tail_fraction(a, x);
    *out = (gamma_tails){1 - q, q, log_density};
  }
}

static gamma_tails tails(double a, double x) {
  if (!(a > 0) || !(x >= 0) || isinf(a)) return (gamma_tails){NAN, NAN, NAN};
  if (x == 0) return (gamma_tails){0, 1, -INFINITY};
  if (isinf(x)) return (gamma_tails){1, 0, -INFINITY};
  gamma_tails out;
  find_tails(a, x, &out);
  return out;
}

double alu_gamma_p(double a, double x) { return tails(a, x).p; }

double alu_gamma_q(double a, double x) { return tails(a, x).q; }

double alu_gamma_p_shape_derivative(double a, double x) {
  gamma_tails t = tails(a, x);
  if (isnan(t.p) || isinf(t.log_density)) return isnan(t.p) ? NAN : 0;
  double log_x = log(x), slope;
  alu_gamma_log_gradient(&a, &log_x, &slope, 1);
  return -slope * exp(t.log_density);
}

// Wilson and Hilferty's cube for a ≥ 1, the leading power of x below it.
static double first_log_x(double a, double p, double power_law) {
  double cube = 1 - 1 / (9 * a) + alu_normal_quantile(p) / (3 * sqrt(a));
  return a >= 1 && cube > 0.1 ? log(a) + 3 * log(cube) : (power_law < 1 ? power_law : 1);
}

double alu_gamma_p_inverse(double a, double p) {
  if (!(a > 0) || !(p >= 0 && p <= 1) || isinf(a)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? 0 : INFINITY;
  double power_law = (log(p) + alu_log_gamma_double(a + 1)) / a;
  if (power_law < -40) return exp(power_law);
  double log_x = first_log_x(a, p, power_law);
  // Newton on the logarithm of the smaller tail, concave in log x: it converges from one side.
  for (int i = 0; i < 200; i++) {
    gamma_tails t = tails(a, exp(log_x));
    int lower = p <= 0.5;
    double step = lower ? (log(p) - log(t.p)) * t.p : (log(t.q) - log1p(-p)) * t.q;
    step *= exp(-t.log_density);
    step = step > 2 ? 2 : (step < -2 ? -2 : step);
    log_x += step;
    if (!(fabs(step) > 4e-16 * (1 + fabs(log_x)))) break;
  }
  return exp(log_x);
}

double alu_normal_cdf(double z) { return 0.5 * erfc(-z * 0.7071067811865476); }

// Newton's method on log Φ by the asymptotic series of Φ, where the reciprocal of the density overflows.
static double far_quantile(double tail, double z) {
  for (int i = 0; i < 4; i++) {
    double w = 1 / (z * z);
    double series = 1 - w * (1 - w * (3 - w * (15 - w * (105 - w * (945 - w * 10395)))));
    double excess = log(series) - 0.5 * z * z - 0.91893853320467274 - log(-z) - log(tail);
    z += excess * series / z;
  }
  return z;
}

// A start of three digits (Hastings, Approximations for Digital Computers, 1955, sheet 68), then Halley twice.
double alu_normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
  double tail = p < 0.5 ? p : 1 - p, t = sqrt(-2 * log(tail));
  double z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  if (tail < 1e-300) return far_quantile(tail, z); // only a p near 0: 1 − p is never so small
  for (int i = 0; i < 3; i++) {
    double e = 0.5 * erfc(-z * 0.7071067811865476) - tail;
    double u = e * 2.5066282746310002 * exp(0.5 * z * z);
    z -= u / (1 + 0.5 * z * u);
  }
  return p < 0.5 ? z : -z;
}

// What stands at the edge x = 0 for x^(a−1) / Γ(a).
static double density_at_zero(double a) { return a < 1 ? INFINITY : (a == 1 ? 1 : 0); }

void alu_incomplete_gamma(const alu_scalar *a, const alu_scalar *x, int is_upper, alu_scalar *value, alu_scalar *da,
                          alu_scalar *dx, size_t count) {
  const double sign = is_upper ? -1 : 1;
  for (size_t i = 0; i < count; i++) {
    gamma_tails t = tails(a[i], x[i]);
    value[i] = (alu_scalar)(is_upper ? t.q : t.p);
    if (da) da[i] = (alu_scalar)(sign * alu_gamma_p_shape_derivative(a[i], x[i]));
    const double density = x[i] == 0 ? density_at_zero(a[i]) : (isinf(x[i]) ? 0 : exp(t.log_density) / x[i]);
    if (dx) dx[i] = (alu_scalar)(isnan(t.p) ? NAN : sign * density);
  }
}

void alu_incomplete_gamma_inverse(const alu_scalar *a, const alu_scalar *p, alu_scalar *value, alu_scalar *da,
                                  alu_scalar *dp, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const double x = alu_gamma_p_inverse(a[i], p[i]), shape = a[i], log_x = log(x);
    value[i] = (alu_scalar)x;
    double slope = 0;
    if (da && x > 0 && isfinite(x)) alu_gamma_log_gradient(&shape, &log_x, &slope, 1);
    if (da) da[i] = (alu_scalar)(isfinite(x) ? slope * x : x);
    const double density = x == 0 ? density_at_zero(shape) : exp(tails(shape, x).log_density) / x;
    if (dp) dp[i] = (alu_scalar)(isinf(x) ? INFINITY : 1 / density);
  }
}
