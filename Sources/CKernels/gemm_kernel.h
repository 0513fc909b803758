// The register tile of every matrix product here, to be included once for each machine:
// ALU_TILE(suffix) names it, ALU_TILE_TARGET says for which machine, ALU_VECTOR_BYTES and ALU_TILE_VECTORS its shape.

typedef alu_scalar ALU_TILE(vector) __attribute__((vector_size(ALU_VECTOR_BYTES), aligned(sizeof(alu_scalar))));

enum { ALU_TILE(lanes) = ALU_VECTOR_BYTES / sizeof(alu_scalar) };

// C[rows, vectors·lanes] (+)= Σ over segments of A·B; rows and vectors are constants after inlining.
__attribute__((always_inline)) ALU_TILE_TARGET static inline void ALU_TILE(tile)(
    const int rows, const int vectors, const alu_segment *segments, size_t count, size_t a_step, size_t b_step,
    alu_scalar *c, size_t c_step, int accumulates) {
  ALU_TILE(vector) sum[alu_tile_rows][ALU_TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      const alu_scalar *start = c + r * c_step + v * ALU_TILE(lanes);
      sum[r][v] = accumulates ? *(const ALU_TILE(vector) *)start : (ALU_TILE(vector)){0};
    }
  for (size_t s = 0; s < count; s++) {
    const alu_scalar *a[alu_tile_rows];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) a[r] = segments[s].a[r];
    const alu_scalar *b = segments[s].b;
    const size_t depth = segments[s].depth;
#pragma clang loop unroll(disable)
    for (size_t k = 0; k < depth; k++) {
      ALU_TILE(vector) row[ALU_TILE_VECTORS];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) row[v] = *(const ALU_TILE(vector) *)(b + v * ALU_TILE(lanes));
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        const alu_scalar x = a[r][k * a_step];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[r][v] += x * row[v];
      }
      b += b_step;
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(ALU_TILE(vector) *)(c + r * c_step + v * ALU_TILE(lanes)) = sum[r][v];
}

#define ALU_TILE_CASE(rows, vectors)                                                                          \
  case rows * 8 + vectors:                                                                                    \
    ALU_TILE(tile)(rows, vectors, segments, count, a_step, b_step, c, c_step, accumulates);                   \
    return;
#define ALU_TILE_ROW_CASES(vectors)                                                                           \
  ALU_TILE_CASE(1, vectors)                                                                                   \
  ALU_TILE_CASE(2, vectors)                                                                                   \
  ALU_TILE_CASE(3, vectors)                                                                                   \
  ALU_TILE_CASE(4, vectors)                                                                                   \
  ALU_TILE_CASE(5, vectors)                                                                                   \
  ALU_TILE_CASE(6, vectors)

// One register tile of `rows` × `vectors`, both picked at run time.
ALU_TILE_TARGET static void ALU_TILE(pick)(size_t rows, size_t vectors, const alu_segment *segments, size_t count,
                                           size_t a_step, size_t b_step, alu_scalar *c, size_t c_step,
                                           int accumulates) {
  switch (rows * 8 + vectors) {
    ALU_TILE_ROW_CASES(1)
    ALU_TILE_ROW_CASES(2)
#if ALU_TILE_VECTORS > 2
    ALU_TILE_ROW_CASES(3)
    ALU_TILE_ROW_CASES(4)
#endif
  }
}

// C[rows, columns], columns a multiple of 64 bytes, at most a panel wide.
ALU_TILE_TARGET static void ALU_TILE(panel)(size_t rows, size_t columns, const alu_segment *segments, size_t count,
                                            size_t a_step, size_t b_step, alu_scalar *c, size_t c_step,
                                            int accumulates) {
  const size_t widest = ALU_TILE_VECTORS * ALU_TILE(lanes);
  if (columns <= widest) {
    ALU_TILE(pick)(rows, columns / ALU_TILE(lanes), segments, count, a_step, b_step, c, c_step, accumulates);
    return;
  }
  alu_segment shifted[alu_most_segments];
  for (size_t s = 0; s < count; s++) shifted[s] = segments[s];
  for (size_t start = 0; start < columns; start += widest) {
    const size_t width = columns - start < widest ? columns - start : widest;
    for (size_t s = 0; s < count; s++) shifted[s].b = segments[s].b + start;
    ALU_TILE(pick)(rows, width / ALU_TILE(lanes), shifted, count, a_step, b_step, c + start, c_step, accumulates);
  }
}

#undef ALU_TILE_CASE
#undef ALU_TILE_ROW_CASES
