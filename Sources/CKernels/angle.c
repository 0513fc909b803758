#include "alu_angle.h"
#include "alu_math.h"

// A fused x·a − y·b would not be 0 for equal vectors.
#pragma STDC FP_CONTRACT OFF

enum { lanes = 8 };

// Adds up f(i) for 0 ≤ i < count in `lanes` accumulators and a fixed order.
#define SUM(total, expression)                                                         \
  do {                                                                                 \
    double partial[lanes] = {0};                                                       \
    size_t base = 0;                                                                   \
    for (; base + lanes <= count; base += lanes)                                       \
      for (int lane = 0; lane < lanes; lane++) {                                       \
        const size_t i = base + lane;                                                  \
        partial[lane] += (expression);                                                 \
      }                                                                                \
    for (size_t i = base; i < count; i++) partial[i - base] += (expression);           \
    for (int width = lanes / 2; width > 0; width /= 2)                                 \
      for (int lane = 0; lane < width; lane++) partial[lane] += partial[lane + width]; \
    total = partial[0];                                                                \
  } while (0)

typedef struct {
  double x_inverse, y_inverse; // 1/‖x‖, 1/‖y‖; 0 for a zero row
  double apart, together;      // ‖û − v̂‖ = 2 sin θ/2, ‖û + v̂‖ = 2 cos θ/2
} position;

ALU_INLINE position compare(const alu_scalar *x, const alu_scalar *y, size_t count) {
  double xx, yy, dd, ss;
  SUM(xx, (double)x[i] * x[i]);
  SUM(yy, (double)y[i] * y[i]);
  position p = {xx == 0 ? 0 : 1 / sqrt(xx), yy == 0 ? 0 : 1 / sqrt(yy), 0, 0};
  const double a = p.x_inverse, b = p.y_inverse;
  SUM(dd, (x[i] * a - y[i] * b) * (x[i] * a - y[i] * b));
  SUM(ss, (x[i] * a + y[i] * b) * (x[i] * a + y[i] * b));
  p.apart = sqrt(dd);
  p.together = sqrt(ss);
  return p;
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
