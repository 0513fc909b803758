#pragma once
// Batch normalisation of [rows, channels] with an optional max(·, 0) on top:
//
//   y = (x − mean) · scale + offset,   scale = γ / √(variance + ε)
//
// Sums run in Double over chunks of fixed length, added up in order.

#include "alu_base.h"

// Mean and mean squared distance from it, per channel.
void alu_channel_moments(const alu_scalar *x, size_t rows, size_t channels, double *mean, double *variance);

typedef struct {
  size_t rows, channels;
  const alu_scalar *mean, *scale, *offset; // [channels] each
  int rectified;
} alu_normalization;

void alu_normalize(const alu_normalization *n, const alu_scalar *x, alu_scalar *y);

// Σ g and Σ g · (x − mean) per channel, where g is dy, or 0 where the rectifier was closed.
void alu_normalize_sums(const alu_normalization *n, const alu_scalar *x, const alu_scalar *dy, double *sum,
                        double *moment);

// dx = g · scale − slope · (x − mean) − level, with slope and level per channel.
void alu_normalize_gradient(const alu_normalization *n, const alu_scalar *x, const alu_scalar *dy,
                            const alu_scalar *slope, const alu_scalar *level, alu_scalar *dx);
