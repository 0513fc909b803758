// The gradients of a convolution: with respect to its kernel, image and upstream gradient meet at every point; with
// respect to the image, the upstream gradient's points meet the flipped kernel's.

#include "alu_spectral.h"

#include <string.h>

enum { near_bytes = 512 << 10, fewest_tiles = 48, most_tiles = 512, tiles_per_chunk = 24, inputs_per_chunk = 16 };

typedef struct {
  const alu_convolution *shape, *reversed_shape;
  const alu_tiling *tiling, *reversed;
  const alu_scalar *x, *dy, *no_bias;
  alu_spectrum image, gradient, products, kernel; // one group; in the last two, channels take the place of tiles
  size_t group, first, tiles;                     // those in work
  alu_scalar *dx, *dkernel;
  alu_panel_product *product;
} gradient_job;

static inline size_t points_of(const gradient_job *job) {
  const size_t n = job->tiling->transforms->length;
  return alu_first_point(n, job->group + 1) - alu_first_point(n, job->group);
}

// Transforms image and gradient; with the kernel's points at hand, the gradient goes on to dx.
static void transform_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const size_t start = chunk * tiles_per_chunk, first = job->first + start;
  const size_t tiles = alu_smaller(tiles_per_chunk, job->tiles - start), end = first + tiles;
  alu_analyse_gradient(job->shape, job->tiling, job->dy, job->group, first, end, &job->gradient, start);
  if (job->reversed) {
    const alu_spectrum result = alu_new_spectrum(points_of(job), job->shape->inputs, tiles_per_chunk);
    for (size_t p = 0; p < points_of(job); p++)
      alu_point_product(job->product, job->shape->outputs, p, &job->gradient, start, &job->kernel, &result, tiles);
    alu_synthesise_tiles(job->reversed_shape, job->reversed, &result, 0, job->group, first, end, job->no_bias, job->dx);
    alu_drop_spectrum(&result);
  }
  alu_analyse_tiles(job->shape, job->tiling, job->x, job->group, first, end, &job->image, start);
}

// conj(a + ib)·(c + id) takes (a + b)(c + d), a·d and b·c: re meets im. Group 0 is two runs of two real points
// and n/2 − 1 complex ones.
static size_t partner(size_t n, size_t group, size_t point) {
  const size_t run = 3 * (n / 2) - 1, place = group ? point : point % run;
  if (group == 0 && place < 2) return point;
  const size_t part = (group ? place : place - 2) % 3;
  return part == 0 ? point : (part == 1 ? point + 1 : point - 1);
}

// Sums the products of image and gradient over tiles at one point: Vᵀ·D.
static void product_chunk(void *context, size_t point) {
  const gradient_job *job = context;
  const alu_spectrum *v = &job->image, *d = &job->gradient, *out = &job->products;
  const alu_scalar *image = v->data + point * v->step;
  const alu_scalar *gradient = d->data + partner(job->tiling->transforms->length, job->group, point) * d->step;
  for (size_t column = 0; column < out->channels; column += alu_panel)
    for (size_t channel = 0, rows; channel < job->shape->inputs; channel += rows) {
      const size_t panel = channel - channel % alu_panel, step = alu_panel_width(v->channels, panel);
      const size_t last = alu_smaller(panel + alu_panel, job->shape->inputs);
      const size_t width = alu_panel_width(out->channels, column);
      rows = alu_smaller(alu_tile_rows, last - channel);
      alu_segment segment = {.b = gradient + alu_place(d, 0, column), .depth = job->tiles};
      for (size_t i = 0; i < rows; i++) segment.a[i] = image + alu_place(v, 0, channel) + i;
      alu_scalar *c = out->data + point * out->step + alu_place(out, channel, column);
      job->product(rows, width, &segment, 1, step, width, c, width, job->first > 0);
    }
}

static void gather_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const size_t inputs = job->shape->inputs, outputs = job->shape->outputs, start = chunk * inputs_per_chunk;
  alu_scalar taps[9 * alu_block] __attribute__((aligned(64)));
  for (size_t i = start; i < alu_smaller(start + inputs_per_chunk, inputs); i++)
    for (size_t c = 0; c < outputs; c += alu_block) {
      const alu_scalar *source = job->products.data + alu_place(&job->products, i, c);
      const size_t lanes = alu_smaller(alu_block, outputs - c);
      job->tiling->transforms->kernel_gradient(source, job->products.step, job->group, taps);
      for (size_t t = 0; t < 9; t++) {
        alu_scalar *target = job->dkernel + (t * inputs + i) * outputs + c;
        const alu_scalar *share = taps + t * alu_block;
        for (size_t j = 0; j < lanes; j++) target[j] = job->group ? target[j] + share[j] : share[j];
      }
    }
}

// As many tiles as the cache next to the core holds in both spectra.
static size_t tiles_at_once(const alu_convolution *s, const alu_tiling *tiling) {
  const size_t per_tile = 3 * tiling->transforms->length * (s->inputs + s->outputs) * sizeof(alu_scalar);
  const size_t most = near_bytes / per_tile / tiles_per_chunk * tiles_per_chunk;
  return alu_smaller(tiling->count, most < fewest_tiles ? fewest_tiles : alu_smaller(most, most_tiles));
}

static void run_groups(gradient_job *job, const alu_lined_kernel *lined) {
  const size_t most = tiles_at_once(job->shape, job->tiling);
  for (job->group = 0; job->group < alu_groups(job->tiling->transforms->length); job->group++) {
    if (job->reversed)
      alu_kernel_points(job->reversed_shape, job->tiling->transforms, lined, job->group, &job->kernel);
    for (job->first = 0; job->first < job->tiling->count; job->first += most) {
      job->tiles = alu_smaller(most, job->tiling->count - job->first);
      alu_parallel(alu_parts(job->tiles, tiles_per_chunk), transform_chunk, job);
      alu_parallel(points_of(job), product_chunk, job);
    }
    alu_parallel(alu_parts(job->shape->inputs, inputs_per_chunk), gather_chunk, job);
  }
}

void alu_spectral_gradients(const alu_convolution *s, const alu_tiling *tiling, const alu_tiling *reversed,
                            const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *dy, alu_scalar *dx,
                            alu_scalar *dkernel) {
  const size_t points = 3 * tiling->transforms->length, most = tiles_at_once(s, tiling);
  const alu_convolution reversed_shape = alu_reversed(s);
  gradient_job job = {.shape = s, .tiling = tiling, .reversed = reversed, .x = x, .dy = dy, .dx = dx};
  job.reversed_shape = &reversed_shape;
  job.dkernel = dkernel;
  job.product = alu_best_panel_product();
  job.image = alu_new_spectrum(points, s->inputs, most);
  job.gradient = alu_new_spectrum(points, s->outputs, most);
  job.products = alu_new_spectrum(points, s->outputs, s->inputs);
  if (reversed) {
    const size_t bytes = alu_round_up(s->inputs, alu_block) * sizeof(alu_scalar);
    alu_scalar *no_bias = alu_take(bytes);
    memset(no_bias, 0, bytes);
    const alu_lined_kernel lined = alu_line_up(&reversed_shape, kernel, 1);
    job.no_bias = no_bias;
    job.kernel = alu_new_spectrum(points, s->inputs, s->outputs);
    run_groups(&job, &lined);
    alu_drop_spectrum(&job.kernel);
    alu_drop_lined(&lined);
    alu_give(no_bias, bytes);
  } else {
    run_groups(&job, NULL);
  }
  alu_drop_spectrum(&job.products);
  alu_drop_spectrum(&job.gradient);
  alu_drop_spectrum(&job.image);
}
