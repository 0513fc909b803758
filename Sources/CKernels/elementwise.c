#include "alu_elementwise.h"
#include "alu_math.h"

#define BINARY(name, expression)                                                                            \
  ALU_CLONES void name(const alu_scalar *a, size_t a_stride, const alu_scalar *b, size_t b_stride,          \
                       alu_scalar *restrict out, size_t count) {                                            \
    if (a_stride && b_stride) {                                                                             \
      for (size_t i = 0; i < count; i++) {                                                                  \
        const alu_scalar x = a[i], y = b[i];                                                                \
        out[i] = (expression);                                                                              \
      }                                                                                                     \
    } else if (a_stride) {                                                                                  \
      const alu_scalar y = *b;                                                                              \
      for (size_t i = 0; i < count; i++) {                                                                  \
        const alu_scalar x = a[i];                                                                          \
        out[i] = (expression);                                                                              \
      }                                                                                                     \
    } else if (b_stride) {                                                                                  \
      const alu_scalar x = *a;                                                                              \
      for (size_t i = 0; i < count; i++) {                                                                  \
        const alu_scalar y = b[i];                                                                          \
        out[i] = (expression);                                                                              \
      }                                                                                                     \
    } else {                                                                                                \
      const alu_scalar x = *a, y = *b;                                                                      \
      for (size_t i = 0; i < count; i++) out[i] = (expression);                                             \
    }                                                                                                       \
  }

BINARY(alu_add, x + y)
BINARY(alu_subtract, x - y)
BINARY(alu_multiply, x *y)
BINARY(alu_divide, x / y)
// A NaN on either side comes through.
BINARY(alu_maximum, (x > y || x != x) ? x : y)
BINARY(alu_minimum, (x < y || x != x) ? x : y)
BINARY(alu_is_at_least, x >= y ? 1 : 0)
BINARY(alu_is_above, x > y ? 1 : 0)

#define UNARY(name, expression)                                                    \
  ALU_CLONES void name(const alu_scalar *a, alu_scalar *restrict out, size_t count) { \
    for (size_t i = 0; i < count; i++) {                                           \
      const alu_scalar x = a[i];                                                   \
      out[i] = (expression);                                                       \
    }                                                                              \
  }

UNARY(alu_negate, -x)
UNARY(alu_exp, alu_exp1(x))
UNARY(alu_log, alu_log1(x))
UNARY(alu_log1p, (alu_scalar)log1p((double)x))
UNARY(alu_expm1, (alu_scalar)expm1((double)x))
UNARY(alu_sqrt, alu_sqrt1(x))
UNARY(alu_square, x *x)
UNARY(alu_absolute, alu_fabs1(x))
UNARY(alu_sign, (alu_scalar)((x > 0) - (x < 0)))
UNARY(alu_reciprocal, 1 / x)
UNARY(alu_relu, x < 0 ? 0 : x)

// 1/(1 + e^{-|x|}) or its complement: e^{-|x|} never overflows.
static inline alu_scalar sigmoid1(alu_scalar x) {
  const alu_scalar decay = alu_exp1(-alu_fabs1(x));
  const alu_scalar upper = 1 / (1 + decay);
  return x < 0 ? decay * upper : upper;
}

UNARY(alu_sigmoid, sigmoid1(x))

// log(1 + e^x) = max(x, 0) + log(1 + e^{-|x|}); the second term in Double, for its digits when e^{-|x|} is small.
static inline alu_scalar softplus1(alu_scalar x) {
  const double tail = log1p(exp(-fabs((double)x)));
  return (alu_scalar)((x > 0 ? (double)x : 0) + tail);
}

UNARY(alu_softplus, softplus1(x))
UNARY(alu_tanh, (alu_scalar)tanh((double)x))

void alu_power(const alu_scalar *a, alu_scalar exponent, alu_scalar *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (alu_scalar)pow((double)a[i], (double)exponent);
}

void alu_atan2(const alu_scalar *y, const alu_scalar *x, alu_scalar *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (alu_scalar)atan2((double)y[i], (double)x[i]);
}

ALU_CLONES void alu_clamp(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const alu_scalar x = a[i];
    out[i] = x < least ? least : (x > most ? most : x);
  }
}

ALU_CLONES void alu_is_within(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out,
                              size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] >= least && a[i] <= most ? 1 : 0;
}

ALU_CLONES void alu_accumulate(alu_scalar *restrict a, const alu_scalar *restrict b, size_t count) {
  for (size_t i = 0; i < count; i++) a[i] += b[i];
}
