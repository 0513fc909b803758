#pragma once
// Special functions of probability. Computed in Double and, in arrays of the scalar type, rounded once.

#include "alu_base.h"

// log Γ(x), ψ(x) and ψ′(x) for x ≥ 0; NaN below. At most 1 ulp of Float everywhere, the zeros included.
void alu_log_gamma(const alu_scalar *x, alu_scalar *out, size_t count);
void alu_digamma(const alu_scalar *x, alu_scalar *out, size_t count);
void alu_trigamma(const alu_scalar *x, alu_scalar *out, size_t count);
double alu_log_gamma_double(double x);
double alu_digamma_double(double x);
double alu_trigamma_double(double x);

// ψ″(x), the derivative of the trigamma function.
void alu_tetragamma(const alu_scalar *x, alu_scalar *out, size_t count);

double alu_log_double(double x);

// d log x / da at fixed probability for x ~ Gamma(a, 1), from a and log x.
void alu_gamma_log_gradient(const double *a, const double *log_x, double *out, size_t count);

// The regularised incomplete gamma functions P(a, x) and Q = 1 − P for a > 0, x ≥ 0, each with its own digits;
// ∂P/∂a; and the x at which P(a, x) = p.
double alu_gamma_p(double a, double x);
double alu_gamma_q(double a, double x);
double alu_gamma_p_shape_derivative(double a, double x);
double alu_gamma_p_inverse(double a, double p);

// P (or Q, if is_upper) and the x at which P is p, for arrays, with partial derivatives where they are not NULL.
void alu_incomplete_gamma(const alu_scalar *a, const alu_scalar *x, int is_upper, alu_scalar *value, alu_scalar *da,
                          alu_scalar *dx, size_t count);
void alu_incomplete_gamma_inverse(const alu_scalar *a, const alu_scalar *p, alu_scalar *value, alu_scalar *da,
                                  alu_scalar *dp, size_t count);

// The regularised incomplete beta function I_x(a, b) for a, b > 0, and the x at which it is p.
void alu_beta_i(const double *a, const double *b, const double *x, double *out, size_t count);
void alu_beta_i_inverse(const double *a, const double *b, const double *p, double *out, size_t count);

// The same for arrays of the scalar type, with partial derivatives where they are not NULL.
void alu_incomplete_beta(const alu_scalar *x, const alu_scalar *a, const alu_scalar *b, alu_scalar *value,
                         alu_scalar *dx, alu_scalar *da, alu_scalar *db, size_t count);
void alu_incomplete_beta_inverse(const alu_scalar *p, const alu_scalar *a, const alu_scalar *b, alu_scalar *value,
                                 alu_scalar *dp, alu_scalar *da, alu_scalar *db, size_t count);

// The standard normal distribution.
double alu_normal_cdf(double z);
double alu_normal_quantile(double p);
