#pragma once
// Convolution (as networks mean it: correlation) of images with channels last, stride 1.
//
//   y[n,i,j,o] = bias[o] + Σ x[n, i + p − top, j + q − left, c] · kernel[p,q,c,o],   x = 0 outside the image
//
// Tensors are dense and row-major: x [batch, height, width, inputs], kernel [kernel_height, kernel_width, inputs, outputs],
// y [batch, result_height, result_width, outputs].

#include "alu_base.h"

typedef struct {
  size_t batch, height, width, inputs;
  size_t kernel_height, kernel_width, outputs;
  size_t top, left; // zeros before the first row and column
  size_t result_height, result_width;
} alu_convolution;

// bias may be NULL.
void alu_convolve(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *bias,
                  alu_scalar *y);
// ∂/∂x and ∂/∂kernel for the upstream gradient dy; either may be NULL.
void alu_convolve_gradients(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel,
                            const alu_scalar *dy, alu_scalar *dx, alu_scalar *dkernel);
