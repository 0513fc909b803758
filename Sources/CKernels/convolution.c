// Which way a convolution goes.

#include "alu_spectral.h"

// So few products per tap that a plain loop is done before a transform or a register tile has begun.
static int is_small(const alu_convolution *s) { return s->inputs * s->outputs <= 8; }

static void convolve(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x, const alu_scalar *kernel,
                     int flipped, const alu_scalar *bias, alu_scalar *y) {
  if (is_small(s))
    alu_small(s, x, kernel, flipped, bias, y);
  else if (tiling->transforms)
    alu_spectral(s, tiling, x, kernel, flipped, bias, y);
  else
    alu_direct(s, x, kernel, flipped, bias, y);
}

void alu_convolve(const alu_convolution *s, const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *bias,
                  alu_scalar *y) {
  const alu_tiling tiling = alu_best_tiling(s, 0);
  convolve(s, &tiling, x, kernel, 0, bias, y);
}

void alu_convolve_gradients(const alu_convolution *s, const alu_scalar *x, const alu_scalar *kernel,
                            const alu_scalar *dy, alu_scalar *dx, alu_scalar *dkernel) {
  const alu_convolution reversed = alu_reversed(s);
  const alu_tiling tiling = alu_best_tiling(s, 1), back = alu_best_tiling(&reversed, 0);
  // A tile that is a whole image serves both gradients: no neighbour's rows come into it.
  const int are_framed = tiling.is_framed && tiling.transforms == back.transforms;
  const int share_tiles = dx && dkernel && are_framed;
  if (dx && !share_tiles) convolve(&reversed, &back, dy, kernel, 1, NULL, dx);
  if (!dkernel) return;
  if (tiling.transforms)
    alu_spectral_gradients(s, &tiling, share_tiles ? &back : NULL, x, kernel, dy, dx, dkernel);
  else
    alu_direct_kernel_gradient(s, x, dy, dkernel);
}
