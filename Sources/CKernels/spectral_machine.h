// The transforms of all sizes for one machine: ALU_MACHINE is its name, ALU_MACHINE_TARGET its attributes.

#define ALU_N 4
#define ALU_REACH 1
#include "spectral_fourier.h"
#include "spectral_image.h"
#include "spectral_whole.h"
#include "spectral_taps.h"
#undef ALU_N
#undef ALU_REACH
#define ALU_N 6
#define ALU_REACH 1
#include "spectral_fourier.h"
#include "spectral_image.h"
#include "spectral_whole.h"
#include "spectral_taps.h"
#undef ALU_N
#undef ALU_REACH
#define ALU_N 8
#define ALU_REACH 1
#include "spectral_fourier.h"
#include "spectral_image.h"
#include "spectral_taps.h"
#undef ALU_N
#undef ALU_REACH
#define ALU_N 12
#define ALU_REACH 1
#include "spectral_fourier.h"
#include "spectral_image.h"
#include "spectral_taps.h"
#undef ALU_N
#undef ALU_REACH
#define ALU_N 8
#define ALU_REACH 2
#include "spectral_fourier.h"
#include "spectral_image.h"
#include "spectral_taps.h"
#undef ALU_N
#undef ALU_REACH
#define ALU_N 12
#define ALU_REACH 2
#include "spectral_fourier.h"
#include "spectral_image.h"
#include "spectral_taps.h"
#undef ALU_N
#undef ALU_REACH

#define ALU_TRANSFORMS(n, reach, whole_analysis, whole_synthesis)                                   \
  {n, reach,                                                                                        \
   ALU_JOIN4(analyse_rows, n, reach, ALU_MACHINE),                                                  \
   ALU_JOIN4(analyse_column, n, reach, ALU_MACHINE),                                                \
   ALU_JOIN4(synthesise_column, n, reach, ALU_MACHINE),                                             \
   ALU_JOIN4(synthesise_rows, n, reach, ALU_MACHINE),                                               \
   whole_analysis, whole_synthesis,                                                                 \
   ALU_JOIN4(kernel, n, reach, ALU_MACHINE),                                                        \
   ALU_JOIN4(kernel_gradient, n, reach, ALU_MACHINE)}
#define ALU_SMALL_TRANSFORMS(n, reach)                                                              \
  ALU_TRANSFORMS(n, reach, ALU_JOIN4(analyse_whole, n, reach, ALU_MACHINE),                         \
                 ALU_JOIN4(synthesise_whole, n, reach, ALU_MACHINE))

static const alu_transforms ALU_JOIN2(transforms_of, ALU_MACHINE)[alu_transform_sizes] = {
    ALU_SMALL_TRANSFORMS(4, 1),          ALU_SMALL_TRANSFORMS(6, 1),
    ALU_TRANSFORMS(8, 1, NULL, NULL),    ALU_TRANSFORMS(12, 1, NULL, NULL),
    ALU_TRANSFORMS(8, 2, NULL, NULL),    ALU_TRANSFORMS(12, 2, NULL, NULL)};

#undef ALU_TRANSFORMS
#undef ALU_SMALL_TRANSFORMS
