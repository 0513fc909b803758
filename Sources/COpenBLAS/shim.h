#pragma once
#include <cblas.h>
#define LAPACK_COMPLEX_CUSTOM
#define lapack_complex_float void
#define lapack_complex_double void
#include <lapacke.h>
