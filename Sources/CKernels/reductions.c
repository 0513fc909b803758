#include "alu_reductions.h"
#include "alu_math.h"

enum { lanes = 16, stripe = 256 };

// One row into `lanes` double accumulators, added up in a fixed order.
static inline double sum_row(const alu_scalar *row, size_t count) {
  double partial[lanes] = {0};
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int lane = 0; lane < lanes; lane++) partial[lane] += row[i + lane];
  for (; i < count; i++) partial[i % lanes] += row[i];
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) partial[lane] += partial[lane + width];
  return partial[0];
}

ALU_CLONES void alu_sum_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out) {
  if (inner == 1) {
    for (size_t o = 0; o < outer; o++) out[o] = (alu_scalar)sum_row(in + o * count, count);
    return;
  }
  for (size_t o = 0; o < outer; o++)
    for (size_t start = 0; start < inner; start += stripe) {
      size_t width = inner - start < stripe ? inner - start : stripe;
      double partial[stripe] = {0};
      for (size_t i = 0; i < count; i++) {
        const alu_scalar *row = in + (o * count + i) * inner + start;
        for (size_t j = 0; j < width; j++) partial[j] += row[j];
      }
      for (size_t j = 0; j < width; j++) out[o * inner + start + j] = (alu_scalar)partial[j];
    }
}

ALU_CLONES void alu_max_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out,
                               int32_t *position) {
  for (size_t o = 0; o < outer; o++) {
    alu_scalar *best = out + o * inner;
    int32_t *at = position + o * inner;
    for (size_t j = 0; j < inner; j++) {
      best[j] = in[o * count * inner + j];
      at[j] = 0;
    }
    for (size_t i = 1; i < count; i++) {
      const alu_scalar *row = in + (o * count + i) * inner;
      for (size_t j = 0; j < inner; j++) {
        int better = row[j] > best[j] || (row[j] != row[j] && best[j] == best[j]);
        best[j] = better ? row[j] : best[j];
        at[j] = better ? (int32_t)i : at[j];
      }
    }
  }
}

static inline alu_scalar row_maximum(const alu_scalar *row, size_t count) {
  alu_scalar top = row[0];
  for (size_t i = 1; i < count; i++) top = row[i] > top || row[i] != row[i] ? row[i] : top;
  return top;
}

ALU_CLONES void alu_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar *x = in + r * count;
    alu_scalar *y = out + r * count;
    const alu_scalar top = row_maximum(x, count);
    double total = 0;
    for (size_t i = 0; i < count; i++) y[i] = alu_exp1(x[i] - top);
    for (size_t i = 0; i < count; i++) total += y[i];
    const double scale = 1 / total;
    for (size_t i = 0; i < count; i++) y[i] = (alu_scalar)(y[i] * scale);
  }
}

static inline double log_total(const alu_scalar *x, size_t count, alu_scalar top) {
  double total = 0;
  for (size_t i = 0; i < count; i++) total += alu_exp1(x[i] - top);
  return log(total);
}

ALU_CLONES void alu_log_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar *x = in + r * count;
    const alu_scalar top = row_maximum(x, count);
    const double rest = log_total(x, count, top);
    for (size_t i = 0; i < count; i++) out[r * count + i] = (alu_scalar)((double)(x[i] - top) - rest);
  }
}

ALU_CLONES void alu_log_sum_exp(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar *x = in + r * count;
    const alu_scalar top = row_maximum(x, count);
    // A row of −∞ sums to 0, one with +∞ to +∞: shifting by an infinity would give NaN.
    out[r] = top - top == 0 ? (alu_scalar)((double)top + log_total(x, count, top)) : top;
  }
}
