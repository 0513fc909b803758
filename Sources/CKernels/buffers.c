// Memory for tensors: aligned, and kept for the next tensor of about the same size.
// A fresh large buffer costs a page fault for every 4 kB each time; a recycled one costs a lock.

#include "alu_base.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Sizes are rounded up to one of four steps per power of two, so that a buffer fits its successors.
enum { smallest_shift = 8, classes = 4 * 40 };
static const size_t most_kept_bytes = (size_t)1 << 30;

// Kept buffers form a list whose links lie in the buffers themselves.
typedef struct kept {
  struct kept *next;
} kept;

static kept *shelves[classes];
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
    kept *first = shelves[class];
    if (first) {
      shelves[class] = first->next;
      kept_bytes -= rounded;
    }
    pthread_mutex_unlock(&lock);
    if (first) return first;
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
  int keeps = 0;
  if (class < classes) {
    kept *item = memory;
    pthread_mutex_lock(&lock);
    if (kept_bytes + rounded <= most_kept_bytes) {
      item->next = shelves[class];
      shelves[class] = item;
      kept_bytes += rounded;
      keeps = 1;
    }
    pthread_mutex_unlock(&lock);
  }
  if (!keeps) free(memory);
}
