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

// d log x / da at fixed probability for x ~ Gamma(a, 1), from a and log x.
void alu_gamma_log_gradient(const double *a, const double *log_x, double *out, size_t count);
