#pragma once
// Philox4x32-10: ten rounds that turn a counter of four words and a key of two into four random words.
// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

#include "double_math.h"

ALU_INLINE void philox(uint64_t seed, uint32_t w[4]) {
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)0xD2511F53u * w[0], b = (uint64_t)0xCD9E8D57u * w[2];
    uint32_t w0 = (uint32_t)(b >> 32) ^ w[1] ^ k0, w2 = (uint32_t)(a >> 32) ^ w[3] ^ k1;
    w[1] = (uint32_t)b;
    w[3] = (uint32_t)a;
    w[0] = w0;
    w[2] = w2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

// An odd multiple of 2^−53 in (0, 1), from the upper 52 of 64 bits.
ALU_INLINE double open_uniform(uint32_t low, uint32_t high) {
  uint64_t word = ((uint64_t)high << 32) | low;
  return (from_bits((word >> 12) | 0x3ff0000000000000) - 1) + 0x1p-53;
}

// An odd multiple of 2^−33 in (0, 1).
ALU_INLINE double open_uniform_32(uint32_t word) {
  return (from_bits(((uint64_t)word << 20) | 0x3ff0000000000000) - 1) + 0x1p-33;
}
