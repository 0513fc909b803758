#pragma once
// Elementary functions that a loop can vectorise. Float: within 2 ulp; Double: libm.

#include "alu_base.h"

#include <math.h>
#include <string.h>

#define ALU_INLINE static inline __attribute__((always_inline))

// The C library's root may set errno, which keeps a loop from being vectorised.
#if defined(__has_builtin) && __has_builtin(__builtin_elementwise_sqrt)
ALU_INLINE alu_scalar alu_sqrt1(alu_scalar x) { return __builtin_elementwise_sqrt(x); }
#else
ALU_INLINE alu_scalar alu_sqrt1(alu_scalar x) { return (alu_scalar)sqrt(x); }
#endif

#ifdef ALUNITE_DOUBLE

ALU_INLINE double alu_exp1(double x) { return exp(x); }
ALU_INLINE double alu_expm1_1(double x) { return expm1(x); }
ALU_INLINE double alu_log1(double x) { return log(x); }
ALU_INLINE double alu_log1p1(double x) { return log1p(x); }
ALU_INLINE double alu_log1p_unit(double x) { return log1p(x); }
ALU_INLINE double alu_tanh1(double x) { return tanh(x); }
ALU_INLINE double alu_fabs1(double x) { return fabs(x); }

#else

ALU_INLINE float alu_fabs1(float x) { return fabsf(x); }

ALU_INLINE float alu_from_bits(int32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

ALU_INLINE int32_t alu_to_bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

// 2^n for -126 ≤ n ≤ 127.
ALU_INLINE float alu_power_of_two(int32_t n) { return alu_from_bits((n + 127) << 23); }

// x = n ln 2 + r with |r| ≤ ln 2 / 2; returns r.
ALU_INLINE float alu_reduce_exponent(float x, float *n) {
  *n = rintf(x * 1.44269504088896341f);
  return fmaf(*n, 2.12194440054690583e-4f, fmaf(*n, -0.693359375f, x));
}

// (e^r − 1 − r) / r² by its Taylor series to r^7 (truncation 1e-8 relative to e^r).
ALU_INLINE float alu_exponential_tail(float r) {
  float p = 1.98412698e-4f;
  p = fmaf(p, r, 1.38888889e-3f);
  p = fmaf(p, r, 8.33333333e-3f);
  p = fmaf(p, r, 4.16666667e-2f);
  p = fmaf(p, r, 1.66666667e-1f);
  return fmaf(p, r, 0.5f);
}

// e^x = 2^n e^r.
ALU_INLINE float alu_exp1(float x) {
  float bounded = x >= -104.0f ? (x <= 88.8f ? x : 88.8f) : -104.0f, n;
  float r = alu_reduce_exponent(bounded, &n);
  float p = fmaf(fmaf(alu_exponential_tail(r), r, 1.0f), r, 1.0f);
  // 2^n in two factors, so that subnormal results and n = 128 come out right.
  int32_t whole = (int32_t)n, half = whole >> 1;
  float value = p * alu_power_of_two(half) * alu_power_of_two(whole - half);
  return x == x ? value : x;
}

// e^x − 1 = 2^n (e^r − 1) + (2^n − 1): no digits cancel.
ALU_INLINE float alu_expm1_1(float x) {
  float bounded = x >= -30.0f ? (x <= 89.0f ? x : 89.0f) : -30.0f, n;
  float r = alu_reduce_exponent(bounded, &n);
  float q = fmaf(alu_exponential_tail(r) * r, r, r);
  // From n = 127 on, 2^n is made of two factors.
  int32_t whole = (int32_t)n, beyond = whole > 126 ? whole - 126 : 0;
  float power = alu_power_of_two(whole - beyond);
  float value = fmaf(q, power, power - 1.0f) * alu_power_of_two(beyond);
  return x == x ? value : x;
}

// log x = e ln 2 + 2 atanh(s), s = (m − 1)/(m + 1), m in [√½, √2).
ALU_INLINE float alu_log1(float x) {
  int tiny = x < 1.17549435e-38f;
  float scaled = tiny ? x * 8388608.0f : x;
  int32_t bits = alu_to_bits(scaled);
  int32_t shifted = bits - 0x3f3504f3;
  int32_t exponent = shifted >> 23;
  float m = alu_from_bits((shifted & 0x7fffff) + 0x3f3504f3);
  float e = (float)(exponent - (tiny ? 23 : 0));
  float f = m - 1.0f;
  float s = f / (2.0f + f);
  float s2 = s * s;
  float p = 0.222222222f;
  p = fmaf(p, s2, 0.285714286f);
  p = fmaf(p, s2, 0.4f);
  p = fmaf(p, s2, 0.666666667f);
  p *= s2;
  // log(1+f) = f − s (f − P), the form that keeps the digits near m = 1.
  float series = fmaf(e, -2.12194440e-4f, -(s * (f - p)));
  float value = fmaf(e, 0.693359375f, f + series);
  value = x > 0 ? value : (x == 0 ? -INFINITY : NAN);
  return x == INFINITY || x != x ? x : value;
}

// log(1 + x) = log u + (x − (u − 1))/u with u = 1 + x rounded: the second term restores what the rounding took.
ALU_INLINE float alu_log1p1(float x) {
  float u = 1.0f + x;
  float value = alu_log1(u);
  return u > 0 && u < INFINITY ? value + (x - (u - 1.0f)) / u : value;
}

// log(1 + x) for 0 ≤ x ≤ 1: x − s (x − s² P(s²)), s = x/(2 + x), P interpolates at Chebyshev points (error 4.0e-10).
ALU_INLINE float alu_log1p_unit(float x) {
  float s = x / (2.0f + x);
  float s2 = s * s;
  float p = 0.232243292f;
  p = fmaf(p, s2, 0.217065758f);
  p = fmaf(p, s2, 0.28592358f);
  p = fmaf(p, s2, 0.399997063f);
  p = fmaf(p, s2, 0.666666673f);
  return fmaf(-s, fmaf(-s2, p, x), x);
}

// tanh |x| = t/(t + 2), t = e^{2|x|} − 1.
ALU_INLINE float alu_tanh1(float x) {
  float size = fabsf(x);
  float t = alu_expm1_1(size < 10.0f || x != x ? 2.0f * size : 20.0f);
  return copysignf(t / (t + 2.0f), x);
}

#endif

// 1/(1 + e^{-|x|}) or its complement: e^{-|x|} never overflows.
ALU_INLINE alu_scalar alu_sigmoid1(alu_scalar x) {
  const alu_scalar decay = alu_exp1(-alu_fabs1(x));
  const alu_scalar upper = 1 / (1 + decay);
  return x < 0 ? decay * upper : upper;
}

// log(1 + e^x) = max(x, 0) + log(1 + e^{-|x|}).
ALU_INLINE alu_scalar alu_softplus1(alu_scalar x) {
  return (x < 0 ? 0 : x) + alu_log1p_unit(alu_exp1(-alu_fabs1(x)));
}
