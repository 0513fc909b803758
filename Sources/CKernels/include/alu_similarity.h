#pragma once
// How alike vectors are.

#include "alu_base.h"

// Vectors lie in rows of `count` numbers; squares holds the squared norm of each.
typedef struct {
  const alu_scalar *vectors;
  const alu_scalar *squares;
  size_t rows;
} alu_vectors;

// products[r, c] = ⟨x_r, y_c⟩ becomes exp(−‖x_r − y_c‖²). Where ‖x_r‖² + ‖y_c‖² − 2⟨x_r, y_c⟩ loses digits that the
// exponential could show, the distance is summed anew from the vectors. sums[r] (unless NULL) grows by row r.
void alu_similarity(alu_vectors x, alu_vectors y, size_t count, alu_scalar *products, double *sums);
