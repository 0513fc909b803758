#include "alu_gemm.h"

#define ALU_JOIN_(a, b) a##b
#define ALU_JOIN(a, b) ALU_JOIN_(a, b)

#if defined(__x86_64__)

// Without min_vector_width the compiler halves 64-byte vectors on this target.
#define ALU_TILE(name) ALU_JOIN(name, _avx512)
#define ALU_TILE_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define ALU_VECTOR_BYTES 64
#define ALU_TILE_VECTORS 4
#include "gemm_kernel.h"
#undef ALU_TILE
#undef ALU_TILE_TARGET
#undef ALU_VECTOR_BYTES
#undef ALU_TILE_VECTORS

#define ALU_TILE(name) ALU_JOIN(name, _avx2)
#define ALU_TILE_TARGET __attribute__((target("arch=x86-64-v3")))
#define ALU_VECTOR_BYTES 32
#define ALU_TILE_VECTORS 2
#include "gemm_kernel.h"
#undef ALU_TILE
#undef ALU_TILE_TARGET
#undef ALU_VECTOR_BYTES
#undef ALU_TILE_VECTORS

#define ALU_TILE_VECTORS 2
#else
#define ALU_TILE_VECTORS 4
#endif

#define ALU_TILE(name) ALU_JOIN(name, _plain)
#define ALU_TILE_TARGET
#define ALU_VECTOR_BYTES 16
#include "gemm_kernel.h"

alu_panel_product *alu_best_panel_product(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return panel_avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return panel_avx2;
#endif
  return panel_plain;
}
