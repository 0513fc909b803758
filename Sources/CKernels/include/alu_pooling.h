#pragma once
// Pooling over the last axis of [rows, channels].

#include "alu_base.h"

// mean[r · step] and largest[r · step], and the first channel that is largest; a NaN comes through.
void alu_channel_pool(const alu_scalar *x, size_t rows, size_t channels, alu_scalar *mean, alu_scalar *largest,
                      size_t step, int32_t *position);
// dx = dmean / channels everywhere, plus dlargest at the recorded channel.
void alu_channel_pool_gradient(const alu_scalar *dmean, const alu_scalar *dlargest, size_t step,
                               const int32_t *position, size_t rows, size_t channels, alu_scalar *dx);
