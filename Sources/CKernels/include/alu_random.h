#pragma once
// Counter-based random numbers: what is drawn for a row depends on nothing but its key.

#include "alu_base.h"

// A stream's place: with a row's identity and a block within the row it makes the counter (block, row, index, stream).
typedef struct {
  uint64_t seed;
  uint32_t stream;
  uint32_t index;
} alu_stream;

// The four words of one counter, two to a number, the first of each pair lowest.
typedef struct {
  uint64_t first, second;
} alu_bits;
alu_bits alu_philox(alu_stream key, uint32_t row, uint32_t block);

// Fills rows of `width` numbers; `identities` names the rows, or is NULL for 0, 1, 2, …
void alu_uniform(alu_stream key, const uint32_t *identities, size_t rows, size_t width, alu_scalar *out);
void alu_normal(alu_stream key, const uint32_t *identities, size_t rows, size_t width, alu_scalar *out);

// log x for x ~ Gamma(concentration, 1), exact (Marsaglia and Tsang), and d log x / d concentration at fixed
// probability unless `gradient` is NULL. width < 2^24.
void alu_log_gamma_draw(alu_stream key, const uint32_t *identities, size_t rows, size_t width,
                        const alu_scalar *concentration, alu_scalar *log_x, alu_scalar *gradient);

// (log u + log Γ(α + 1)) / α, the inverse of x^α / Γ(α + 1), and its own derivative unless `gradient` is NULL.
void alu_log_gamma_draw_inverse(alu_stream key, const uint32_t *identities, size_t rows, size_t width,
                                const alu_scalar *concentration, alu_scalar *log_x, alu_scalar *gradient);
