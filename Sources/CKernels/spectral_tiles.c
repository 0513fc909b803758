// How images are cut into tiles, and tiles read.

#include "alu_spectral.h"

// Products a tile costs, plus what its transforms cost in the same unit.
static double tiling_cost(const alu_convolution *s, const alu_transforms *t, size_t tiles) {
  const double inputs = (double)alu_round_up(s->inputs, alu_block), outputs = (double)alu_round_up(s->outputs, alu_block);
  return (double)tiles * (double)alu_points(t->length) * (inputs * outputs + 8 * (inputs + outputs));
}

alu_tiling alu_best_tiling(const alu_convolution *s) {
  alu_tiling best = {0};
  if (s->kernel_height != 3 || s->kernel_width != 3 || s->inputs * s->outputs < 32) return best;
  const double outputs = (double)alu_round_up(s->outputs, alu_block);
  double least = (double)(s->result_height * s->result_width) * 9 * (double)s->inputs * outputs;
  const int is_padded = s->top == 1 && s->left == 1 && s->result_height == s->height && s->result_width == s->width;
  for (int size = 0; size < alu_transform_sizes; size++) {
    const alu_transforms *t = alu_best_transforms() + size;
    const int is_framed = is_padded && s->height < t->length && s->width < t->length;
    const size_t side = is_framed ? t->length - 1 : t->length - 2;
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

void alu_analyse_tiles(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x, size_t group,
                       size_t first, size_t end, const alu_spectrum *out, size_t start) {
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across, rest = tile / tiling->across;
    const size_t row = rest % tiling->down, image = rest / tiling->down;
    const alu_source source = {.image = x + image * s->height * s->width * s->inputs,
                               .y = (ptrdiff_t)(row * tiling->side) - (ptrdiff_t)s->top,
                               .x = (ptrdiff_t)(column * tiling->side) - (ptrdiff_t)s->left,
                               .end_y = s->height,
                               .end_x = s->width,
                               .width = s->width,
                               .channels = s->inputs};
    for (size_t c = 0; c < s->inputs; c += alu_block) {
      alu_scalar *target = out->data + alu_place(out, start + tile - first, c);
      if (tiling->is_framed)
        tiling->transforms->analyse_framed(&source, c, group, target, out->step);
      else
        tiling->transforms->analyse(&source, c, group, target, out->step);
    }
  }
}

void alu_analyse_gradient(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *dy, size_t group,
                          size_t first, size_t end, const alu_spectrum *out, size_t start) {
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across * tiling->side, rest = tile / tiling->across;
    const size_t row = rest % tiling->down * tiling->side, image = rest / tiling->down;
    const alu_source source = {.image = dy + image * s->result_height * s->result_width * s->outputs,
                               .y = (ptrdiff_t)row - 1,
                               .x = (ptrdiff_t)column - 1,
                               .least_y = row,
                               .end_y = alu_smaller(row + tiling->side, s->result_height),
                               .least_x = column,
                               .end_x = alu_smaller(column + tiling->side, s->result_width),
                               .width = s->result_width,
                               .channels = s->outputs};
    for (size_t c = 0; c < s->outputs; c += alu_block)
      tiling->transforms->analyse_framed(&source, c, group, out->data + alu_place(out, start + tile - first, c),
                                         out->step);
  }
}

void alu_synthesise_tiles(const alu_convolution *s, const alu_tiling *tiling, const alu_spectrum *in, size_t start,
                          size_t group, size_t first, size_t end, const alu_scalar *bias, alu_scalar *y) {
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across * tiling->side, rest = tile / tiling->across;
    const size_t row = rest % tiling->down * tiling->side, image = rest / tiling->down;
    const alu_target target = {
        .image = y + ((image * s->result_height + row) * s->result_width + column) * s->outputs,
        .rows = alu_smaller(tiling->side, s->result_height - row),
        .columns = alu_smaller(tiling->side, s->result_width - column),
        .width = s->result_width,
        .channels = s->outputs};
    for (size_t c = 0; c < s->outputs; c += alu_block)
      tiling->transforms->synthesise(&target, c, group, in->data + alu_place(in, start + tile - first, c), in->step,
                                     bias + c);
  }
}
