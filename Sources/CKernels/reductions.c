#include "alu_reductions.h"
#include "alu_math.h"

enum { lanes = 16, stripe = 256 };

// One row into `lanes` double accumulators, added up in a fixed order.
ALU_INLINE double sum_row(const alu_scalar *row, size_t count) {
  if (count < lanes) {
    double total = 0;
    for (size_t i = 0; i < count; i++) total += row[i];
    return total;
  }
  double partial[lanes] = {0};
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int lane = 0; lane < lanes; lane++) partial[lane] += row[i + lane];
  for (int lane = 0; i < count; i++, lane++) partial[lane] += row[i];
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) partial[lane] += partial[lane + width];
  return partial[0];
}

ALU_CLONES void alu_sum_rows(const alu_scalar *in, size_t count, size_t inner, double *out) {
  if (inner == 1) {
    *out = sum_row(in, count);
    return;
  }
  for (size_t start = 0; start < inner; start += stripe) {
    const size_t width = inner - start < stripe ? inner - start : stripe;
    for (size_t j = 0; j < width; j++) out[start + j] = 0;
    for (size_t i = 0; i < count; i++) {
      const alu_scalar *row = in + i * inner + start;
      for (size_t j = 0; j < width; j++) out[start + j] += row[j];
    }
  }
}

ALU_CLONES void alu_sum_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out) {
  if (inner == 1) {
    for (size_t o = 0; o < outer; o++) out[o] = (alu_scalar)sum_row(in + o * count, count);
    return;
  }
  for (size_t o = 0; o < outer; o++)
    for (size_t start = 0; start < inner; start += stripe) {
      const size_t width = inner - start < stripe ? inner - start : stripe;
      double partial[stripe];
      for (size_t j = 0; j < width; j++) partial[j] = 0;
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
        const int better = row[j] > best[j] || (row[j] != row[j] && best[j] == best[j]);
        best[j] = better ? row[j] : best[j];
        at[j] = better ? (int32_t)i : at[j];
      }
    }
  }
}

// The largest number of a row, or NaN if it holds one.
ALU_INLINE alu_scalar row_maximum(const alu_scalar *row, size_t count) {
  alu_scalar top = row[0];
  size_t i = 1;
  if (count >= lanes) {
    alu_scalar tops[lanes];
    for (int lane = 0; lane < lanes; lane++) tops[lane] = row[lane];
    for (i = lanes; i + lanes <= count; i += lanes)
      for (int lane = 0; lane < lanes; lane++) {
        const alu_scalar x = row[i + lane];
        tops[lane] = x > tops[lane] || x != x ? x : tops[lane];
      }
    top = tops[0];
    for (int lane = 1; lane < lanes; lane++) top = tops[lane] > top || tops[lane] != tops[lane] ? tops[lane] : top;
  }
  for (; i < count; i++) top = row[i] > top || row[i] != row[i] ? row[i] : top;
  return top;
}

// Rows are taken together up to this many numbers, so that the exponential sees long loops.
enum { block = 1024 };

ALU_INLINE size_t rows_per_block(size_t count) { return count >= block ? 1 : block / count; }

ALU_CLONES void alu_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  const size_t step = rows_per_block(count);
  for (size_t first = 0; first < rows; first += step) {
    const size_t taken = rows - first < step ? rows - first : step;
    const alu_scalar *x = in + first * count;
    alu_scalar *y = out + first * count;
    for (size_t r = 0; r < taken; r++) {
      const alu_scalar top = row_maximum(x + r * count, count);
      for (size_t i = 0; i < count; i++) y[r * count + i] = x[r * count + i] - top;
    }
    for (size_t i = 0; i < taken * count; i++) y[i] = alu_exp1(y[i]);
    for (size_t r = 0; r < taken; r++) {
      const double scale = 1 / sum_row(y + r * count, count);
      for (size_t i = 0; i < count; i++) y[r * count + i] = (alu_scalar)(y[r * count + i] * scale);
    }
  }
}

// log Σ exp(x − top), piece by piece.
ALU_INLINE double log_total(const alu_scalar *x, size_t count, alu_scalar top) {
  alu_scalar piece[stripe];
  double total = 0;
  for (size_t start = 0; start < count; start += stripe) {
    const size_t width = count - start < stripe ? count - start : stripe;
    for (size_t i = 0; i < width; i++) piece[i] = alu_exp1(x[start + i] - top);
    total += sum_row(piece, width);
  }
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

ALU_CLONES void alu_log_sum_exp_slope(const alu_scalar *x, const alu_scalar *total, const alu_scalar *flow, size_t rows,
                                      size_t count, alu_scalar *restrict out) {
  for (size_t r = 0; r < rows; r++, x += count, out += count) {
    const alu_scalar shift = total[r], upstream = flow[r];
    if (shift == INFINITY) {
      size_t infinite = 0;
      for (size_t i = 0; i < count; i++) infinite += x[i] == INFINITY;
      for (size_t i = 0; i < count; i++) out[i] = x[i] == INFINITY ? upstream / (alu_scalar)infinite : 0;
    } else if (shift == -INFINITY) {
      for (size_t i = 0; i < count; i++) out[i] = 0;
    } else {
      for (size_t i = 0; i < count; i++) out[i] = upstream * alu_exp1(x[i] - shift);
    }
  }
}

ALU_CLONES void alu_softmax_slope(const alu_scalar *y, const alu_scalar *flow, size_t rows, size_t count,
                                  alu_scalar *out) {
  for (size_t r = 0; r < rows; r++, y += count, flow += count, out += count) {
    for (size_t i = 0; i < count; i++) out[i] = y[i] * flow[i];
    const alu_scalar mean = (alu_scalar)sum_row(out, count);
    for (size_t i = 0; i < count; i++) out[i] = y[i] * (flow[i] - mean);
  }
}

ALU_CLONES void alu_log_softmax_slope(const alu_scalar *y, const alu_scalar *flow, size_t rows, size_t count,
                                      alu_scalar *out) {
  for (size_t r = 0; r < rows; r++, y += count, flow += count, out += count) {
    const alu_scalar total = (alu_scalar)sum_row(flow, count);
    for (size_t i = 0; i < count; i++) out[i] = flow[i] - alu_exp1(y[i]) * total;
  }
}
