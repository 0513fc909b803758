// The log posterior of linear mixing and its gradient in coordinates of the simplex, many rows at a time.

#include "alu_posterior.h"
#include "double_math.h"

enum { lanes = 16 };

typedef struct {
  double a[alu_gibbs_most][lanes], slope[alu_gibbs_most][lanes], product[alu_gibbs_most][lanes];
  double value[lanes];
} tile;

// Copies rows in; lanes without a row repeat the last one.
static void load(tile *t, size_t count, const double *positions, const double *products, size_t n) {
  for (size_t i = 0; i < lanes; i++) {
    size_t row = i < n ? i : n - 1;
    for (size_t k = 0; k < count; k++) {
      t->a[k][i] = k + 1 < count ? positions[row * (count - 1) + k] : 0;
      t->product[k][i] = products[row * count + k];
    }
  }
}

// Coordinates become abundances, and the value Σ α log a.
ALU_CLONES static void soften(tile *restrict t, size_t count, const double *restrict concentration) {
  double largest[lanes], sum[lanes];
  for (int i = 0; i < lanes; i++) largest[i] = 0, sum[i] = 0;
  for (size_t k = 0; k < count; k++)
    for (int i = 0; i < lanes; i++) largest[i] = t->a[k][i] > largest[i] ? t->a[k][i] : largest[i];
  for (size_t k = 0; k < count; k++) {
    for (int i = 0; i < lanes; i++) {
      t->slope[k][i] = t->a[k][i] - largest[i];
      t->a[k][i] = exp_of(t->slope[k][i]);
      sum[i] += t->a[k][i];
    }
  }
  double total = 0;
  for (size_t k = 0; k < count; k++) total += concentration[k];
  for (int i = 0; i < lanes; i++) {
    t->value[i] = -total * log_of(sum[i]);
    sum[i] = 1 / sum[i];
  }
  for (size_t k = 0; k < count; k++) {
    double alpha = concentration[k];
    for (int i = 0; i < lanes; i++) {
      t->value[i] += alpha * t->slope[k][i];
      t->a[k][i] *= sum[i];
    }
  }
}

// Adds c·a − ½ aᵀG a; slopes become the gradient along the coordinates.
ALU_CLONES static void mix(tile *restrict t, size_t count, const double *restrict gram,
                           const double *restrict concentration) {
  double level[lanes], total = 0;
  for (int i = 0; i < lanes; i++) level[i] = 0;
  for (size_t k = 0; k < count; k++) {
    double mixed[lanes];
    for (int i = 0; i < lanes; i++) mixed[i] = 0;
    for (size_t l = 0; l < count; l++) {
      double entry = gram[k * count + l];
      for (int i = 0; i < lanes; i++) mixed[i] += entry * t->a[l][i];
    }
    for (int i = 0; i < lanes; i++) {
      t->slope[k][i] = t->product[k][i] - mixed[i];
      t->value[i] += t->a[k][i] * (t->product[k][i] - 0.5 * mixed[i]);
      level[i] += t->a[k][i] * t->slope[k][i];
    }
    total += concentration[k];
  }
  for (size_t k = 0; k + 1 < count; k++) {
    double alpha = concentration[k];
    for (int i = 0; i < lanes; i++)
      t->slope[k][i] = t->a[k][i] * (t->slope[k][i] - level[i]) + alpha - total * t->a[k][i];
  }
}

void alu_simplex_density(size_t count, const double *gram, const double *concentration, const double *products,
                         const double *positions, size_t rows, double *values, double *gradients) {
  tile t;
  for (size_t first = 0; first < rows; first += lanes) {
    size_t n = rows - first < lanes ? rows - first : lanes;
    load(&t, count, positions + first * (count - 1), products + first * count, n);
    soften(&t, count, concentration);
    mix(&t, count, gram, concentration);
    for (size_t i = 0; i < n; i++) {
      values[first + i] = t.value[i];
      for (size_t k = 0; k + 1 < count; k++) gradients[(first + i) * (count - 1) + k] = t.slope[k][i];
    }
  }
}
