#include "alu_base.h"

#if defined(__x86_64__)

#include <xmmintrin.h>

// Flush results to zero (bit 15), denormal operands are zeros (bit 6).
uint64_t alu_begin_flushing(void) {
  uint64_t before = _mm_getcsr();
  _mm_setcsr((unsigned)before | 0x8040u);
  return before;
}

void alu_end_flushing(uint64_t before) { _mm_setcsr((unsigned)before); }

#elif defined(__aarch64__)

// FZ (bit 24) is both.
uint64_t alu_begin_flushing(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | (uint64_t)1 << 24));
  return before;
}

void alu_end_flushing(uint64_t before) { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }

#else

uint64_t alu_begin_flushing(void) { return 0; }
void alu_end_flushing(uint64_t before) { (void)before; }

#endif
