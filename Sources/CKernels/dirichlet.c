// The Dirichlet's log density and divergence. Terms of a row share the sum of its concentrations, taken first.

#include "row_functions.h"

// Sums and their functions for the rows of a tile.
typedef struct {
  tile_row sum, log_gamma, digamma, trigamma;
} row_totals;

static inline void take_totals(const alu_operand *operand, size_t row, size_t rows, size_t width, row_totals *totals) {
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar *in = operand->values + (row + r) * operand->row_step;
    double sum = 0;
    for (size_t c = 0; c < width; c++) sum += in[c * operand->column_step];
    totals->sum[r] = sum;
  }
}

ALU_CLONES void alu_totals_functions(row_totals *totals, size_t rows, int wants_trigamma) {
  for (size_t r = 0; r < rows; r++) {
    totals->log_gamma[r] = log_gamma_of(totals->sum[r]);
    totals->digamma[r] = digamma_of(totals->sum[r]);
  }
  if (wants_trigamma)
    for (size_t r = 0; r < rows; r++) totals->trigamma[r] = trigamma_of(totals->sum[r]);
}

// in: value, α, ψ(α₀) of the row.   (α − 1) log x − log Γ(α)
ALU_CLONES void alu_dirichlet_tile(tile_work *work, size_t count, int wants_partials) {
  for (size_t i = 0; i < count; i++)
    work->value[i] = (work->in[1][i] - 1) * log_or_least(work->in[0][i]) - log_gamma_of(work->in[1][i]);
  if (!wants_partials) return;
  for (size_t i = 0; i < count; i++) {
    const double x = work->in[0][i], a = work->in[1][i];
    work->partial[0][i] = a == 1 ? 0 * x : (a - 1) / x;
    work->partial[1][i] = log_or_least(x) - digamma_of(a) + work->in[2][i];
  }
}

static void spread(const double *in, size_t rows, size_t columns, double *out) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) out[r * columns + c] = in[r];
}

void alu_dirichlet_log_density(const alu_operand *operands, size_t rows, size_t width, alu_scalar *restrict out,
                               alu_scalar *const *partials) {
  tile_work work;
  row_totals concentration;
  const size_t together = rows_in_tile(rows, width), step = width < tile ? width : tile;
  const int wants_partials = partials[0] || partials[1];
  for (size_t row = 0; row < rows; row += together) {
    const size_t count = rows - row < together ? rows - row : together;
    take_totals(operands + 1, row, count, width, &concentration);
    alu_totals_functions(&concentration, count, 0);
    for (size_t column = 0; column < width; column += step) {
      const size_t columns = width - column < step ? width - column : step;
      gather(operands, row, count, column, columns, work.in[0]);
      gather(operands + 1, row, count, column, columns, work.in[1]);
      spread(concentration.digamma, count, columns, work.in[2]);
      alu_dirichlet_tile(&work, count * columns, wants_partials);
      add_rows(work.value, count, columns, concentration.log_gamma);
      for (int i = 0; i < 2; i++)
        if (partials[i]) scatter(work.partial[i], row, count, column, columns, width, partials[i]);
    }
    for (size_t r = 0; r < count; r++) out[row + r] = (alu_scalar)concentration.log_gamma[r];
  }
}

// log Σ exp of a row, in double.
static double log_total(const alu_operand *operand, size_t row, size_t width) {
  const alu_scalar *in = operand->values + row * operand->row_step;
  double top = -INFINITY, total = 0;
  for (size_t c = 0; c < width; c++) top = in[c * operand->column_step] > top ? in[c * operand->column_step] : top;
  for (size_t c = 0; c < width; c++) total += exp(in[c * operand->column_step] - top);
  return top + log(total);
}

void alu_dirichlet_log_density_at_logits(const alu_operand *operands, size_t rows, size_t width,
                                         alu_scalar *restrict out, alu_scalar *const *partials) {
  row_totals sums;
  for (size_t row = 0; row < rows; row++) {
    take_totals(operands + 1, row, 1, width, &sums);
    const double shift = log_total(operands, row, width), excess = sums.sum[0] - (double)width;
    const double digamma = digamma_of(sums.sum[0]);
    double total = log_gamma_of(sums.sum[0]);
    for (size_t c = 0; c < width; c++) {
      const double a = operands[1].values[row * operands[1].row_step + c * operands[1].column_step];
      const double log_x = operands[0].values[row * operands[0].row_step + c * operands[0].column_step] - shift;
      total += (a - 1) * log_x - log_gamma_of(a);
      if (partials[0]) partials[0][row * width + c] = held(a - 1 - excess * exp(log_x));
      if (partials[1]) partials[1][row * width + c] = held(log_x - digamma_of(a) + digamma);
    }
    out[row] = (alu_scalar)total;
  }
}

// in: α, β, ψ(α₀), (α₀ − β₀) ψ′(α₀). The value is all of a place's share but for the constants of its row.
ALU_CLONES void alu_dirichlet_divergence_tile(tile_work *work, const double *log_gamma_prior, size_t count,
                                              double scale, int wants_slope) {
  for (size_t i = 0; i < count; i++) {
    const double a = work->in[0][i], expected = digamma_of(a) - work->in[2][i];
    work->value[i] = (a - work->in[1][i]) * expected - log_gamma_of(a) + log_gamma_prior[i];
    work->partial[1][i] = -expected;
  }
  if (!wants_slope) return;
  for (size_t i = 0; i < count; i++) {
    const double a = work->in[0][i];
    work->partial[0][i] = scale * ((a - work->in[1][i]) * trigamma_of(a) - work->in[3][i]);
  }
}

ALU_CLONES void alu_log_gamma_tile(const double *in, double *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = log_gamma_of(in[i]);
}

// partial += ψ(β) − ψ(β₀), with ψ(β₀) in the third operand's place
ALU_CLONES void alu_prior_slope_tile(tile_work *work, size_t count) {
  for (size_t i = 0; i < count; i++) work->partial[1][i] += digamma_of(work->in[1][i]) - work->in[2][i];
}

// scale · KL + shift; with a scale of −1 only the first partial derivative may be asked for.
static void dirichlet_divergence(const alu_operand *operands, size_t rows, size_t width, double scale, double shift,
                                 alu_scalar *restrict out, alu_scalar *const *partials) {
  tile_work work;
  tile_row log_gamma_prior, weight;
  row_totals own, prior;
  const size_t together = rows_in_tile(rows, width), step = width < tile ? width : tile;
  // A prior that all rows share costs its special functions once.
  const int prior_is_shared = operands[1].row_step == 0 && step == width;
  for (size_t row = 0; row < rows; row += together) {
    const size_t count = rows - row < together ? rows - row : together;
    take_totals(operands, row, count, width, &own);
    alu_totals_functions(&own, count, partials[0] != NULL);
    if (!prior_is_shared || row == 0) {
      take_totals(operands + 1, row, count, width, &prior);
      alu_totals_functions(&prior, count, 0);
    }
    double totals[tile];
    for (size_t r = 0; r < count; r++) {
      totals[r] = own.log_gamma[r] - prior.log_gamma[r];
      weight[r] = partials[0] ? (own.sum[r] - prior.sum[r]) * own.trigamma[r] : 0;
    }
    for (size_t column = 0; column < width; column += step) {
      const size_t columns = width - column < step ? width - column : step;
      gather(operands, row, count, column, columns, work.in[0]);
      if (!prior_is_shared || row == 0) {
        gather(operands + 1, row, count, column, columns, work.in[1]);
        alu_log_gamma_tile(work.in[1], log_gamma_prior, count * columns);
      }
      spread(own.digamma, count, columns, work.in[2]);
      spread(weight, count, columns, work.in[3]);
      alu_dirichlet_divergence_tile(&work, log_gamma_prior, count * columns, scale, partials[0] != NULL);
      add_rows(work.value, count, columns, totals);
      if (partials[0]) scatter(work.partial[0], row, count, column, columns, width, partials[0]);
      if (partials[1]) {
        spread(prior.digamma, count, columns, work.in[2]);
        alu_prior_slope_tile(&work, count * columns);
        scatter(work.partial[1], row, count, column, columns, width, partials[1]);
      }
    }
    for (size_t r = 0; r < count; r++) out[row + r] = (alu_scalar)(scale * totals[r] + shift);
  }
}

// −KL from the uniform distribution, whose log density is log Γ(width).
void alu_dirichlet_entropy(const alu_operand *operands, size_t rows, size_t width, alu_scalar *restrict out,
                           alu_scalar *const *partials) {
  const alu_scalar one = 1;
  const alu_operand both[2] = {operands[0], {&one, 0, 0}};
  alu_scalar *const slopes[2] = {partials[0], NULL};
  dirichlet_divergence(both, rows, width, -1, -log_gamma_of((double)width), out, slopes);
}

void alu_dirichlet_divergence(const alu_operand *operands, size_t rows, size_t width, alu_scalar *restrict out,
                              alu_scalar *const *partials) {
  dirichlet_divergence(operands, rows, width, 1, 0, out, partials);
}
