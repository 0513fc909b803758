// Fully constrained least squares by an exact active set method.
//
// With r the first member of a support S (the endmembers that take part) and a = e_r + E z, E = (e_i - e_r) over the
// other members, the solution with the sum constraint alone is H z = E'(c - G e_r), H = E'G E. Few supports occur in
// an image, so what a support needs is computed once and kept: up to twelve endmembers the affine map a = P_S c + q_S
// itself, P_S = E H^-1 E' and q_S = e_r - P_S G e_r; beyond that the Cholesky factor of H. It depends on nothing but
// the support, so the order in which pixels come never shows in the results.

#include "alu_simplex.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { most = alu_fcls_most, most_maps = 12 };

typedef struct {
  uint32_t support;
  uint8_t size;        // members of the support
  uint8_t members[32]; // in increasing order
  bool is_known;
  bool is_regular; // the endmembers of the support are affinely independent
  double *matrix;  // P_S, [stride, stride], column k at k * stride, 0 outside S; or the factor of H
  double *offset;  // q_S, [stride]; or the reciprocal diagonal of the factor
} entry;

typedef struct {
  size_t count, stride;
  double *gram; // [stride, stride], padded with zeros
  double scale; // largest diagonal element
  entry *entries;
  unsigned bits; // log2 of the number of entries
  bool has_maps; // supports are kept as affine maps, every one at a place of its own
  void *memory;
  size_t bytes;
} solver;

static size_t padded(size_t count) { return count <= 4 ? 4 : count <= 8 ? 8 : count <= 16 ? 16 : 32; }

static void solver_start(solver *s, const alu_fcls_problem *problem) {
  s->count = problem->count;
  s->stride = padded(problem->count);
  s->has_maps = problem->count <= most_maps;
  s->bits = s->has_maps ? (unsigned)problem->count : s->stride <= 16 ? 10 : 8;
  size_t entries = (size_t)1 << s->bits, square = s->stride * s->stride;
  size_t doubles = square + entries * (square + s->stride);
  s->bytes = doubles * sizeof(double) + entries * sizeof(entry);
  s->memory = alu_take(s->bytes);
  double *next = s->memory;
  s->gram = next;
  next += square;
  s->entries = (entry *)(next + entries * (square + s->stride));
  for (size_t i = 0; i < entries; i++) {
    s->entries[i] = (entry){.matrix = next, .offset = next + square};
    next += square + s->stride;
  }
  memset(s->gram, 0, square * sizeof(double));
  s->scale = 0;
  for (size_t i = 0; i < s->count; i++) {
    for (size_t j = 0; j < s->count; j++) s->gram[i * s->stride + j] = problem->gram[i * s->count + j];
    s->scale = fmax(s->scale, problem->gram[i * s->count + i]);
  }
}

static void solver_stop(solver *s) { alu_give(s->memory, s->bytes); }

// Cholesky factor of a symmetric matrix in place (lower triangle, rows `stride` apart) and the reciprocals of its
// diagonal. False if a pivot is lost in rounding: relative to what it was, or to the scale of the problem.
static bool factor(double *h, double *reciprocal, size_t n, size_t stride, double scale) {
  for (size_t i = 0; i < n; i++) {
    double *row = h + i * stride;
    for (size_t j = 0; j < i; j++) {
      double sum = row[j];
      for (size_t k = 0; k < j; k++) sum -= row[k] * h[j * stride + k];
      row[j] = sum * reciprocal[j];
    }
    double before = row[i], pivot = before;
    for (size_t k = 0; k < i; k++) pivot -= row[k] * row[k];
    if (!(pivot > 1e-13 * before && pivot > 1e-14 * scale)) return false;
    row[i] = sqrt(pivot);
    reciprocal[i] = 1 / row[i];
  }
  return true;
}

// x = H^-1 x
static inline void substitute(const double *h, const double *reciprocal, size_t n, size_t stride, double *x) {
  for (size_t i = 0; i < n; i++) {
    double sum = x[i];
    for (size_t k = 0; k < i; k++) sum -= h[i * stride + k] * x[k];
    x[i] = sum * reciprocal[i];
  }
  for (size_t i = n; i-- > 0;) {
    x[i] *= reciprocal[i];
    for (size_t k = 0; k < i; k++) x[k] -= h[i * stride + k] * x[i];
  }
}

static void fill_map(const solver *s, entry *e, const double *h, const double *reciprocal) {
  size_t n = e->size, stride = s->stride, r = e->members[0];
  memset(e->matrix, 0, stride * stride * sizeof(double));
  memset(e->offset, 0, stride * sizeof(double));
  for (size_t j = 1; j < n; j++) {
    double column[most] = {0};
    column[j - 1] = 1;
    substitute(h, reciprocal, n - 1, stride, column);
    double *own = e->matrix + e->members[j] * stride, *reference = e->matrix + r * stride;
    for (size_t i = 1; i < n; i++) {
      own[e->members[i]] += column[i - 1];
      own[r] -= column[i - 1];
      reference[e->members[i]] -= column[i - 1];
      reference[r] += column[i - 1];
    }
  }
  e->offset[r] = 1;
  for (size_t k = 0; k < s->count; k++)
    for (size_t i = 0; i < s->count; i++) e->offset[i] -= e->matrix[k * stride + i] * s->gram[k * stride + r];
}

static void fill(const solver *s, entry *e) {
  size_t n = 0, stride = s->stride;
  const double *g = s->gram;
  for (size_t k = 0; k < s->count; k++)
    if (e->support >> k & 1) e->members[n++] = (uint8_t)k;
  e->size = (uint8_t)n;
  size_t r = e->members[0];
  double small[16 * 16], small_reciprocal[16];
  double *h = s->has_maps ? small : e->matrix, *reciprocal = s->has_maps ? small_reciprocal : e->offset;
  for (size_t i = 1; i < n; i++)
    for (size_t j = 1; j <= i; j++) {
      size_t a = e->members[i], b = e->members[j];
      h[(i - 1) * stride + j - 1] = (g[a * stride + b] - g[a * stride + r]) - (g[r * stride + b] - g[r * stride + r]);
    }
  e->is_regular = factor(h, reciprocal, n - 1, stride, s->scale);
  if (e->is_regular && s->has_maps) fill_map(s, e, h, reciprocal);
}

static const entry *lookup(solver *s, uint32_t support) {
  size_t all = (size_t)1 << s->bits;
  size_t place = s->has_maps ? support & (all - 1) : (support * 2654435769u) >> (32 - s->bits);
  entry *e = &s->entries[place];
  if (!e->is_known || e->support != support) {
    e->support = support;
    e->is_known = true;
    fill(s, e);
  }
  return e;
}

// out = base + matrix * x. `stride` is a constant wherever this is inlined.
static inline __attribute__((always_inline)) void multiply_add(const double *matrix, const double *x,
                                                               const double *base, double *out, size_t stride,
                                                               size_t count) {
  double sum[most];
  for (size_t i = 0; i < stride; i++) sum[i] = base[i];
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < stride; i++) sum[i] += matrix[k * stride + i] * x[k];
  for (size_t i = 0; i < stride; i++) out[i] = sum[i];
}

// The solution on a support with the sum constraint alone; 0 outside the support.
static inline __attribute__((always_inline)) void solve_on(const solver *s, const entry *e, const double *c, double *a,
                                                           size_t stride) {
  if (s->has_maps) return multiply_add(e->matrix, c, e->offset, a, stride, s->count);
  size_t n = e->size, r = e->members[0];
  const double *column = s->gram + r * stride;
  double z[most], reference = c[r] - column[r], rest = 1;
  for (size_t i = 1; i < n; i++) z[i - 1] = c[e->members[i]] - column[e->members[i]] - reference;
  substitute(e->matrix, e->offset, n - 1, stride, z);
  for (size_t i = 0; i < stride; i++) a[i] = 0;
  for (size_t i = 1; i < n; i++) {
    a[e->members[i]] = z[i - 1];
    rest -= z[i - 1];
  }
  a[r] = rest;
}

// The gradient less its value on the support, where it is constant at the solution.
static inline __attribute__((always_inline)) void slacks(const solver *s, const double *a, const double *c, double *w,
                                                         size_t stride) {
  double minus[most], level = 0;
  for (size_t i = 0; i < stride; i++) minus[i] = -c[i];
  multiply_add(s->gram, a, minus, w, stride, s->count);
  for (size_t i = 0; i < stride; i++) level += a[i] * w[i];
  for (size_t i = 0; i < stride; i++) w[i] -= level;
}

// Guesses the support: drops all negative members at once, then lets in the worst of those left out. Nearly always
// right within a few steps; what it returns true for satisfies the optimality conditions.
static inline __attribute__((always_inline)) bool solve_by_guessing(solver *s, const double *c, double *a,
                                                                    double tolerance, size_t stride) {
  uint32_t all = s->count == 32 ? 0xFFFFFFFFu : (1u << s->count) - 1, support = all;
  double w[most];
  for (size_t step = 0; step < 4 + 2 * s->count; step++) {
    const entry *e = lookup(s, support);
    if (!e->is_regular) return false;
    solve_on(s, e, c, a, stride);
    uint32_t negative = 0;
    for (size_t k = 0; k < stride; k++) negative |= (uint32_t)(a[k] < 0) << k;
    negative &= support;
    if (negative) {
      support &= ~negative;
      continue;
    }
    if (support == all) return true;
    slacks(s, a, c, w, stride);
    size_t worst = most;
    for (size_t k = 0; k < s->count; k++)
      if (!(support >> k & 1) && w[k] < -tolerance && (worst == most || w[k] < w[worst])) worst = k;
    if (worst == most) return true;
    support |= 1u << worst;
  }
  return false;
}

// The primal active set method: descends from the best vertex, keeps every constraint, ends after finitely many steps.
// An endmember that depends affinely on the support is never let in, so collinear endmembers do no harm.
static void solve_by_descent(solver *s, const double *c, double *a, double tolerance) {
  size_t count = s->count, stride = s->stride, best = 0;
  double w[most], target[most];
  for (size_t k = 1; k < count; k++)
    if (0.5 * s->gram[k * stride + k] - c[k] < 0.5 * s->gram[best * stride + best] - c[best]) best = k;
  memset(a, 0, stride * sizeof(double));
  a[best] = 1;
  uint32_t support = 1u << best, refused = 0;
  for (size_t step = 0; step < 100 * most; step++) {
    slacks(s, a, c, w, stride);
    size_t worst = most;
    for (size_t k = 0; k < count; k++)
      if (!((support | refused) >> k & 1) && w[k] < -tolerance && (worst == most || w[k] < w[worst])) worst = k;
    if (worst == most) return;
    if (!lookup(s, support | 1u << worst)->is_regular) {
      refused |= 1u << worst;
      continue;
    }
    support |= 1u << worst;
    for (bool is_feasible = false; !is_feasible;) {
      solve_on(s, lookup(s, support), c, target, stride);
      double length = 1;
      size_t blocking = most;
      for (size_t k = 0; k < count; k++)
        if ((support >> k & 1) && target[k] < 0 && a[k] < length * (a[k] - target[k])) {
          length = a[k] / (a[k] - target[k]);
          blocking = k;
        }
      is_feasible = blocking == most;
      for (size_t k = 0; k < count; k++) a[k] = is_feasible ? target[k] : a[k] + length * (target[k] - a[k]);
      if (!is_feasible) {
        a[blocking] = 0;
        support &= ~(1u << blocking);
      }
    }
    // Dropped at once, by rounding: letting it in again would go round in circles.
    refused = support >> worst & 1 ? 0 : refused | 1u << worst;
  }
}

static inline __attribute__((always_inline)) void solve_all(solver *s, const double *products, size_t distance,
                                                            size_t pixels, alu_scalar *abundances, size_t stride) {
  for (size_t p = 0; p < pixels; p++) {
    double c[most] = {0}, a[most], largest = s->scale, zero = 0;
    for (size_t k = 0; k < s->count; k++) {
      c[k] = products[p * distance + k];
      largest = fmax(largest, fabs(c[k]));
      zero += c[k] * 0; // NaN if c[k] is not finite
    }
    if (zero != 0) {
      for (size_t k = 0; k < s->count; k++) abundances[p * s->count + k] = (alu_scalar)NAN;
      continue;
    }
    double tolerance = 1e-12 * largest;
    if (!solve_by_guessing(s, c, a, tolerance, stride)) solve_by_descent(s, c, a, tolerance);
    for (size_t k = 0; k < s->count; k++) abundances[p * s->count + k] = (alu_scalar)(a[k] < 0 ? 0 : a[k]);
  }
}

ALU_CLONES
void alu_fcls(const alu_fcls_problem *problem, const double *products, size_t stride, size_t pixels,
              alu_scalar *abundances) {
  solver s;
  solver_start(&s, problem);
  switch (s.stride) {
  case 4: solve_all(&s, products, stride, pixels, abundances, 4); break;
  case 8: solve_all(&s, products, stride, pixels, abundances, 8); break;
  case 16: solve_all(&s, products, stride, pixels, abundances, 16); break;
  default: solve_all(&s, products, stride, pixels, abundances, 32); break;
  }
  solver_stop(&s);
}
