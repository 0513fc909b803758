#pragma once
// Elementwise kernels.

#include "alu_base.h"

// out[r·count + i] = f(a[r·a_row + i·a_step], b[r·b_row + i·b_step]), 0 ≤ r < rows, 0 ≤ i < count; a step is 0 or 1.
typedef void alu_binary(const alu_scalar *a, size_t a_row, size_t a_step, const alu_scalar *b, size_t b_row,
                        size_t b_step, alu_scalar *restrict out, size_t rows, size_t count);
alu_binary alu_add, alu_subtract, alu_multiply, alu_divide, alu_maximum, alu_minimum;
// 1 where a ≥ b (a > b), else 0.
alu_binary alu_is_at_least, alu_is_above;

// a is ∂ℓ/∂y; b is the value y of the function (_of_value) or its argument x (_of_argument); out is ∂ℓ/∂x.
alu_binary alu_log1p_slope_of_argument, alu_expm1_slope_of_value, alu_sqrt_slope_of_value, alu_square_slope_of_argument;
alu_binary alu_absolute_slope_of_argument, alu_reciprocal_slope_of_value, alu_sigmoid_slope_of_value;
alu_binary alu_softplus_slope_of_argument, alu_tanh_slope_of_value, alu_relu_slope_of_value;

typedef void alu_unary(const alu_scalar *a, alu_scalar *restrict out, size_t count);
alu_unary alu_negate, alu_exp, alu_log, alu_log1p, alu_expm1, alu_sqrt, alu_square, alu_absolute;
alu_unary alu_reciprocal, alu_sigmoid, alu_softplus, alu_tanh, alu_relu;
void alu_power(const alu_scalar *a, alu_scalar exponent, alu_scalar *restrict out, size_t count);
void alu_clamp(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out, size_t count);
// 1 where least ≤ a ≤ most, else 0.
void alu_is_within(const alu_scalar *a, alu_scalar least, alu_scalar most, alu_scalar *restrict out, size_t count);
// x where x > 0, else slope·x.
void alu_leaky(const alu_scalar *x, alu_scalar slope, alu_scalar *restrict out, size_t count);
// flow where x > 0, else slope·flow.
void alu_leaky_slope(const alu_scalar *flow, const alu_scalar *x, alu_scalar slope, alu_scalar *restrict out,
                     size_t count);
void alu_atan2(const alu_scalar *y, const alu_scalar *x, alu_scalar *restrict out, size_t count);
// a += b, in place.
void alu_accumulate(alu_scalar *restrict a, const alu_scalar *restrict b, size_t count);
// out[c·rows + r] = in[r·columns + c].
void alu_transpose(const alu_scalar *restrict in, size_t rows, size_t columns, alu_scalar *restrict out);
