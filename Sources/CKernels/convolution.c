#include "alu_spectral.h"

void alu_convolve(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *bias,
                  alu_scalar *y) {
  const alu_tiling tiling = alu_best_tiling(shape);
  if (tiling.transforms)
    alu_spectral(shape, &tiling, x, kernel, 0, bias, y);
  else
    alu_direct(shape, x, kernel, 0, bias, y);
}

void alu_convolve_input_gradient(const alu_convolution *shape, const alu_scalar *dy, const alu_scalar *kernel,
                                 alu_scalar *dx) {
  const alu_convolution reversed = alu_reversed(shape);
  const alu_tiling tiling = alu_best_tiling(&reversed);
  if (tiling.transforms)
    alu_spectral(&reversed, &tiling, dy, kernel, 1, NULL, dx);
  else
    alu_direct(&reversed, dy, kernel, 1, NULL, dx);
}

void alu_convolve_kernel_gradient(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *dy,
                                  alu_scalar *dkernel) {
  const alu_tiling tiling = alu_best_tiling(shape);
  if (tiling.transforms)
    alu_spectral_kernel_gradient(shape, &tiling, x, dy, dkernel);
  else
    alu_direct_kernel_gradient(shape, x, dy, dkernel);
}
