// The kernel's side of a convolution by transforms, and the product at a point.

#include "alu_spectral.h"

#include <string.h>

enum { inputs_per_chunk = 16 };

// copy[t][i][o] = kernel[taps − 1 − t][o][i], in squares that stay in the cache.
static void flip(const alu_convolution *s, const alu_scalar *kernel, size_t columns, alu_scalar *copy) {
  const size_t taps = s->kernel_height * s->kernel_width;
  for (size_t t = 0; t < taps; t++)
    for (size_t first = 0; first < s->inputs; first += alu_block)
      for (size_t o = 0; o < s->outputs; o++) {
        const alu_scalar *row = kernel + ((taps - 1 - t) * s->outputs + o) * s->inputs;
        alu_scalar *target = copy + t * s->inputs * columns + o;
        for (size_t i = first; i < alu_smaller(first + alu_block, s->inputs); i++) target[i * columns] = row[i];
      }
}

alu_lined_kernel alu_line_up(const alu_convolution *s, const alu_scalar *kernel, int flipped) {
  alu_lined_kernel lined = {.taps = kernel, .columns = alu_round_up(s->outputs, alu_block)};
  if (!flipped && lined.columns == s->outputs) return lined;
  const size_t rows = s->kernel_height * s->kernel_width * s->inputs;
  lined.bytes = rows * lined.columns * sizeof(alu_scalar);
  lined.copy = alu_take(lined.bytes);
  lined.taps = lined.copy;
  if (lined.columns != s->outputs) memset(lined.copy, 0, lined.bytes);
  if (flipped)
    flip(s, kernel, lined.columns, lined.copy);
  else
    for (size_t row = 0; row < rows; row++)
      memcpy(lined.copy + row * lined.columns, kernel + row * s->outputs, s->outputs * sizeof(alu_scalar));
  return lined;
}

void alu_drop_lined(const alu_lined_kernel *kernel) {
  if (kernel->copy) alu_give(kernel->copy, kernel->bytes);
}

typedef struct {
  const alu_transforms *transforms;
  const alu_lined_kernel *kernel;
  const alu_spectrum *points;
  size_t inputs, group;
} kernel_job;

static void kernel_chunk(void *context, size_t chunk) {
  const kernel_job *job = context;
  const size_t columns = job->kernel->columns, start = chunk * inputs_per_chunk;
  for (size_t i = start; i < alu_smaller(start + inputs_per_chunk, job->inputs); i++)
    for (size_t c = 0; c < columns; c += alu_block)
      job->transforms->kernel(job->kernel->taps + i * columns + c, job->inputs * columns, job->group,
                              job->points->data + alu_place(job->points, i, c), job->points->step);
}

void alu_kernel_points(const alu_convolution *s, const alu_transforms *transforms, const alu_lined_kernel *kernel,
                       size_t group, const alu_spectrum *points) {
  kernel_job job = {transforms, kernel, points, s->inputs, group};
  alu_parallel(alu_parts(s->inputs, inputs_per_chunk), kernel_chunk, &job);
}

void alu_point_product(alu_panel_product *product, size_t inputs, size_t point, const alu_spectrum *image, size_t start,
                  const alu_spectrum *kernel, const alu_spectrum *result, size_t tiles) {
  const alu_scalar *v = image->data + point * image->step, *u = kernel->data + point * kernel->step;
  alu_scalar *m = result->data + point * result->step;
  alu_segment segments[alu_most_segments];
  for (size_t r = 0; r < tiles; r += alu_tile_rows)
    for (size_t column = 0; column < result->channels; column += alu_panel) {
      const size_t rows = alu_smaller(alu_tile_rows, tiles - r), width = alu_panel_width(result->channels, column);
      for (size_t k = 0, count; k < inputs; k += count * alu_panel) {
        for (count = 0; count < alu_most_segments && k + count * alu_panel < inputs; count++) {
          const size_t channel = k + count * alu_panel, step = alu_panel_width(image->channels, channel);
          const alu_scalar *a = v + alu_place(image, start + r, channel);
          for (size_t i = 0; i < rows; i++) segments[count].a[i] = a + i * step;
          segments[count].b = u + alu_place(kernel, channel, column);
          segments[count].depth = alu_smaller(alu_panel, inputs - channel);
        }
        product(rows, width, segments, count, 1, width, m + alu_place(result, r, column), width, k > 0);
      }
    }
}
