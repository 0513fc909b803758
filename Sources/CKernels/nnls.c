// Nonnegative least squares from inner products alone: the active set method of Lawson and Hanson with a Cholesky factor
// that grows by a row when an endmember comes in and is mended from its place on when one goes.

#include "alu_nonnegative.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { small = 32 };

typedef struct {
  const double *gram;
  size_t count;    // endmembers
  size_t size;     // of the support
  size_t *members; // of the support, in the order they came
  bool *is_member, *is_refused;
  double *factor;     // lower triangle, rows `count` apart
  double *reciprocal; // of its diagonal
  double *solution;   // over the members
  double *w;          // products - gram a
} solver;

// Writes row n of the factor for `member`. False if it depends on the members before it.
static bool factor_row(solver *s, size_t n, size_t member) {
  const double *column = s->gram + member * s->count;
  double *row = s->factor + n * s->count, pivot = column[member];
  for (size_t i = 0; i < n; i++) {
    const double *other = s->factor + i * s->count;
    double sum = column[s->members[i]];
    for (size_t k = 0; k < i; k++) sum -= row[k] * other[k];
    row[i] = sum * s->reciprocal[i];
    pivot -= row[i] * row[i];
  }
  if (!(pivot > 1e-13 * column[member])) return false;
  row[n] = sqrt(pivot);
  s->reciprocal[n] = 1 / row[n];
  return true;
}

static bool append(solver *s, size_t member) {
  if (!factor_row(s, s->size, member)) return false;
  s->members[s->size++] = member;
  s->is_member[member] = true;
  return true;
}

// Takes away the members whose abundance is not positive, and mends the factor from the first of them on.
static void drop(solver *s, double *a) {
  size_t kept = 0, first = s->size;
  for (size_t i = 0; i < s->size; i++) {
    size_t member = s->members[i];
    if (a[member] > 0) {
      s->members[kept++] = member;
    } else {
      if (first == s->size) first = i;
      a[member] = 0;
      s->is_member[member] = false;
    }
  }
  s->size = kept;
  size_t next = first;
  for (size_t i = first; i < kept; i++) {
    size_t member = s->members[i];
    // Fewer members leave larger pivots; only rounding can lose one.
    if (factor_row(s, next, member)) {
      s->members[next++] = member;
    } else {
      a[member] = 0;
      s->is_member[member] = false;
    }
  }
  s->size = next;
}

// The least squares solution over the members.
static void solve(solver *s, const double *c) {
  double *x = s->solution;
  for (size_t i = 0; i < s->size; i++) {
    const double *row = s->factor + i * s->count;
    double sum = c[s->members[i]];
    for (size_t k = 0; k < i; k++) sum -= row[k] * x[k];
    x[i] = sum * s->reciprocal[i];
  }
  for (size_t i = s->size; i-- > 0;) {
    const double *row = s->factor + i * s->count;
    x[i] *= s->reciprocal[i];
    for (size_t k = 0; k < i; k++) x[k] -= row[k] * x[i];
  }
}

// From a feasible point to the solution over the members, dropping those that would become negative on the way.
static void descend(solver *s, const double *c, double *a) {
  while (s->size > 0) {
    solve(s, c);
    double length = 1;
    size_t blocking = s->count;
    for (size_t i = 0; i < s->size; i++) {
      double from = a[s->members[i]], to = s->solution[i];
      if (to <= 0 && from <= length * (from - to)) {
        length = from - to > 0 ? from / (from - to) : 0;
        blocking = s->members[i];
      }
    }
    bool is_feasible = blocking == s->count;
    for (size_t i = 0; i < s->size; i++) {
      size_t member = s->members[i];
      a[member] = is_feasible ? s->solution[i] : a[member] + length * (s->solution[i] - a[member]);
    }
    if (is_feasible) return;
    a[blocking] = 0;
    drop(s, a);
  }
}

static inline __attribute__((always_inline)) void update_gradient(solver *s, const double *c, const double *a) {
#pragma clang fp contract(fast)
  for (size_t k = 0; k < s->count; k++) s->w[k] = c[k];
  for (size_t i = 0; i < s->size; i++) {
    const double *column = s->gram + s->members[i] * s->count;
    double value = a[s->members[i]];
    for (size_t k = 0; k < s->count; k++) s->w[k] -= value * column[k];
  }
}

static inline __attribute__((always_inline)) void solve_pixel(solver *s, const double *c, double *a, double tolerance) {
  s->size = 0;
  memset(s->is_member, 0, s->count * sizeof(bool));
  memset(s->is_refused, 0, s->count * sizeof(bool));
  for (size_t k = 0; k < s->count; k++)
    if (!(a[k] > 0 && append(s, k))) a[k] = 0;
  descend(s, c, a);
  for (size_t step = 0; step < 10 * s->count + 30; step++) {
    update_gradient(s, c, a);
    size_t best = s->count;
    for (size_t k = 0; k < s->count; k++)
      if (s->w[k] > tolerance && !s->is_member[k] && !s->is_refused[k] && (best == s->count || s->w[k] > s->w[best]))
        best = k;
    if (best == s->count) return;
    if (!append(s, best)) {
      s->is_refused[best] = true;
      continue;
    }
    descend(s, c, a);
    // Dropped at once, by rounding: letting it in again would go round in circles.
    if (s->is_member[best])
      memset(s->is_refused, 0, s->count * sizeof(bool));
    else
      s->is_refused[best] = true;
  }
}

static inline __attribute__((always_inline)) void solve_all(solver *s, double scale, const double *products,
                                                            size_t pixels, alu_scalar *abundances, double *a) {
  size_t count = s->count;
  for (size_t p = 0; p < pixels; p++) {
    const double *c = products + p * count;
    double largest = scale, zero = 0;
    for (size_t k = 0; k < count; k++) {
      largest = fmax(largest, fabs(c[k]));
      zero += c[k] * 0; // NaN if c[k] is not finite
      a[k] = (double)abundances[p * count + k];
    }
    if (zero != 0) {
      for (size_t k = 0; k < count; k++) abundances[p * count + k] = (alu_scalar)NAN;
      continue;
    }
    solve_pixel(s, c, a, 1e-12 * largest);
    for (size_t k = 0; k < count; k++) abundances[p * count + k] = (alu_scalar)a[k];
  }
}

static double largest_square(const double *gram, size_t count) {
  double scale = 0;
  for (size_t k = 0; k < count; k++) scale = fmax(scale, gram[k * count + k]);
  return scale;
}

ALU_CLONES
void alu_nnls(const double *gram, size_t count, const double *products, size_t pixels, alu_scalar *abundances) {
  double scale = largest_square(gram, count);
  if (count <= small) {
    double factor[small * small], reciprocal[small], solution[small], w[small], a[small];
    size_t members[small];
    bool is_member[small], is_refused[small];
    solver s = {gram, count, 0, members, is_member, is_refused, factor, reciprocal, solution, w};
    solve_all(&s, scale, products, pixels, abundances, a);
    return;
  }
  size_t bytes = (count * count + 4 * count) * sizeof(double) + count * (sizeof(size_t) + 2 * sizeof(bool));
  double *memory = alu_take(bytes), *rest = memory + count * count;
  size_t *members = (size_t *)(rest + 4 * count);
  bool *flags = (bool *)(members + count);
  solver s = {gram,   count, 0,            members,         flags, flags + count,
              memory, rest,  rest + count, rest + 2 * count};
  solve_all(&s, scale, products, pixels, abundances, rest + 3 * count);
  alu_give(memory, bytes);
}

ALU_CLONES
void alu_nnls_residual(const double *gram, size_t count, const double *products, size_t pixels,
                       const alu_scalar *abundances, double *residual) {
  double scale = largest_square(gram, count);
  if (scale == 0) scale = 1;
  for (size_t p = 0; p < pixels; p++) {
    const alu_scalar *a = abundances + p * count;
    double worst = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
      double g = -products[p * count + i], own = (double)a[i];
      for (size_t k = 0; k < count; k++) g += gram[i * count + k] * (double)a[k];
      worst = fmax(worst, fmax(-own, fmax(-g, fabs(own * g)) / scale));
      sum += own + g;
    }
    residual[p] = isfinite(sum) ? worst : INFINITY;
  }
}
