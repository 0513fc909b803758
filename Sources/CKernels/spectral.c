// Convolution by transforms: a matrix product at every point.

#include "alu_spectral.h"

#include <string.h>

enum { scratch_bytes = 256 << 10, fewest_tiles = 24, most_tiles = 48, inputs_per_chunk = 16 };

typedef struct {
  const alu_convolution *shape;
  const alu_transforms *transforms;
  const alu_scalar *kernel;
  int flipped;
  const alu_spectrum *points; // inputs take the place of tiles
} kernel_job;

// Transforms some rows (inputs) of the kernel. A flipped one is read with its channel axes exchanged.
static void kernel_chunk(void *context, size_t chunk) {
  const kernel_job *job = context;
  const size_t inputs = job->shape->inputs, outputs = job->shape->outputs, start = chunk * inputs_per_chunk;
  alu_scalar taps[9 * alu_block] __attribute__((aligned(64)));
  for (size_t i = start; i < alu_smaller(start + inputs_per_chunk, inputs); i++)
    for (size_t c = 0; c < outputs; c += alu_block) {
      const size_t lanes = alu_smaller(alu_block, outputs - c);
      alu_scalar *target = job->points->data + alu_place(job->points, i, c);
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

static alu_spectrum kernel_points(const alu_convolution *s, const alu_transforms *t, const alu_scalar *kernel,
                                  int flipped) {
  const alu_spectrum points = alu_new_spectrum(alu_points(t->length), s->outputs, s->inputs);
  kernel_job job = {s, t, kernel, flipped, &points};
  alu_parallel(alu_parts(s->inputs, inputs_per_chunk), kernel_chunk, &job);
  return points;
}

typedef struct {
  const alu_convolution *shape;
  const alu_tiling *tiling;
  const alu_scalar *x, *bias; // bias padded to whole lines
  const alu_spectrum *kernel;
  size_t tiles_per_chunk;
  alu_scalar *y;
  alu_panel_product *product;
} spectral_job;

// M = V·U at one point, for all tiles of a chunk.
static void multiply(const spectral_job *job, const alu_scalar *kernel, const alu_spectrum *v, const alu_scalar *image,
                     const alu_spectrum *m, alu_scalar *result, size_t tiles) {
  const size_t inputs = job->shape->inputs;
  alu_segment segments[alu_most_segments];
  for (size_t r = 0; r < tiles; r += alu_tile_rows)
    for (size_t column = 0; column < m->channels; column += alu_panel) {
      const size_t rows = alu_smaller(alu_tile_rows, tiles - r), width = alu_panel_width(m->channels, column);
      for (size_t k = 0, count; k < inputs; k += count * alu_panel) {
        for (count = 0; count < alu_most_segments && k + count * alu_panel < inputs; count++) {
          const size_t channel = k + count * alu_panel, step = alu_panel_width(v->channels, channel);
          const alu_scalar *a = image + alu_place(v, r, channel);
          for (size_t i = 0; i < rows; i++) segments[count].a[i] = a + i * step;
          segments[count].b = kernel + alu_place(job->kernel, channel, column);
          segments[count].depth = alu_smaller(alu_panel, inputs - channel);
        }
        job->product(rows, width, segments, count, 1, width, result + alu_place(m, r, column), width, k > 0);
      }
    }
}

static void synthesise_tiles(const spectral_job *job, const alu_spectrum *in, size_t group, size_t first, size_t end) {
  const alu_convolution *s = job->shape;
  const alu_tiling *tiling = job->tiling;
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across * tiling->side, rest = tile / tiling->across;
    const size_t row = rest % tiling->down * tiling->side, image = rest / tiling->down;
    const alu_target target = {
        .image = job->y + ((image * s->result_height + row) * s->result_width + column) * s->outputs,
        .rows = alu_smaller(tiling->side, s->result_height - row),
        .columns = alu_smaller(tiling->side, s->result_width - column),
        .width = s->result_width,
        .channels = s->outputs};
    for (size_t c = 0; c < s->outputs; c += alu_block)
      tiling->transforms->synthesise(&target, c, group, in->data + alu_place(in, tile - first, c), in->step,
                                     job->bias + c);
  }
}

static void spectral_chunk(void *context, size_t chunk) {
  const spectral_job *job = context;
  const alu_convolution *s = job->shape;
  const size_t n = job->tiling->transforms->length, first = chunk * job->tiles_per_chunk;
  const size_t end = alu_smaller(first + job->tiles_per_chunk, job->tiling->count);
  const alu_spectrum v = alu_new_spectrum(3 * n, s->inputs, job->tiles_per_chunk);
  const alu_spectrum m = alu_new_spectrum(3 * n, s->outputs, job->tiles_per_chunk);
  for (size_t group = 0; group < alu_groups(n); group++) {
    const size_t begin = alu_first_point(n, group), past = alu_first_point(n, group + 1);
    alu_analyse_tiles(s, job->tiling, job->x, group, first, end, &v, 0);
    for (size_t p = begin; p < past; p++)
      multiply(job, job->kernel->data + p * job->kernel->step, &v, v.data + (p - begin) * v.step, &m,
               m.data + (p - begin) * m.step, end - first);
    synthesise_tiles(job, &m, group, first, end);
  }
  alu_drop_spectrum(&m);
  alu_drop_spectrum(&v);
}

// As many as a core's cache holds, about the same number in every chunk, whole register tiles.
static size_t tiles_per_chunk(const alu_convolution *s, const alu_tiling *tiling) {
  const size_t per_tile = 3 * tiling->transforms->length * (s->inputs + s->outputs) * sizeof(alu_scalar);
  size_t most = scratch_bytes / per_tile;
  most = most < fewest_tiles ? fewest_tiles : alu_smaller(most, most_tiles);
  return alu_round_up(alu_parts(tiling->count, alu_parts(tiling->count, most)), alu_tile_rows);
}

void alu_spectral(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x, const alu_scalar *kernel,
                  int flipped, const alu_scalar *bias, alu_scalar *y) {
  const alu_spectrum points = kernel_points(s, tiling->transforms, kernel, flipped);
  const size_t bytes = alu_round_up(s->outputs, alu_block) * sizeof(alu_scalar);
  alu_scalar *padded_bias = alu_take(bytes);
  memset(padded_bias, 0, bytes);
  if (bias) memcpy(padded_bias, bias, s->outputs * sizeof(alu_scalar));
  spectral_job job = {s, tiling, x, padded_bias, &points, tiles_per_chunk(s, tiling), y, alu_best_panel_product()};
  alu_parallel(alu_parts(tiling->count, job.tiles_per_chunk), spectral_chunk, &job);
  alu_give(padded_bias, bytes);
  alu_drop_spectrum(&points);
}
