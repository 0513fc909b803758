#pragma once
// Draws from the posterior of linear mixing on the simplex.

#include "alu_base.h"
#include "alu_random.h"

enum { alu_gibbs_most = 32 };

// What many pixels have in common.
//
//     p(a | y) ∝ exp(τ (products·a − ½ a' gram a)) Π a_k^(concentration_k − 1)   on the simplex
//
// with products = M'y/σ², gram = M'M/σ² per pixel up to a constant that all k share; τ = 1, or, where `bands` > 0,
// unknown with the prior Gamma(shape, rate) and bands·½ log τ − ½ τ (square − 2 products·a + a' gram a) as likelihood.
typedef struct {
  size_t count;                // endmembers, 1 ... alu_gibbs_most
  const double *gram;          // [count, count]
  const double *concentration; // [count], positive; NULL for all 1
  double bands, shape, rate;
  size_t warmup, kept, thinning; // sweeps before the first draw; draws; sweeps from one draw to the next
  alu_stream key;                // `index` is the number of the first sweep
} alu_gibbs_problem;

// What comes of it. Every pointer but `mean` may be NULL.
typedef struct {
  alu_scalar *mean, *deviation; // [pixels, count]
  alu_scalar *last;             // [pixels, count]: the last draw
  alu_scalar *quantiles;        // [levels, pixels, count]
  const double *probabilities;  // [levels], in (0, 1)
  size_t levels;
  alu_scalar *draws;             // [kept, pixels, count]
  alu_scalar *effective;         // [pixels, count]: effective number of draws, by batch means
  alu_scalar *noise, *noise_deviation; // [pixels]: mean and deviation of √(1/τ)
} alu_gibbs_result;

// Pair-exchange Gibbs sweeps from `start` [pixels, count], which is brought to the simplex first. `products` is
// [pixels, count], `squares` [pixels] (read where bands > 0), `identities` names the pixels' streams, or is NULL for
// 0, 1, 2, …
void alu_gibbs(const alu_gibbs_problem *problem, const double *products, const double *squares,
               const uint32_t *identities, const alu_scalar *start, size_t pixels, const alu_gibbs_result *result);

// `count` standard normal variates between low[i] and high[i], by one uniform number each.
void alu_truncated_normal(const double *low, const double *high, const double *uniform, size_t count, double *out);

// Sorts every column of [rows, columns] upwards.
void alu_sort_columns(float *values, size_t rows, size_t columns);

// log p(z) = products·a − ½ a' gram a + Σ concentration_k log a_k and its gradient, a = softmax(z, 0), for rows of
// coordinates [rows, count − 1] with products [rows, count]; count is 2 ... alu_gibbs_most.
void alu_simplex_density(size_t count, const double *gram, const double *concentration, const double *products,
                         const double *positions, size_t rows, double *values, double *gradients);
