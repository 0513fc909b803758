// Runs Gibbs sweeps over tiles of pixels and sums up what they drew.

#include "gibbs_tile.h"

#include <math.h>
#include <string.h>

// What one tile has seen. Batches of draws tell how much consecutive draws repeat each other.
enum { batches = 20 };
typedef struct {
  double sum[alu_gibbs_most][lanes], squares[alu_gibbs_most][lanes];
  double batch[alu_gibbs_most][lanes], batch_sum[alu_gibbs_most][lanes], batch_squares[alu_gibbs_most][lanes];
  double noise[lanes], noise_squares[lanes];
} totals;

typedef struct {
  const alu_gibbs_problem *problem;
  const double *products, *squares;
  const uint32_t *identities;
  const alu_scalar *start;
  size_t pixels;
  const alu_gibbs_result *result;
  const gibbs_directions *directions;
} run;

// Copies a tile's pixels in; lanes without a pixel repeat the last one.
static void load(const run *r, size_t first, size_t n, gibbs_tile *t) {
  size_t count = r->problem->count;
  for (size_t i = 0; i < lanes; i++) {
    size_t p = first + (i < n ? i : n - 1);
    double sum = 0;
    for (size_t k = 0; k < count; k++) {
      double a = r->start[p * count + k];
      t->a[k][i] = a > 0 ? a : 0;
      sum += t->a[k][i];
      t->products[k][i] = r->products[p * count + k];
    }
    for (size_t k = 0; k < count; k++) {
      double a = sum > 0 && sum < INFINITY ? t->a[k][i] / sum : 1.0 / (double)count;
      // Where the prior has an edge of its own, chains begin inside.
      t->a[k][i] = r->problem->concentration ? (1 - 1e-3) * a + 1e-3 / (double)count : a;
    }
    t->squares[i] = r->problem->bands > 0 ? r->squares[p] : 0;
    t->precision[i] = 1;
    t->row[i] = r->identities ? r->identities[p] : (uint32_t)p;
  }
}

ALU_CLONES static void add(const gibbs_tile *restrict t, totals *restrict s, size_t count, float *restrict kept) {
  for (size_t k = 0; k < count; k++) {
    for (int i = 0; i < lanes; i++) {
      double a = t->a[k][i];
      s->sum[k][i] += a;
      s->squares[k][i] += a * a;
      s->batch[k][i] += a;
      kept[k * lanes + i] = (float)a;
    }
  }
  for (int i = 0; i < lanes; i++) {
    double deviation = 1 / root_of(t->precision[i]);
    s->noise[i] += deviation;
    s->noise_squares[i] += deviation * deviation;
  }
}

static void end_batch(totals *s, size_t count, size_t length) {
  for (size_t k = 0; k < count; k++) {
    for (int i = 0; i < lanes; i++) {
      double mean = s->batch[k][i] / (double)length;
      s->batch_sum[k][i] += mean;
      s->batch_squares[k][i] += mean * mean;
      s->batch[k][i] = 0;
    }
  }
}

static double positive(double x) { return x > 0 ? x : 0; }

static void store_moments(const run *r, const gibbs_tile *t, const totals *s, size_t first, size_t n) {
  size_t count = r->problem->count, kept = r->problem->kept, length = kept / batches;
  const alu_gibbs_result *out = r->result;
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < count; k++) {
      size_t at = (first + i) * count + k;
      if (out->last) out->last[at] = (alu_scalar)t->a[k][i];
      double mean = s->sum[k][i] / (double)kept;
      double variance = kept > 1 ? positive(s->squares[k][i] - mean * s->sum[k][i]) / (double)(kept - 1) : 0;
      out->mean[at] = (alu_scalar)mean;
      if (out->deviation) out->deviation[at] = (alu_scalar)sqrt(variance);
      if (out->effective) {
        // Draws that fill no batch have no part in this.
        double centre = s->batch_sum[k][i] / batches;
        double between = positive(s->batch_squares[k][i] / batches - centre * centre) * batches / (batches - 1);
        double effective = between * (double)length > 0 ? (double)kept * variance / (between * (double)length) : kept;
        out->effective[at] = (alu_scalar)(length < 2 ? NAN : fmin(effective, (double)kept));
      }
    }
    double noise = s->noise[i] / (double)kept;
    if (out->noise) out->noise[first + i] = (alu_scalar)noise;
    if (out->noise_deviation)
      out->noise_deviation[first + i] = (alu_scalar)sqrt(positive(s->noise_squares[i] / (double)kept - noise * noise));
  }
}

static void store_draws(const run *r, const float *kept, size_t first, size_t n) {
  size_t count = r->problem->count;
  for (size_t d = 0; d < r->problem->kept; d++)
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < count; k++)
        r->result->draws[(d * r->pixels + first + i) * count + k] = (alu_scalar)kept[(d * count + k) * lanes + i];
}

// The quantile of probability p among d sorted draws lies at place p (d − 1), between neighbours in proportion.
static void store_quantiles(const run *r, float *kept, size_t first, size_t n) {
  size_t count = r->problem->count, draws = r->problem->kept;
  alu_sort_columns(kept, draws, count * lanes);
  for (size_t q = 0; q < r->result->levels; q++) {
    double place = r->result->probabilities[q] * (double)(draws - 1);
    size_t below = (size_t)place, above = below + 1 < draws ? below + 1 : below;
    double share = place - (double)below;
    for (size_t i = 0; i < n; i++) {
      for (size_t k = 0; k < count; k++) {
        double low = kept[(below * count + k) * lanes + i], high = kept[(above * count + k) * lanes + i];
        r->result->quantiles[(q * r->pixels + first + i) * count + k] = (alu_scalar)(low + share * (high - low));
      }
    }
  }
}

static void run_tile(void *context, size_t chunk) {
  uint64_t flushing = alu_begin_flushing();
  const run *r = context;
  const alu_gibbs_problem *problem = r->problem;
  size_t count = problem->count, first = chunk * lanes, n = r->pixels - first < lanes ? r->pixels - first : lanes;
  size_t stride = (count * (count - 1) / 2 + 1) * lanes;
  size_t bytes = sizeof(gibbs_tile) + sizeof(totals) + 3 * stride * sizeof(double);
  size_t kept_bytes = problem->kept * count * lanes * sizeof(float);
  gibbs_tile *t = alu_take(bytes);
  totals *s = (totals *)(t + 1);
  float *kept = alu_take(kept_bytes);
  memset(s, 0, sizeof(totals));
  t->uniform = (double (*)[lanes])(s + 1);
  t->stride = stride;
  t->directions = r->directions;
  load(r, first, n, t);
  uint32_t number = 0;
  size_t length = problem->kept / batches;
  for (size_t d = 0; d < problem->kept; d++) {
    size_t sweeps = d == 0 ? problem->warmup + 1 : problem->thinning;
    for (size_t sweep = 0; sweep < sweeps; sweep++, number++) {
      if (problem->bands > 0) gibbs_draw_precision(problem, t, number);
      gibbs_sweep(problem, t, number);
    }
    add(t, s, count, kept + d * count * lanes);
    if (length > 0 && (d + 1) % length == 0 && (d + 1) / length <= batches) end_batch(s, count, length);
  }
  store_moments(r, t, s, first, n);
  if (r->result->draws) store_draws(r, kept, first, n);
  if (r->result->levels > 0) store_quantiles(r, kept, first, n);
  alu_give(kept, kept_bytes);
  alu_give(t, bytes);
  alu_end_flushing(flushing);
}

void alu_gibbs(const alu_gibbs_problem *problem, const double *products, const double *squares,
               const uint32_t *identities, const alu_scalar *start, size_t pixels, const alu_gibbs_result *result) {
  gibbs_directions directions;
  gibbs_find_directions(problem, &directions);
  run r = {problem, products, squares, identities, start, pixels, result, &directions};
  alu_parallel((pixels + lanes - 1) / lanes, run_tile, &r);
}

// a ← the smaller, b ← the larger, column by column.
ALU_CLONES static void order(float *restrict a, float *restrict b, size_t columns) {
  for (size_t i = 0; i < columns; i++) {
    float low = a[i] < b[i] ? a[i] : b[i], high = a[i] < b[i] ? b[i] : a[i];
    a[i] = low;
    b[i] = high;
  }
}

// Batcher's merge exchange: the same comparisons whatever the numbers are.
// Source: Knuth, The Art of Computer Programming 3, Algorithm 5.2.2M.
void alu_sort_columns(float *values, size_t rows, size_t columns) {
  size_t top = 1;
  while (2 * top < rows) top *= 2;
  for (size_t p = top; rows > 1 && p > 0; p /= 2) {
    size_t q = top, r = 0, d = p;
    for (;;) {
      for (size_t i = 0; i + d < rows; i++)
        if ((i & p) == r) order(values + i * columns, values + (i + d) * columns, columns);
      if (q == p) break;
      d = q - p;
      q /= 2;
      r = p;
    }
  }
}
