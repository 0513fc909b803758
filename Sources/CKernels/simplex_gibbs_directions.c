// Finds the directions that exchanges of pairs are bad at: eigenvectors of the Gaussian's precision within the simplex whose
// curvature is less than half that of every exchange they overlap with.

#include "gibbs_tile.h"

#include <math.h>
#include <string.h>

// Eigenvalues (on the diagonal of a) and eigenvectors (rows of v) by Jacobi's rotations.
static void rotate_to_diagonal(double a[alu_gibbs_most][alu_gibbs_most], double v[alu_gibbs_most][alu_gibbs_most],
                               size_t n) {
  for (int sweep = 0; sweep < 60; sweep++) {
    double off = 0, on = 0;
    for (size_t i = 0; i < n; i++) {
      on += a[i][i] * a[i][i];
      for (size_t j = i + 1; j < n; j++) off += a[i][j] * a[i][j];
    }
    if (off <= 1e-30 * on) return;
    for (size_t p = 0; p < n; p++) {
      for (size_t q = p + 1; q < n; q++) {
        if (a[p][q] == 0) continue;
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
        for (size_t k = 0; k < n; k++) {
          double x = a[k][p], y = a[k][q];
          a[k][p] = c * x - s * y;
          a[k][q] = s * x + c * y;
        }
        for (size_t k = 0; k < n; k++) {
          double x = a[p][k], y = a[q][k];
          a[p][k] = c * x - s * y;
          a[q][k] = s * x + c * y;
          x = v[p][k];
          y = v[q][k];
          v[p][k] = c * x - s * y;
          v[q][k] = s * x + c * y;
        }
      }
    }
  }
}

// G less its means of rows and columns, and the direction (1, …, 1) out of the way of all others.
static void project(const double *gram, size_t n, double a[alu_gibbs_most][alu_gibbs_most]) {
  double row[alu_gibbs_most] = {0}, all = 0, trace = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) row[i] += gram[i * n + j] / (double)n;
    all += row[i] / (double)n;
    trace += fabs(gram[i * n + i]);
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) a[i][j] = gram[i * n + j] - row[i] - row[j] + all + 2 * (trace + 1) / (double)n;
}

// The least curvature per squared length of an exchange that overlaps with v.
static double least_exchange(const double *gram, size_t n, const double *v) {
  double least = INFINITY;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = i + 1; j < n; j++) {
      if (fabs(v[i] - v[j]) < 0.3 * sqrt(2)) continue;
      double curvature = (gram[i * n + i] + gram[j * n + j] - 2 * gram[i * n + j]) / 2;
      least = curvature < least ? curvature : least;
    }
  }
  return least;
}

void gibbs_find_directions(const alu_gibbs_problem *problem, gibbs_directions *out) {
  size_t n = problem->count;
  out->number = 0;
  if (n < 3) return;
  double a[alu_gibbs_most][alu_gibbs_most], v[alu_gibbs_most][alu_gibbs_most];
  memset(v, 0, sizeof v);
  for (size_t i = 0; i < n; i++) v[i][i] = 1;
  project(problem->gram, n, a);
  rotate_to_diagonal(a, v, n);
  for (size_t d = 0; d < n; d++) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += v[d][k];
    if (fabs(sum) > 1e-3 || !(a[d][d] < 0.5 * least_exchange(problem->gram, n, v[d]))) continue;
    size_t at = out->number++;
    double curvature = 0;
    for (size_t k = 0; k < n; k++) {
      out->along[at][k] = v[d][k] - sum / (double)n;
      out->slope[at][k] = 0;
    }
    for (size_t k = 0; k < n; k++) {
      for (size_t l = 0; l < n; l++) out->slope[at][k] += problem->gram[k * n + l] * out->along[at][l];
      curvature += out->along[at][k] * out->slope[at][k];
    }
    out->curvature[at] = curvature > 0 ? curvature : 0;
  }
}
