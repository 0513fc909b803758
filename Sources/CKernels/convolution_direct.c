// Convolution as a sum over taps: the image is multiplied where it lies, no patch is copied.

#include "alu_convolve.h"

#include <string.h>

enum { positions_per_chunk = 16 * alu_tile_rows, deepest_piece = 512, deepest_group = 1024 };

typedef struct {
  const alu_convolution *shape;
  const alu_scalar *x, *bias, *zeros, *kernel; // kernel in panels [panel][tap][input][column]
  size_t padded, positions;
  alu_scalar *y;
  alu_panel_product *product;
} direct_job;

// kernel [taps, a, b] → panels of its last axis (or of the middle one, taps reversed), padded by zeros.
static alu_scalar *packed_kernel(const alu_convolution *s, const alu_scalar *kernel, int flipped, size_t *bytes) {
  const size_t taps = s->kernel_height * s->kernel_width, depth = s->inputs, columns = s->outputs;
  const size_t padded = alu_round_up(columns, alu_block);
  *bytes = taps * depth * padded * sizeof(alu_scalar);
  alu_scalar *packed = alu_take(*bytes);
  for (size_t start = 0; start < padded; start += alu_panel) {
    const size_t width = alu_panel_width(padded, start);
    alu_scalar *panel = packed + start * taps * depth;
    for (size_t t = 0; t < taps; t++)
      for (size_t k = 0; k < depth; k++, panel += width)
        for (size_t j = 0; j < width; j++) {
          const size_t column = start + j;
          const size_t source =
              flipped ? ((taps - 1 - t) * columns + column) * depth + k : (t * depth + k) * columns + column;
          panel[j] = column < columns ? kernel[source] : 0;
        }
  }
  return packed;
}

// The taps of a kernel's rows in runs that are short enough for one product, and how many runs make one.
typedef struct {
  size_t taps, per_row, count, together;
} tap_runs;

static tap_runs runs_of(const alu_convolution *s) {
  size_t most = deepest_group / (s->inputs ? s->inputs : 1);
  if (most > alu_most_segments) most = alu_most_segments;
  if (most < 1) most = 1;
  tap_runs r = {.taps = s->kernel_width < most ? s->kernel_width : most};
  r.per_row = (s->kernel_width + r.taps - 1) / r.taps;
  r.count = r.per_row * s->kernel_height;
  r.together = most / r.taps;
  return r;
}

// An output position: what its first tap would see, if that were inside the image.
typedef struct {
  const alu_scalar *x;
  size_t row, column; // wrapped around where negative
} position;

static position position_at(const direct_job *job, size_t place) {
  const alu_convolution *s = job->shape;
  const size_t column = place % s->result_width, rest = place / s->result_width;
  const size_t row = rest % s->result_height, image = rest / s->result_height;
  position p = {.row = row - s->top, .column = column - s->left};
  const ptrdiff_t line = (ptrdiff_t)(image * s->height) + (ptrdiff_t)p.row;
  p.x = job->x + (line * (ptrdiff_t)s->width + (ptrdiff_t)p.column) * (ptrdiff_t)s->inputs;
  return p;
}

// One run as stretches of the sum: one, where its taps follow each other in memory for all positions, or one a tap;
// those that see only padding are left out.
static size_t gather_run(const direct_job *job, const tap_runs *runs, size_t run, const position *at, size_t rows,
                         const alu_scalar *panel, size_t width, alu_segment *segments) {
  const alu_convolution *s = job->shape;
  const size_t p = run / runs->per_row, first = run % runs->per_row * runs->taps;
  const size_t end = s->kernel_width - first < runs->taps ? s->kernel_width : first + runs->taps;
  int is_whole = 1;
  for (size_t r = 0; r < rows; r++)
    is_whole &= at[r].column + first < s->width && at[r].column + end - 1 < s->width;
  const size_t step = is_whole ? end - first : 1;
  size_t count = 0;
  for (size_t q = first; q < end; q += step) {
    alu_segment *segment = &segments[count];
    int inside = 0;
    for (size_t r = 0; r < rows; r++) {
      // A sum that is still negative is not less than an extent either.
      const int sees = at[r].row + p < s->height && at[r].column + q < s->width;
      segment->a[r] = sees ? at[r].x + (p * s->width + q) * s->inputs : job->zeros;
      inside |= sees;
    }
    segment->b = panel + (p * s->kernel_width + q) * s->inputs * width;
    segment->depth = step * s->inputs;
    count += (size_t)inside;
  }
  return count;
}

// One panel of outputs for `count` positions, into rows c of step c_step.
static void direct_panel(const direct_job *job, const position *at, size_t count, size_t column, alu_scalar *c,
                         size_t c_step) {
  const alu_convolution *s = job->shape;
  const tap_runs runs = runs_of(s);
  const size_t width = alu_panel_width(job->padded, column);
  const alu_scalar *panel = job->kernel + column * s->kernel_height * s->kernel_width * s->inputs;
  for (size_t p = 0; p < count; p++)
    for (size_t j = 0; j < width; j++)
      c[p * c_step + j] = job->bias && column + j < s->outputs ? job->bias[column + j] : 0;
  alu_segment segments[alu_most_segments];
  for (size_t first = 0; first < runs.count; first += runs.together)
    for (size_t p = 0; p < count; p += alu_tile_rows) {
      const size_t rows = count - p < alu_tile_rows ? count - p : alu_tile_rows;
      size_t stretches = 0;
      for (size_t run = first; run < first + runs.together && run < runs.count; run++)
        stretches += gather_run(job, &runs, run, at + p, rows, panel, width, segments + stretches);
      job->product(rows, width, segments, stretches, 1, width, c + p * c_step, c_step, 1);
    }
}

static void direct_chunk(void *context, size_t chunk) {
  const direct_job *job = context;
  const size_t outputs = job->shape->outputs, start = chunk * positions_per_chunk;
  const size_t end = start + positions_per_chunk < job->positions ? start + positions_per_chunk : job->positions;
  alu_scalar scratch[positions_per_chunk * alu_panel] __attribute__((aligned(64)));
  position at[positions_per_chunk];
  for (size_t p = start; p < end; p++) at[p - start] = position_at(job, p);
  for (size_t column = 0; column < job->padded; column += alu_panel) {
    const size_t width = alu_panel_width(job->padded, column);
    alu_scalar *y = job->y + start * outputs + column;
    if (column + width <= outputs) {
      direct_panel(job, at, end - start, column, y, outputs);
      continue;
    }
    direct_panel(job, at, end - start, column, scratch, width);
    for (size_t p = 0; p < end - start; p++)
      memcpy(y + p * outputs, scratch + p * width, (outputs - column) * sizeof(alu_scalar));
  }
}

void alu_direct(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *kernel, int flipped,
                const alu_scalar *bias, alu_scalar *y) {
  direct_job job = {.shape = shape, .x = x, .bias = bias};
  size_t kernel_bytes;
  alu_scalar *packed = packed_kernel(shape, kernel, flipped, &kernel_bytes);
  const size_t zero_bytes = runs_of(shape).taps * shape->inputs * sizeof(alu_scalar);
  alu_scalar *zeros = alu_take(zero_bytes);
  memset(zeros, 0, zero_bytes);
  job.kernel = packed, job.zeros = zeros, job.y = y;
  job.padded = alu_round_up(shape->outputs, alu_block);
  job.positions = shape->batch * shape->result_height * shape->result_width;
  job.product = alu_best_panel_product();
  alu_parallel((job.positions + positions_per_chunk - 1) / positions_per_chunk, direct_chunk, &job);
  alu_give(zeros, zero_bytes);
  alu_give(packed, kernel_bytes);
}

typedef struct {
  const alu_convolution *shape;
  const alu_scalar *x, *dy; // dy in panels [panel][position][column]
  size_t padded, positions;
  alu_scalar *dkernel;
  alu_panel_product *product;
} gradient_job;

// dy [positions, outputs] → panels, padded by zeros.
static void pack_rows(const alu_scalar *rows, size_t count, size_t columns, alu_scalar *packed) {
  const size_t padded = alu_round_up(columns, alu_block);
  for (size_t start = 0; start < padded; start += alu_panel) {
    const size_t width = alu_panel_width(padded, start);
    const size_t used = columns - start < width ? columns - start : width;
    alu_scalar *panel = packed + start * count;
    for (size_t r = 0; r < count; r++, panel += width) {
      memcpy(panel, rows + r * columns + start, used * sizeof(alu_scalar));
      memset(panel + used, 0, (width - used) * sizeof(alu_scalar));
    }
  }
}

// Image rows from *line on that a tap sees, as stretches of the sum over positions (address of the first input row).
static size_t gather_lines(const gradient_job *job, size_t tap, size_t width, const alu_scalar *panel, size_t *line,
                           const alu_scalar **bases, alu_segment *segments) {
  const alu_convolution *s = job->shape;
  const size_t p = tap / s->kernel_width, q = tap % s->kernel_width;
  const size_t begin = s->left > q ? s->left - q : 0; // first output column whose input exists
  const size_t past = s->width + s->left > q ? s->width + s->left - q : 0;
  const size_t end = past < s->result_width ? past : s->result_width;
  const size_t lines = s->batch * s->result_height;
  size_t count = 0, depth = 0;
  for (; *line < lines && count < alu_most_segments && depth < deepest_piece; ++*line) {
    const size_t row = *line % s->result_height, image = *line / s->result_height, i = row + p - s->top;
    if (i >= s->height || begin >= end) continue;
    bases[count] = job->x + ((image * s->height + i) * s->width + begin + q - s->left) * s->inputs;
    segments[count].b = panel + (*line * s->result_width + begin) * width;
    segments[count].depth = end - begin;
    depth += end - begin;
    count++;
  }
  return count;
}

// All input channels of one tap and one panel of outputs, into sums [inputs, width].
static void gradient_panel(const gradient_job *job, size_t tap, size_t column, alu_scalar *sums) {
  const alu_convolution *s = job->shape;
  const size_t width = alu_panel_width(job->padded, column), lines = s->batch * s->result_height;
  const alu_scalar *panel = job->dy + column * job->positions;
  const alu_scalar *bases[alu_most_segments];
  alu_segment segments[alu_most_segments];
  memset(sums, 0, s->inputs * width * sizeof(alu_scalar));
  for (size_t line = 0; line < lines;) {
    const size_t count = gather_lines(job, tap, width, panel, &line, bases, segments);
    for (size_t c = 0; c < s->inputs; c += alu_tile_rows) {
      const size_t rows = s->inputs - c < alu_tile_rows ? s->inputs - c : alu_tile_rows;
      for (size_t g = 0; g < count; g++)
        for (size_t r = 0; r < rows; r++) segments[g].a[r] = bases[g] + c + r;
      job->product(rows, width, segments, count, s->inputs, width, sums + c * width, width, 1);
    }
  }
}

static void gradient_chunk(void *context, size_t chunk) {
  const gradient_job *job = context;
  const alu_convolution *s = job->shape;
  const size_t panels = (job->padded + alu_panel - 1) / alu_panel;
  const size_t tap = chunk / panels, column = chunk % panels * alu_panel;
  const size_t width = alu_panel_width(job->padded, column);
  const size_t used = s->outputs - column < width ? s->outputs - column : width;
  alu_scalar *sums = alu_take(s->inputs * width * sizeof(alu_scalar));
  gradient_panel(job, tap, column, sums);
  for (size_t c = 0; c < s->inputs; c++)
    memcpy(job->dkernel + (tap * s->inputs + c) * s->outputs + column, sums + c * width, used * sizeof(alu_scalar));
  alu_give(sums, s->inputs * width * sizeof(alu_scalar));
}

void alu_direct_kernel_gradient(const alu_convolution *shape, const alu_scalar *x, const alu_scalar *dy,
                                alu_scalar *dkernel) {
  gradient_job job = {.shape = shape, .x = x};
  job.positions = shape->batch * shape->result_height * shape->result_width;
  job.padded = alu_round_up(shape->outputs, alu_block);
  job.dkernel = dkernel;
  job.product = alu_best_panel_product();
  const size_t bytes = job.positions * job.padded * sizeof(alu_scalar);
  const int is_one_panel = job.padded == shape->outputs && job.padded <= alu_panel;
  alu_scalar *packed = is_one_panel ? NULL : alu_take(bytes);
  if (packed) pack_rows(dy, job.positions, shape->outputs, packed);
  job.dy = packed ? packed : dy;
  const size_t panels = (job.padded + alu_panel - 1) / alu_panel;
  alu_parallel(shape->kernel_height * shape->kernel_width * panels, gradient_chunk, &job);
  if (packed) alu_give(packed, bytes);
}
