#pragma once
// Elementwise kernels. A stride is 0 (one value for all) or 1.

#include "alu_base.h"

typedef void alu_binary(const alu_scalar *a, size_t a_stride, const alu_scalar *b, size_t b_stride,
                        alu_scalar *restrict out, size_t count);
alu_binary alu_add, alu_subtract, alu_multiply, alu_divide, alu_maximum, alu_minimum;
// 1 where a ≥ b (a > b), else 0.
alu_binary alu_is_at_least, alu_is_above;
void alu_atan2(const alu_scalar *y, const alu_scalar *x, alu_scalar *restrict out, size_t count);

typedef void alu_unary(const alu_scalar *a, alu_scalar *restrict out, size_t count);
alu_unary alu_negate, alu_exp, alu_log, alu_log1p, alu_expm1, alu_sqrt, alu_square, alu_absolute, alu_sign;
alu_unary alu_reciprocal, alu_sigmoid, alu_softplus, alu_tanh, alu_relu;
void alu_power(const alu_scalar *a, alu_scalar exponent, alu_scalar *restrict out, size_t count);
void alu_clamp(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out, size_t count);
// 1 where least ≤ a ≤ most, else 0.
void alu_is_within(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out, size_t count);
// a += b, in place.
void alu_accumulate(alu_scalar *restrict a, const alu_scalar *restrict b, size_t count);
