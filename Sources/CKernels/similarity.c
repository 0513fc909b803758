#include "alu_similarity.h"
#include "alu_math.h"

#include <float.h>

#ifdef ALUNITE_DOUBLE
#define EPSILON DBL_EPSILON
#define FAR 40
#else
#define EPSILON FLT_EPSILON
#define FAR 16
#endif

// Squared norms below SMALL leave an error of some ten units of rounding in the distance. Beyond the distance FAR the
// similarity is a unit of rounding itself, and its error smaller still.
#define SMALL 16

// Distances below this are summed anew; 64 units of the norms are more than a product's rounding error.
#define DOUBT(norms) ((norms) > SMALL ? FAR + 64 * EPSILON * (norms) : -INFINITY)

ALU_INLINE alu_scalar distance(const alu_scalar *x, const alu_scalar *y, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    const double difference = (double)x[i] - y[i];
    sum += difference * difference;
  }
  return (alu_scalar)sum;
}

ALU_INLINE double total(const alu_scalar *values, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += values[i];
  return sum;
}

ALU_CLONES void alu_similarity(alu_vectors x, alu_vectors y, size_t count, alu_scalar *products, double *sums) {
  for (size_t r = 0; r < x.rows; r++) {
    const alu_scalar square = x.squares[r];
    alu_scalar *row = products + r * y.rows;
    int doubtful = 0;
    for (size_t c = 0; c < y.rows; c++) {
      const alu_scalar norms = square + y.squares[c], apart = norms - 2 * row[c];
      doubtful |= apart < (alu_scalar)DOUBT(norms);
      row[c] = apart > 0 ? apart : 0;
    }
    for (size_t c = 0; doubtful && c < y.rows; c++) {
      if (row[c] < (alu_scalar)DOUBT(square + y.squares[c])) {
        row[c] = distance(x.vectors + r * count, y.vectors + c * count, count);
      }
    }
    for (size_t c = 0; c < y.rows; c++) row[c] = alu_exp1(-row[c]);
    if (sums) sums[r] += total(row, y.rows);
  }
}
