#pragma once
// 3×3 and 5×5 convolution by cyclic convolutions of length n = 4, 6, 8 or 12 in both directions.
//
// A tile's discrete Fourier transform is held as real numbers ("points"): 4 real frequencies, and for each of the
// (n + 2)(n/2 − 1) complex ones re + im, re and im, so that a complex product takes three real ones (Gauss).
// Every point is a matrix product over channels: 22, 52, 94 or 214 for a tile of (n − 2·reach)² outputs, where the plain
// sum takes 9 or 25 for each; the reach of a kernel is how far it sees, 1 or 2.
// An image of at most (n − reach)² pixels with a frame of zeros is one tile: what wraps around is zero anyway.
// Toom–Cook (Winograd) tiles take 25 or 49 products for 3² or 5² outputs of a 3×3 kernel, but lose a decimal digit more
// in Float; 64 for 4² outputs of a 5×5 kernel are more than these, and lose two.

#include "alu_convolve.h"

typedef alu_scalar alu_line __attribute__((vector_size(64), aligned(sizeof(alu_scalar))));

// Rows of a tile: where the first one's first place lies (even outside the image), and which places lie inside.
typedef struct {
  const alu_scalar *start, *last_line; // the last place in memory where a whole line may be read
  ptrdiff_t begin, end;
  size_t channels, rows, row_step;
} alu_row_source;

typedef struct {
  alu_scalar *start;      // the first row's first output
  const alu_scalar *bias; // in whole lines
  size_t columns, channels, rows, row_step;
} alu_row_target;

// What lies between groups, rows, and u and v of one row, after a row's transform.
typedef struct {
  size_t group, row, channels;
} alu_row_steps;

// A column of a tile, `count` channels from `channel` on: of so many in a row, `step` from point to point.
typedef struct {
  size_t channel, count, channels, step;
} alu_column;

// The transforms of one size. Rows come first, all groups together: group 0 has the two real columns of the half
// spectrum, f the complex column f, each as two rows u and v of padded channels. Then come columns, group by group, so
// that the points in work fit into a core's cache.
// The last `missing` rows and columns of a tile are zero: none, `reach` or twice that.
typedef struct {
  size_t length, reach;
  void (*analyse_rows)(const alu_row_source *s, size_t missing, alu_scalar *out, const alu_row_steps *steps);
  void (*analyse_column)(const alu_scalar *const *rows, const alu_column *c, size_t missing, size_t group,
                         alu_scalar *out);
  void (*synthesise_column)(const alu_scalar *in, const alu_column *c, size_t group, alu_scalar *out, size_t row_step,
                            size_t rows);
  void (*synthesise_rows)(const alu_scalar *in, const alu_row_steps *steps, const alu_row_target *t);
  // Rows and columns at once of an image of (n − reach)² pixels, in whole lines; NULL where rows are better kept.
  // Group 0 sets the image to its share and the bias, the others add to it.
  void (*analyse_whole)(const alu_scalar *image, const alu_column *c, size_t group, alu_scalar *out);
  void (*synthesise_whole)(const alu_scalar *in, const alu_column *c, size_t group, const alu_scalar *bias,
                           alu_scalar *image);
  // All taps, with the factors 2/n² of the inverse (1/n² where real).
  void (*kernel)(const alu_scalar *taps, size_t tap_step, size_t group, alu_scalar *out, size_t step);
  // One group's share of the derivatives of the taps.
  void (*kernel_gradient)(const alu_scalar *in, size_t step, size_t group, alu_scalar *taps);
} alu_transforms;

static inline size_t alu_groups(size_t n) { return n / 2; }
static inline size_t alu_first_point(size_t n, size_t group) { return group ? 3 * n * group - 2 : 0; }
static inline size_t alu_points(size_t n) { return alu_first_point(n, alu_groups(n)); }

enum { alu_transform_sizes = 6, alu_most_taps = 25, alu_longest = 12 };

// Those of all lengths and reaches, in the machine code that is fastest here.
const alu_transforms *alu_best_transforms(void);

// How an image is cut.
typedef struct {
  const alu_transforms *transforms; // NULL: not worth while
  int is_framed;
  size_t side, across, down, count; // outputs a tile is wide; tiles per row, per column, in all images
} alu_tiling;

// For the convolution, or for its gradient with respect to the kernel.
alu_tiling alu_best_tiling(const alu_convolution *shape, int is_kernel_gradient);

// Points of many tiles (or of many rows of a kernel): [point][panel of channels][tile][channel].
typedef struct {
  alu_scalar *data;
  size_t channels, tiles, step, bytes; // channels: padded to whole lines; step: from point to point
} alu_spectrum;

alu_spectrum alu_new_spectrum(size_t points, size_t channels, size_t tiles);
static inline void alu_drop_spectrum(const alu_spectrum *s) { alu_give(s->data, s->bytes); }

// Where a channel of a tile lies within a point.
static inline size_t alu_place(const alu_spectrum *s, size_t tile, size_t channel) {
  const size_t panel = channel - channel % alu_panel;
  return panel * s->tiles + tile * alu_panel_width(s->channels, panel) + channel % alu_panel;
}

// How many strips (rows of tiles) are in work together: what is kept of them is bounded.
static inline size_t alu_strips_at_once(const alu_tiling *t) {
  const size_t most = 768 / t->across;
  return most ? most : 1;
}

// An image to be cut into tiles: `top` and `left` are how many places of a tile lie before its first output.
typedef struct {
  const alu_scalar *data;
  size_t batch, height, width, channels, top, left, missing;
} alu_view;

alu_view alu_view_of_image(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *x);
// Of an upstream gradient: every tile alone, with zeros around it.
alu_view alu_view_of_gradient(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *dy);

// Rows of tiles after or before their transform: [group][row of the images][tile across][u, v][channel], then zeros.
typedef struct {
  alu_scalar *data; // NULL: images are transformed whole
  size_t channels, across, first, count, bytes; // channels: padded to whole lines; rows: all images' in one sequence
} alu_rows;

static inline alu_row_steps alu_steps(const alu_rows *r) {
  const size_t row = r->across * 2 * r->channels;
  return (alu_row_steps){r->count * row, row, r->channels};
}
static inline alu_scalar *alu_row(const alu_rows *r, size_t group, size_t row, size_t column) {
  const alu_row_steps steps = alu_steps(r);
  return r->data + group * steps.group + (row - r->first) * steps.row + column * 2 * r->channels;
}

// The transforms of those rows that strips [first, end) need.
alu_rows alu_analyse_rows(const alu_view *view, const alu_tiling *tiling, size_t first, size_t end);
static inline void alu_drop_rows(const alu_rows *r) {
  if (r->data) alu_give(r->data, r->bytes);
}
// From them the points of one group, for tiles [first, end), to the places from `start` on.
void alu_analyse_tiles(const alu_view *view, const alu_tiling *tiling, const alu_rows *rows, size_t group, size_t first,
                       size_t end, const alu_spectrum *out, size_t start);
// Where results go: y, by way of rows, `side` to a strip; bias in whole lines.
typedef struct {
  alu_rows rows;
  const alu_scalar *bias;
  alu_scalar *y;
} alu_results;

// Of strips [first, end).
alu_results alu_new_results(const alu_convolution *shape, const alu_tiling *tiling, size_t first, size_t end,
                            const alu_scalar *bias, alu_scalar *y);
// One group's share of tiles [first, end), from the points at the places from 0 on.
void alu_synthesise_tiles(const alu_convolution *shape, const alu_tiling *tiling, const alu_spectrum *in, size_t group,
                          size_t first, size_t end, const alu_results *results);
// After the last group: turns rows into outputs, and drops them.
void alu_finish_results(const alu_convolution *shape, const alu_tiling *tiling, const alu_results *results, size_t first,
                        size_t end);

// A kernel [taps, inputs, columns] with columns in whole lines: itself, or a copy that must be dropped. A flipped one is
// turned by 180° and its channel axes are exchanged.
typedef struct {
  const alu_scalar *taps;
  size_t columns;
  alu_scalar *copy;
  size_t bytes;
} alu_lined_kernel;

alu_lined_kernel alu_line_up(const alu_convolution *shape, const alu_scalar *kernel, int flipped);
void alu_drop_lined(const alu_lined_kernel *kernel);
// The points of one group, inputs in the place of tiles.
void alu_kernel_points(const alu_convolution *shape, const alu_transforms *transforms, const alu_lined_kernel *kernel,
                       size_t group, const alu_spectrum *points);
// result[tile] = image[tile + start] · kernel at the group's point number `point`.
void alu_point_product(alu_panel_product *product, size_t inputs, size_t point, const alu_spectrum *image, size_t start,
                  const alu_spectrum *kernel, const alu_spectrum *result, size_t tiles);

void alu_spectral(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *x, const alu_scalar *kernel,
                  int flipped, const alu_scalar *bias, alu_scalar *y);
// ∂/∂kernel, and with `reversed` (the tiling of the convolution from dy to dx, of the same tiles) ∂/∂x too.
void alu_spectral_gradients(const alu_convolution *shape, const alu_tiling *tiling, const alu_tiling *reversed,
                            const alu_scalar *x, const alu_scalar *kernel, const alu_scalar *dy, alu_scalar *dx,
                            alu_scalar *dkernel);

static inline size_t alu_smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t alu_parts(size_t count, size_t length) { return (count + length - 1) / length; }
