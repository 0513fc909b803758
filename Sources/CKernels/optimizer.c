#include "alu_optimizer.h"
#include "alu_math.h"

// Numbers do not depend on their neighbours, so a chunk may have any length.
enum { numbers_per_chunk = 1 << 15 };

typedef struct {
  const void *settings;
  alu_scalar *p, *first, *second;
  const alu_scalar *g;
  size_t count;
} step_job;

ALU_CLONES static void sgd(const alu_sgd *s, alu_scalar *restrict p, const alu_scalar *g, alu_scalar *restrict v,
                           size_t count) {
  const alu_scalar rate = s->rate, coupled = s->coupled, kept = s->kept, momentum = s->momentum;
  if (!v) {
    for (size_t i = 0; i < count; i++) p[i] = kept * p[i] - rate * (g[i] + coupled * p[i]);
    return;
  }
  const alu_scalar history = s->first ? 0 : momentum;
  const alu_scalar direct = s->nesterov ? 1 : 0, through = s->nesterov ? momentum : 1;
  for (size_t i = 0; i < count; i++) {
    const alu_scalar slope = g[i] + coupled * p[i];
    v[i] = history * v[i] + slope;
    p[i] = kept * p[i] - rate * (direct * slope + through * v[i]);
  }
}

ALU_CLONES static void adam(const alu_adam *s, alu_scalar *restrict p, const alu_scalar *g, alu_scalar *restrict m,
                            alu_scalar *restrict v, size_t count) {
  const alu_scalar beta1 = s->beta1, beta2 = s->beta2, coupled = s->coupled, kept = s->kept;
  const alu_scalar rate = s->rate / s->correction1, shrink = 1 / alu_sqrt1(s->correction2), epsilon = s->epsilon;
  for (size_t i = 0; i < count; i++) {
    const alu_scalar slope = g[i] + coupled * p[i];
    m[i] = beta1 * m[i] + (1 - beta1) * slope;
    v[i] = beta2 * v[i] + (1 - beta2) * slope * slope;
    p[i] = kept * p[i] - rate * m[i] / (alu_sqrt1(v[i]) * shrink + epsilon);
  }
}

ALU_CLONES static void rmsprop(const alu_rmsprop *s, alu_scalar *restrict p, const alu_scalar *g,
                               alu_scalar *restrict square, alu_scalar *restrict b, size_t count) {
  const alu_scalar rate = s->rate, coupled = s->coupled, kept = s->kept, decay = s->decay, epsilon = s->epsilon;
  const alu_scalar momentum = s->momentum;
  for (size_t i = 0; i < count; i++) {
    const alu_scalar slope = g[i] + coupled * p[i];
    square[i] = decay * square[i] + (1 - decay) * slope * slope;
    alu_scalar move = slope / (alu_sqrt1(square[i]) + epsilon);
    if (b) {
      move += momentum * b[i];
      b[i] = move;
    }
    p[i] = kept * p[i] - rate * move;
  }
}

#define ALU_STEP(name, kernel)                                                                     \
  static void name##_chunk(void *context, size_t chunk) {                                                         \
    const step_job *job = context;                                                                                \
    const size_t start = chunk * numbers_per_chunk;                                                               \
    const size_t count = job->count - start < numbers_per_chunk ? job->count - start : numbers_per_chunk;         \
    const uint64_t before = alu_begin_flushing();                                                                  \
    kernel;                                                                                                       \
    alu_end_flushing(before);                                                                                     \
  }
#define ALU_AT(pointer) (pointer ? pointer + start : pointer)

ALU_STEP(sgd, sgd(job->settings, job->p + start, job->g + start, ALU_AT(job->first), count))
ALU_STEP(adam,
         adam(job->settings, job->p + start, job->g + start, job->first + start, job->second + start, count))
ALU_STEP(rmsprop,
         rmsprop(job->settings, job->p + start, job->g + start, job->first + start, ALU_AT(job->second), count))

static size_t chunks_of(size_t count) { return (count + numbers_per_chunk - 1) / numbers_per_chunk; }

void alu_sgd_step(const alu_sgd *s, alu_scalar *p, const alu_scalar *g, alu_scalar *v, size_t count) {
  step_job job = {.settings = s, .p = p, .g = g, .first = v, .count = count};
  alu_parallel(chunks_of(count), sgd_chunk, &job);
}

void alu_adam_step(const alu_adam *s, alu_scalar *p, const alu_scalar *g, alu_scalar *m, alu_scalar *v, size_t count) {
  step_job job = {.settings = s, .p = p, .g = g, .first = m, .second = v, .count = count};
  alu_parallel(chunks_of(count), adam_chunk, &job);
}

void alu_rmsprop_step(const alu_rmsprop *s, alu_scalar *p, const alu_scalar *g, alu_scalar *square, alu_scalar *b,
                      size_t count) {
  step_job job = {.settings = s, .p = p, .g = g, .first = square, .second = b, .count = count};
  alu_parallel(chunks_of(count), rmsprop_chunk, &job);
}
