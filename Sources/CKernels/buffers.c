// Memory for tensors: aligned, and kept for the next tensor of about the same size.
// A fresh large buffer costs a page fault for every 4 kB each time; a recycled one costs a lock.

#include "alu_base.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Sizes are rounded up to one of four steps per power of two, so that a buffer fits its successors.
enum { smallest_shift = 8, classes = 4 * 40, kept_per_class = 64 };
static const size_t most_kept_bytes = (size_t)512 << 20;

typedef struct {
  void *memory[kept_per_class];
  int count;
} shelf;

static shelf shelves[classes];
static size_t kept_bytes = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int class_of(size_t bytes, size_t *rounded) {
  size_t base = (size_t)1 << smallest_shift;
  if (bytes <= base) {
    *rounded = base;
    return 0;
  }
  int power = 63 - __builtin_clzll((unsigned long long)(bytes - 1)); // 2^power < bytes ≤ 2^(power+1)
  size_t step = (size_t)1 << (power - 2);
  size_t steps = (bytes - ((size_t)1 << power) + step - 1) / step; // 1 ... 4
  *rounded = ((size_t)1 << power) + steps * step;
  return 4 * (power - smallest_shift) + (int)steps;
}

void *alu_take(size_t bytes) {
  size_t rounded;
  int class = class_of(bytes, &rounded);
  if (class < classes) {
    pthread_mutex_lock(&lock);
    shelf *s = &shelves[class];
    if (s->count > 0) {
      void *memory = s->memory[--s->count];
      kept_bytes -= rounded;
      pthread_mutex_unlock(&lock);
      return memory;
    }
    pthread_mutex_unlock(&lock);
  }
  void *memory = NULL;
  if (posix_memalign(&memory, 64, rounded) != 0) {
    fprintf(stderr, "alunite: out of memory: could not get %zu bytes for a tensor\n", rounded);
    abort();
  }
  return memory;
}

void alu_give(void *memory, size_t bytes) {
  size_t rounded;
  int class = class_of(bytes, &rounded);
  if (class < classes) {
    pthread_mutex_lock(&lock);
    shelf *s = &shelves[class];
    if (s->count < kept_per_class && kept_bytes + rounded <= most_kept_bytes) {
      s->memory[s->count++] = memory;
      kept_bytes += rounded;
      pthread_mutex_unlock(&lock);
      return;
    }
    pthread_mutex_unlock(&lock);
  }
  free(memory);
}
