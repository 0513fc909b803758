#include "alu_spectral.h"

#define ALU_INLINE __attribute__((always_inline)) ALU_MACHINE_TARGET inline
#define ALU_UNROLL _Pragma("clang loop unroll(full)")
#define ALU_ROOT3_2 ((alu_scalar)0.866025403784438646763723170752936183)
#define ALU_ROOT1_2 ((alu_scalar)0.707106781186547524400844362104849039)
#define ALU_HALF ((alu_scalar)0.5)

#define ALU_JOIN4_(a, b, c, d) a##_##b##_##c##_##d
#define ALU_JOIN4(a, b, c, d) ALU_JOIN4_(a, b, c, d)
#define ALU_SIZED(name) ALU_JOIN4(name, ALU_N, ALU_REACH, ALU_MACHINE)
#define ALU_JOIN2_(a, b) a##_##b
#define ALU_JOIN2(a, b) ALU_JOIN2_(a, b)

// Macros, because a function's vector arguments would depend on the machine.
#define alu_load(pointer) (*(const alu_line *)(pointer))
#define alu_store(pointer, value) (*(alu_line *)(pointer) = (value))
#ifdef ALUNITE_DOUBLE
typedef int64_t alu_mask __attribute__((vector_size(64), aligned(sizeof(alu_scalar))));
#else
typedef int32_t alu_mask __attribute__((vector_size(64), aligned(sizeof(alu_scalar))));
#endif
#define alu_mask_load(pointer) (*(const alu_mask *)(pointer))

// The first `count` numbers of a line, or all; zeros after them.
static inline void alu_load_part(alu_line *line, const alu_scalar *source, ptrdiff_t count) {
  *line = (alu_line){0};
  for (ptrdiff_t lane = 0; lane < count && lane < alu_block; lane++) (*line)[lane] = source[lane];
}

// The first `count` numbers of a line, in powers of two, so that each is one instruction.
static inline void alu_store_part(const alu_line *line, ptrdiff_t count, alu_scalar *target) {
  const alu_scalar *source = (const alu_scalar *)line;
  ALU_UNROLL for (ptrdiff_t width = alu_block / 2; width; width /= 2) {
    if (!(count & width)) continue;
    ALU_UNROLL for (ptrdiff_t lane = 0; lane < width; lane++) target[lane] = source[lane];
    source += width, target += width;
  }
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
