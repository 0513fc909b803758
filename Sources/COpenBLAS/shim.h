#pragma once
#include <cblas.h>
/* C99 complex numbers do not import into Swift; structures do. */
#define LAPACK_COMPLEX_STRUCTURE
#include <lapacke.h>
