#pragma once
// The matrix product inside the convolutions: a few rows at a time, their addresses given one by one,
// so that neither a patch nor a transform has to be copied into a matrix first.

#include "alu_base.h"

enum {
  alu_tile_rows = 6,
  alu_block = 64 / sizeof(alu_scalar),  // columns are padded to whole cache lines
  alu_panel = 256 / sizeof(alu_scalar), // and stored in panels of this many
  alu_most_segments = 64,
};

// A stretch of the sum: rows a[0], a[1], … of A against `depth` consecutive rows of B.
typedef struct {
  const alu_scalar *a[alu_tile_rows];
  const alu_scalar *b;
  size_t depth;
} alu_segment;

// C[rows, columns] (+)= Σₛ Σₖ a[row][k·a_step] · b[k·b_step + column].
// rows ≤ alu_tile_rows; columns ≤ alu_panel, a multiple of alu_block; count ≤ alu_most_segments.
typedef void alu_panel_product(size_t rows, size_t columns, const alu_segment *segments, size_t count, size_t a_step,
                               size_t b_step, alu_scalar *c, size_t c_step, int accumulates);

// The fastest one this machine can run.
alu_panel_product *alu_best_panel_product(void);

static inline size_t alu_round_up(size_t count, size_t step) { return (count + step - 1) / step * step; }

// How wide the panel is that starts at `column` of `padded`.
static inline size_t alu_panel_width(size_t padded, size_t column) {
  return padded - column < alu_panel ? padded - column : alu_panel;
}
