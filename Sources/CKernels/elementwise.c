#include "alu_elementwise.h"
#include "alu_math.h"

#define BINARY(name, expression)                                                                            \
  ALU_CLONES void name(const alu_scalar *a, size_t a_row, size_t a_step, const alu_scalar *b, size_t b_row, \
                       size_t b_step, alu_scalar *restrict out, size_t rows, size_t count) {                \
    for (size_t r = 0; r < rows; r++, a += a_row, b += b_row, out += count) {                               \
      if (a_step && b_step) {                                                                               \
        for (size_t i = 0; i < count; i++) {                                                                \
          const alu_scalar x = a[i], y = b[i];                                                              \
          out[i] = (expression);                                                                            \
        }                                                                                                   \
      } else if (a_step) {                                                                                  \
        const alu_scalar y = *b;                                                                            \
        for (size_t i = 0; i < count; i++) {                                                                \
          const alu_scalar x = a[i];                                                                        \
          out[i] = (expression);                                                                            \
        }                                                                                                   \
      } else if (b_step) {                                                                                  \
        const alu_scalar x = *a;                                                                            \
        for (size_t i = 0; i < count; i++) {                                                                \
          const alu_scalar y = b[i];                                                                        \
          out[i] = (expression);                                                                            \
        }                                                                                                   \
      } else {                                                                                              \
        const alu_scalar x = *a, y = *b;                                                                    \
        for (size_t i = 0; i < count; i++) out[i] = (expression);                                           \
      }                                                                                                     \
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

BINARY(alu_log1p_slope_of_argument, x / (1 + y))
BINARY(alu_expm1_slope_of_value, x *(1 + y))
BINARY(alu_sqrt_slope_of_value, x / (2 * y))
BINARY(alu_square_slope_of_argument, 2 * x * y)
BINARY(alu_absolute_slope_of_argument, y > 0 ? x : (y < 0 ? -x : 0))
BINARY(alu_reciprocal_slope_of_value, -x * y * y)
BINARY(alu_sigmoid_slope_of_value, x *y *(1 - y))
BINARY(alu_softplus_slope_of_argument, x *alu_sigmoid1(y))
BINARY(alu_tanh_slope_of_value, x *(1 - y) * (1 + y))
BINARY(alu_relu_slope_of_value, y > 0 ? x : 0)

#define UNARY(name, expression)                                                       \
  ALU_CLONES void name(const alu_scalar *a, alu_scalar *restrict out, size_t count) { \
    for (size_t i = 0; i < count; i++) {                                              \
      const alu_scalar x = a[i];                                                      \
      out[i] = (expression);                                                          \
    }                                                                                 \
  }

UNARY(alu_negate, -x)
UNARY(alu_exp, alu_exp1(x))
UNARY(alu_log, alu_log1(x))
UNARY(alu_log1p, alu_log1p1(x))
UNARY(alu_expm1, alu_expm1_1(x))
UNARY(alu_sqrt, alu_sqrt1(x))
UNARY(alu_square, x *x)
UNARY(alu_absolute, alu_fabs1(x))
UNARY(alu_reciprocal, 1 / x)
UNARY(alu_relu, x < 0 ? 0 : x)
UNARY(alu_sigmoid, alu_sigmoid1(x))
UNARY(alu_softplus, alu_softplus1(x))
UNARY(alu_tanh, alu_tanh1(x))

void alu_power(const alu_scalar *a, alu_scalar exponent, alu_scalar *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (alu_scalar)pow((double)a[i], (double)exponent);
}

void alu_atan2(const alu_scalar *y, const alu_scalar *x, alu_scalar *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (alu_scalar)atan2((double)y[i], (double)x[i]);
}

ALU_CLONES void alu_clamp(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out,
                          size_t count) {
  for (size_t i = 0; i < count; i++) {
    const alu_scalar x = a[i];
    out[i] = x < least ? least : (x > most ? most : x);
  }
}

ALU_CLONES void alu_is_within(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out,
                              size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] >= least && a[i] <= most ? 1 : 0;
}

ALU_CLONES void alu_leaky(const alu_scalar *x, alu_scalar slope, alu_scalar *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = x[i] > 0 ? x[i] : slope * x[i];
}

ALU_CLONES void alu_leaky_slope(const alu_scalar *flow, const alu_scalar *x, alu_scalar slope, alu_scalar *restrict out,
                                size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = x[i] > 0 ? flow[i] : slope * flow[i];
}

ALU_CLONES void alu_accumulate(alu_scalar *restrict a, const alu_scalar *restrict b, size_t count) {
  for (size_t i = 0; i < count; i++) a[i] += b[i];
}

// Square tiles, so that both sides stay in the nearest cache.
ALU_CLONES void alu_transpose(const alu_scalar *restrict in, size_t rows, size_t columns, alu_scalar *restrict out) {
  enum { tile = 16 };
  for (size_t r = 0; r < rows; r += tile)
    for (size_t c = 0; c < columns; c += tile) {
      const size_t height = rows - r < tile ? rows - r : tile, width = columns - c < tile ? columns - c : tile;
      for (size_t j = 0; j < width; j++)
        for (size_t i = 0; i < height; i++) out[(c + j) * rows + r + i] = in[(r + i) * columns + c + j];
    }
}
