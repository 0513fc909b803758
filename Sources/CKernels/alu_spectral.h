#pragma once
// 3×3 convolution by cyclic convolutions of length n = 4, 6 or 8 in both directions.
//
// A tile's discrete Fourier transform is held as real numbers ("points"): 4 real frequencies, and for each of the
// (n + 2)(n/2 − 1) complex ones re + im, re and im, so that a complex product takes three real ones (Gauss). Every point
// is a matrix product over channels: 22, 52 or 94 for a tile, where the plain sum takes 9 for each output.
// An image of at most (n − 1)² pixels with a frame of zeros is one tile: its wrapped-around neighbours are zeros anyway.
// Toom–Cook (Winograd) tiles take 25 or 49 products for 3² or 5² outputs, but lose a decimal digit more in Float.

#include "alu_convolve.h"

typedef alu_scalar alu_line __attribute__((vector_size(64), aligned(sizeof(alu_scalar))));

// Where a tile is read from, or written to: rows and columns outside [least, end) count as zeros.
typedef struct {
  const alu_scalar *image;
  ptrdiff_t y, x; // the row and column before the tile's first output
  ptrdiff_t least_y, end_y, least_x, end_x, width, channels;
} alu_source;

typedef struct {
  alu_scalar *image; // the tile's first output
  ptrdiff_t rows, columns, width, channels;
} alu_target;

// The transforms of one size, for one line of channels; `step` is the distance between points.
// Points come in groups, so that those in work fit into a core's cache: 0 has the real columns of the half spectrum,
// f the complex column f.
typedef struct {
  size_t length;
  void (*analyse)(const alu_source *s, size_t channel, size_t group, alu_scalar *out, size_t step);
  // For a tile that holds a whole image in its frame.
  void (*analyse_framed)(const alu_source *s, size_t channel, size_t group, alu_scalar *out, size_t step);
  // Group 0 sets the tile to its share and the bias, the others add to it.
  void (*synthesise)(const alu_target *t, size_t channel, size_t group, const alu_scalar *in, size_t step,
                     const alu_scalar *bias);
  // Nine taps, with the factors 2/n² of the inverse (1/n² where real).
  void (*kernel)(const alu_scalar *taps, size_t tap_step, size_t group, alu_scalar *out, size_t step);
  // One group's share of the derivatives of the taps.
  void (*kernel_gradient)(const alu_scalar *in, size_t step, size_t group, alu_scalar *taps);
} alu_transforms;

static inline size_t alu_groups(size_t n) { return n / 2; }
static inline size_t alu_first_point(size_t n, size_t group) { return group ? 3 * n * group - 2 : 0; }
static inline size_t alu_points(size_t n) { return alu_first_point(n, alu_groups(n)); }

enum { alu_transform_sizes = 3 };

// Those for n = 4, 6, 8 that are fastest on this machine.
const alu_transforms *alu_best_transforms(void);

// How an image is cut.
typedef struct {
  const alu_transforms *transforms; // NULL: not worth while, or not 3×3
  int is_framed;
  size_t side, across, down, count; // outputs a tile is wide; tiles per row, per column, in all images
} alu_tiling;

alu_tiling alu_best_tiling(const alu_convolution *shape);

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

// Transforms tiles [first, end) of x to the places from `start` on, one group.
void alu_analyse_tiles(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *x, size_t group,
                       size_t first, size_t end, const alu_spectrum *out, size_t start);
// The same of the upstream gradient, each tile alone.
void alu_analyse_gradient(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *dy, size_t group,
                          size_t first, size_t end, const alu_spectrum *out, size_t start);
// Sets (group 0) or adds to tiles [first, end) of y what the points from `start` on give; bias in whole lines.
void alu_synthesise_tiles(const alu_convolution *shape, const alu_tiling *tiling, const alu_spectrum *in, size_t start,
                          size_t group, size_t first, size_t end, const alu_scalar *bias, alu_scalar *y);

// A kernel [9, inputs, columns] with columns in whole lines: itself, or a copy that must be dropped. A flipped one is
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
