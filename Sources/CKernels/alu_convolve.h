#pragma once
// The ways of convolving, and what they share.

#include "alu_convolution.h"
#include "alu_gemm.h"

// Sums over the taps of the kernel, any size. `flipped` convolves with the kernel turned by 180° and its channel
// axes exchanged: the gradient with respect to the input is such a convolution of dy.
void alu_direct(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel, int flipped,
                const alu_scalar *bias, alu_scalar *y);
// The same by a plain loop, for a handful of channels.
void alu_small(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel, int flipped,
               const alu_scalar *bias, alu_scalar *y);
void alu_direct_kernel_gradient(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *dy,
                                alu_scalar *dkernel);

// The convolution that takes dy to dx, to be used with the flipped kernel.
static inline alu_convolution alu_reversed(const alu_convolution *s) {
  alu_convolution r = *s;
  r.height = s->result_height, r.width = s->result_width, r.inputs = s->outputs;
  r.result_height = s->height, r.result_width = s->width, r.outputs = s->inputs;
  r.top = s->kernel_height - 1 - s->top, r.left = s->kernel_width - 1 - s->left;
  return r;
}
