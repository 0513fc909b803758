#include "philox.h"
#include "alu_random.h"

enum { tile = 256 };

alu_bits alu_philox(alu_stream key, uint32_t row, uint32_t block) {
  uint32_t w[4] = {block, row, key.index, key.stream};
  philox(key.seed, w);
  return (alu_bits){(uint64_t)w[1] << 32 | w[0], (uint64_t)w[3] << 32 | w[2]};
}

// A block makes two numbers; blocks are counted over all rows.
typedef struct {
  alu_stream key;
  const uint32_t *identities;
  size_t width, blocks_per_row, blocks;
  alu_scalar *out;
  void (*pairs)(alu_stream, const uint32_t *, const uint32_t *, double *, double *);
} fill;

ALU_CLONES static void uniform_pairs(alu_stream key, const uint32_t *restrict block, const uint32_t *restrict row,
                                     double *restrict first, double *restrict second) {
  for (int i = 0; i < tile; i++) {
    uint32_t w[4] = {block[i], row[i], key.index, key.stream};
    philox(key.seed, w);
    first[i] = open_uniform(w[0], w[1]);
    second[i] = open_uniform(w[2], w[3]);
  }
}

// Box and Muller: both numbers of a pair are used.
ALU_CLONES static void normal_pairs(alu_stream key, const uint32_t *restrict block, const uint32_t *restrict row,
                                    double *restrict first, double *restrict second) {
  uniform_pairs(key, block, row, first, second);
  for (int i = 0; i < tile; i++) {
    double radius = root_of(-2 * log_of(first[i])), cosine, sine;
    cosine_and_sine_of_turn(second[i], &cosine, &sine);
    first[i] = radius * cosine;
    second[i] = radius * sine;
  }
}

static void fill_chunk(void *context, size_t chunk) {
  const fill *f = context;
  uint32_t block[tile], row[tile];
  double first[tile], second[tile];
  size_t start = chunk * tile, count = f->blocks - start < tile ? f->blocks - start : tile;
  size_t r = start / f->blocks_per_row, b = start % f->blocks_per_row;
  for (size_t i = 0, rr = r, bb = b; i < tile; i++) {
    block[i] = (uint32_t)bb;
    row[i] = i < count ? (f->identities ? f->identities[rr] : (uint32_t)rr) : 0;
    if (++bb == f->blocks_per_row) bb = 0, rr++;
  }
  f->pairs(f->key, block, row, first, second);
  for (size_t i = 0; i < count; i++) {
    size_t at = r * f->width + 2 * b;
    f->out[at] = (alu_scalar)first[i];
    if (2 * b + 1 < f->width) f->out[at + 1] = (alu_scalar)second[i];
    if (++b == f->blocks_per_row) b = 0, r++;
  }
}

static void run(fill f, size_t rows) {
  f.blocks_per_row = (f.width + 1) / 2;
  f.blocks = rows * f.blocks_per_row;
  alu_parallel((f.blocks + tile - 1) / tile, fill_chunk, &f);
}

void alu_uniform(alu_stream key, const uint32_t *identities, size_t rows, size_t width, alu_scalar *out) {
  run((fill){key, identities, width, 0, 0, out, uniform_pairs}, rows);
#ifndef ALUNITE_DOUBLE
  // Rounding to Float may reach 1.
  for (size_t i = 0; i < rows * width; i++) out[i] = out[i] < 0x1.fffffep-1f ? out[i] : 0x1.fffffep-1f;
#endif
}

void alu_normal(alu_stream key, const uint32_t *identities, size_t rows, size_t width, alu_scalar *out) {
  run((fill){key, identities, width, 0, 0, out, normal_pairs}, rows);
}
