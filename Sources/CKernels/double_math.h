#pragma once
// Functions of a double that a loop can vectorise: no branch, no table, no call. About 1 ulp each.

#include <math.h>
#include <stdint.h>
#include <string.h>

// The C library's sqrt may set errno, which keeps a loop from being vectorised.
#if defined(__has_builtin) && __has_builtin(__builtin_elementwise_sqrt)
#define root_of(x) __builtin_elementwise_sqrt(x)
#else
#define root_of(x) sqrt(x)
#endif

#define ALU_INLINE static inline __attribute__((always_inline))

ALU_INLINE uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  return bits;
}

ALU_INLINE double from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

// log x = e ln 2 + 2 atanh(s), s = (m − 1)/(m + 1), m in [√½, √2); −∞ at 0, NaN below.
ALU_INLINE double log_of(double x) {
  int tiny = x < 0x1p-1022;
  uint64_t shifted = bits_of(tiny ? x * 0x1p54 : x) + (0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
  double e = from_bits((shifted >> 52) | 0x4330000000000000) - (tiny ? 0x1p52 + 1077 : 0x1p52 + 1023);
  double f = from_bits((shifted & 0xfffffffffffff) + 0x3fe6a09e667f3bcd) - 1;
  double s = f / (2 + f), z = s * s;
  double p = 0.05942549671624785;
  p = p * z + 0.05843890494785931;
  p = p * z + 0.06667826988229733;
  p = p * z + 0.07692287389067005;
  p = p * z + 0.09090909299084957;
  p = p * z + 0.11111111109913864;
  p = p * z + 0.14285714285717732;
  p = p * z + 0.19999999999999996;
  p = p * z + 0.3333333333333333;
  // log(1 + f) = f − s (f − 2 z P), the form that keeps the digits near m = 1.
  double value = e * 0x1.62e42fefa38p-1 + (f - (s * (f - 2 * z * p) - e * 0x1.ef35793c7673p-45));
  value = x > 0 ? value : (x == 0 ? -INFINITY : NAN);
  return x == INFINITY ? x : value;
}

// 2^n for an integer n in [−1022, 1023].
ALU_INLINE double power_of_two(double n) { return from_bits((bits_of(n + 0x1.8p52) << 52) + 0x3ff0000000000000); }

// eˣ = 2ⁿ eʳ, |r| ≤ ln 2 / 2, eʳ by its Taylor series.
ALU_INLINE double exp_of(double x) {
  double bounded = x < -750 ? -750 : (x > 710 ? 710 : x);
  double n = (bounded * 1.4426950408889634 + 0x1.8p52) - 0x1.8p52;
  double r = (bounded - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r * r + r + 1;
  double half = (n * 0.5 + 0x1.8p52) - 0x1.8p52;
  double value = p * power_of_two(half) * power_of_two(n - half);
  return x == x ? value : x;
}

// log(1 + u) − u for u > −1, with all its digits near 0.
ALU_INLINE double log1p_minus(double u) {
  double s = u / (2 + u), z = s * s;
  double p = 1.0 / 25;
  p = p * z + 1.0 / 23;
  p = p * z + 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  double near = s * (2 * z * p - u);
  double far = log_of(1 + u) - u;
  return fabs(u) < 0.5 ? near : far;
}

// The cosine and sine of a turn in [0, 1].
ALU_INLINE void cosine_and_sine_of_turn(double turn, double *cosine, double *sine) {
  double quarter = (turn * 4 + 0x1.8p52) - 0x1.8p52;
  double r = (turn - quarter * 0.25) * 6.283185307179586, z = r * r;
  double s = -1.0 / 1307674368000;
  s = s * z + 1.0 / 6227020800;
  s = s * z - 1.0 / 39916800;
  s = s * z + 1.0 / 362880;
  s = s * z - 1.0 / 5040;
  s = s * z + 1.0 / 120;
  s = s * z - 1.0 / 6;
  s = s * z * r + r;
  double c = 1.0 / 20922789888000;
  c = c * z - 1.0 / 87178291200;
  c = c * z + 1.0 / 479001600;
  c = c * z - 1.0 / 3628800;
  c = c * z + 1.0 / 40320;
  c = c * z - 1.0 / 720;
  c = c * z + 1.0 / 24;
  c = c * z - 0.5;
  c = c * z + 1;
  // Quarter turns: (c, s), (−s, c), (−c, −s), (s, −c), (c, s).
  int odd = quarter == 1 || quarter == 3;
  double first = odd ? s : c, second = odd ? c : s;
  *cosine = quarter == 1 || quarter == 2 ? -first : first;
  *sine = quarter == 2 || quarter == 3 ? -second : second;
}
