// Gibbs sampling on the simplex by exchanges between pairs of components, many pixels at a time.
//
// The direction e_i − e_j leaves the sum as it is, and along it the Gaussian is a one-dimensional Gaussian, cut off where
// a_i or a_j becomes 0. A sweep visits every pair once, and then the directions that pairs are bad at.

#include "alu_posterior.h"
#include "gibbs_tile.h"
#include "truncated_normal.h"

// Uniform numbers of a sweep, `count` for every lane; those of different purposes begin at different blocks.
ALU_CLONES static void draw_uniforms(alu_stream key, const uint32_t *restrict row, uint32_t first_block, size_t count,
                                     double *restrict out) {
  for (size_t n = 0; n < count; n += 2) {
    double *restrict even = out + n * lanes, *restrict odd = even + lanes;
    for (int i = 0; i < lanes; i++) {
      uint32_t w[4] = {first_block + (uint32_t)(n / 2), row[i], key.index, key.stream};
      philox(key.seed, w);
      even[i] = open_uniform(w[0], w[1]);
      odd[i] = open_uniform(w[2], w[3]);
    }
  }
}

// gradient = products − gram a.
ALU_CLONES static void refresh_gradient(const alu_gibbs_problem *restrict problem, gibbs_tile *restrict t) {
  size_t count = problem->count;
  for (size_t k = 0; k < count; k++) {
    double *restrict g = t->gradient[k];
    for (int i = 0; i < lanes; i++) g[i] = t->products[k][i];
    for (size_t l = 0; l < count; l++) {
      double entry = problem->gram[k * count + l];
      for (int i = 0; i < lanes; i++) g[i] -= entry * t->a[l][i];
    }
  }
}

ALU_CLONES static void refresh_roots(gibbs_tile *restrict t) {
  for (int i = 0; i < lanes; i++) {
    t->root_precision[i] = root_of(t->precision[i]);
    t->inverse_root[i] = 1 / t->root_precision[i];
  }
}

typedef struct {
  size_t i, j;
  double curvature, root, inverse; // |m_i − m_j|² in units of the noise, its root and that root's inverse
} pair;

// Below this curvature the density is flat over the simplex to 10⁻⁸, and uniform draws take its place.
static const double least_curvature = 1e-8;


// The pair's split from the truncated Gaussian: the whole conditional under a uniform prior.
ALU_CLONES static void propose_exchange(gibbs_tile *restrict t, pair p, const double *restrict uniform) {
  const double *restrict gi = t->gradient[p.i], *restrict gj = t->gradient[p.j], *restrict tau = t->precision;
  const double *restrict root_tau = t->root_precision, *restrict inverse_tau = t->inverse_root;
  const double *restrict ai = t->a[p.i], *restrict aj = t->a[p.j];
  double *restrict to_i = t->to_i, *restrict to_j = t->to_j;
// Two vectors at a time hide each other's latency.
#pragma clang loop interleave_count(2)
  for (int i = 0; i < lanes; i++) {
    double root = p.root * root_tau[i], inverse = p.inverse * inverse_tau[i];
    double sum = ai[i] + aj[i], low = -root * ai[i] - (gi[i] - gj[i]) * tau[i] * inverse;
    int from_right;
    double near = truncated_normal_distance(low, low + root * sum, uniform[i], &from_right) * inverse;
    near = near < sum ? near : sum;
    to_i[i] = from_right ? sum - near : near;
    to_j[i] = from_right ? near : sum - near;
  }
}

// A random walk of logit(a_i / (a_i + a_j)): it gets along where the prior, not the likelihood, shapes the conditional,
// and its density falls off at either end however small α is. Lengths of steps are drawn from e^(−3.5) … e^(1.5).
ALU_CLONES static void propose_walk(gibbs_tile *restrict t, pair p, const double *restrict direction,
                                    const double *restrict length) {
  const double *restrict ai = t->a[p.i], *restrict aj = t->a[p.j];
  double *restrict to_i = t->to_i, *restrict to_j = t->to_j;
  for (int i = 0; i < lanes; i++) {
    double u = direction[i], shift = exp_of(5 * length[i] - 3.5) * log_of(u / (1 - u));
    double place = log_of(ai[i] / aj[i]) + shift;
    double odds = exp_of(place > 600 ? 600 : (place < -600 ? -600 : place)), share = 1 / (1 + odds);
    double sum = ai[i] + aj[i];
    to_i[i] = sum * odds * share;
    to_j[i] = sum * share;
  }
}

ALU_CLONES static void accept_all(gibbs_tile *restrict t, pair p) {
  double *restrict ai = t->a[p.i], *restrict aj = t->a[p.j], *restrict step = t->step;
  const double *restrict to_i = t->to_i, *restrict to_j = t->to_j;
  for (int i = 0; i < lanes; i++) {
    step[i] = to_i[i] - ai[i];
    ai[i] = to_i[i];
    aj[i] = to_j[i];
  }
}

// Accepts with probability Π (a'_k / a_k)^power_k e^(weight · change of the log likelihood), or 1 if that is more.
ALU_CLONES static void accept_some(gibbs_tile *restrict t, pair p, double power_i, double power_j, double weight,
                                   const double *restrict coin) {
  const double *restrict gi = t->gradient[p.i], *restrict gj = t->gradient[p.j], *restrict tau = t->precision;
  double *restrict ai = t->a[p.i], *restrict aj = t->a[p.j], *restrict step = t->step;
  const double *restrict to_i = t->to_i, *restrict to_j = t->to_j;
  for (int i = 0; i < lanes; i++) {
    double i_new = to_i[i] < least_share ? least_share : to_i[i], j_new = to_j[i] < least_share ? least_share : to_j[i];
    double d = i_new - ai[i], likelihood = tau[i] * d * ((gi[i] - gj[i]) - 0.5 * p.curvature * d);
    double ratio = weight * likelihood + power_i * log_of(i_new / ai[i]) + power_j * log_of(j_new / aj[i]);
    int accepted = log_of(coin[i]) < ratio;
    step[i] = accepted ? d : 0;
    ai[i] = accepted ? i_new : ai[i];
    aj[i] = accepted ? j_new : aj[i];
  }
}

// gradient −= step (gram_i − gram_j).
ALU_CLONES static void follow(const alu_gibbs_problem *restrict problem, gibbs_tile *restrict t, pair p) {
  const double *gram = problem->gram, *restrict step = t->step;
  for (size_t k = 0; k < problem->count; k++) {
    double slope = gram[k * problem->count + p.i] - gram[k * problem->count + p.j];
    double *restrict g = t->gradient[k];
    for (int i = 0; i < lanes; i++) g[i] -= slope * step[i];
  }
}

// Below this a component of a direction says nothing of where the simplex ends.
static const double least_component = 1e-12;

// A step along a direction from the truncated Gaussian, accepted by the prior where that is not uniform.
ALU_CLONES static void slide(const alu_gibbs_problem *restrict problem, gibbs_tile *restrict t, size_t number,
                             const double *restrict uniform, const double *restrict coin) {
  size_t count = problem->count;
  const double *along = t->directions->along[number], *slope = t->directions->slope[number];
  double curvature = t->directions->curvature[number];
  double root = sqrt(curvature < least_curvature ? least_curvature : curvature), inverse = 1 / root;
  double *restrict ascent = t->to_i, *restrict ratio = t->to_j, *restrict step = t->step;
  double low[lanes], high[lanes];
  for (int i = 0; i < lanes; i++) ascent[i] = 0, ratio[i] = 0, low[i] = -4, high[i] = 4;
  for (size_t k = 0; k < count; k++) {
    double v = along[k], limit = 1 / v;
    const double *restrict a = t->a[k], *restrict g = t->gradient[k];
    for (int i = 0; i < lanes; i++) ascent[i] += v * g[i];
    if (v > least_component)
      for (int i = 0; i < lanes; i++) low[i] = low[i] > -a[i] * limit ? low[i] : -a[i] * limit;
    if (v < -least_component)
      for (int i = 0; i < lanes; i++) high[i] = high[i] < -a[i] * limit ? high[i] : -a[i] * limit;
  }
  for (int i = 0; i < lanes; i++) {
    double scale = root * t->root_precision[i], back = inverse * t->inverse_root[i];
    double shift = -ascent[i] * t->precision[i] * back, span = high[i] > low[i] ? high[i] - low[i] : 0;
    int from_right;
    double near = truncated_normal_distance(scale * low[i] + shift, scale * (low[i] + span) + shift, uniform[i],
                                            &from_right) * back;
    near = near < span ? near : span;
    step[i] = from_right ? low[i] + span - near : low[i] + near;
  }
  if (problem->concentration) {
    for (size_t k = 0; k < count; k++) {
      double v = along[k], power = problem->concentration[k] - 1;
      const double *restrict a = t->a[k];
      for (int i = 0; i < lanes; i++) {
        double to = a[i] + v * step[i];
        ratio[i] += power * log_of((to < least_share ? least_share : to) / a[i]);
      }
    }
    for (int i = 0; i < lanes; i++) step[i] = log_of(coin[i]) < ratio[i] ? step[i] : 0;
  }
  double least = problem->concentration ? least_share : 0;
  for (size_t k = 0; k < count; k++) {
    double v = along[k], turn = slope[k];
    double *restrict a = t->a[k], *restrict g = t->gradient[k];
    for (int i = 0; i < lanes; i++) {
      double to = a[i] + v * step[i];
      a[i] = to < least ? least : to;
      g[i] -= turn * step[i];
    }
  }
}

// Where the numbers of each purpose begin among a sweep's.
enum { coin_block = 1 << 16, length_block = 2 << 16, slide_block = 3 << 16, slide_coin_block = 4 << 16 };

void gibbs_sweep(const alu_gibbs_problem *problem, gibbs_tile *t, uint32_t number) {
  size_t count = problem->count, pairs = count * (count - 1) / 2, n = 0;
  alu_stream key = problem->key;
  key.index += number;
  const double *alpha = problem->concentration;
  bool walks = alpha && number % 2;
  draw_uniforms(key, t->row, 0, pairs, t->uniform[0]);
  if (alpha) draw_uniforms(key, t->row, coin_block, pairs, t->uniform[0] + t->stride);
  if (walks) draw_uniforms(key, t->row, length_block, pairs, t->uniform[0] + 2 * t->stride);
  refresh_gradient(problem, t);
  refresh_roots(t);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = i + 1; j < count; j++, n++) {
      const double *gram = problem->gram, *u = t->uniform[n], *coin = u + t->stride;
      double curvature = gram[i * count + i] + gram[j * count + j] - 2 * gram[i * count + j];
      double root = sqrt(curvature < least_curvature ? least_curvature : curvature);
      pair p = {i, j, curvature, root, 1 / root};
      if (walks) propose_walk(t, p, u, coin + t->stride);
      else propose_exchange(t, p, u);
      if (!alpha) accept_all(t, p);
      else if (walks) accept_some(t, p, alpha[i], alpha[j], 1, coin);
      else accept_some(t, p, alpha[i] - 1, alpha[j] - 1, 0, coin);
      follow(problem, t, p);
    }
  }
  size_t number_of_slides = t->directions->number;
  if (number_of_slides == 0) return;
  draw_uniforms(key, t->row, slide_block, number_of_slides, t->uniform[0]);
  if (alpha) draw_uniforms(key, t->row, slide_coin_block, number_of_slides, t->uniform[0] + t->stride);
  for (size_t d = 0; d < number_of_slides; d++) slide(problem, t, d, t->uniform[d], t->uniform[d] + t->stride);
}

ALU_CLONES void alu_truncated_normal(const double *restrict low, const double *restrict high,
                                     const double *restrict uniform, size_t count, double *restrict out) {
  for (size_t i = 0; i < count; i++) {
    int from_right;
    double distance = truncated_normal_distance(low[i], high[i], uniform[i], &from_right);
    out[i] = from_right ? high[i] - distance : low[i] + distance;
  }
}
