#include "alu_spectral.h"

#include <string.h>

enum { scratch_bytes = 640 << 10, fewest_tiles = 24, most_tiles = 48, tiles_at_once = 512, inputs_per_chunk = 16 };

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t parts(size_t count, size_t length) { return (count + length - 1) / length; }

// MARK: Tiles

// Products a tile costs, plus what its transforms cost in the same unit.
static double tiling_cost(const alu_convolution *s, const alu_transforms *t, size_t tiles) {
  const double inputs = (double)alu_round_up(s->inputs, alu_block), outputs = (double)alu_round_up(s->outputs, alu_block);
  return (double)tiles * (double)t->points * (inputs * outputs + 8 * (inputs + outputs));
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
    const size_t across = parts(s->result_width, side), down = parts(s->result_height, side);
    const double cost = tiling_cost(s, t, across * down);
    if (cost >= least) continue;
    least = cost;
    best = (alu_tiling){t, is_framed, side, across, down, across * down * s->batch};
  }
  return best;
}

// Points of many tiles: [point][panel of channels][tile][channel], points a bit apart so that they do not share cache sets.
typedef struct {
  alu_scalar *data;
  size_t channels, tiles, step, bytes; // channels: padded to whole blocks
} spectrum;

static spectrum new_spectrum(size_t points, size_t channels, size_t tiles) {
  spectrum s = {.channels = alu_round_up(channels, alu_block), .tiles = tiles};
  const size_t lines = s.channels * tiles / alu_block;
  s.step = (lines | 1) * alu_block;
  s.bytes = points * s.step * sizeof(alu_scalar);
  s.data = alu_take(s.bytes);
  return s;
}

// Where a block of channels of a tile lies within a point.
static inline size_t place(const spectrum *s, size_t tile, size_t channel) {
  const size_t panel = channel - channel % alu_panel;
  return panel * s->tiles + tile * alu_panel_width(s->channels, panel) + channel % alu_panel;
}

typedef struct {
  size_t image, row, column; // of the first output
} tile_origin;

static inline tile_origin origin_of(const alu_tiling *t, size_t tile) {
  const size_t across = tile % t->across, rest = tile / t->across;
  return (tile_origin){rest / t->down, rest % t->down * t->side, across * t->side};
}

// Transforms tiles [first, end) of x, to the places from `start` on.
static void analyse_tiles(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x, size_t first,
                          size_t end, const spectrum *out, size_t start) {
  for (size_t tile = first; tile < end; tile++) {
    const tile_origin o = origin_of(tiling, tile);
    const alu_source source = {.image = x + o.image * s->height * s->width * s->inputs,
                               .y = (ptrdiff_t)o.row - (ptrdiff_t)s->top,
                               .x = (ptrdiff_t)o.column - (ptrdiff_t)s->left,
                               .end_y = s->height,
                               .end_x = s->width,
                               .width = s->width,
                               .channels = s->inputs};
    for (size_t c = 0; c < s->inputs; c += alu_block) {
      alu_scalar *target = out->data + place(out, start + tile - first, c);
      if (tiling->is_framed)
        tiling->transforms->analyse_framed(&source, c, target, out->step);
      else
        tiling->transforms->analyse(&source, c, target, out->step);
    }
  }
}

// Transforms the upstream gradient of tiles [first, end), each tile alone.
static void analyse_gradient(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *dy, size_t first,
                             size_t end, const spectrum *out, size_t start) {
  for (size_t tile = first; tile < end; tile++) {
    const tile_origin o = origin_of(tiling, tile);
    const alu_source source = {.image = dy + o.image * s->result_height * s->result_width * s->outputs,
                               .y = (ptrdiff_t)o.row - 1,
                               .x = (ptrdiff_t)o.column - 1,
                               .least_y = o.row,
                               .end_y = smaller(o.row + tiling->side, s->result_height),
                               .least_x = o.column,
                               .end_x = smaller(o.column + tiling->side, s->result_width),
                               .width = s->result_width,
                               .channels = s->outputs};
    for (size_t c = 0; c < s->outputs; c += alu_block)
      tiling->transforms->analyse_framed(&source, c, out->data + place(out, start + tile - first, c), out->step);
  }
}

static void synthesise_tiles(const alu_convolution *s, const alu_tiling *tiling, const spectrum *in, size_t first,
                             size_t end, const alu_scalar *bias, alu_scalar *y) {
  for (size_t tile = first; tile < end; tile++) {
    const tile_origin o = origin_of(tiling, tile);
    const alu_target target = {
        .image = y + ((o.image * s->result_height + o.row) * s->result_width + o.column) * s->outputs,
        .rows = smaller(tiling->side, s->result_height - o.row),
        .columns = smaller(tiling->side, s->result_width - o.column),
        .width = s->result_width,
        .channels = s->outputs};
    for (size_t c = 0; c < s->outputs; c += alu_block)
      tiling->transforms->synthesise(&target, c, in->data + place(in, tile - first, c), in->step, bias + c);
  }
}

// MARK: Kernels

typedef struct {
  const alu_convolution *shape;
  const alu_transforms *transforms;
  const alu_scalar *kernel;
  int flipped;
  spectrum *points; // inputs take the place of tiles
} kernel_job;

// Transforms some rows (inputs) of the kernel. A flipped one is read with its channel axes exchanged.
static void kernel_chunk(void *context, size_t chunk) {
  const kernel_job *job = context;
  const size_t inputs = job->shape->inputs, outputs = job->shape->outputs, start = chunk * inputs_per_chunk;
  alu_scalar taps[9 * alu_block] __attribute__((aligned(64)));
  for (size_t i = start; i < smaller(start + inputs_per_chunk, inputs); i++)
    for (size_t c = 0; c < outputs; c += alu_block) {
      const size_t lanes = smaller(alu_block, outputs - c);
      alu_scalar *target = job->points->data + place(job->points, i, c);
      if (!job->flipped && lanes == alu_block) {
        job->transforms->kernel(job->kernel + i * outputs + c, inputs * outputs, target, job->points->step);
        continue;
      }
      memset(taps, 0, sizeof taps);
      for (size_t t = 0; t < 9; t++)
        for (size_t j = 0; j < lanes; j++)
          taps[t * alu_block + j] = job->flipped ? job->kernel[((8 - t) * outputs + c + j) * inputs + i]
                                                 : job->kernel[(t * inputs + i) * outputs + c + j];
      job->transforms->kernel(taps, alu_block, target, job->points->step);
    }
}

static spectrum kernel_points(const alu_convolution *s, const alu_transforms *t, const alu_scalar *kernel, int flipped) {
  spectrum points = new_spectrum(t->points, s->outputs, s->inputs);
  kernel_job job = {s, t, kernel, flipped, &points};
  alu_parallel(parts(s->inputs, inputs_per_chunk), kernel_chunk, &job);
  return points;
}

// MARK: Convolution

typedef struct {
  const alu_convolution *shape;
  const alu_tiling *tiling;
  const alu_scalar *x, *bias; // bias padded to whole blocks
  const spectrum *kernel;
  size_t tiles_per_chunk;
  alu_scalar *y;
  alu_panel_product *product;
} spectral_job;

// M = V·U at one point, for all tiles of a chunk.
static void multiply(const spectral_job *job, size_t point, const spectrum *v, const spectrum *m, size_t tiles) {
  const size_t inputs = job->shape->inputs;
  const alu_scalar *image = v->data + point * v->step, *kernel = job->kernel->data + point * job->kernel->step;
  alu_segment segments[alu_most_segments];
  for (size_t r = 0; r < tiles; r += alu_tile_rows)
    for (size_t column = 0; column < m->channels; column += alu_panel) {
      const size_t rows = smaller(alu_tile_rows, tiles - r), width = alu_panel_width(m->channels, column);
      alu_scalar *c = m->data + point * m->step + place(m, r, column);
      for (size_t k = 0, count; k < inputs; k += count * alu_panel) {
        for (count = 0; count < alu_most_segments && k + count * alu_panel < inputs; count++) {
          const size_t channel = k + count * alu_panel, step = alu_panel_width(v->channels, channel);
          const alu_scalar *a = image + place(v, r, channel);
          for (size_t i = 0; i < rows; i++) segments[count].a[i] = a + i * step;
          segments[count].b = kernel + place(job->kernel, channel, column);
          segments[count].depth = smaller(alu_panel, inputs - channel);
        }
        job->product(rows, width, segments, count, 1, width, c, width, k > 0);
      }
    }
}

static void spectral_chunk(void *context, size_t chunk) {
  const spectral_job *job = context;
  const alu_convolution *s = job->shape;
  const size_t points = job->tiling->transforms->points;
  const size_t first = chunk * job->tiles_per_chunk, end = smaller(first + job->tiles_per_chunk, job->tiling->count);
  spectrum v = new_spectrum(points, s->inputs, job->tiles_per_chunk);
  spectrum m = new_spectrum(points, s->outputs, job->tiles_per_chunk);
  analyse_tiles(s, job->tiling, job->x, first, end, &v, 0);
  for (size_t p = 0; p < points; p++) multiply(job, p, &v, &m, end - first);
  synthesise_tiles(s, job->tiling, &m, first, end, job->bias, job->y);
  alu_give(m.data, m.bytes);
  alu_give(v.data, v.bytes);
}

// As many as the second-level cache holds, about the same number in every chunk, whole register tiles.
static size_t tiles_per_chunk(const alu_convolution *s, const alu_tiling *tiling) {
  const size_t per_tile = tiling->transforms->points * (s->inputs + s->outputs) * sizeof(alu_scalar);
  size_t most = scratch_bytes / per_tile;
  most = most < fewest_tiles ? fewest_tiles : smaller(most, most_tiles);
  return alu_round_up(parts(tiling->count, parts(tiling->count, most)), alu_tile_rows);
}

void alu_spectral(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x, const alu_scalar *kernel,
                  int flipped, const alu_scalar *bias, alu_scalar *y) {
  spectrum points = kernel_points(s, tiling->transforms, kernel, flipped);
  const size_t bytes = alu_round_up(s->outputs, alu_block) * sizeof(alu_scalar);
  alu_scalar *padded_bias = alu_take(bytes);
  memset(padded_bias, 0, bytes);
  if (bias) memcpy(padded_bias, bias, s->outputs * sizeof(alu_scalar));
  spectral_job job = {s, tiling, x, padded_bias, &points, tiles_per_chunk(s, tiling), y, alu_best_panel_product()};
  alu_parallel(parts(tiling->count, job.tiles_per_chunk), spectral_chunk, &job);
  alu_give(padded_bias, bytes);
  alu_give(points.data, points.bytes);
}

// MARK: Gradient with respect to the kernel

typedef struct {
  const alu_convolution *shape;
  const alu_tiling *tiling;
  const alu_scalar *x, *dy;
  spectrum image, gradient, products; // products: inputs take the place of tiles
  size_t first, tiles;                // those transformed at present
  alu_scalar *dkernel;
  alu_panel_product *product;
} gradient_job;

static void transform_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const size_t start = chunk * fewest_tiles, first = job->first + start;
  const size_t end = job->first + smaller(start + fewest_tiles, job->tiles);
  analyse_tiles(job->shape, job->tiling, job->x, first, end, &job->image, start);
  analyse_gradient(job->shape, job->tiling, job->dy, first, end, &job->gradient, start);
}

// conj(a + ib)·(c + id) takes (a+b)(c+d), a·d and b·c: re meets im.
static inline size_t partner(size_t point) {
  if (point < 4 || (point - 4) % 3 == 0) return point;
  return (point - 4) % 3 == 1 ? point + 1 : point - 1;
}

// Sums the products of image and gradient over tiles at one point: Vᵀ·D.
static void product_chunk(void *context, size_t point) {
  const gradient_job *job = context;
  const spectrum *v = &job->image, *d = &job->gradient, *out = &job->products;
  const alu_scalar *image = v->data + point * v->step, *gradient = d->data + partner(point) * d->step;
  for (size_t column = 0; column < out->channels; column += alu_panel)
    for (size_t channel = 0; channel < job->shape->inputs;) {
      const size_t panel = channel - channel % alu_panel, step = alu_panel_width(v->channels, panel);
      const size_t last = smaller(panel + alu_panel, job->shape->inputs), rows = smaller(alu_tile_rows, last - channel);
      const size_t width = alu_panel_width(out->channels, column);
      alu_segment segment = {.b = gradient + place(d, 0, column), .depth = job->tiles};
      for (size_t i = 0; i < rows; i++) segment.a[i] = image + place(v, 0, channel) + i;
      alu_scalar *c = out->data + point * out->step + place(out, channel, column);
      job->product(rows, width, &segment, 1, step, width, c, width, job->first > 0);
      channel += rows;
    }
}

static void gather_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const size_t inputs = job->shape->inputs, outputs = job->shape->outputs, start = chunk * inputs_per_chunk;
  alu_scalar taps[9 * alu_block] __attribute__((aligned(64)));
  for (size_t i = start; i < smaller(start + inputs_per_chunk, inputs); i++)
    for (size_t c = 0; c < outputs; c += alu_block) {
      const alu_scalar *source = job->products.data + place(&job->products, i, c);
      job->tiling->transforms->kernel_gradient(source, job->products.step, taps);
      for (size_t t = 0; t < 9; t++)
        memcpy(job->dkernel + (t * inputs + i) * outputs + c, taps + t * alu_block,
               smaller(alu_block, outputs - c) * sizeof(alu_scalar));
    }
}

void alu_spectral_kernel_gradient(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x,
                                  const alu_scalar *dy, alu_scalar *dkernel) {
  const size_t points = tiling->transforms->points, most = smaller(tiles_at_once, tiling->count);
  gradient_job job = {.shape = s, .tiling = tiling, .x = x, .dy = dy, .dkernel = dkernel};
  job.image = new_spectrum(points, s->inputs, most);
  job.gradient = new_spectrum(points, s->outputs, most);
  job.products = new_spectrum(points, s->outputs, s->inputs);
  job.product = alu_best_panel_product();
  for (; job.first < tiling->count; job.first += most) {
    job.tiles = smaller(most, tiling->count - job.first);
    alu_parallel(parts(job.tiles, fewest_tiles), transform_chunk, &job);
    alu_parallel(points, product_chunk, &job);
  }
  alu_parallel(parts(s->inputs, inputs_per_chunk), gather_chunk, &job);
  alu_give(job.products.data, job.products.bytes);
  alu_give(job.gradient.data, job.gradient.bytes);
  alu_give(job.image.data, job.image.bytes);
}
