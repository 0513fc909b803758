#pragma once
// What every kernel shares: the scalar, the multiversioning macro, the thread pool and the buffer recycler.

#include <stddef.h>
#include <stdint.h>

#ifdef ALUNITE_DOUBLE
typedef double alu_scalar;
#else
typedef float alu_scalar;
#endif

// One function, three machine codes, chosen when the program starts.
#if defined(__x86_64__)
#define ALU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ALU_CLONES
#endif

// Runs body(context, 0 ..< chunks), possibly on several threads; returns when all are done.
// What a chunk is must not depend on the number of threads. A call from inside a chunk runs inline.
void alu_parallel(size_t chunks, void (*body)(void *context, size_t chunk), void *context);

// How many threads alu_parallel may use (at least 1). It changes speed, never results.
void alu_set_threads(int count);
int alu_threads(void);

// From begin to end, numbers below the smallest normal one count as 0 on this thread, as operands and as results.
// Processors take a hundred times as long for them, and what saturated networks send back is full of them.
// begin returns what end is to restore.
uint64_t alu_begin_flushing(void);
void alu_end_flushing(uint64_t before);

// 64-byte-aligned memory that is kept for reuse when it is given back. Never returns NULL: aborts with a message.
void *alu_take(size_t bytes);
void alu_give(void *memory, size_t bytes);
