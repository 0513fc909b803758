#pragma once
// The angle between rows, computed in double.

#include "alu_base.h"

// out[r] = angle between x[r, ·] and y[r, ·]; π/2 where one of them is zero.
void alu_angle(const alu_scalar *x, const alu_scalar *y, size_t rows, size_t count, alu_scalar *out);
// dx and dy (either may be NULL) become flow[r] · ∂angle/∂x and ∂angle/∂y. Within `held` of 0 and π the slope of the
// arc cosine is held at its value at `held`; where a row is zero both are 0.
void alu_angle_slope(const alu_scalar *x, const alu_scalar *y, const alu_scalar *flow, double held, size_t rows,
                     size_t count, alu_scalar *dx, alu_scalar *dy);
