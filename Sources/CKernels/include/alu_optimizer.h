#pragma once
// One step of an optimizer over the numbers of one parameter, in place. g is never written to.
// Weight decay: `coupled` · p is added to the gradient, `kept` (1 − rate · decay) multiplies the parameter first.

#include "alu_base.h"

typedef struct {
  alu_scalar rate, coupled, kept, momentum;
  int nesterov, first; // at the first step the velocity is the gradient
} alu_sgd;
// v ← momentum · v + g;  p ← p − rate · v, or with Nesterov p ← p − rate · (g + momentum · v). v may be NULL.
void alu_sgd_step(const alu_sgd *s, alu_scalar *p, const alu_scalar *g, alu_scalar *v, size_t count);

typedef struct {
  alu_scalar rate, coupled, kept, beta1, beta2, epsilon, correction1, correction2; // corrections: 1 − βᵗ
} alu_adam;
// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate · (m/c₁) / (√(v/c₂) + ε)
void alu_adam_step(const alu_adam *s, alu_scalar *p, const alu_scalar *g, alu_scalar *m, alu_scalar *v, size_t count);

typedef struct {
  alu_scalar rate, coupled, kept, decay, epsilon, momentum;
} alu_rmsprop;
// s ← decay · s + (1−decay) g², b ← momentum · b + g / (√s + ε), p ← p − rate · b. b may be NULL.
void alu_rmsprop_step(const alu_rmsprop *s, alu_scalar *p, const alu_scalar *g, alu_scalar *square, alu_scalar *b,
                      size_t count);
