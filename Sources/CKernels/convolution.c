#include "alu_convolve.h"

void alu_convolve(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *bias,
                  alu_scalar *y) {
  alu_direct(shape, x, kernel, 0, bias, y);
}

void alu_convolve_input_gradient(const alu_convolution *shape, const alu_scalar *dy, const alu_scalar *kernel,
                                 alu_scalar *dx) {
  const alu_convolution reversed = alu_reversed(shape);
  alu_direct(&reversed, dy, kernel, 1, NULL, dx);
}

void alu_convolve_kernel_gradient(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *dy,
                                  alu_scalar *dkernel) {
  alu_direct_kernel_gradient(shape, x, dy, dkernel);
}
