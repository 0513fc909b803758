#include "alu_pooling.h"

enum { lanes = 16, rows_per_chunk = 512 };

typedef struct {
  const alu_scalar *x, *dmean, *dlargest;
  alu_scalar *mean, *largest, *dx;
  int32_t *position;
  const int32_t *chosen;
  size_t rows, channels, step;
} pool_job;

// Sum and maximum side by side in lanes, so that both vectorise.
static inline __attribute__((always_inline)) void pool_row(const alu_scalar *x, size_t channels, alu_scalar *mean,
                                                           alu_scalar *largest, int32_t *position) {
  double sum[lanes] = {0};
  alu_scalar top[lanes];
  for (int lane = 0; lane < lanes; lane++) top[lane] = x[0];
  size_t i = 0;
  for (; i + lanes <= channels; i += lanes)
    for (int lane = 0; lane < lanes; lane++) {
      const alu_scalar v = x[i + lane];
      sum[lane] += v;
      top[lane] = v > top[lane] ? v : top[lane];
    }
  for (; i < channels; i++) {
    sum[0] += x[i];
    top[0] = x[i] > top[0] ? x[i] : top[0];
  }
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) {
      sum[lane] += sum[lane + width];
      top[lane] = top[lane + width] > top[lane] ? top[lane + width] : top[lane];
    }
  *mean = (alu_scalar)(sum[0] / (double)channels);
  // A NaN in the row makes the sum NaN; so do +∞ and −∞ together, and then the first search finds nothing.
  size_t at = channels;
  if (sum[0] != sum[0])
    for (at = 0; at < channels && x[at] == x[at];) at++;
  if (at == channels)
    for (at = 0; at + 1 < channels && x[at] != top[0];) at++;
  *largest = x[at];
  *position = (int32_t)at;
}

ALU_CLONES static void pool_rows(const pool_job *job, size_t start, size_t end) {
  for (size_t r = start; r < end; r++)
    pool_row(job->x + r * job->channels, job->channels, job->mean + r * job->step, job->largest + r * job->step,
             job->position + r);
}

static inline size_t chunk_end(const pool_job *job, size_t start) {
  return job->rows - start < rows_per_chunk ? job->rows : start + rows_per_chunk;
}

static void pool_chunk(void *context, size_t chunk) {
  const pool_job *job = context;
  pool_rows(job, chunk * rows_per_chunk, chunk_end(job, chunk * rows_per_chunk));
}

void alu_channel_pool(const alu_scalar *x, size_t rows, size_t channels, alu_scalar *mean, alu_scalar *largest,
                      size_t step, int32_t *position) {
  pool_job job = {.x = x, .mean = mean, .largest = largest, .position = position, .rows = rows,
                  .channels = channels, .step = step};
  alu_parallel((rows + rows_per_chunk - 1) / rows_per_chunk, pool_chunk, &job);
}

ALU_CLONES static void spread_rows(const pool_job *job, size_t start, size_t end) {
  const alu_scalar share = 1 / (alu_scalar)job->channels;
  for (size_t r = start; r < end; r++) {
    alu_scalar *dx = job->dx + r * job->channels;
    const alu_scalar level = job->dmean[r * job->step] * share;
    for (size_t j = 0; j < job->channels; j++) dx[j] = level;
    dx[job->chosen[r]] += job->dlargest[r * job->step];
  }
}

static void spread_chunk(void *context, size_t chunk) {
  const pool_job *job = context;
  spread_rows(job, chunk * rows_per_chunk, chunk_end(job, chunk * rows_per_chunk));
}

void alu_channel_pool_gradient(const alu_scalar *dmean, const alu_scalar *dlargest, size_t step,
                               const int32_t *position, size_t rows, size_t channels, alu_scalar *dx) {
  pool_job job = {.dmean = dmean, .dlargest = dlargest, .dx = dx, .chosen = position, .rows = rows,
                  .channels = channels, .step = step};
  alu_parallel((rows + rows_per_chunk - 1) / rows_per_chunk, spread_chunk, &job);
}
