// Convolution by transforms. Group by group of points, so that the kernel's side of it stays in the cache.

#include "alu_spectral.h"

#include <string.h>

// Tiles share the kernel's points from the cache next to the core, or, where those are too many, from further away.
enum { few_tiles = 24, many_tiles = 36, near_bytes = 512 << 10 };

typedef struct {
  const alu_convolution *shape;
  const alu_tiling *tiling;
  const alu_view *view;
  const alu_rows *rows;
  const alu_results *results;
  const alu_spectrum *kernel;
  size_t group, first, end, tiles_per_chunk;
  alu_panel_product *product;
} spectral_job;

static void spectral_chunk(void *context, size_t chunk) {
  const spectral_job *job = context;
  const alu_convolution *s = job->shape;
  const size_t n = job->tiling->transforms->length, group = job->group;
  const size_t points = alu_first_point(n, group + 1) - alu_first_point(n, group);
  const size_t first = job->first + chunk * job->tiles_per_chunk;
  const size_t end = alu_smaller(first + job->tiles_per_chunk, job->end);
  const alu_spectrum image = alu_new_spectrum(points, s->inputs, job->tiles_per_chunk);
  const alu_spectrum result = alu_new_spectrum(points, s->outputs, job->tiles_per_chunk);
  alu_analyse_tiles(job->view, job->tiling, job->rows, group, first, end, &image, 0);
  for (size_t p = 0; p < points; p++)
    alu_point_product(job->product, s->inputs, p, &image, 0, job->kernel, &result, end - first);
  alu_synthesise_tiles(s, job->tiling, &result, group, first, end, job->results);
  alu_drop_spectrum(&result);
  alu_drop_spectrum(&image);
}

// Strips [first, end), group by group.
static void run_strips(spectral_job *job, const alu_lined_kernel *lined, size_t first, size_t end,
                       const alu_scalar *bias, alu_scalar *y) {
  const alu_convolution *s = job->shape;
  const alu_tiling *tiling = job->tiling;
  const alu_rows rows = alu_analyse_rows(job->view, tiling, first, end);
  const alu_results results = alu_new_results(s, tiling, first, end, bias, y);
  job->rows = &rows, job->results = &results;
  job->first = first * tiling->across, job->end = end * tiling->across;
  for (job->group = 0; job->group < alu_groups(tiling->transforms->length); job->group++) {
    alu_kernel_points(s, tiling->transforms, lined, job->group, job->kernel);
    alu_parallel(alu_parts(job->end - job->first, job->tiles_per_chunk), spectral_chunk, job);
  }
  alu_finish_results(s, tiling, &results, first, end);
  alu_drop_rows(&rows);
}

void alu_spectral(const alu_convolution *s, const alu_tiling *tiling, const alu_scalar *x, const alu_scalar *kernel,
                  int flipped, const alu_scalar *bias, alu_scalar *y) {
  const size_t n = tiling->transforms->length, bytes = alu_round_up(s->outputs, alu_block) * sizeof(alu_scalar);
  alu_scalar *lined_bias = alu_take(bytes);
  memset(lined_bias, 0, bytes);
  if (bias) memcpy(lined_bias, bias, s->outputs * sizeof(alu_scalar));
  const alu_lined_kernel lined = alu_line_up(s, kernel, flipped);
  const alu_spectrum points = alu_new_spectrum(3 * n, s->outputs, s->inputs);
  const alu_view view = alu_view_of_image(s, tiling, x);
  spectral_job job = {.shape = s, .tiling = tiling, .view = &view, .kernel = &points};
  job.tiles_per_chunk = points.bytes > near_bytes ? many_tiles : few_tiles;
  job.product = alu_best_panel_product();
  const size_t strips = s->batch * tiling->down, step = alu_strips_at_once(tiling);
  for (size_t first = 0; first < strips; first += step)
    run_strips(&job, &lined, first, alu_smaller(first + step, strips), lined_bias, y);
  alu_drop_spectrum(&points);
  alu_drop_lined(&lined);
  alu_give(lined_bias, bytes);
}
