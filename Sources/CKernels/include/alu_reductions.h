#pragma once
// Reductions of the middle axis of [outer, count, inner]; sums are accumulated in double, in a fixed order.

#include "alu_base.h"

void alu_sum_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out);
// Largest value and the first position it stands at.
void alu_max_middle(const alu_scalar *in, size_t outer, size_t count, size_t inner, alu_scalar *out, int32_t *position);
// Rows of [rows, count]: softmax, its logarithm, and log Σ exp; each row is shifted by its maximum first.
void alu_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out);
void alu_log_softmax(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out);
void alu_log_sum_exp(const alu_scalar *in, size_t rows, size_t count, alu_scalar *out);
