// From an image to the points of one group and back, for length ALU_N and reach ALU_REACH: rows, then columns.

// Index k of a cyclic convolution is place k + reach of the tile; the last `reach` are what lies before it.
static ALU_INLINE size_t ALU_SIZED(place)(size_t k) { return (k + ALU_REACH) % ALU_N; }

// The row transform of one tile's row: u + iv for every group (group 0: the two real columns).
static ALU_INLINE void ALU_SIZED(analyse_row_line)(const alu_row_source *w, size_t channel, const int missing,
                                                   const int is_plain, alu_scalar *out, size_t group_step,
                                                   size_t channels) {
  enum { half = ALU_N / 2 };
  alu_line row[ALU_N], re[half + 1], im[half + 1];
  const ptrdiff_t left = (ptrdiff_t)(w->channels - channel);
  alu_mask mask;
  if (!is_plain)
    for (ptrdiff_t lane = 0; lane < alu_block; lane++) mask[lane] = lane < left ? -1 : 0;
  ALU_UNROLL for (int k = 0; k < ALU_N - missing; k++) {
    const size_t place = ALU_SIZED(place)(k);
    const alu_scalar *source = w->start + (ptrdiff_t)(place * w->channels + channel);
    if (is_plain)
      row[k] = alu_load(source);
    else if ((ptrdiff_t)place < w->begin || (ptrdiff_t)place >= w->end)
      row[k] = (alu_line){0};
    else if (source <= w->last_line)
      row[k] = (alu_line)(alu_mask_load(source) & mask);
    else
      alu_load_part(&row[k], source, left);
  }
  ALU_SIZED(dft)(row, missing, re, im);
  alu_store(out, re[0]);
  alu_store(out + channels, re[half]);
  ALU_UNROLL for (int f = 1; f < half; f++) {
    alu_store(out + f * group_step, re[f]);
    alu_store(out + f * group_step + channels, im[f]);
  }
}

static ALU_INLINE void ALU_SIZED(analyse_some_rows)(const alu_row_source *w, const int missing, alu_scalar *out,
                                                    const alu_row_steps *steps) {
  const ptrdiff_t first = missing ? ALU_REACH : 0, past = missing ? ALU_N + ALU_REACH - missing : ALU_N;
  const int is_inside = w->begin <= first && w->end >= past;
  alu_row_source row = *w;
  for (size_t r = 0; r < w->rows; r++, row.start += w->row_step, out += steps->row) {
    size_t channel = 0;
    if (is_inside)
      for (; channel + alu_block <= w->channels; channel += alu_block)
        ALU_SIZED(analyse_row_line)(&row, channel, missing, 1, out + channel, steps->group, steps->channels);
    for (; channel < w->channels; channel += alu_block)
      ALU_SIZED(analyse_row_line)(&row, channel, missing, 0, out + channel, steps->group, steps->channels);
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse_rows)(const alu_row_source *w, size_t missing, alu_scalar *out,
                                                       const alu_row_steps *steps) {
  if (missing == 0)
    ALU_SIZED(analyse_some_rows)(w, 0, out, steps);
  else if (missing == ALU_REACH)
    ALU_SIZED(analyse_some_rows)(w, ALU_REACH, out, steps);
  else
    ALU_SIZED(analyse_some_rows)(w, 2 * ALU_REACH, out, steps);
}

// The points of one group, from a column of the rows' u + iv (group 0: from the two real columns u and v).
static ALU_INLINE void ALU_SIZED(put_group)(const alu_line *u, const alu_line *v, const int missing,
                                            const int is_real, alu_scalar *out, size_t step) {
  enum { half = ALU_N / 2 };
  alu_line pr[half + 1], pi[half + 1], qr[half + 1], qi[half + 1];
  ALU_SIZED(dft)(u, missing, pr, pi);
  ALU_SIZED(dft)(v, missing, qr, qi);
  if (is_real) {
    alu_scalar *second = out + (2 + 3 * (half - 1)) * step;
    alu_store(out, pr[0]);
    alu_store(out + step, pr[half]);
    alu_store(second, qr[0]);
    alu_store(second + step, qr[half]);
    ALU_UNROLL for (int g = 1; g < half; g++) {
      ALU_PUT(out + (3 * g - 1) * step, step, pr[g], pi[g]);
      ALU_PUT(second + (3 * g - 1) * step, step, qr[g], qi[g]);
    }
    return;
  }
  ALU_PUT(out, step, pr[0], qr[0]);
  ALU_PUT(out + 3 * step, step, pr[half], qr[half]);
  out += 6 * step;
  ALU_UNROLL for (int g = 1; g < half; g++, out += 6 * step) {
    ALU_PUT(out, step, pr[g] - qi[g], qr[g] + pi[g]);
    ALU_PUT(out + 3 * step, step, pr[g] + qi[g], qr[g] - pi[g]); // frequency n − g
  }
}

static ALU_INLINE void ALU_SIZED(analyse_column_lines)(const alu_scalar *const *rows, const alu_column *w,
                                                       const int missing, const int is_real, alu_scalar *out) {
  for (size_t c = 0; c < w->count; c += alu_block) {
    alu_line u[ALU_N], v[ALU_N];
    ALU_UNROLL for (int j = 0; j < ALU_N - missing; j++) {
      const alu_scalar *row = rows[ALU_SIZED(place)(j)] + w->channel + c;
      u[j] = alu_load(row);
      v[j] = alu_load(row + w->channels);
    }
    ALU_SIZED(put_group)(u, v, missing, is_real, out + c, w->step);
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse_column)(const alu_scalar *const *rows, const alu_column *w,
                                                         size_t missing, size_t group, alu_scalar *out) {
  switch ((missing + ALU_REACH - 1) / ALU_REACH * 2 + (group > 0)) {
    case 0: ALU_SIZED(analyse_column_lines)(rows, w, 0, 1, out); return;
    case 1: ALU_SIZED(analyse_column_lines)(rows, w, 0, 0, out); return;
    case 2: ALU_SIZED(analyse_column_lines)(rows, w, ALU_REACH, 1, out); return;
    case 3: ALU_SIZED(analyse_column_lines)(rows, w, ALU_REACH, 0, out); return;
    case 4: ALU_SIZED(analyse_column_lines)(rows, w, 2 * ALU_REACH, 1, out); return;
    case 5: ALU_SIZED(analyse_column_lines)(rows, w, 2 * ALU_REACH, 0, out); return;
  }
}

// Columns of one group back from frequencies: the rows' u + iv (group 0: the two real columns).
static ALU_INLINE void ALU_SIZED(get_group)(const alu_scalar *in, size_t step, const int is_real, alu_line *u,
                                            alu_line *v) {
  enum { half = ALU_N / 2 };
  alu_line pr[half + 1], pi[half + 1], qr[half + 1], qi[half + 1];
  if (is_real) {
    const alu_scalar *second = in + (2 + 3 * (half - 1)) * step;
    pr[0] = alu_load(in);
    pr[half] = alu_load(in + step);
    qr[0] = alu_load(second);
    qr[half] = alu_load(second + step);
    ALU_UNROLL for (int g = 1; g < half; g++) {
      ALU_GET(in + (3 * g - 1) * step, step, pr[g], pi[g]);
      ALU_GET(second + (3 * g - 1) * step, step, qr[g], qi[g]);
    }
  } else {
    ALU_GET(in, step, pr[0], qr[0]);
    ALU_GET(in + 3 * step, step, pr[half], qr[half]);
    in += 6 * step;
    ALU_UNROLL for (int g = 1; g < half; g++, in += 6 * step) {
      alu_line a, b, c, d;
      ALU_GET(in, step, a, b);
      ALU_GET(in + 3 * step, step, c, d);
      pr[g] = a + c, pi[g] = b - d;
      qr[g] = b + d, qi[g] = c - a;
    }
  }
  ALU_SIZED(series)(pr, pi, u);
  ALU_SIZED(series)(qr, qi, v);
}

static ALU_INLINE void ALU_SIZED(synthesise_column_lines)(const alu_scalar *in, const alu_column *w,
                                                          const int is_real, alu_scalar *out, size_t row_step,
                                                          size_t rows) {
  for (size_t c = 0; c < w->count; c += alu_block) {
    alu_line u[ALU_N], v[ALU_N];
    ALU_SIZED(get_group)(in + c, w->step, is_real, u, v);
    ALU_UNROLL for (size_t t = 0; t < ALU_N - ALU_REACH; t++) {
      if (t >= rows) break;
      alu_store(out + t * row_step + w->channel + c, u[t]);
      alu_store(out + t * row_step + w->channel + c + w->channels, v[t]);
    }
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(synthesise_column)(const alu_scalar *in, const alu_column *w, size_t group,
                                                            alu_scalar *out, size_t row_step, size_t rows) {
  if (group == 0)
    ALU_SIZED(synthesise_column_lines)(in, w, 1, out, row_step, rows);
  else
    ALU_SIZED(synthesise_column_lines)(in, w, 0, out, row_step, rows);
}

// Outputs of a tile's row, from every group's u + iv.
static ALU_INLINE void ALU_SIZED(synthesise_row)(const alu_scalar *in, const alu_row_steps *steps,
                                                 const alu_row_target *w, alu_scalar *start) {
  enum { half = ALU_N / 2 };
  for (size_t channel = 0; channel < w->channels; channel += alu_block) {
    alu_line re[half + 1], im[half + 1], x[ALU_N];
    re[0] = alu_load(in + channel);
    re[half] = alu_load(in + steps->channels + channel);
    ALU_UNROLL for (int f = 1; f < half; f++) {
      re[f] = alu_load(in + f * steps->group + channel);
      im[f] = alu_load(in + f * steps->group + steps->channels + channel);
    }
    ALU_SIZED(series)(re, im, x);
    const alu_line shift = alu_load(w->bias + channel);
    const ptrdiff_t lanes = (ptrdiff_t)(w->channels - channel);
    alu_scalar *target = start + channel;
    ALU_UNROLL for (size_t k = 0; k < ALU_N - ALU_REACH; k++) {
      if (k >= w->columns) break;
      const alu_line sum = x[k] + shift;
      if (lanes >= alu_block)
        alu_store(target + k * w->channels, sum);
      else
        alu_store_part(&sum, lanes, target + k * w->channels);
    }
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(synthesise_rows)(const alu_scalar *in, const alu_row_steps *steps,
                                                          const alu_row_target *w) {
  for (size_t r = 0; r < w->rows; r++)
    ALU_SIZED(synthesise_row)(in + r * steps->row, steps, w, w->start + r * w->row_step);
}
