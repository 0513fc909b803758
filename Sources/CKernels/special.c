#include "alu_special.h"
#include "gamma_functions.h"

#define MAPPED(name, function)                                                              \
  ALU_CLONES void name(const alu_scalar *x, alu_scalar *restrict out, size_t count) {       \
    for (size_t i = 0; i < count; i++) out[i] = (alu_scalar)function((double)x[i]);         \
  }                                                                                         \
  ALU_CLONES double name##_double(double x) { return function(x); }

MAPPED(alu_log_gamma, log_gamma_of)
MAPPED(alu_digamma, digamma_of)
MAPPED(alu_trigamma, trigamma_of)
MAPPED(alu_tetragamma, tetragamma_of)

double alu_log_double(double x) { return log(x); }

double alu_error_function(double x) { return erf(x); }
