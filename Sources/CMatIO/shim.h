#pragma once
#include <matio.h>

/* Fields whose enumerations Swift would import as unrelated types. */
static inline int alu_mat_class(const matvar_t *v) { return (int)v->class_type; }
static inline int alu_mat_type(const matvar_t *v) { return (int)v->data_type; }
static inline int alu_mat_version(mat_t *file) { return (int)Mat_GetVersion(file); }
