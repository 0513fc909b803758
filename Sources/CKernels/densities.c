// Functions of a value and parameters that are summed over a row.

#include "row_functions.h"

static void sum_over_rows(tile_function *function, int arity, const alu_operand *operands, size_t rows, size_t width,
                          alu_scalar *restrict out, alu_scalar *const *partials) {
  tile_work work;
  const size_t together = rows_in_tile(rows, width);
  const size_t step = width < tile ? width : tile;
  for (size_t row = 0; row < rows; row += together) {
    const size_t count = rows - row < together ? rows - row : together;
    double totals[tile] = {0};
    for (size_t column = 0; column < width; column += step) {
      const size_t columns = width - column < step ? width - column : step;
      for (int i = 0; i < arity; i++) gather(operands + i, row, count, column, columns, work.in[i]);
      function(&work, count * columns);
      add_rows(work.value, count, columns, totals);
      for (int i = 0; i < arity; i++)
        if (partials[i]) scatter(work.partial[i], row, count, column, columns, width, partials[i]);
    }
    for (size_t r = 0; r < count; r++) out[row + r] = (alu_scalar)totals[r];
  }
}

#define ROW_FUNCTION(name, arity)                                                                               \
  ALU_CLONES void name##_tile(tile_work *work, size_t count);                                                    \
  void name(const alu_operand *operands, size_t rows, size_t width, alu_scalar *restrict out,                    \
            alu_scalar *const *partials) {                                                                       \
    sum_over_rows(name##_tile, arity, operands, rows, width, out, partials);                                     \
  }                                                                                                              \
  ALU_CLONES void name##_tile(tile_work *work, size_t count)

#define half_log_two_pi 0.91893853320467274178

// −½ z² − log σ − ½ log 2π, z = (x − μ)/σ
ROW_FUNCTION(alu_normal_log_density, 3) {
  for (size_t i = 0; i < count; i++) {
    const double inverse = 1 / work->in[2][i], z = (work->in[0][i] - work->in[1][i]) * inverse;
    work->value[i] = -0.5 * z * z - log_of(work->in[2][i]) - half_log_two_pi;
    work->partial[0][i] = -z * inverse;
    work->partial[1][i] = z * inverse;
    work->partial[2][i] = (z * z - 1) * inverse;
  }
}

// −½ z² − log σ − ½ log 2π − ℓ, z = (ℓ − μ)/σ
ROW_FUNCTION(alu_log_normal_log_density, 3) {
  for (size_t i = 0; i < count; i++) {
    const double log_x = work->in[0][i], inverse = 1 / work->in[2][i], z = (log_x - work->in[1][i]) * inverse;
    work->value[i] = -0.5 * z * z - log_of(work->in[2][i]) - half_log_two_pi - log_x;
    work->partial[0][i] = -z * inverse - 1;
    work->partial[1][i] = z * inverse;
    work->partial[2][i] = (z * z - 1) * inverse;
  }
}

// μ + log σ + ½ log 2πe
ROW_FUNCTION(alu_log_normal_entropy, 2) {
  for (size_t i = 0; i < count; i++) {
    work->value[i] = work->in[0][i] + log_of(work->in[1][i]) + (half_log_two_pi + 0.5);
    work->partial[0][i] = 1;
    work->partial[1][i] = 1 / work->in[1][i];
  }
}

// α log β − log Γ(α) + (α − 1) log x − β x
ROW_FUNCTION(alu_gamma_log_density, 3) {
  for (size_t i = 0; i < count; i++) {
    const double x = work->in[0][i], a = work->in[1][i], b = work->in[2][i];
    const double log_x = log_or_least(x), log_b = log_of(b);
    work->value[i] = a * log_b - log_gamma_of(a) + (a - 1) * log_x - b * x;
    work->partial[0][i] = (a == 1 ? 0 : (a - 1) / x) - b;
    work->partial[1][i] = log_b - digamma_of(a) + log_x;
    work->partial[2][i] = a / b - x;
  }
}

// The same with x = e^ℓ.
ROW_FUNCTION(alu_log_gamma_log_density, 3) {
  for (size_t i = 0; i < count; i++) {
    const double log_x = work->in[0][i], a = work->in[1][i], b = work->in[2][i];
    const double x = exp_of(log_x), log_b = log_of(b);
    work->value[i] = a * log_b - log_gamma_of(a) + (a - 1) * log_x - b * x;
    work->partial[0][i] = a - 1 - b * x;
    work->partial[1][i] = log_b - digamma_of(a) + log_x;
    work->partial[2][i] = a / b - x;
  }
}

// α − log β + log Γ(α) + (1 − α) ψ(α), with log α taken out of log Γ and ψ, where it would cancel.
ROW_FUNCTION(alu_gamma_entropy, 2) {
  for (size_t i = 0; i < count; i++) {
    const double a = work->in[0][i], inverse = 1 / a;
    work->value[i] = 0.5 * log_of(a) - log_of(work->in[1][i]) + half_log_two_pi + stirling_rest_of(a) +
                     (a - 1) * digamma_rest_of(a);
    work->partial[0][i] = inverse - (a - 1) * (trigamma_of(a) - inverse);
    work->partial[1][i] = -1 / work->in[1][i];
  }
}

// log Γ(a + b) − log Γ(a) − log Γ(b) + (a − 1) log x + (b − 1) log(1 − x)
ROW_FUNCTION(alu_beta_log_density, 3) {
  for (size_t i = 0; i < count; i++) {
    const double x = work->in[0][i], a = work->in[1][i], b = work->in[2][i];
    const double log_x = log_or_least(x), log_rest = x <= 0.5 ? log1p_minus(-x) - x : log_or_least(1 - x);
    const double shared = digamma_of(a + b);
    work->value[i] =
        log_gamma_of(a + b) - log_gamma_of(a) - log_gamma_of(b) + (a - 1) * log_x + (b - 1) * log_rest;
    work->partial[0][i] = (a == 1 ? 0 : (a - 1) / x) - (b == 1 ? 0 : (b - 1) / (1 - x));
    work->partial[1][i] = shared - digamma_of(a) + log_x;
    work->partial[2][i] = shared - digamma_of(b) + log_rest;
  }
}

// The same with log x = −log(1 + e⁻ᵗ), log(1 − x) = −log(1 + eᵗ).
ROW_FUNCTION(alu_logit_beta_log_density, 3) {
  for (size_t i = 0; i < count; i++) {
    const double t = work->in[0][i], a = work->in[1][i], b = work->in[2][i];
    const double small = exp_of(-fabs(t)), more = log1p_minus(small) + small, larger = 1 / (1 + small);
    const double log_x = (t < 0 ? t : 0) - more, log_rest = (t > 0 ? -t : 0) - more;
    const double shared = digamma_of(a + b);
    work->value[i] =
        log_gamma_of(a + b) - log_gamma_of(a) - log_gamma_of(b) + (a - 1) * log_x + (b - 1) * log_rest;
    work->partial[0][i] = ((a - 1) * (t < 0 ? 1 : small) - (b - 1) * (t < 0 ? small : 1)) * larger;
    work->partial[1][i] = shared - digamma_of(a) + log_x;
    work->partial[2][i] = shared - digamma_of(b) + log_rest;
  }
}

// ψ(a) − ψ(a + b)
ROW_FUNCTION(alu_beta_mean_log, 2) {
  for (size_t i = 0; i < count; i++) {
    const double a = work->in[0][i], total = a + work->in[1][i], slope = trigamma_of(total);
    work->value[i] = digamma_of(a) - digamma_of(total);
    work->partial[0][i] = trigamma_of(a) - slope;
    work->partial[1][i] = -slope;
  }
}

// log(σ′/σ) + (σ² + (μ − μ′)²) / 2σ′² − ½
ROW_FUNCTION(alu_normal_divergence, 4) {
  for (size_t i = 0; i < count; i++) {
    const double s = work->in[1][i], inverse = 1 / work->in[3][i];
    const double distance = (work->in[0][i] - work->in[2][i]) * inverse, ratio = s * inverse;
    work->value[i] = 0.5 * (ratio - 1) * (ratio + 1) + 0.5 * distance * distance - log_of(ratio);
    work->partial[0][i] = distance * inverse;
    work->partial[1][i] = ratio * inverse - 1 / s;
    work->partial[2][i] = -distance * inverse;
    work->partial[3][i] = (1 - ratio * ratio - distance * distance) * inverse;
  }
}

// (α − α′) ψ(α) − log Γ(α) + log Γ(α′) + α′ log(β/β′) + α (β′/β − 1)
ROW_FUNCTION(alu_gamma_divergence, 4) {
  for (size_t i = 0; i < count; i++) {
    const double a = work->in[0][i], b = work->in[1][i], c = work->in[2][i], d = work->in[3][i];
    const double ratio = d / b, digamma = digamma_of(a), log_ratio = log_of(ratio);
    work->value[i] = (a - c) * digamma - log_gamma_of(a) + log_gamma_of(c) - c * log_ratio + a * (ratio - 1);
    work->partial[0][i] = (a - c) * trigamma_of(a) + (ratio - 1);
    work->partial[1][i] = (c - a * ratio) / b;
    work->partial[2][i] = digamma_of(c) - digamma - log_ratio;
    work->partial[3][i] = (a * ratio - c) / d;
  }
}

// log B(a′, b′) − log B(a, b) + (a − a′) ψ(a) + (b − b′) ψ(b) + (a′ − a + b′ − b) ψ(a + b)
ROW_FUNCTION(alu_beta_divergence, 4) {
  for (size_t i = 0; i < count; i++) {
    const double a = work->in[0][i], b = work->in[1][i], c = work->in[2][i], d = work->in[3][i];
    const double more = a - c, rest = b - d;
    const double digamma_a = digamma_of(a), digamma_b = digamma_of(b), shared = digamma_of(a + b);
    const double slope = (more + rest) * trigamma_of(a + b), other = digamma_of(c + d);
    work->value[i] = log_gamma_of(c) + log_gamma_of(d) - log_gamma_of(c + d) + log_gamma_of(a + b) - log_gamma_of(a) -
                     log_gamma_of(b) + more * (digamma_a - shared) + rest * (digamma_b - shared);
    work->partial[0][i] = more * trigamma_of(a) - slope;
    work->partial[1][i] = rest * trigamma_of(b) - slope;
    work->partial[2][i] = digamma_of(c) - other - (digamma_a - shared);
    work->partial[3][i] = digamma_of(d) - other - (digamma_b - shared);
  }
}
