#include "alu_batchnorm.h"

#include <string.h>

enum { rows_per_chunk = 128, stripe = 64 };

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t chunks_of(size_t rows) { return (rows + rows_per_chunk - 1) / rows_per_chunk; }

typedef struct {
  const alu_normalization *n;
  const alu_scalar *x, *dy, *slope, *level;
  alu_scalar *out;
  double *partial; // [chunk][2][channels]
} norm_job;

// Sums of x and x² about the first row: large means cost no digits.
ALU_CLONES static void moments_of(const alu_scalar *x, const alu_scalar *origin, size_t rows, size_t channels,
                                  double *restrict sum, double *restrict square) {
  for (size_t start = 0; start < channels; start += stripe) {
    const size_t width = smaller(stripe, channels - start);
    double s[stripe] = {0}, q[stripe] = {0};
    for (size_t r = 0; r < rows; r++) {
      const alu_scalar *row = x + r * channels + start;
      for (size_t j = 0; j < width; j++) {
        const double d = (double)row[j] - (double)origin[start + j];
        s[j] += d;
        q[j] += d * d;
      }
    }
    memcpy(sum + start, s, width * sizeof(double));
    memcpy(square + start, q, width * sizeof(double));
  }
}

static void moments_chunk(void *context, size_t chunk) {
  const norm_job *job = context;
  const size_t channels = job->n->channels, start = chunk * rows_per_chunk;
  double *partial = job->partial + chunk * 2 * channels;
  moments_of(job->x + start * channels, job->x, smaller(rows_per_chunk, job->n->rows - start), channels, partial,
             partial + channels);
}

// partial[0] becomes the sum over the chunks, in their order.
static void add_chunks(double *partial, size_t chunks, size_t width) {
  for (size_t c = 1; c < chunks; c++)
    for (size_t j = 0; j < width; j++) partial[j] += partial[c * width + j];
}

void alu_channel_moments(const alu_scalar *x, size_t rows, size_t channels, double *mean, double *variance) {
  const alu_normalization n = {.rows = rows, .channels = channels};
  const size_t chunks = chunks_of(rows), bytes = chunks * 2 * channels * sizeof(double);
  norm_job job = {.n = &n, .x = x, .partial = alu_take(bytes)};
  alu_parallel(chunks, moments_chunk, &job);
  add_chunks(job.partial, chunks, 2 * channels);
  for (size_t j = 0; j < channels; j++) {
    const double shift = job.partial[j] / (double)rows;
    const double spread = job.partial[channels + j] / (double)rows - shift * shift;
    mean[j] = (double)x[j] + shift;
    variance[j] = spread < 0 ? 0 : spread; // a NaN stays
  }
  alu_give(job.partial, bytes);
}

ALU_CLONES static void normalize_rows(const alu_normalization *n, const alu_scalar *x, size_t rows,
                                      alu_scalar *restrict y) {
  const size_t channels = n->channels;
  const alu_scalar *mean = n->mean, *scale = n->scale, *offset = n->offset;
  for (size_t r = 0; r < rows; r++, x += channels, y += channels)
    if (n->rectified)
      for (size_t j = 0; j < channels; j++) {
        const alu_scalar v = (x[j] - mean[j]) * scale[j] + offset[j];
        y[j] = v < 0 ? 0 : v;
      }
    else
      for (size_t j = 0; j < channels; j++) y[j] = (x[j] - mean[j]) * scale[j] + offset[j];
}

static void normalize_chunk(void *context, size_t chunk) {
  const norm_job *job = context;
  const size_t start = chunk * rows_per_chunk, place = start * job->n->channels;
  normalize_rows(job->n, job->x + place, smaller(rows_per_chunk, job->n->rows - start), job->out + place);
}

void alu_normalize(const alu_normalization *n, const alu_scalar *x, alu_scalar *y) {
  norm_job job = {.n = n, .x = x, .out = y};
  alu_parallel(chunks_of(n->rows), normalize_chunk, &job);
}

// The upstream gradient below the rectifier, which is closed where its input was not above 0.
#define ALU_BELOW(j) (rectified && !((x[j] - mean[j]) * scale[j] + offset[j] > 0) ? 0 : dy[j])

static inline __attribute__((always_inline)) void sums_of(const alu_normalization *n, const int rectified,
                                                          const alu_scalar *x, const alu_scalar *dy, size_t rows,
                                                          size_t first, double *restrict sum,
                                                          double *restrict moment) {
  const size_t width = smaller(stripe, n->channels - first);
  const alu_scalar *mean = n->mean + first, *scale = n->scale + first, *offset = n->offset + first;
  double s[stripe] = {0}, m[stripe] = {0};
  x += first;
  dy += first;
  for (size_t r = 0; r < rows; r++, x += n->channels, dy += n->channels)
    for (size_t j = 0; j < width; j++) {
      const alu_scalar g = ALU_BELOW(j);
      s[j] += (double)g;
      m[j] += (double)g * (double)(x[j] - mean[j]);
    }
  memcpy(sum + first, s, width * sizeof(double));
  memcpy(moment + first, m, width * sizeof(double));
}

ALU_CLONES static void sum_rows(const alu_normalization *n, const alu_scalar *x, const alu_scalar *dy, size_t rows,
                                double *sum, double *moment) {
  for (size_t first = 0; first < n->channels; first += stripe)
    if (n->rectified)
      sums_of(n, 1, x, dy, rows, first, sum, moment);
    else
      sums_of(n, 0, x, dy, rows, first, sum, moment);
}

static void sums_chunk(void *context, size_t chunk) {
  const norm_job *job = context;
  const size_t channels = job->n->channels, start = chunk * rows_per_chunk, place = start * channels;
  double *partial = job->partial + chunk * 2 * channels;
  sum_rows(job->n, job->x + place, job->dy + place, smaller(rows_per_chunk, job->n->rows - start), partial,
           partial + channels);
}

void alu_normalize_sums(const alu_normalization *n, const alu_scalar *x, const alu_scalar *dy, double *sum,
                        double *moment) {
  const size_t chunks = chunks_of(n->rows), bytes = (chunks ? chunks : 1) * 2 * n->channels * sizeof(double);
  norm_job job = {.n = n, .x = x, .dy = dy, .partial = alu_take(bytes)};
  memset(job.partial, 0, 2 * n->channels * sizeof(double));
  alu_parallel(chunks, sums_chunk, &job);
  add_chunks(job.partial, chunks, 2 * n->channels);
  memcpy(sum, job.partial, n->channels * sizeof(double));
  memcpy(moment, job.partial + n->channels, n->channels * sizeof(double));
  alu_give(job.partial, bytes);
}

static inline __attribute__((always_inline)) void gradient_of(const norm_job *job, const int rectified,
                                                              const alu_scalar *x, const alu_scalar *dy, size_t rows,
                                                              alu_scalar *restrict dx) {
  const size_t channels = job->n->channels;
  const alu_scalar *mean = job->n->mean, *scale = job->n->scale, *offset = job->n->offset;
  const alu_scalar *slope = job->slope, *level = job->level;
  for (size_t r = 0; r < rows; r++, x += channels, dy += channels, dx += channels)
    for (size_t j = 0; j < channels; j++)
      dx[j] = ALU_BELOW(j) * scale[j] - slope[j] * (x[j] - mean[j]) - level[j];
}

ALU_CLONES static void gradient_rows(const norm_job *job, const alu_scalar *x, const alu_scalar *dy, size_t rows,
                                     alu_scalar *dx) {
  if (job->n->rectified)
    gradient_of(job, 1, x, dy, rows, dx);
  else
    gradient_of(job, 0, x, dy, rows, dx);
}

static void gradient_chunk(void *context, size_t chunk) {
  const norm_job *job = context;
  const size_t start = chunk * rows_per_chunk, place = start * job->n->channels;
  gradient_rows(job, job->x + place, job->dy + place, smaller(rows_per_chunk, job->n->rows - start),
                job->out + place);
}

void alu_normalize_gradient(const alu_normalization *n, const alu_scalar *x, const alu_scalar *dy,
                            const alu_scalar *slope, const alu_scalar *level, alu_scalar *dx) {
  norm_job job = {.n = n, .x = x, .dy = dy, .slope = slope, .level = level, .out = dx};
  alu_parallel(chunks_of(n->rows), gradient_chunk, &job);
}
