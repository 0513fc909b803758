#pragma once
// Log densities and divergences, summed over rows in double and rounded once, with their partial derivatives.

#include "alu_base.h"

// A [rows, width] operand, possibly stretched: element (r, c) is values[r * row_step + c * column_step].
typedef struct {
  const alu_scalar *values;
  size_t row_step, column_step;
} alu_operand;

enum { alu_most_operands = 4 };

// out[r] = Σ_c f(operands…). partials[i], where not NULL, receives ∂f/∂operand i, [rows, width], held within ±1e30.
typedef void alu_row_function(const alu_operand *operands, size_t rows, size_t width, alu_scalar *restrict out,
                              alu_scalar *const *partials);

// Log densities: operands are the value, then the parameters. A Gamma or Dirichlet value of 0 is read as the least
// normal number.
alu_row_function alu_normal_log_density;     // value, mean, standard deviation
alu_row_function alu_log_normal_log_density; // log value, location, scale; density of the value
alu_row_function alu_gamma_log_density;      // value, concentration, rate
alu_row_function alu_log_gamma_log_density;  // log value, concentration, rate; density of the value
alu_row_function alu_beta_log_density;       // value, a, b
alu_row_function alu_logit_beta_log_density; // log value/(1 − value), a, b; density of the value
alu_row_function alu_dirichlet_log_density;  // value, concentration
// The same at softmax(logits), normalised in double.
alu_row_function alu_dirichlet_log_density_at_logits;

// Kullback–Leibler divergences: operands are the parameters of the first, then those of the second.
alu_row_function alu_normal_divergence;
alu_row_function alu_gamma_divergence;
alu_row_function alu_beta_divergence;
alu_row_function alu_dirichlet_divergence;

// Entropies: operands are the parameters. Beta's is its divergence from Beta(1, 1), negated.
alu_row_function alu_log_normal_entropy; // location, scale; with location 0 the normal distribution's
alu_row_function alu_gamma_entropy;      // concentration, rate
alu_row_function alu_dirichlet_entropy;  // concentration

// E[log x] of a Beta(a, b) variate x: ψ(a) − ψ(a + b).
alu_row_function alu_beta_mean_log; // a, b
