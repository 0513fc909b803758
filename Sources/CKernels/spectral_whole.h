// A small image that is one tile, in whole lines of channels: rows and columns at once, so that no row is kept.
// For length ALU_N and reach ALU_REACH.

enum { ALU_SIZED(whole_side) = ALU_N - ALU_REACH };

static ALU_INLINE void ALU_SIZED(analyse_whole_group)(const alu_scalar *image, const alu_column *w, const int group,
                                                      alu_scalar *out) {
  enum { half = ALU_N / 2, side = ALU_SIZED(whole_side) };
  for (size_t c = 0; c < w->count; c += alu_block) {
    alu_line u[ALU_N], v[ALU_N];
    ALU_UNROLL for (int j = 0; j < side; j++) {
      alu_line row[ALU_N], re[half + 1], im[half + 1];
      ALU_UNROLL for (int k = 0; k < side; k++)
        row[k] = alu_load(image + (size_t)(j * side + k) * w->channels + w->channel + c);
      ALU_SIZED(dft)(row, ALU_REACH, re, im);
      u[j] = re[group];
      v[j] = group ? im[group] : re[half];
    }
    ALU_SIZED(put_group)(u, v, ALU_REACH, group == 0, out + c, w->step);
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse_whole)(const alu_scalar *image, const alu_column *w, size_t group,
                                                        alu_scalar *out) {
  if (group == 0)
    ALU_SIZED(analyse_whole_group)(image, w, 0, out);
  else if (group == 1)
    ALU_SIZED(analyse_whole_group)(image, w, 1, out);
  else
    ALU_SIZED(analyse_whole_group)(image, w, ALU_N / 2 - 1, out);
}

// What one group adds to column k of a row.
static ALU_INLINE void ALU_SIZED(add_share)(const alu_line *u, const alu_line *v, const int group, const int k,
                                            alu_line *sum) {
  if (group == 0) {
    *sum = k % 2 ? *sum + *u - *v : *sum + *u + *v;
    return;
  }
  const alu_scalar cosine = ALU_SIZED(cosine)[group * k % ALU_N], sine = ALU_SIZED(sine)[group * k % ALU_N];
  if (cosine != 0) *sum += cosine * *u;
  if (sine != 0) *sum -= sine * *v;
}

static ALU_INLINE void ALU_SIZED(synthesise_whole_group)(const alu_scalar *in, const alu_column *w, const int group,
                                                         const alu_scalar *bias, alu_scalar *image) {
  enum { side = ALU_SIZED(whole_side) };
  for (size_t c = 0; c < w->count; c += alu_block) {
    alu_line u[ALU_N], v[ALU_N];
    ALU_SIZED(get_group)(in + c, w->step, group == 0, u, v);
    const alu_line shift = alu_load(bias + w->channel + c);
    ALU_UNROLL for (int t = 0; t < side; t++) {
      ALU_UNROLL for (int k = 0; k < side; k++) {
        alu_scalar *target = image + (size_t)(t * side + k) * w->channels + w->channel + c;
        alu_line sum = group == 0 ? shift : alu_load(target);
        ALU_SIZED(add_share)(&u[t], &v[t], group, k, &sum);
        alu_store(target, sum);
      }
    }
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(synthesise_whole)(const alu_scalar *in, const alu_column *w, size_t group,
                                                           const alu_scalar *bias, alu_scalar *image) {
  if (group == 0)
    ALU_SIZED(synthesise_whole_group)(in, w, 0, bias, image);
  else if (group == 1)
    ALU_SIZED(synthesise_whole_group)(in, w, 1, bias, image);
  else
    ALU_SIZED(synthesise_whole_group)(in, w, ALU_N / 2 - 1, bias, image);
}
