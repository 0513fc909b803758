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

// The transforms of one size, for one block of channels; `step` is the distance between points.
typedef struct {
  size_t length, points;
  void (*analyse)(const alu_source *s, size_t channel, alu_scalar *out, size_t step);
  void (*analyse_framed)(const alu_source *s, size_t channel, alu_scalar *out, size_t step); // one tile in its frame
  void (*synthesise)(const alu_target *t, size_t channel, const alu_scalar *in, size_t step, const alu_scalar *bias);
  void (*kernel)(const alu_scalar *taps, size_t tap_step, alu_scalar *out, size_t step);
  void (*kernel_gradient)(const alu_scalar *in, size_t step, alu_scalar *taps);
} alu_transforms;

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

void alu_spectral(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *x, const alu_scalar *kernel,
                  int flipped, const alu_scalar *bias, alu_scalar *y);
void alu_spectral_kernel_gradient(const alu_convolution *shape, const alu_tiling *tiling, const alu_scalar *x,
                                  const alu_scalar *dy, alu_scalar *dkernel);
