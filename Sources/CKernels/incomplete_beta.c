// The regularised incomplete beta function and its inverse, for batches.

#include "alu_special.h"
#include "beta_functions.h"

enum { tile = 64, most_levels = 20000, most_steps = 60 };

// One argument per lane: shapes, x and y = 1 − x, and what is found: log I, log (1 − I), log of x y times the density.
typedef struct {
  double a[tile], b[tile], x[tile], y[tile];
  double log_i[tile], log_j[tile], log_density[tile];
  double fraction[tile], c[tile], d[tile], unsettled[tile];
} lanes;

// log (part / sum) where sum = part + other.
ALU_INLINE double log_share(double part, double other, double sum) {
  double v = -other / sum;
  return v > -0.5 ? log1p_minus(v) + v : log_of(part / sum);
}

ALU_INLINE double log_beta_of(double a, double b) {
  double sum = a + b, rest = stirling_rest_of(a) + stirling_rest_of(b) - stirling_rest_of(sum);
  double halves = 0.5 * (log_of(sum) - log_of(a) - log_of(b));
  return a * log_share(a, b, sum) + b * log_share(b, a, sum) + halves + 0.91893853320467274 + rest;
}

// One level of the continued fraction, by Lentz's method; a lane that has converged keeps its value.
// Source: DiDonato and Morris, "Algorithm 708", ACM TOMS 18 (1992), Eq. 9.
ALU_CLONES static int level(lanes *restrict s, double m, int n) {
  double unsettled = 0;
  for (int i = 0; i < n; i++) {
    double a = s->a[i], b = s->b[i], x = s->x[i], y = s->y[i];
    double g = a + 2 * m - 1, product = m * (b - m) * x / g;
    double numerator = (a + m - 1) * (a + b + m - 1) * x / g * product;
    double denominator = m + product + (a + m) / (a + 2 * m + 1) * ((a * y - b * x) + 1 + m * (1 + y));
    double d = 1 / (denominator + numerator * s->d[i]), c = denominator + numerator / s->c[i];
    double factor = c * d;
    s->d[i] = d;
    s->c[i] = c;
    s->fraction[i] *= s->unsettled[i] > 0 ? factor : 1;
    s->unsettled[i] = s->unsettled[i] > 0 && fabs(factor - 1) > 3e-16 ? 1 : 0;
    unsettled = s->unsettled[i] > unsettled ? s->unsettled[i] : unsettled;
  }
  return unsettled > 0;
}

// Each lane is turned so that x lies below the mean, where the fraction converges; `turned` says which were.
ALU_CLONES static void turn(lanes *restrict s, double *restrict turned, int n) {
  for (int i = 0; i < n; i++) {
    double a = s->a[i], b = s->b[i], x = s->x[i], y = s->y[i];
    int above = x * (a + b + 2) > a + 1;
    turned[i] = above ? 1 : 0;
    s->a[i] = above ? b : a;
    s->b[i] = above ? a : b;
    s->x[i] = above ? y : x;
    s->y[i] = above ? x : y;
    double first = s->a[i] / (s->a[i] + 1) * (s->a[i] * s->y[i] - s->b[i] * s->x[i] + 1);
    s->d[i] = s->fraction[i] = 1 / first;
    s->c[i] = first * 1e300;
    s->unsettled[i] = 1;
  }
}

ALU_CLONES static void settle(lanes *restrict s, const double *restrict turned, int n) {
  for (int i = 0; i < n; i++) {
    s->log_density[i] = log_beta_density(s->a[i], s->b[i], s->x[i], s->y[i]);
    double log_direct = s->log_density[i] + log_of(s->fraction[i]);
    log_direct = log_direct < 0 ? log_direct : 0;
    double log_other = log_of(1 - exp_of(log_direct));
    s->log_i[i] = turned[i] > 0 ? log_other : log_direct;
    s->log_j[i] = turned[i] > 0 ? log_direct : log_other;
  }
}

static void evaluate(lanes *s, int n) {
  double turned[tile];
  turn(s, turned, n);
  for (int m = 1; m < most_levels && level(s, m, n); m++) {}
  settle(s, turned, n);
}

ALU_CLONES static void exponentials(const double *restrict logarithms, double *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = exp_of(logarithms[i]);
}

void alu_beta_i(const double *a, const double *b, const double *x, double *out, size_t count) {
  for (size_t start = 0; start < count; start += tile) {
    int n = count - start < tile ? (int)(count - start) : tile;
    lanes s;
    for (int i = 0; i < n; i++) {
      double at = x[start + i];
      int inside = a[start + i] > 0 && b[start + i] > 0 && at > 0 && at < 1;
      s.a[i] = inside ? a[start + i] : 1;
      s.b[i] = inside ? b[start + i] : 1;
      s.x[i] = inside ? at : 0.5;
      s.y[i] = 1 - s.x[i];
    }
    evaluate(&s, n);
    exponentials(s.log_i, out + start, n);
    for (int i = 0; i < n; i++) {
      double at = x[start + i];
      if (!(a[start + i] > 0 && b[start + i] > 0 && at >= 0 && at <= 1)) out[start + i] = NAN;
      else if (at == 0 || at == 1) out[start + i] = at;
    }
  }
}

// A quantile being sought, always in the lower half: where p > ½ the two shapes have changed places.
typedef struct {
  double a[tile], b[tile], log_p[tile], normal[tile], logit[tile], spread[tile], log_x[tile];
} search;

// A start on the logit scale: the normal approximation, or the leading power of x for a heavy lower tail.
ALU_CLONES static void start_search(search *restrict q, int n) {
  for (int i = 0; i < n; i++) {
    double a = q->a[i], b = q->b[i];
    double power = (q->log_p[i] + log_of(a) + log_beta_of(a, b)) / a;
    double spread = root_of(trigamma_of(a) + trigamma_of(b));
    double normal = digamma_of(a) - digamma_of(b) + q->normal[i] * spread;
    double bounded = power < -0.1 ? power : -0.1, heavy = bounded - log_of(1 - exp_of(bounded));
    double first = a < 1 ? heavy : normal;
    q->spread[i] = spread;
    q->logit[i] = first < -700 ? -700 : (first > 700 ? 700 : first);
    q->log_x[i] = power + log_of(1 + b) < -45 ? power : 1; // 1 says: to be searched
  }
}

// Halley's step on log I, concave on the logit scale: it converges from one side. Says how far it went.
ALU_CLONES static void step(const lanes *restrict s, const double *restrict a, const double *restrict b,
                            const double *restrict log_p, double *restrict logit, double *restrict moved, int n) {
  for (int i = 0; i < n; i++) {
    double slope = exp_of(s->log_density[i] - s->log_i[i]);
    double newton = (s->log_i[i] - log_p[i]) / slope;
    double x = exp_of(-log_of(1 + exp_of(-logit[i])));
    double bend = a[i] - (a[i] + b[i]) * x - slope;
    double damping = 1 - 0.5 * newton * bend;
    double change = newton / (damping > 0.5 ? damping : 0.5);
    double next = logit[i] - change;
    next = next < -700 ? -700 : (next > 700 ? 700 : next);
    moved[i] = fabs(next - logit[i]);
    logit[i] = next;
  }
}

ALU_CLONES static void place(lanes *restrict s, const double *restrict logit, int n) {
  for (int i = 0; i < n; i++) {
    s->x[i] = 1 / (1 + exp_of(-logit[i]));
    s->y[i] = 1 / (1 + exp_of(logit[i]));
  }
}

static void find(search *q, int n) {
  int open[tile], left = 0;
  for (int i = 0; i < n; i++) {
    if (q->log_x[i] > 0) open[left++] = i;
  }
  for (int k = 0; k < most_steps && left > 0; k++) {
    lanes s;
    double a[tile], b[tile], log_p[tile], logit[tile], moved[tile];
    for (int j = 0; j < left; j++) {
      int i = open[j];
      s.a[j] = a[j] = q->a[i], s.b[j] = b[j] = q->b[i], log_p[j] = q->log_p[i], logit[j] = q->logit[i];
    }
    place(&s, logit, left);
    evaluate(&s, left);
    step(&s, a, b, log_p, logit, moved, left);
    int still = 0;
    for (int j = 0; j < left; j++) {
      int i = open[j];
      q->logit[i] = logit[j];
      // Halley triples the digits: after a move this small nothing is left to correct.
      if (moved[j] > 1e-5 * fmin(q->spread[i], 1)) open[still++] = i;
    }
    left = still;
  }
}

static void begin(search *q, int *valid, int *upper, const double *a, const double *b, const double *p, int n) {
  for (int i = 0; i < n; i++) {
    valid[i] = a[i] > 0 && b[i] > 0 && p[i] > 0 && p[i] < 1 && isfinite(a[i]) && isfinite(b[i]);
    upper[i] = valid[i] && p[i] > 0.5;
    double tail = !valid[i] ? 0.5 : (upper[i] ? 1 - p[i] : p[i]);
    q->a[i] = valid[i] ? (upper[i] ? b[i] : a[i]) : 1;
    q->b[i] = valid[i] ? (upper[i] ? a[i] : b[i]) : 1;
    q->log_p[i] = log(tail);
    q->normal[i] = alu_normal_quantile(tail);
  }
  start_search(q, n);
}

void alu_beta_i_inverse(const double *a, const double *b, const double *p, double *out, size_t count) {
  for (size_t start = 0; start < count; start += tile) {
    int n = count - start < tile ? (int)(count - start) : tile, valid[tile], upper[tile];
    search q;
    lanes s;
    begin(&q, valid, upper, a + start, b + start, p + start, n);
    find(&q, n);
    place(&s, q.logit, n);
    for (int i = 0; i < n; i++) {
      double found = q.log_x[i] > 0 ? (upper[i] ? s.y[i] : s.x[i])
                                    : (upper[i] ? -expm1(q.log_x[i]) : exp(q.log_x[i]));
      double edge = p[start + i] == 0 || p[start + i] == 1 ? p[start + i] : NAN;
      int shaped = a[start + i] > 0 && b[start + i] > 0;
      out[start + i] = valid[i] ? found : (shaped ? edge : NAN);
    }
  }
}
