#include "alu_special.h"
#include "gamma_functions.h"

#define MAPPED(name, function)                                                              \
  ALU_CLONES void name(const alu_scalar *x, alu_scalar *restrict out, size_t count) {       \
    for (size_t i = 0; i < count; i++) out[i] = (alu_scalar)function((double)x[i]);         \
  }

MAPPED(alu_log_gamma, log_gamma_of)
MAPPED(alu_digamma, digamma_of)
MAPPED(alu_trigamma, trigamma_of)
MAPPED(alu_tetragamma, tetragamma_of)

ALU_CLONES double alu_log_gamma_double(double x) { return log_gamma_of(x); }
ALU_CLONES double alu_digamma_double(double x) { return digamma_of(x); }
ALU_CLONES double alu_trigamma_double(double x) { return trigamma_of(x); }

double alu_log_double(double x) { return log(x); }
