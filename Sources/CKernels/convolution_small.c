// Convolution by a plain loop, for a handful of channels.

#include "alu_convolve.h"

#include <string.h>

enum { lines_per_chunk = 64 };

typedef struct {
  const alu_convolution *shape;
  const alu_scalar *x, *kernel, *bias; // kernel as [rows, columns, inputs, outputs]
  alu_scalar *y;
} small_job;

// One row of results.
static void convolve_line(const small_job *job, size_t line) {
  const alu_convolution *s = job->shape;
  const size_t row = line % s->result_height, image = line / s->result_height;
  alu_scalar *y = job->y + line * s->result_width * s->outputs;
  for (size_t j = 0; j < s->result_width * s->outputs; j++) y[j] = job->bias ? job->bias[j % s->outputs] : 0;
  for (size_t p = 0; p < s->kernel_height; p++) {
    const size_t i = row + p - s->top;
    if (i >= s->height) continue; // also where the unsigned difference wrapped around
    const alu_scalar *source = job->x + (image * s->height + i) * s->width * s->inputs;
    for (size_t q = 0; q < s->kernel_width; q++) {
      const alu_scalar *taps = job->kernel + (p * s->kernel_width + q) * s->inputs * s->outputs;
      for (size_t j = 0; j < s->result_width; j++) {
        const size_t column = j + q - s->left;
        if (column >= s->width) continue;
        for (size_t c = 0; c < s->inputs; c++)
          for (size_t o = 0; o < s->outputs; o++)
            y[j * s->outputs + o] += source[column * s->inputs + c] * taps[c * s->outputs + o];
      }
    }
  }
}

static void small_chunk(void *context, size_t chunk) {
  const small_job *job = context;
  const size_t lines = job->shape->batch * job->shape->result_height, start = chunk * lines_per_chunk;
  const size_t end = lines - start < lines_per_chunk ? lines : start + lines_per_chunk;
  for (size_t line = start; line < end; line++) convolve_line(job, line);
}

void alu_small(const alu_convolution *s, const alu_scalar *x, const alu_scalar *kernel, int flipped,
               const alu_scalar *bias, alu_scalar *y) {
  const size_t taps = s->kernel_height * s->kernel_width, bytes = taps * s->inputs * s->outputs * sizeof(alu_scalar);
  alu_scalar *turned = alu_take(bytes);
  for (size_t t = 0; t < taps; t++)
    for (size_t c = 0; c < s->inputs; c++)
      for (size_t o = 0; o < s->outputs; o++)
        turned[(t * s->inputs + c) * s->outputs + o] = flipped ? kernel[((taps - 1 - t) * s->outputs + o) * s->inputs + c]
                                                               : kernel[(t * s->inputs + c) * s->outputs + o];
  small_job job = {s, x, turned, bias, y};
  const size_t lines = s->batch * s->result_height;
  alu_parallel((lines + lines_per_chunk - 1) / lines_per_chunk, small_chunk, &job);
  alu_give(turned, bytes);
}
