// Draws of the noise's precision, one for every pixel of a tile.

#include "gibbs_tile.h"

enum { noise_block = 3 << 16 };

// Gamma(shape, 1) by Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); shapes
// here are at least half the number of bands, for which nearly every attempt is accepted.
ALU_CLONES static void gamma_attempt(alu_stream key, const uint32_t *restrict row, uint32_t attempt, double d,
                                     double *restrict value, uint64_t *restrict accepted) {
  double c = 1 / root_of(9 * d);
  for (int i = 0; i < lanes; i++) {
    uint32_t w[4] = {noise_block + attempt, row[i], key.index, key.stream};
    philox(key.seed, w);
    double cosine, sine;
    cosine_and_sine_of_turn(open_uniform_32(w[2]), &cosine, &sine);
    double z = root_of(-2 * log_of(open_uniform(w[0], w[1]))) * cosine;
    double v = 1 + c * z, cube = v * v * v;
    double bound = 0.5 * z * z + d * (1 - cube + 3 * log_of(v > 0 ? v : 1));
    accepted[i] = (v > 0) & (log_of(open_uniform_32(w[3])) < bound);
    value[i] = d * cube;
  }
}

// τ | a, y ~ Gamma(shape + bands/2, rate + |y − Ma|²/2).
void gibbs_draw_precision(const alu_gibbs_problem *problem, gibbs_tile *t, uint32_t number) {
  size_t count = problem->count;
  alu_stream key = problem->key;
  key.index += number;
  double shape = problem->shape + 0.5 * problem->bands, d = shape - 1.0 / 3;
  double value[lanes], again[lanes], misfit[lanes];
  uint64_t accepted[lanes], once_more[lanes];
  gamma_attempt(key, t->row, 0, d, value, accepted);
  bool all = true;
  for (int i = 0; i < lanes; i++) all &= accepted[i] != 0;
  for (uint32_t attempt = 1; !all && attempt < 1 << 15; attempt++) {
    gamma_attempt(key, t->row, attempt, d, again, once_more);
    all = true;
    for (int i = 0; i < lanes; i++) {
      if (!accepted[i] && once_more[i]) value[i] = again[i], accepted[i] = 1;
      all &= accepted[i] != 0;
    }
  }
  for (int i = 0; i < lanes; i++) misfit[i] = t->squares[i];
  for (size_t k = 0; k < count; k++) {
    double inner[lanes];
    for (int i = 0; i < lanes; i++) inner[i] = -2 * t->products[k][i];
    for (size_t l = 0; l < count; l++)
      for (int i = 0; i < lanes; i++) inner[i] += problem->gram[k * count + l] * t->a[l][i];
    for (int i = 0; i < lanes; i++) misfit[i] += t->a[k][i] * inner[i];
  }
  // A misfit below the rounding of what it is the difference of is that rounding.
  for (int i = 0; i < lanes; i++) {
    double least = 1e-15 * t->squares[i] + 1e-200;
    t->precision[i] = value[i] / (problem->rate + 0.5 * (misfit[i] > least ? misfit[i] : least));
  }
}
