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

// A call for each group there can be, so that the group is a constant in it.
#define ALU_FOR_GROUP(call)             \
  do {                                  \
    if (group == 0) {                   \
      enum { constant_group = 0 };      \
      call;                             \
    } else if (group == 1) {            \
      enum { constant_group = 1 };      \
      call;                             \
    } else if (ALU_N > 4 && group == 2) { \
      enum { constant_group = 2 };      \
      call;                             \
    } else if (ALU_N > 6 && group == 3) { \
      enum { constant_group = 3 };      \
      call;                             \
    }                                   \
  } while (0)

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

// How many channels of a line there are from `channel` on.
static inline size_t alu_lanes(ptrdiff_t channels, size_t channel) {
  const size_t left = (size_t)channels - channel;
  return left < alu_block ? left : alu_block;
}

// A complex frequency of the image.
#define ALU_PUT(out, step, real, imaginary)   \
  do {                                        \
    const alu_line a_ = real, b_ = imaginary; \
    alu_store((out), a_ + b_);                \
    alu_store((out) + (step), a_);            \
    alu_store((out) + 2 * (step), b_);        \
  } while (0)

// A complex frequency a + ib of the kernel, as the three factors that meet re + im, re and im of the image.
#define ALU_PUT_FACTORS(out, step, real, imaginary) \
  do {                                              \
    const alu_line a_ = real, b_ = imaginary;       \
    alu_store((out), a_);                           \
    alu_store((out) + (step), b_ - a_);             \
    alu_store((out) + 2 * (step), a_ + b_);         \
  } while (0)

// The product, from its three parts: (re + im)·a − im·(a + b) and (re + im)·a + re·(b − a).
#define ALU_GET(in, step, real, imaginary)      \
  do {                                          \
    const alu_line both_ = alu_load(in);        \
    real = both_ - alu_load((in) + 2 * (step)); \
    imaginary = both_ + alu_load((in) + (step)); \
  } while (0)

// conj(image) · gradient, from (a + b)(c + d), a·d and b·c.
#define ALU_GET_PRODUCT(in, step, real, imaginary)                                          \
  do {                                                                                      \
    const alu_line second_ = alu_load((in) + (step)), third_ = alu_load((in) + 2 * (step)); \
    real = alu_load(in) - second_ - third_;                                                 \
    imaginary = second_ - third_;                                                           \
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
