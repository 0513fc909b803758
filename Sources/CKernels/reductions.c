#include "alu_reductions.h"
#include "alu_math.h"
#include "double_math.h"

enum { lanes = 16, stripe = 256 };

// Eight doubles, and eight scalars that may lie anywhere.
typedef double wide __attribute__((vector_size(64)));
typedef alu_scalar narrow __attribute__((vector_size(8 * sizeof(alu_scalar)), aligned(sizeof(alu_scalar))));

#define LOAD(place) __builtin_convertvector(*(const narrow *)(place), wide)
#define TOTAL(v) (((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])))

// One row into 16 double accumulators, added up in a fixed order.
ALU_INLINE double sum_row(const alu_scalar *row, size_t count) {
  double total = 0;
  size_t i = 0;
  if (count >= lanes) {
    wide low = {0}, high = {0};
    for (; i + lanes <= count; i += lanes) {
      low += LOAD(row + i);
      high += LOAD(row + i + 8);
    }
    low += high;
    total = TOTAL(low);
  }
  for (; i < count; i++) total += row[i];
  return total;
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

// The largest number of a row, or NaN if it holds one.
ALU_INLINE alu_scalar row_maximum(const alu_scalar *row, size_t count) {
  alu_scalar top = row[0];
  int has_nan = 0;
  size_t i = 0;
  if (count >= lanes) {
    alu_scalar tops[lanes], unordered[lanes];
    for (int lane = 0; lane < lanes; lane++) tops[lane] = row[lane];
    for (int lane = 0; lane < lanes; lane++) unordered[lane] = 0;
    for (; i + lanes <= count; i += lanes) {
      for (int lane = 0; lane < lanes; lane++) tops[lane] = row[i + lane] > tops[lane] ? row[i + lane] : tops[lane];
      // x · 0 is NaN for NaN and for infinities alike; the slow path below tells them apart.
      for (int lane = 0; lane < lanes; lane++) unordered[lane] += row[i + lane] * 0;
    }
    for (int lane = 0; lane < lanes; lane++) {
      top = tops[lane] > top ? tops[lane] : top;
      has_nan |= unordered[lane] != 0;
    }
  }
  for (; i < count; i++) {
    top = row[i] > top ? row[i] : top;
    has_nan |= row[i] != row[i];
  }
  if (has_nan)
    for (i = 0; i < count; i++)
      if (row[i] != row[i]) return row[i];
  return top;
}

// The first place of a number in a row, which holds it; of a NaN, the first NaN.
ALU_INLINE int32_t first_place(const alu_scalar *row, alu_scalar number) {
  int32_t place = 0;
  while (!(row[place] == number || (number != number && row[place] != row[place]))) place++;
  return place;
}

ALU_CLONES void alu_max_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out,
                               int32_t *position) {
  if (inner == 1) {
    for (size_t o = 0; o < outer; o++) {
      out[o] = row_maximum(in + o * count, count);
      position[o] = first_place(in + o * count, out[o]);
    }
    return;
  }
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

// Rows are taken together up to this many numbers, so that the exponential sees long loops.
enum { block = 1024 };

ALU_INLINE size_t rows_per_block(size_t count) { return count >= block ? 1 : block / count; }

// y = exp(x − top) for the rows of a block; tops are kept.
ALU_INLINE void exponentials(const alu_scalar *x, size_t rows, size_t count, alu_scalar *tops, alu_scalar *y) {
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar top = row_maximum(x + r * count, count);
    tops[r] = top;
    for (size_t i = 0; i < count; i++) y[r * count + i] = x[r * count + i] - top;
  }
  for (size_t i = 0; i < rows * count; i++) y[i] = alu_exp1(y[i]);
}

ALU_CLONES void alu_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  alu_scalar tops[block];
  const size_t step = rows_per_block(count);
  for (size_t first = 0; first < rows; first += step) {
    const size_t taken = rows - first < step ? rows - first : step;
    alu_scalar *y = out + first * count;
    exponentials(in + first * count, taken, count, tops, y);
    for (size_t r = 0; r < taken; r++) {
      const alu_scalar total = (alu_scalar)sum_row(y + r * count, count);
      for (size_t i = 0; i < count; i++) y[r * count + i] /= total;
    }
  }
}

// log Σ exp(x − top) of the rows of a block, in double; `y` is room for rows · count numbers.
ALU_INLINE void log_totals(const alu_scalar *x, size_t rows, size_t count, alu_scalar *tops, alu_scalar *y,
                           double *totals) {
  exponentials(x, rows, count, tops, y);
  for (size_t r = 0; r < rows; r++) totals[r] = sum_row(y + r * count, count);
  for (size_t r = 0; r < rows; r++) totals[r] = log_of(totals[r]);
}

ALU_CLONES void alu_log_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  alu_scalar tops[block];
  double totals[block];
  const size_t step = rows_per_block(count);
  for (size_t first = 0; first < rows; first += step) {
    const size_t taken = rows - first < step ? rows - first : step;
    const alu_scalar *x = in + first * count;
    alu_scalar *y = out + first * count;
    log_totals(x, taken, count, tops, y, totals);
    for (size_t r = 0; r < taken; r++)
      for (size_t i = r * count; i < (r + 1) * count; i++) y[i] = (alu_scalar)((double)(x[i] - tops[r]) - totals[r]);
  }
}

ALU_CLONES void alu_log_sum_exp(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out) {
  alu_scalar tops[block], shifted[block];
  double totals[block];
  for (size_t first = 0; first < rows;) {
    const alu_scalar *x = in + first * count;
    size_t taken = 1;
    if (count <= block) {
      const size_t step = rows_per_block(count);
      taken = rows - first < step ? rows - first : step;
      log_totals(x, taken, count, tops, shifted, totals);
    } else {
      tops[0] = row_maximum(x, count);
      totals[0] = 0;
      for (size_t start = 0; start < count; start += block) {
        const size_t width = count - start < block ? count - start : block;
        for (size_t i = 0; i < width; i++) shifted[i] = alu_exp1(x[start + i] - tops[0]);
        totals[0] += sum_row(shifted, width);
      }
      totals[0] = log_of(totals[0]);
    }
    // A row of −∞ sums to 0, one with +∞ to +∞: shifting by an infinity gave NaN.
    for (size_t r = 0; r < taken; r++)
      out[first + r] = tops[r] - tops[r] == 0 ? (alu_scalar)((double)tops[r] + totals[r]) : tops[r];
    first += taken;
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
