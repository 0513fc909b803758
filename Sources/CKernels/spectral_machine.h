// The transforms of all sizes for one machine: ALU_MACHINE is its name, ALU_MACHINE_TARGET its attributes.

#define ALU_N 4
#include "spectral_size.h"
#undef ALU_N
#define ALU_N 6
#include "spectral_size.h"
#undef ALU_N
#define ALU_N 8
#include "spectral_size.h"
#undef ALU_N

#define ALU_TRANSFORMS(n)                                                                            \
  {n,                                                                                                \
   ALU_JOIN3(analyse, n, ALU_MACHINE),                                                               \
   ALU_JOIN3(analyse_framed, n, ALU_MACHINE),                                                        \
   ALU_JOIN3(synthesise, n, ALU_MACHINE),                                                            \
   ALU_JOIN3(kernel, n, ALU_MACHINE),                                                                \
   ALU_JOIN3(kernel_gradient, n, ALU_MACHINE)}

static const alu_transforms ALU_JOIN3(transforms, of, ALU_MACHINE)[alu_transform_sizes] = {
    ALU_TRANSFORMS(4), ALU_TRANSFORMS(6), ALU_TRANSFORMS(8)};

#undef ALU_TRANSFORMS
