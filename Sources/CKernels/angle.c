#include "alu_angle.h"
#include "alu_math.h"

// A fused x·a − y·b would not be 0 for equal vectors.
#pragma STDC FP_CONTRACT OFF

// Eight doubles, and eight scalars that may lie anywhere.
typedef double wide __attribute__((vector_size(64)));
typedef alu_scalar narrow __attribute__((vector_size(8 * sizeof(alu_scalar)), aligned(sizeof(alu_scalar))));

#define LOAD(place) __builtin_convertvector(*(const narrow *)(place), wide)
#define TOTAL(v) (((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])))

typedef struct {
  double x_inverse, y_inverse; // 1/‖x‖, 1/‖y‖; 0 for a zero row
  double apart, together;      // ‖û − v̂‖ = 2 sin θ/2, ‖û + v̂‖ = 2 cos θ/2
} position;

ALU_INLINE position compare(const alu_scalar *x, const alu_scalar *y, size_t count) {
  wide xs = {0}, ys = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const wide u = LOAD(x + i), v = LOAD(y + i);
    xs += u * u;
    ys += v * v;
  }
  double xx = TOTAL(xs), yy = TOTAL(ys);
  for (; i < count; i++) {
    xx += (double)x[i] * x[i];
    yy += (double)y[i] * y[i];
  }
  // An infinite vector has no direction that its numbers tell.
  const double a = xx == 0 ? 0 : (isinf(xx) ? NAN : 1 / sqrt(xx)), b = yy == 0 ? 0 : (isinf(yy) ? NAN : 1 / sqrt(yy));
  wide apart = {0}, together = {0};
  for (i = 0; i + 8 <= count; i += 8) {
    const wide u = LOAD(x + i) * a, v = LOAD(y + i) * b, difference = u - v, sum = u + v;
    apart += difference * difference;
    together += sum * sum;
  }
  double dd = TOTAL(apart), ss = TOTAL(together);
  for (; i < count; i++) {
    const double u = x[i] * a, v = y[i] * b;
    dd += (u - v) * (u - v);
    ss += (u + v) * (u + v);
  }
  return (position){a, b, sqrt(dd), sqrt(ss)};
}

ALU_CLONES void alu_angle(const alu_scalar *x, const alu_scalar *y, size_t rows, size_t count, alu_scalar *out) {
  for (size_t r = 0; r < rows; r++, x += count, y += count) {
    const position p = compare(x, y, count);
    const int is_zero = p.x_inverse == 0 || p.y_inverse == 0;
    out[r] = (alu_scalar)(is_zero ? acos(0.0) : 2 * atan2(p.apart, p.together));
  }
}

// ∂θ/∂x = (û cos θ − v̂) / (‖x‖ sin θ); the bracket is (û − v̂) − û(1 − cos θ) or −(û + v̂) + û(1 + cos θ),
// of which the one for the nearer pole loses no digits.
ALU_INLINE void slope(const alu_scalar *x, double a, const alu_scalar *y, double b, position p, double factor,
                      size_t count, alu_scalar *out) {
  const int near_zero = p.apart < p.together;
  const double sign = near_zero ? 1 : -1;
  const double bend = near_zero ? p.apart * p.apart / 2 : -p.together * p.together / 2;
  const double scale = factor * a;
  for (size_t i = 0; i < count; i++) {
    const double u = x[i] * a, v = y[i] * b;
    out[i] = (alu_scalar)(scale * ((sign * u - v) - u * bend));
  }
}

ALU_CLONES void alu_angle_slope(const alu_scalar *x, const alu_scalar *y, const alu_scalar *flow, double held,
                                size_t rows, size_t count, alu_scalar *dx, alu_scalar *dy) {
  const double least_sine = sin(held);
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar *u = x + r * count, *v = y + r * count;
    const position p = compare(u, v, count);
    const double sine = p.apart * p.together / 2;
    const int is_zero = p.x_inverse == 0 || p.y_inverse == 0;
    const double factor = is_zero ? 0 : flow[r] / (sine < least_sine ? least_sine : sine);
    if (dx) slope(u, p.x_inverse, v, p.y_inverse, p, factor, count, dx + r * count);
    if (dy) slope(v, p.y_inverse, u, p.x_inverse, p, factor, count, dy + r * count);
  }
}
