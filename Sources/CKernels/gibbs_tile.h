#pragma once
// What one tile of pixels works on in Gibbs sampling; a lane is a pixel.

#include "alu_posterior.h"
#include "philox.h"

#include <stdbool.h>

enum { lanes = 64, most_pairs = alu_gibbs_most * (alu_gibbs_most - 1) / 2 };

// The least abundance where its logarithm counts.
static const double least_share = 1e-280;

// Directions within the simplex along which the Gaussian is much wider than along any exchange that takes part in them, as
// where three endmembers lie almost on a line: exchanges alone would take hundreds of sweeps to go along them.
typedef struct {
  size_t number;
  double along[alu_gibbs_most][alu_gibbs_most], slope[alu_gibbs_most][alu_gibbs_most]; // v and G v
  double curvature[alu_gibbs_most];                                                    // v'G v
} gibbs_directions;

typedef struct {
  double a[alu_gibbs_most][lanes], gradient[alu_gibbs_most][lanes], products[alu_gibbs_most][lanes];
  double squares[lanes], precision[lanes], root_precision[lanes], inverse_root[lanes];
  double to_i[lanes], to_j[lanes], step[lanes]; // a pair's proposal, and how far its first component went
  uint32_t row[lanes];
  double (*uniform)[lanes]; // three times the pairs of a sweep, `stride` numbers from one third to the next
  size_t stride;
  const gibbs_directions *directions;
} gibbs_tile;

void gibbs_find_directions(const alu_gibbs_problem *problem, gibbs_directions *out);

void gibbs_sweep(const alu_gibbs_problem *problem, gibbs_tile *tile, uint32_t number);
void gibbs_draw_precision(const alu_gibbs_problem *problem, gibbs_tile *tile, uint32_t number);
