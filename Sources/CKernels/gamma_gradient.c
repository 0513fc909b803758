// Sorts the elements of a batch by the form of the derivative that holds for them, and works region by region.

#include "gamma_gradient.h"
#include "alu_special.h"

enum { tile = 256 };

#define REGION(name, function)                                                                                 \
  ALU_CLONES static void name(const double *restrict a, const double *restrict log_x, const double *restrict log_a, \
                              double *restrict out, int n) {                                                   \
    for (int i = 0; i < n; i++) out[i] = function(a[i], log_x[i], log_a[i]);                                   \
  }

REGION(head, gradient_in_head)
REGION(tail, gradient_in_tail)
REGION(small_shape, gradient_of_small_shape)
REGION(large_shape, gradient_of_large_shape)

static void (*const forms[gradient_regions])(const double *, const double *, const double *, double *, int) = {
    head, tail, small_shape, large_shape};

ALU_CLONES static void classify(const double *restrict a, const double *restrict log_x, double *restrict log_a,
                                int *restrict region, int n) {
  for (int i = 0; i < n; i++) {
    log_a[i] = log_of(a[i]);
    region[i] = gradient_region(a[i], log_x[i], log_a[i]);
  }
}

static void one_tile(const double *a, const double *log_x, double *out, int n) {
  double log_a[tile], packed[3][tile], values[tile];
  int region[tile], place[tile];
  classify(a, log_x, log_a, region, n);
  for (int form = 0; form < gradient_regions; form++) {
    int m = 0;
    for (int i = 0; i < n; i++) {
      packed[0][m] = a[i], packed[1][m] = log_x[i], packed[2][m] = log_a[i], place[m] = i;
      m += region[i] == form;
    }
    forms[form](packed[0], packed[1], packed[2], values, m);
    for (int j = 0; j < m; j++) out[place[j]] = values[j];
  }
}

void alu_gamma_log_gradient(const double *a, const double *log_x, double *out, size_t count) {
  for (size_t start = 0; start < count; start += tile) {
    int n = count - start < tile ? (int)(count - start) : tile;
    one_tile(a + start, log_x + start, out + start, n);
  }
}
