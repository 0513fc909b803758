// The derivatives of the incomplete beta function: its continued fraction, differentiated level by level.
// Source: Boik and Robison-Cox, "Derivatives of the incomplete beta function", J. Stat. Software 3 (1998), on the
// fraction of DiDonato and Morris, "Algorithm 708", ACM TOMS 18 (1992), Eq. 9.

#include "alu_special.h"
#include "beta_functions.h"

enum { tile = 64, most_levels = 20000 };

// A number and its derivatives along the two shapes.
typedef struct {
  double value[tile], a[tile], b[tile];
} dual;

// One argument per lane, turned so that x lies below the mean, where the fraction converges.
typedef struct {
  double a[tile], b[tile], x[tile], y[tile], turned[tile];
  dual c, d;                                     // of Lentz's method
  double log_f[tile], f_a[tile], f_b[tile];      // log of a times the fraction, and its derivatives
  double unsettled[tile];
} lanes;

// What is found: x y times the density, log I of the turned argument, and the derivatives of that.
typedef struct {
  double log_density[tile], log_i[tile], a[tile], b[tile];
} slopes;

// One level; a times the fraction has no pole at a = 0, as its first numerator has lost the factor a.
ALU_CLONES static int level(lanes *restrict s, double m, int n) {
  double unsettled = 0;
  for (int i = 0; i < n; i++) {
    const double a = s->a[i], b = s->b[i], x = s->x[i], y = s->y[i], first = m == 1 ? 1 : 0;
    const double g = 1 / (a + 2 * m - 1), h = 1 / (a + 2 * m + 1), t = a + b + m - 1, k = first + (1 - first) * (a + m - 1);
    const double product = m * (b - m) * x * g, product_b = m * x * g;
    const double numerator = k * t * x * g * product;
    const double numerator_a = numerator * ((1 - first) / k + 1 / t - 2 * g);
    const double numerator_b = k * x * g * (product + t * product_b);
    const double ratio = (a + m) * h, bracket = (a * y - b * x) + 1 + m * (1 + y);
    const double denominator = m + product + ratio * bracket;
    const double denominator_a = ratio * y + (m + 1) * h * h * bracket - product * g;
    const double denominator_b = product_b - ratio * x;

    const double last_d = s->d.value[i], last_c = 1 / s->c.value[i];
    const double d = 1 / (denominator + numerator * last_d), c = denominator + numerator * last_c;
    const double d_a = -d * (denominator_a + numerator_a * last_d + numerator * s->d.a[i]);
    const double d_b = -d * (denominator_b + numerator_b * last_d + numerator * s->d.b[i]);
    const double c_a = denominator_a + numerator_a * last_c - numerator * last_c * last_c * s->c.a[i];
    const double c_b = denominator_b + numerator_b * last_c - numerator * last_c * last_c * s->c.b[i];
    const double factor = c * d, step_a = c_a / c + d_a, step_b = c_b / c + d_b;
    const int open = s->unsettled[i] > 0;
    s->d.value[i] = d, s->d.a[i] = d * d_a, s->d.b[i] = d * d_b;
    s->c.value[i] = c, s->c.a[i] = c_a, s->c.b[i] = c_b;
    s->log_f[i] *= open ? factor : 1;
    s->f_a[i] += open ? step_a : 0;
    s->f_b[i] += open ? step_b : 0;
    const double noise_a = 4e-16 * (fabs(c_a / c) + fabs(s->f_a[i])), noise_b = 4e-16 * (fabs(c_b / c) + fabs(s->f_b[i]));
    const int moves = fabs(factor - 1) > 3e-16 || fabs(step_a) > noise_a || fabs(step_b) > noise_b;
    s->unsettled[i] = open && moves ? 1 : 0;
    unsettled = s->unsettled[i] > unsettled ? s->unsettled[i] : unsettled;
  }
  return unsettled > 0;
}

ALU_CLONES static void begin(lanes *restrict s, const double *restrict a, const double *restrict b,
                             const double *restrict x, int n) {
  for (int i = 0; i < n; i++) {
    const int above = x[i] * (a[i] + b[i] + 2) > a[i] + 1;
    const double p = above ? b[i] : a[i], q = above ? a[i] : b[i], y = 1 - x[i];
    s->turned[i] = above ? 1 : 0;
    s->a[i] = p, s->b[i] = q, s->x[i] = above ? y : x[i], s->y[i] = above ? x[i] : y;
    const double r = 1 / (p + 1), first = (p * s->y[i] - q * s->x[i] + 1) * r, d = 1 / first;
    const double first_a = (s->y[i] - first) * r, first_b = -s->x[i] * r;
    s->d.value[i] = d, s->d.a[i] = -d * d * first_a, s->d.b[i] = -d * d * first_b;
    s->c.value[i] = first * 1e300, s->c.a[i] = 0, s->c.b[i] = 0;
    s->log_f[i] = d, s->f_a[i] = -d * first_a, s->f_b[i] = -d * first_b;
    s->unsettled[i] = 1;
  }
}

ALU_CLONES static void settle(const lanes *restrict s, slopes *restrict out, int n) {
  for (int i = 0; i < n; i++) {
    const double a = s->a[i], b = s->b[i], both = digamma_of(a + b);
    out->log_density[i] = log_beta_density(a, b, s->x[i], s->y[i]);
    out->log_i[i] = out->log_density[i] + log_of(s->log_f[i] / a);
    out->a[i] = log_of(s->x[i]) - digamma_of(a + 1) + both + s->f_a[i];
    out->b[i] = log_of(s->y[i]) - digamma_of(b) + both + s->f_b[i];
  }
}

// The slopes at n places with positive shapes and 0 < x < 1.
static void find_slopes(lanes *s, const double *a, const double *b, const double *x, slopes *out, int n) {
  begin(s, a, b, x, n);
  for (int m = 1; m < most_levels && level(s, m, n); m++) {}
  settle(s, out, n);
}

typedef struct {
  double a[tile], b[tile], x[tile], value[tile];
  int is_inside[tile];
} places;

// Where slopes cannot be taken, harmless arguments stand.
static void choose(places *p, int n) {
  for (int i = 0; i < n; i++) {
    const double a = p->a[i], b = p->b[i], x = p->x[i];
    p->is_inside[i] = a > 0 && b > 0 && isfinite(a) && isfinite(b) && x > 0 && x < 1;
    if (!p->is_inside[i]) p->a[i] = p->b[i] = 1, p->x[i] = 0.5;
  }
}

// x^(a−1) (1 − x)^(b−1) / B(a, b) at x = 0.
static double density_at_edge(double a, double b) { return a < 1 ? INFINITY : (a == 1 ? b : 0); }

static double edge_density(double x, double a, double b) {
  if (!(a > 0 && b > 0 && (x == 0 || x == 1))) return NAN;
  return x == 0 ? density_at_edge(a, b) : density_at_edge(b, a);
}

void alu_incomplete_beta(const alu_scalar *x, const alu_scalar *a, const alu_scalar *b, alu_scalar *value,
                         alu_scalar *dx, alu_scalar *da, alu_scalar *db, size_t count) {
  places p;
  lanes work;
  slopes found;
  for (size_t start = 0; start < count; start += tile) {
    const int n = count - start < tile ? (int)(count - start) : tile;
    for (int i = 0; i < n; i++) p.x[i] = x[start + i], p.a[i] = a[start + i], p.b[i] = b[start + i];
    alu_beta_i(p.a, p.b, p.x, p.value, n);
    for (int i = 0; i < n; i++) value[start + i] = (alu_scalar)p.value[i];
    if (!dx && !da && !db) continue;
    choose(&p, n);
    find_slopes(&work, p.a, p.b, p.x, &found, n);
    for (int i = 0; i < n; i++) {
      const size_t k = start + i;
      const double edge = edge_density(x[k], a[k], b[k]), nothing = isnan(edge) ? NAN : 0;
      const double share = exp(found.log_i[i]), sign = work.turned[i] > 0 ? -share : share;
      const double own = work.turned[i] > 0 ? found.b[i] : found.a[i], other = work.turned[i] > 0 ? found.a[i] : found.b[i];
      if (dx) dx[k] = (alu_scalar)(p.is_inside[i] ? exp(found.log_density[i]) / (p.x[i] * (1 - p.x[i])) : edge);
      if (da) da[k] = (alu_scalar)(p.is_inside[i] ? sign * own : nothing);
      if (db) db[k] = (alu_scalar)(p.is_inside[i] ? sign * other : nothing);
    }
  }
}

void alu_incomplete_beta_inverse(const alu_scalar *p, const alu_scalar *a, const alu_scalar *b, alu_scalar *value,
                                 alu_scalar *dp, alu_scalar *da, alu_scalar *db, size_t count) {
  places at;
  lanes work;
  slopes found;
  for (size_t start = 0; start < count; start += tile) {
    const int n = count - start < tile ? (int)(count - start) : tile;
    for (int i = 0; i < n; i++) at.x[i] = p[start + i], at.a[i] = a[start + i], at.b[i] = b[start + i];
    alu_beta_i_inverse(at.a, at.b, at.x, at.value, n);
    for (int i = 0; i < n; i++) value[start + i] = (alu_scalar)at.value[i], at.x[i] = at.value[i];
    if (!dp && !da && !db) continue;
    choose(&at, n);
    find_slopes(&work, at.a, at.b, at.x, &found, n);
    for (int i = 0; i < n; i++) {
      const size_t k = start + i;
      const double edge = edge_density(at.value[i], a[k], b[k]), nothing = isnan(edge) ? NAN : 0;
      // ∂x/∂a = −(∂I/∂a) / density, where the ratio of I to x y times the density is moderate.
      const double spread = at.x[i] * (1 - at.x[i]), share = exp(found.log_i[i] - found.log_density[i]) * spread;
      const double sign = work.turned[i] > 0 ? share : -share;
      const double own = work.turned[i] > 0 ? found.b[i] : found.a[i], other = work.turned[i] > 0 ? found.a[i] : found.b[i];
      if (dp) dp[k] = (alu_scalar)(at.is_inside[i] ? exp(-found.log_density[i]) * spread : 1 / edge);
      if (da) da[k] = (alu_scalar)(at.is_inside[i] ? sign * own : nothing);
      if (db) db[k] = (alu_scalar)(at.is_inside[i] ? sign * other : nothing);
    }
  }
}
