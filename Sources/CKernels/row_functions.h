#pragma once
// How functions of rows are walked: a tile of numbers at a time, gathered into doubles.

#include "alu_densities.h"
#include "gamma_functions.h"

enum { tile = 256 };

typedef double tile_row[tile];

// One tile of operands, and what a function made of it.
typedef struct {
  tile_row in[alu_most_operands];
  tile_row value;
  tile_row partial[alu_most_operands];
} tile_work;

// f and its partial derivatives for `count` places of a tile.
typedef void tile_function(tile_work *work, size_t count);

// Rows that fit a tile together (1 where a row is longer than a tile).
ALU_INLINE size_t rows_in_tile(size_t rows, size_t width) {
  size_t fit = width ? tile / width : tile;
  return fit < 1 ? 1 : (fit < rows ? fit : rows);
}

// Elements [row, row + rows) × [column, column + columns) of an operand, side by side.
ALU_INLINE void gather(const alu_operand *operand, size_t row, size_t rows, size_t column, size_t columns, double *out) {
  for (size_t r = 0; r < rows; r++) {
    const alu_scalar *in = operand->values + (row + r) * operand->row_step + column * operand->column_step;
    double *target = out + r * columns;
    if (operand->column_step == 1)
      for (size_t c = 0; c < columns; c++) target[c] = in[c];
    else
      for (size_t c = 0; c < columns; c++) target[c] = *in;
  }
}

// A derivative as the scalar type, held within ±1e30 so that a Float never overflows; a NaN stays.
ALU_INLINE alu_scalar held(double derivative) {
  derivative = derivative > 1e30 ? 1e30 : derivative;
  return (alu_scalar)(derivative < -1e30 ? -1e30 : derivative);
}

ALU_INLINE void scatter(const double *in, size_t row, size_t rows, size_t column, size_t columns, size_t width,
                        alu_scalar *out) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) out[(row + r) * width + column + c] = held(in[r * columns + c]);
}

// The sum of every row of a tile, added to totals in order.
ALU_INLINE void add_rows(const double *in, size_t rows, size_t columns, double *totals) {
  for (size_t r = 0; r < rows; r++) {
    double total = 0;
    for (size_t c = 0; c < columns; c++) total += in[r * columns + c];
    totals[r] += total;
  }
}

// What stands for x in a logarithm: the least normal number instead of 0.
ALU_INLINE double log_or_least(double x) {
#ifdef ALUNITE_DOUBLE
  const double least = 0x1p-1022;
#else
  const double least = 0x1p-126;
#endif
  return log_of(x == 0 ? least : x);
}
