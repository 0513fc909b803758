#pragma once
// Exponential and logarithm that a loop can vectorise. Float: about 1 ulp; Double: libm.

#include "alu_base.h"

#include <math.h>
#include <string.h>

#ifdef ALUNITE_DOUBLE

static inline double alu_exp1(double x) { return exp(x); }
static inline double alu_log1(double x) { return log(x); }
#define ALU_INFINITY INFINITY
#define alu_sqrt1 sqrt
#define alu_fabs1 fabs

#else

#define ALU_INFINITY INFINITY
#define alu_sqrt1 sqrtf
#define alu_fabs1 fabsf

static inline float alu_from_bits(int32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline int32_t alu_to_bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

// e^x = 2^n e^r, |r| ≤ ln 2 / 2, e^r by its Taylor series to r^7 (truncation 1e-8 relative).
static inline float alu_exp1(float x) {
  float bounded = x < -104.0f ? -104.0f : (x > 88.8f ? 88.8f : x);
  float n = rintf(bounded * 1.44269504088896341f);
  float r = fmaf(n, -0.693359375f, bounded);
  r = fmaf(n, 2.12194440054690583e-4f, r);
  float p = 1.98412698e-4f;
  p = fmaf(p, r, 1.38888889e-3f);
  p = fmaf(p, r, 8.33333333e-3f);
  p = fmaf(p, r, 4.16666667e-2f);
  p = fmaf(p, r, 1.66666667e-1f);
  p = fmaf(p, r, 0.5f);
  p = fmaf(p, r, 1.0f);
  p = fmaf(p, r, 1.0f);
  // 2^n in two factors, so that subnormal results and n = 128 come out right.
  int32_t whole = (int32_t)n;
  int32_t half = whole >> 1;
  float value = p * alu_from_bits((half + 127) << 23) * alu_from_bits((whole - half + 127) << 23);
  return x == x ? value : x;
}

// log x = e ln 2 + 2 atanh(s), s = (m − 1)/(m + 1), m in [√½, √2).
static inline float alu_log1(float x) {
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
  // log(1+f) = f − s (f − s² P), the form that keeps the digits near m = 1.
  float series = fmaf(e, -2.12194440e-4f, -(s * (f - p)));
  float value = fmaf(e, 0.693359375f, f + series);
  value = x > 0 ? value : (x == 0 ? -ALU_INFINITY : NAN);
  return x == ALU_INFINITY || x != x ? x : value;
}

#endif
