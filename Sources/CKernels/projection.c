// Inner products and scatter matrices of spectra, in double whatever the spectra are stored in.

#include "alu_simplex.h"

#include <math.h>

// Several inner products with one pass over the spectrum. `n` is a constant wherever this is inlined.
static inline __attribute__((always_inline)) void dots(const alu_scalar *x, const double *directions, size_t bands,
                                                       double *out, size_t n) {
#pragma clang fp reassociate(on) contract(fast)
  double sum[4] = {0, 0, 0, 0};
  for (size_t b = 0; b < bands; b++) {
    double value = (double)x[b];
    for (size_t k = 0; k < n; k++) sum[k] += value * directions[k * bands + b];
  }
  for (size_t k = 0; k < n; k++) out[k] = sum[k];
}

static inline __attribute__((always_inline)) double inverse_norm(const alu_scalar *x, size_t bands) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0;
  for (size_t b = 0; b < bands; b++) sum += (double)x[b] * (double)x[b];
  return sum > 0 ? 1 / sqrt(sum) : 1;
}

ALU_CLONES
void alu_project(const alu_scalar *spectra, size_t pixels, size_t bands, const double *directions,
                 const double *offsets, size_t count, int normalized, double *out, size_t stride) {
  for (size_t p = 0; p < pixels; p++) {
    const alu_scalar *x = spectra + p * bands;
    double *row = out + p * stride;
    size_t k = 0;
    for (; k + 4 <= count; k += 4) dots(x, directions + k * bands, bands, row + k, 4);
    const double *rest = directions + k * bands;
    switch (count - k) {
    case 1: dots(x, rest, bands, row + k, 1); break;
    case 2: dots(x, rest, bands, row + k, 2); break;
    case 3: dots(x, rest, bands, row + k, 3); break;
    default: break;
    }
    double scale = normalized ? inverse_norm(x, bands) : 1;
    for (k = 0; k < count; k++) row[k] = row[k] * scale - offsets[k];
  }
}

enum { block = 64, rows_at_once = 4, columns_at_once = 8 };
typedef double vector __attribute__((vector_size(32), aligned(8)));

// scatter[i + r, j + c] += sum over p of x[p, i + r] x[p, j + c] for one tile, held in registers. Rows of `x` are
// padded with zeros to `stride`, a multiple of the tile, so only writing has to mind the edge.
static inline __attribute__((always_inline)) void update_tile(const double *x, size_t pixels, size_t stride, size_t i,
                                                              size_t j, double *scatter, size_t bands) {
#pragma clang fp contract(fast)
  vector sum[rows_at_once][2] = {0};
  for (size_t p = 0; p < pixels; p++) {
    const double *left = x + p * stride + i, *right = x + p * stride + j;
    vector first = *(const vector *)right, second = *(const vector *)(right + 4);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows_at_once; r++) {
      sum[r][0] += left[r] * first;
      sum[r][1] += left[r] * second;
    }
  }
  double tile[rows_at_once][columns_at_once];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows_at_once; r++) {
    *(vector *)tile[r] = sum[r][0];
    *(vector *)(tile[r] + 4) = sum[r][1];
  }
  for (size_t r = 0; r < rows_at_once && i + r < bands; r++)
    for (size_t c = 0; c < columns_at_once && j + c < bands; c++) scatter[(i + r) * bands + j + c] += tile[r][c];
}

ALU_CLONES
void alu_scatter(const alu_scalar *spectra, const uint8_t *valid, size_t pixels, size_t bands, const double *center,
                 double *scatter) {
  size_t stride = (bands + columns_at_once - 1) / columns_at_once * columns_at_once;
  size_t bytes = block * stride * sizeof(double);
  double *x = alu_take(bytes);
  for (size_t start = 0; start < pixels; start += block) {
    size_t n = 0, end = start + block < pixels ? start + block : pixels;
    for (size_t p = start; p < end; p++) {
      if (valid && !valid[p]) continue;
      for (size_t b = 0; b < stride; b++)
        x[n * stride + b] = b < bands ? (double)spectra[p * bands + b] - center[b] : 0;
      n++;
    }
    for (size_t i = 0; i < bands; i += rows_at_once)
      for (size_t j = i / columns_at_once * columns_at_once; j < bands; j += columns_at_once)
        update_tile(x, n, stride, i, j, scatter, bands);
  }
  alu_give(x, bytes);
}
