// Gamma variates in log space, every one from a counter of its own, and their derivatives along the concentration.

#include "alu_random.h"
#include "alu_special.h"
#include "gamma_functions.h"
#include "philox.h"

#include <float.h>

enum { tile = 256, boost_attempt = 255 };

typedef struct {
  alu_stream key;
  const uint32_t *identities;
  size_t width, count;
  const alu_scalar *concentration;
  alu_scalar *log_x, *gradient;
} draws;

// What one tile works on. The counter's first word is 2^8 times the component plus the attempt.
typedef struct {
  double a[tile], d[tile], log_x[tile], proposal[tile], gradient[tile];
  uint32_t row[tile], component[tile];
  int pending[tile], accepted[tile];
} workspace;

// One attempt of Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000):
// x = d v, v = (1 + w)³, w = z / √(9d), kept if log u < z²/2 + d (1 − v + log v).
ALU_CLONES static void attempt(alu_stream key, uint32_t number, const double *restrict d,
                               const uint32_t *restrict component, const uint32_t *restrict row, int n,
                               double *restrict log_x, int *restrict accepted) {
  for (int i = 0; i < n; i++) {
    uint32_t word[4] = {component[i] << 8 | number, row[i], key.index, key.stream};
    philox(key.seed, word);
    double cosine, sine;
    cosine_and_sine_of_turn(open_uniform_32(word[2]), &cosine, &sine);
    double z = root_of(-2 * log_of(open_uniform(word[0], word[1]))) * cosine;
    double w = z / root_of(9 * d[i]), w2 = w * w, log1p_w = log_of(1 + w);
    double plain = 0.5 * z * z + d[i] * (3 * log1p_w - w * (3 + w * (3 + w)));
    // The same for small w, where the terms cancel up to the fourth power.
    double series = d[i] * w2 * w2 * (-0.75 + w * (0.6 + w * (-0.5 + w * (3.0 / 7 - w * 0.375))));
    double bound = fabs(w) < 0.01 ? series : plain;
    // A NaN is kept, so that a concentration that is none ends as NaN and not as an endless loop.
    accepted[i] = !(w <= -1) & !(log_of(open_uniform_32(word[3])) >= bound);
    log_x[i] = log_of(d[i]) + 3 * log1p_w;
  }
}

// For a < 1, Gamma(a) = Gamma(a + 1) u^(1/a).
ALU_CLONES static void boost(alu_stream key, const workspace *restrict s, int n, double *restrict log_x) {
  for (int i = 0; i < n; i++) {
    uint32_t word[4] = {s->component[i] << 8 | boost_attempt, s->row[i], key.index, key.stream};
    philox(key.seed, word);
    double shift = log_of(open_uniform(word[0], word[1])) / s->a[i];
    log_x[i] += s->a[i] < 1 ? shift : 0;
  }
}

ALU_CLONES static void prepare(workspace *restrict s, const alu_scalar *restrict concentration, int n) {
  for (int i = 0; i < n; i++) {
    double a = concentration[i] > 0 ? (double)concentration[i] : NAN;
    s->a[i] = a;
    s->d[i] = (a < 1 ? a + 1 : a) - 1.0 / 3;
  }
}

static void name_counters(const draws *t, workspace *s, size_t start, int n) {
  size_t row = start / t->width, component = start % t->width;
  for (int i = 0; i < n; i++) {
    s->row[i] = t->identities ? t->identities[row] : (uint32_t)row;
    s->component[i] = (uint32_t)component;
    if (++component == t->width) component = 0, row++;
  }
}

// Repeats, for the elements that were rejected, until none is left.
static void retry(const draws *t, workspace *s, int n) {
  int left = 0, accepted[tile];
  uint32_t row[tile], component[tile];
  double d[tile];
  for (int i = 0; i < n; i++) {
    if (!s->accepted[i]) s->pending[left++] = i;
  }
  for (uint32_t number = 1; left > 0 && number < boost_attempt; number++) {
    for (int j = 0; j < left; j++) {
      int i = s->pending[j];
      row[j] = s->row[i], component[j] = s->component[i], d[j] = s->d[i];
    }
    attempt(t->key, number, d, component, row, left, s->proposal, accepted);
    int still = 0;
    for (int j = 0; j < left; j++) {
      int i = s->pending[j];
      if (accepted[j]) s->log_x[i] = s->proposal[j];
      else s->pending[still++] = i;
    }
    left = still;
  }
}

// Rounds once; what overflows the scalar ends at its largest number, so that a softmax stays finite.
static void store(const double *values, alu_scalar *out, int n) {
#ifdef ALUNITE_DOUBLE
  const double most = DBL_MAX;
#else
  const double most = FLT_MAX;
#endif
  for (int i = 0; i < n; i++) {
    double v = values[i];
    out[i] = (alu_scalar)(v < -most ? -most : (v > most && v < INFINITY ? most : v));
  }
}

static void draw_chunk(void *context, size_t chunk) {
  const draws *t = context;
  workspace s;
  size_t start = chunk * tile;
  int n = t->count - start < tile ? (int)(t->count - start) : tile;
  name_counters(t, &s, start, n);
  prepare(&s, t->concentration + start, n);
  attempt(t->key, 0, s.d, s.component, s.row, n, s.log_x, s.accepted);
  retry(t, &s, n);
  boost(t->key, &s, n, s.log_x);
  if (t->gradient) {
    alu_gamma_log_gradient(s.a, s.log_x, s.gradient, (size_t)n);
    store(s.gradient, t->gradient + start, n);
  }
  store(s.log_x, t->log_x + start, n);
}

void alu_log_gamma_draw(alu_stream key, const uint32_t *identities, size_t rows, size_t width,
                        const alu_scalar *concentration, alu_scalar *log_x, alu_scalar *gradient) {
  draws t = {key, identities, width, rows * width, concentration, log_x, gradient};
  alu_parallel((t.count + tile - 1) / tile, draw_chunk, &t);
}

ALU_CLONES static void inverse(alu_stream key, workspace *restrict s, int n) {
  for (int i = 0; i < n; i++) {
    uint32_t word[4] = {s->component[i] << 8, s->row[i], key.index, key.stream};
    philox(key.seed, word);
    double a = s->a[i], r = 1 / a;
    s->log_x[i] = (log_of(open_uniform(word[0], word[1])) + log_gamma_of(a + 1)) * r;
    s->gradient[i] = (digamma_of(a + 1) - s->log_x[i]) * r;
  }
}

static void inverse_chunk(void *context, size_t chunk) {
  const draws *t = context;
  workspace s;
  size_t start = chunk * tile;
  int n = t->count - start < tile ? (int)(t->count - start) : tile;
  name_counters(t, &s, start, n);
  prepare(&s, t->concentration + start, n);
  inverse(t->key, &s, n);
  if (t->gradient) store(s.gradient, t->gradient + start, n);
  store(s.log_x, t->log_x + start, n);
}

void alu_log_gamma_draw_inverse(alu_stream key, const uint32_t *identities, size_t rows, size_t width,
                                const alu_scalar *concentration, alu_scalar *log_x, alu_scalar *gradient) {
  draws t = {key, identities, width, rows * width, concentration, log_x, gradient};
  alu_parallel((t.count + tile - 1) / tile, inverse_chunk, &t);
}
