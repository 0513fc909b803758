// A small pool of threads that share the chunks of one loop.

#include "alu_base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { most_threads = 256 };

static pthread_mutex_t job_lock = PTHREAD_MUTEX_INITIALIZER;   // one loop at a time
static pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER; // guards what follows
static pthread_cond_t work_arrived = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_finished = PTHREAD_COND_INITIALIZER;
static uint64_t generation = 0;
static int workers = 0;
static int helpers_left = 0; // workers that may still join the current loop
static int helpers_busy = 0;

static void (*job_body)(void *, size_t);
static void *job_context;
static size_t job_chunks;
static atomic_size_t job_next;
static atomic_int wanted_threads = 1;
static _Thread_local bool inside = false;

static void run_chunks(void) {
  inside = true;
  for (;;) {
    size_t chunk = atomic_fetch_add_explicit(&job_next, 1, memory_order_relaxed);
    if (chunk >= job_chunks) break;
    job_body(job_context, chunk);
  }
  inside = false;
}

static void *worker(void *unused) {
  (void)unused;
  uint64_t seen = 0;
  pthread_mutex_lock(&state_lock);
  for (;;) {
    while (generation == seen || helpers_left == 0) {
      seen = generation;
      pthread_cond_wait(&work_arrived, &state_lock);
    }
    seen = generation;
    helpers_left--;
    helpers_busy++;
    pthread_mutex_unlock(&state_lock);
    run_chunks();
    pthread_mutex_lock(&state_lock);
    if (--helpers_busy == 0) pthread_cond_signal(&work_finished);
  }
  return NULL;
}

static void start_workers(int count) {
  while (workers < count) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 8u << 20);
    int failed = pthread_create(&thread, &attributes, worker, NULL);
    pthread_attr_destroy(&attributes);
    if (failed) return; // fewer threads: slower, same results
    workers++;
  }
}

void alu_parallel(size_t chunks, void (*body)(void *, size_t), void *context) {
  int threads = atomic_load(&wanted_threads);
  if (inside || threads < 2 || chunks < 2 || pthread_mutex_trylock(&job_lock) != 0) {
    bool was_inside = inside;
    inside = true;
    for (size_t chunk = 0; chunk < chunks; chunk++) body(context, chunk);
    inside = was_inside;
    return;
  }
  pthread_mutex_lock(&state_lock);
  start_workers(threads - 1);
  job_body = body;
  job_context = context;
  job_chunks = chunks;
  atomic_store(&job_next, 0);
  helpers_left = threads - 1 < workers ? threads - 1 : workers;
  generation++;
  pthread_cond_broadcast(&work_arrived);
  pthread_mutex_unlock(&state_lock);

  run_chunks();

  pthread_mutex_lock(&state_lock);
  helpers_left = 0; // who has not woken by now is not needed
  while (helpers_busy > 0) pthread_cond_wait(&work_finished, &state_lock);
  pthread_mutex_unlock(&state_lock);
  pthread_mutex_unlock(&job_lock);
}

void alu_set_threads(int count) {
  if (count < 1) count = 1;
  if (count > most_threads) count = most_threads;
  atomic_store(&wanted_threads, count);
}

int alu_threads(void) { return atomic_load(&wanted_threads); }
