// How images are cut into tiles, and tiles read.

#include "alu_spectral.h"

// What the transforms of a channel at a point cost, as products, and a product that is summed tap by tap.
static const double transform_weight = 24, direct_weight = 1, direct_gradient_weight = 2;

static double tiling_cost(const alu_convolution *s, const alu_transforms *t, size_t tiles) {
  const double inputs = (double)alu_round_up(s->inputs, alu_block);
  const double outputs = (double)alu_round_up(s->outputs, alu_block);
  const double products = (double)s->inputs * outputs;
  return (double)tiles * (double)alu_points(t->length) * (products + transform_weight * (inputs + outputs));
}

alu_tiling alu_best_tiling(const alu_convolution *s, int is_kernel_gradient) {
  alu_tiling best = {0};
  if (s->kernel_height != s->kernel_width || s->inputs * s->outputs < 32) return best;
  const double outputs = (double)alu_round_up(s->outputs, alu_block);
  double least = (is_kernel_gradient ? direct_gradient_weight : direct_weight) *
                 (double)(s->result_height * s->result_width * s->kernel_height * s->kernel_width) *
                 (double)s->inputs * outputs;
  for (int size = 0; size < alu_transform_sizes; size++) {
    const alu_transforms *t = alu_best_transforms() + size;
    if (2 * t->reach + 1 != s->kernel_height) continue;
    const int is_padded = s->top == t->reach && s->left == t->reach && s->result_height == s->height &&
                          s->result_width == s->width;
    const int is_framed = is_padded && s->height + t->reach <= t->length && s->width + t->reach <= t->length;
    const size_t side = t->length - (is_framed ? t->reach : 2 * t->reach);
    const size_t across = alu_parts(s->result_width, side), down = alu_parts(s->result_height, side);
    const double cost = tiling_cost(s, t, across * down);
    if (cost >= least) continue;
    least = cost;
    best = (alu_tiling){t, is_framed, side, across, down, across * down * s->batch};
  }
  return best;
}

alu_spectrum alu_new_spectrum(size_t points, size_t channels, size_t tiles) {
  alu_spectrum s = {.channels = alu_round_up(channels, alu_block), .tiles = tiles};
  // An odd number of lines from point to point, so that points do not share cache sets.
  s.step = (s.channels * tiles / alu_block | 1) * alu_block;
  s.bytes = points * s.step * sizeof(alu_scalar);
  s.data = alu_take(s.bytes);
  return s;
}

alu_view alu_view_of_image(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x) {
  return (alu_view){x, s->batch, s->height, s->width, s->inputs, s->top, s->left,
                    tiling->is_framed ? tiling->transforms->reach : 0};
}

alu_view alu_view_of_gradient(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *dy) {
  const size_t reach = tiling->transforms->reach;
  return (alu_view){dy, s->batch, s->result_height, s->result_width, s->outputs, reach, reach,
                    tiling->is_framed ? reach : 2 * reach};
}
