#pragma once
// Draws from a normal density on an interval by inversion, exact in the tails and without a branch.

#include "double_math.h"

// Q(x)/φ(x) for x ≥ 0, Q the upper tail of the standard normal: (5/4 + x) Q/φ is a polynomial in (x − c)/(x + c),
// c = 5.3. Relative error 6·10⁻¹⁴.
// Source: the form of Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞",
// Math. Comp. 36 (1981); the coefficients are those of the Chebyshev expansion, computed with 40 digits.
ALU_INLINE double mills_ratio(double x) {
  double over = 1 / ((x + 5.3) * (x + 1.25)), z = 1 - 10.6 * over * (x + 1.25);
  double p = -1.0221592438917328e-07;
  p = p * z - 1.3397866147405925e-08;
  p = p * z + 1.2313554570163971e-06;
  p = p * z - 5.946674983840288e-07;
  p = p * z - 9.354991657585565e-06;
  p = p * z + 1.598177178970137e-05;
  p = p * z + 4.723523235580659e-05;
  p = p * z - 0.0002243151036576644;
  p = p * z + 0.0001616727575319116;
  p = p * z + 0.0015196346594773895;
  p = p * z - 0.007372685061827921;
  p = p * z + 0.019493928035167446;
  p = p * z - 0.03556145688997965;
  p = p * z + 0.044547454886476094;
  p = p * z - 0.026716479967830848;
  p = p * z - 0.03825012597274532;
  p = p * z + 0.15689610166024806;
  p = p * z - 0.3104232860333672;
  p = p * z + 1.1958751739437894;
  return p * over * (x + 5.3);
}

// The t ≥ 0 with Q(b + t) = Q(b) e⁻ʷ for b ≥ 0, w ≥ 0, where `hazard` is φ(b)/Q(b): two of Halley's steps on
//
//     F(t) = b t + t²/2 − log(m(b + t)/m(b)) − w,   F′ = 1/m(b + t),   F″ = F′ (F′ − b − t),   m = Q/φ
//
// from the root of F′(0) t + ½ c t² = w, where c goes from F″(0) to 1, its value far out, as w grows. The error is 10⁻¹³
// of the distance m over which the tail falls, for every b and w.
ALU_INLINE double tail_distance(double b, double hazard, double w) {
  double curvature = hazard * (hazard - b);
  curvature = curvature < 0.5 ? 0.5 : (curvature > 1 ? 1 : curvature);
  curvature += (1 - curvature) * w / (w + 18);
  double t = 2 * w / (hazard + root_of(hazard * hazard + 2 * curvature * w));
#pragma clang loop unroll(full)
  for (int step = 0; step < 2; step++) {
    double x = b + t, m = mills_ratio(x);
    double f = t * (b + 0.5 * t) - log_of(m * hazard) - w;
    t -= 2 * f * m / (2 - f * (1 - x * m));
  }
  return t > 0 ? t : 0;
}

// A standard normal variate between l and r, as its distance from the end that it is nearer to in probability: the
// distance from l where `*from_right` is 0, else from r. u is uniform in (0, 1); needs l ≤ r, both finite.
//
// The interval is mirrored so that its middle is not negative. Then the density is largest at l, or at 0 if l < 0;
// tails are taken from l upwards in the first case, else from 0 in the direction in which u points.
ALU_INLINE double truncated_normal_distance(double l, double r, double u, int *from_right) {
  int mirrored = l + r < 0;
  double low = mirrored ? -r : l, high = mirrored ? -l : r, width = r - l;
  int is_tail = low >= 0;
  double magnitude = low < 0 ? -low : low, at_low = mills_ratio(magnitude), at_high = mills_ratio(high);
  double fall = is_tail ? width * (high + low) : high * high;
  // Held where e^… is a normal number, which is quicker; what is below is nothing beside what it is added to.
  double square = low * low;
  double falling = exp_of(-0.5 * (fall < 1400 ? fall : 1400)), below = exp_of(-0.5 * (square < 1400 ? square : 1400));
  // Beyond l ≥ 0: the share of Q(l) that lies above x.
  double hazard = 1 / at_low, left = 1 - u * (1 - falling * at_high * hazard);
  // Around 0: twice the smaller of the tails on either side of x.
  const double scale = 0.7978845608028654; // 2 φ(0), which is the hazard at 0, too
  double lower = scale * below * at_low, upper = scale * falling * at_high;
  double above = (2 - lower) * (1 - u) + upper * u, under = lower * (1 - u) + (2 - upper) * u;
  int is_under = under < above;
  double tail = is_under ? under : above;
  double share = is_tail ? left : tail;
  double w = -log_of(share < 1 ? share : 1);
  double t = tail_distance(is_tail ? low : 0, is_tail ? hazard : scale, w);
  double distance = is_tail ? t : (is_under ? -t : t) - low;
  *from_right = mirrored;
  return distance < 0 ? 0 : (distance > width ? width : distance);
}
