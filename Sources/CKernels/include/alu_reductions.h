#pragma once
// Reductions of the middle axis of [outer, count, inner]; sums are accumulated in double, in a fixed order.

#include "alu_base.h"

void alu_sum_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out);
// The sums over the first axis of [count, inner], not yet rounded.
void alu_sum_rows(const alu_scalar *in, size_t count, size_t inner, double *out);
// Largest value and the first position it stands at.
void alu_max_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out, int32_t *position);
// Rows of [rows, count]: softmax, its logarithm, and log Σ exp; each row is shifted by its maximum first.
void alu_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out);
void alu_log_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out);
void alu_log_sum_exp(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out);
// out = flow[r] · exp(x − total[r]), total being what alu_log_sum_exp gave: 0 for rows of −∞; +∞ share their row's flow.
void alu_log_sum_exp_slope(const alu_scalar *x, const alu_scalar *total, const alu_scalar *flow, size_t rows,
                           size_t count, alu_scalar *restrict out);
// The pullbacks of softmax and its logarithm from their values y: y (flow − Σ flow·y) and flow − eʸ Σ flow.
void alu_softmax_slope(const alu_scalar *y, const alu_scalar *flow, size_t rows, size_t count, alu_scalar *out);
void alu_log_softmax_slope(const alu_scalar *y, const alu_scalar *flow, size_t rows, size_t count, alu_scalar *out);
