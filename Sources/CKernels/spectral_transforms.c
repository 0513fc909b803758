#include "alu_spectral.h"

#include <string.h>

#define ALU_INLINE __attribute__((always_inline)) ALU_MACHINE_TARGET inline
#define ALU_UNROLL _Pragma("clang loop unroll(full)")
#define ALU_ROOT3_2 ((alu_scalar)0.866025403784438646763723170752936183)
#define ALU_ROOT1_2 ((alu_scalar)0.707106781186547524400844362104849039)
#define ALU_HALF ((alu_scalar)0.5)

#define ALU_JOIN3_(a, b, c) a##_##b##_##c
#define ALU_JOIN3(a, b, c) ALU_JOIN3_(a, b, c)
#define ALU_SIZED(name) ALU_JOIN3(name, ALU_N, ALU_MACHINE)

// Macros, because a function's vector arguments would depend on the machine.
#define alu_load(pointer) (*(const alu_line *)(pointer))
#define alu_store(pointer, value) (*(alu_line *)(pointer) = (value))
#define alu_load_part(pointer, lanes)                      \
  __extension__({                                          \
    alu_line line_ = {0};                                  \
    memcpy(&line_, pointer, (lanes) * sizeof(alu_scalar)); \
    line_;                                                 \
  })
#define alu_store_part(pointer, value, lanes)              \
  do {                                                     \
    const alu_line line_ = value;                          \
    memcpy(pointer, &line_, (lanes) * sizeof(alu_scalar)); \
  } while (0)

// A complex frequency of the image.
#define ALU_PUT(out, step, complex, real, imaginary)                  \
  do {                                                                \
    alu_scalar *point_ = (out) + (size_t)(4 + 3 * (complex)) * (step); \
    const alu_line a_ = real, b_ = imaginary;                         \
    alu_store(point_, a_ + b_);                                       \
    alu_store(point_ + (step), a_);                                   \
    alu_store(point_ + 2 * (step), b_);                               \
  } while (0)

// A complex frequency a + ib of the kernel, as the three factors that meet re + im, re and im of the image:
// (re + im)·a − im·(a + b) and (re + im)·a + re·(b − a) are the parts of the product.
#define ALU_PUT_FACTORS(out, step, complex, real, imaginary)          \
  do {                                                                \
    alu_scalar *point_ = (out) + (size_t)(4 + 3 * (complex)) * (step); \
    const alu_line a_ = real, b_ = imaginary;                         \
    alu_store(point_, a_);                                            \
    alu_store(point_ + (step), b_ - a_);                              \
    alu_store(point_ + 2 * (step), a_ + b_);                          \
  } while (0)

#if defined(__x86_64__)

// Without min_vector_width the compiler halves 64-byte vectors on this target.
#define ALU_MACHINE avx512
#define ALU_MACHINE_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#include "spectral_machine.h"
#undef ALU_MACHINE
#undef ALU_MACHINE_TARGET

#define ALU_MACHINE avx2
#define ALU_MACHINE_TARGET __attribute__((target("arch=x86-64-v3")))
#include "spectral_machine.h"
#undef ALU_MACHINE
#undef ALU_MACHINE_TARGET

#endif

#define ALU_MACHINE plain
#define ALU_MACHINE_TARGET
#include "spectral_machine.h"

const alu_transforms *alu_best_transforms(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return transforms_of_avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return transforms_of_avx2;
#endif
  return transforms_of_plain;
}
