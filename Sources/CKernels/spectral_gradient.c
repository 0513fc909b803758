// The gradients of a convolution: with respect to its kernel, image and upstream gradient meet at every point; with
// respect to the image, the upstream gradient's points meet the flipped kernel's.

#include "alu_spectral.h"

#include <string.h>

enum { near_bytes = 512 << 10, fewest_tiles = 48, most_tiles = 512, tiles_per_chunk = 24, inputs_per_chunk = 16 };

typedef struct {
  const alu_convolution *shape, *reversed_shape;
  const alu_tiling *tiling, *reversed;
  const alu_view *image_view, *gradient_view;
  const alu_rows *image_rows, *gradient_rows;
  const alu_results *results;
  alu_spectrum image, gradient, products, kernel; // one group; in the last two, channels take the place of tiles
  size_t group, first, tiles;                     // those in work
  int is_first; // of the tiles in work on this group: what follows adds to the products
  alu_scalar *dkernel;
  alu_panel_product *product;
} gradient_job;

static inline size_t points_of(const gradient_job *job) {
  const size_t n = job->tiling->transforms->length;
  return alu_first_point(n, job->group + 1) - alu_first_point(n, job->group);
}

// Transforms image and gradient; with the kernel's points at hand, the gradient goes on to dx.
static void transform_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const size_t start = chunk * tiles_per_chunk, first = job->first + start, group = job->group;
  const size_t tiles = alu_smaller(tiles_per_chunk, job->tiles - start), end = first + tiles;
  alu_analyse_tiles(job->gradient_view, job->tiling, job->gradient_rows, group, first, end, &job->gradient, start);
  if (job->reversed) {
    const alu_spectrum result = alu_new_spectrum(points_of(job), job->shape->inputs, tiles_per_chunk);
    for (size_t p = 0; p < points_of(job); p++)
      alu_point_product(job->product, job->shape->outputs, p, &job->gradient, start, &job->kernel, &result, tiles);
    alu_synthesise_tiles(job->reversed_shape, job->reversed, &result, group, first, end, job->results);
    alu_drop_spectrum(&result);
  }
  alu_analyse_tiles(job->image_view, job->tiling, job->image_rows, group, first, end, &job->image, start);
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
      job->product(rows, width, &segment, 1, step, width, c, width, !job->is_first);
    }
}

static inline void add_share(alu_scalar *target, const alu_scalar *share, size_t lanes) {
  if (lanes == alu_block)
    for (size_t j = 0; j < alu_block; j++) target[j] += share[j];
  else
    for (size_t j = 0; j < lanes; j++) target[j] += share[j];
}

static void gather_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const size_t inputs = job->shape->inputs, outputs = job->shape->outputs, start = chunk * inputs_per_chunk;
  alu_scalar taps[alu_most_taps * alu_block] __attribute__((aligned(64)));
  for (size_t i = start; i < alu_smaller(start + inputs_per_chunk, inputs); i++)
    for (size_t c = 0; c < outputs; c += alu_block) {
      const alu_scalar *source = job->products.data + alu_place(&job->products, i, c);
      const size_t lanes = alu_smaller(alu_block, outputs - c);
      job->tiling->transforms->kernel_gradient(source, job->products.step, job->group, taps);
      for (size_t t = 0; t < job->shape->kernel_height * job->shape->kernel_width; t++)
        add_share(job->dkernel + (t * inputs + i) * outputs + c, taps + t * alu_block, lanes);
    }
}

// As many tiles as the cache next to the core holds in both spectra.
static size_t tiles_at_once(const alu_convolution *s, const alu_tiling *tiling) {
  const size_t per_tile = 3 * tiling->transforms->length * (s->inputs + s->outputs) * sizeof(alu_scalar);
  const size_t most = near_bytes / per_tile / tiles_per_chunk * tiles_per_chunk;
  return alu_smaller(tiling->count, most < fewest_tiles ? fewest_tiles : alu_smaller(most, most_tiles));
}

static void run_groups(gradient_job *job, const alu_lined_kernel *lined, size_t first, size_t end) {
  const size_t most = tiles_at_once(job->shape, job->tiling);
  for (job->group = 0; job->group < alu_groups(job->tiling->transforms->length); job->group++) {
    if (job->reversed)
      alu_kernel_points(job->reversed_shape, job->tiling->transforms, lined, job->group, &job->kernel);
    for (job->first = first; job->first < end; job->first += most) {
      job->is_first = job->first == first;
      job->tiles = alu_smaller(most, end - job->first);
      alu_parallel(alu_parts(job->tiles, tiles_per_chunk), transform_chunk, job);
      alu_parallel(points_of(job), product_chunk, job);
    }
    alu_parallel(alu_parts(job->shape->inputs, inputs_per_chunk), gather_chunk, job);
  }
}

static void run_strips(gradient_job *job, const alu_lined_kernel *lined, const alu_scalar *no_bias, alu_scalar *dx,
                       size_t first, size_t end) {
  const size_t across = job->tiling->across;
  const alu_rows image_rows = alu_analyse_rows(job->image_view, job->tiling, first, end);
  const alu_rows gradient_rows = alu_analyse_rows(job->gradient_view, job->tiling, first, end);
  job->image_rows = &image_rows, job->gradient_rows = &gradient_rows;
  if (job->reversed) {
    const alu_results results = alu_new_results(job->reversed_shape, job->reversed, first, end, no_bias, dx);
    job->results = &results;
    run_groups(job, lined, first * across, end * across);
    alu_finish_results(job->reversed_shape, job->reversed, &results, first, end);
  } else {
    run_groups(job, NULL, first * across, end * across);
  }
  alu_drop_rows(&gradient_rows);
  alu_drop_rows(&image_rows);
}

static void run(gradient_job *job, const alu_lined_kernel *lined, const alu_scalar *no_bias, alu_scalar *dx) {
  const size_t strips = job->shape->batch * job->tiling->down, step = alu_strips_at_once(job->tiling);
  for (size_t first = 0; first < strips; first += step)
    run_strips(job, lined, no_bias, dx, first, alu_smaller(first + step, strips));
}

// With the tiles' products at every point, dx too.
static void run_both(gradient_job *job, const alu_scalar *kernel, alu_scalar *dx) {
  const alu_convolution *s = job->shape;
  const size_t bytes = alu_round_up(s->inputs, alu_block) * sizeof(alu_scalar);
  alu_scalar *no_bias = alu_take(bytes);
  memset(no_bias, 0, bytes);
  const alu_lined_kernel lined = alu_line_up(job->reversed_shape, kernel, 1);
  job->kernel = alu_new_spectrum(3 * job->tiling->transforms->length, s->inputs, s->outputs);
  run(job, &lined, no_bias, dx);
  alu_drop_spectrum(&job->kernel);
  alu_drop_lined(&lined);
  alu_give(no_bias, bytes);
}

void alu_spectral_gradients(const alu_convolution *s, const alu_tiling *tiling, const alu_tiling *reversed,
                            const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *dy, alu_scalar *dx,
                            alu_scalar *dkernel) {
  const size_t points = 3 * tiling->transforms->length, most = tiles_at_once(s, tiling);
  const alu_convolution reversed_shape = alu_reversed(s);
  const alu_view image_view = alu_view_of_image(s, tiling, x), gradient_view = alu_view_of_gradient(s, tiling, dy);
  gradient_job job = {.shape = s, .reversed_shape = &reversed_shape, .tiling = tiling, .reversed = reversed};
  job.image_view = &image_view, job.gradient_view = &gradient_view;
  job.dkernel = dkernel;
  job.product = alu_best_panel_product();
  job.image = alu_new_spectrum(points, s->inputs, most);
  job.gradient = alu_new_spectrum(points, s->outputs, most);
  job.products = alu_new_spectrum(points, s->outputs, s->inputs);
  memset(dkernel, 0, s->kernel_height * s->kernel_width * s->inputs * s->outputs * sizeof(alu_scalar));
  if (reversed)
    run_both(&job, kernel, dx);
  else
    run(&job, NULL, NULL, NULL);
  alu_drop_spectrum(&job.products);
  alu_drop_spectrum(&job.gradient);
  alu_drop_spectrum(&job.image);
}
