// The transforms of one size, to be included once for each: ALU_N is the length n of the cyclic convolution (4, 6, 8),
// ALU_SIZED(name) names its functions. A line is one cache line of channels; every number below is one.

#if ALU_N == 4
static const alu_scalar ALU_SIZED(cosine)[4] = {1, 0, -1, 0};
static const alu_scalar ALU_SIZED(sine)[4] = {0, 1, 0, -1};
#elif ALU_N == 6
static const alu_scalar ALU_SIZED(cosine)[6] = {1, 0.5, -0.5, -1, -0.5, 0.5};
static const alu_scalar ALU_SIZED(sine)[6] = {0, ALU_ROOT3_2, ALU_ROOT3_2, 0, -ALU_ROOT3_2, -ALU_ROOT3_2};
#else
static const alu_scalar ALU_SIZED(cosine)[8] = {1, ALU_ROOT1_2, 0, -ALU_ROOT1_2, -1, -ALU_ROOT1_2, 0, ALU_ROOT1_2};
static const alu_scalar ALU_SIZED(sine)[8] = {0, ALU_ROOT1_2, 1, ALU_ROOT1_2, 0, -ALU_ROOT1_2, -1, -ALU_ROOT1_2};
#endif

// X_f = Σ x_j exp(−2πi f j / n) for f = 0 … n/2; `short_by_one` tells that the last x is 0.
static ALU_INLINE void ALU_SIZED(dft)(const alu_line *x, const int short_by_one, alu_line *re, alu_line *im) {
  alu_line even[ALU_N / 2], odd[ALU_N / 2];
  ALU_UNROLL for (int k = 0; k < ALU_N / 2; k++) {
    const int alone = short_by_one && k == ALU_N / 2 - 1;
    even[k] = alone ? x[k] : x[k] + x[k + ALU_N / 2];
    odd[k] = alone ? x[k] : x[k] - x[k + ALU_N / 2];
  }
#if ALU_N == 4
  re[0] = even[0] + even[1];
  re[2] = even[0] - even[1];
  re[1] = odd[0];
  im[1] = -odd[1];
#elif ALU_N == 6
  const alu_line sum = even[1] + even[2], difference = odd[1] - odd[2];
  re[0] = even[0] + sum;
  re[2] = even[0] - ALU_HALF * sum;
  im[2] = ALU_ROOT3_2 * (even[2] - even[1]);
  re[3] = odd[0] - difference;
  re[1] = odd[0] + ALU_HALF * difference;
  im[1] = -ALU_ROOT3_2 * (odd[1] + odd[2]);
#else
  const alu_line near = even[0] + even[2], far = even[1] + even[3];
  const alu_line across = ALU_ROOT1_2 * (odd[1] - odd[3]), along = ALU_ROOT1_2 * (odd[1] + odd[3]);
  re[0] = near + far;
  re[4] = near - far;
  re[2] = even[0] - even[2];
  im[2] = even[3] - even[1];
  re[1] = odd[0] + across;
  im[1] = -odd[2] - along;
  re[3] = odd[0] - across;
  im[3] = odd[2] - along;
#endif
}

// x_t = Re Σ X_f exp(2πi f t / n) over f = 0 … n/2.
static ALU_INLINE void ALU_SIZED(series)(const alu_line *re, const alu_line *im, alu_line *x) {
  alu_line even[ALU_N / 2], odd[ALU_N / 2];
#if ALU_N == 4
  even[0] = re[0] + re[2];
  even[1] = re[0] - re[2];
  odd[0] = re[1];
  odd[1] = -im[1];
#elif ALU_N == 6
  const alu_line base = re[0] - ALU_HALF * re[2], turn = ALU_ROOT3_2 * im[2];
  const alu_line step = ALU_HALF * re[1] - re[3], swing = ALU_ROOT3_2 * im[1];
  even[0] = re[0] + re[2];
  even[1] = base - turn;
  even[2] = base + turn;
  odd[0] = re[1] + re[3];
  odd[1] = step - swing;
  odd[2] = -step - swing;
#else
  const alu_line near = re[0] + re[4], far = re[0] - re[4];
  const alu_line along = ALU_ROOT1_2 * (re[1] - re[3]), across = ALU_ROOT1_2 * (im[1] + im[3]);
  even[0] = near + re[2];
  even[1] = far - im[2];
  even[2] = near - re[2];
  even[3] = far + im[2];
  odd[0] = re[1] + re[3];
  odd[1] = along - across;
  odd[2] = im[3] - im[1];
  odd[3] = -along - across;
#endif
  ALU_UNROLL for (int k = 0; k < ALU_N / 2; k++) {
    x[k] = even[k] + odd[k];
    x[k + ALU_N / 2] = even[k] - odd[k];
  }
}

static ALU_INLINE void ALU_SIZED(get)(const alu_scalar *in, size_t step, int complex, alu_line *re, alu_line *im) {
  const alu_scalar *point = in + (size_t)(4 + 3 * complex) * step;
  const alu_line both = alu_load(point);
  *re = both - alu_load(point + 2 * step);
  *im = both + alu_load(point + step);
}

// Along the columns, then out to the points.
static ALU_INLINE void ALU_SIZED(columns)(alu_line re[ALU_N][ALU_N / 2 + 1], alu_line im[ALU_N][ALU_N / 2 + 1],
                                          const int is_short, alu_scalar *out, size_t step) {
  enum { half = ALU_N / 2 };
  alu_line column[ALU_N], pr[half + 1], pi[half + 1], qr[half + 1], qi[half + 1];
  int complex = 0;
  ALU_UNROLL for (int f = 0; f <= half; f += half) {
    ALU_UNROLL for (int j = 0; j < ALU_N; j++) column[j] = re[j][f];
    ALU_SIZED(dft)(column, is_short, pr, pi);
    alu_store(out + (f == 0 ? 0 : 2) * step, pr[0]);
    alu_store(out + (f == 0 ? 1 : 3) * step, pr[half]);
    ALU_UNROLL for (int g = 1; g < half; g++) ALU_PUT(out, step, complex++, pr[g], pi[g]);
  }
  ALU_UNROLL for (int f = 1; f < half; f++) {
    ALU_UNROLL for (int j = 0; j < ALU_N; j++) column[j] = re[j][f];
    ALU_SIZED(dft)(column, is_short, pr, pi);
    ALU_UNROLL for (int j = 0; j < ALU_N; j++) column[j] = im[j][f];
    ALU_SIZED(dft)(column, is_short, qr, qi);
    ALU_PUT(out, step, complex++, pr[0], qr[0]);
    ALU_PUT(out, step, complex++, pr[half], qr[half]);
    ALU_UNROLL for (int g = 1; g < half; g++) {
      ALU_PUT(out, step, complex++, pr[g] - qi[g], qr[g] + pi[g]);
      ALU_PUT(out, step, complex++, pr[g] + qi[g], qr[g] - pi[g]); // frequency n − g
    }
  }
}

// One block of channels of one tile to its points.
static ALU_INLINE void ALU_SIZED(analyse_block)(const alu_source *w, size_t channel, const int is_short,
                                                const int is_whole, alu_scalar *out, size_t step) {
  alu_line re[ALU_N][ALU_N / 2 + 1], im[ALU_N][ALU_N / 2 + 1], row[ALU_N];
  ALU_UNROLL for (int j = 0; j < ALU_N - is_short; j++) {
    const ptrdiff_t y = w->y + (j == ALU_N - 1 ? 0 : j + 1);
    const int row_inside = y >= w->least_y && y < w->end_y;
    ALU_UNROLL for (int k = 0; k < ALU_N - is_short; k++) {
      const ptrdiff_t x = w->x + (k == ALU_N - 1 ? 0 : k + 1);
      const alu_scalar *source = w->image + (y * w->width + x) * w->channels + channel;
      row[k] = row_inside && x >= w->least_x && x < w->end_x
                   ? (is_whole ? alu_load(source) : alu_load_part(source, w->channels - channel))
                   : (alu_line){0};
    }
    ALU_SIZED(dft)(row, is_short, re[j], im[j]);
  }
  ALU_SIZED(columns)(re, im, is_short, out, step);
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse)(const alu_source *w, size_t channel, alu_scalar *out, size_t step) {
  if (channel + alu_block <= (size_t)w->channels)
    ALU_SIZED(analyse_block)(w, channel, 0, 1, out, step);
  else
    ALU_SIZED(analyse_block)(w, channel, 0, 0, out, step);
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse_framed)(const alu_source *w, size_t channel, alu_scalar *out,
                                                         size_t step) {
  if (channel + alu_block <= (size_t)w->channels)
    ALU_SIZED(analyse_block)(w, channel, 1, 1, out, step);
  else
    ALU_SIZED(analyse_block)(w, channel, 1, 0, out, step);
}

// The points of one block of channels back to the tile; `bias` is one block.
ALU_MACHINE_TARGET static void ALU_SIZED(synthesise)(const alu_target *w, size_t channel, const alu_scalar *in,
                                                      size_t step, const alu_scalar *bias) {
  enum { half = ALU_N / 2 };
  alu_line re[ALU_N][half + 1], im[ALU_N][half + 1], pr[half + 1], pi[half + 1], qr[half + 1], qi[half + 1];
  alu_line column[ALU_N];
  int complex = 0;
  ALU_UNROLL for (int f = 0; f <= half; f += half) {
    pr[0] = alu_load(in + (f == 0 ? 0 : 2) * step);
    pr[half] = alu_load(in + (f == 0 ? 1 : 3) * step);
    ALU_UNROLL for (int g = 1; g < half; g++) ALU_SIZED(get)(in, step, complex++, &pr[g], &pi[g]);
    ALU_SIZED(series)(pr, pi, column);
    ALU_UNROLL for (int t = 0; t < ALU_N; t++) re[t][f] = column[t];
  }
  ALU_UNROLL for (int f = 1; f < half; f++) {
    ALU_SIZED(get)(in, step, complex++, &pr[0], &qr[0]);
    ALU_SIZED(get)(in, step, complex++, &pr[half], &qr[half]);
    ALU_UNROLL for (int g = 1; g < half; g++) {
      alu_line a, b, c, d;
      ALU_SIZED(get)(in, step, complex++, &a, &b);
      ALU_SIZED(get)(in, step, complex++, &c, &d);
      pr[g] = a + c, pi[g] = b - d;
      qr[g] = b + d, qi[g] = c - a;
    }
    ALU_SIZED(series)(pr, pi, column);
    ALU_UNROLL for (int t = 0; t < ALU_N; t++) re[t][f] = column[t];
    ALU_SIZED(series)(qr, qi, column);
    ALU_UNROLL for (int t = 0; t < ALU_N; t++) im[t][f] = column[t];
  }
  const alu_line shift = alu_load(bias);
  const size_t lanes = w->channels - channel;
  ALU_UNROLL for (int t = 0; t < ALU_N - 1; t++) {
    if (t >= w->rows) break;
    ALU_SIZED(series)(re[t], im[t], column);
    alu_scalar *target = w->image + t * w->width * w->channels + channel;
    ALU_UNROLL for (int k = 0; k < ALU_N - 1; k++) {
      if (k >= w->columns) break;
      if (lanes >= alu_block)
        alu_store(target + k * w->channels, column[k] + shift);
      else
        alu_store_part(target + k * w->channels, column[k] + shift, lanes);
    }
  }
}

// Nine taps (blocks of output channels) to the points, with all factors of the inverse transform: 2/n², 1/n² where real.
ALU_MACHINE_TARGET static void ALU_SIZED(kernel)(const alu_scalar *taps, size_t tap_step, alu_scalar *out,
                                                  size_t step) {
  enum { half = ALU_N / 2 };
  const alu_scalar unit = (alu_scalar)2 / (ALU_N * ALU_N);
  alu_line re[3][half + 1], im[3][half + 1];
  ALU_UNROLL for (int p = 0; p < 3; p++) {
    const alu_line first = unit * alu_load(taps + (size_t)(3 * p) * tap_step);
    const alu_line middle = unit * alu_load(taps + (size_t)(3 * p + 1) * tap_step);
    const alu_line last = unit * alu_load(taps + (size_t)(3 * p + 2) * tap_step);
    ALU_UNROLL for (int f = 0; f <= half; f++) {
      re[p][f] = middle + ALU_SIZED(cosine)[f] * (first + last);
      im[p][f] = ALU_SIZED(sine)[f] * (last - first);
    }
  }
  int complex = 0;
  ALU_UNROLL for (int f = 0; f <= half; f += half) {
    const alu_line sum = re[0][f] + re[2][f], difference = re[2][f] - re[0][f];
    alu_store(out + (f == 0 ? 0 : 2) * step, ALU_HALF * (re[1][f] + sum));
    alu_store(out + (f == 0 ? 1 : 3) * step, ALU_HALF * (re[1][f] - sum));
    ALU_UNROLL for (int g = 1; g < half; g++)
      ALU_PUT_FACTORS(out, step, complex++, re[1][f] + ALU_SIZED(cosine)[g] * sum,
                             ALU_SIZED(sine)[g] * difference);
  }
  ALU_UNROLL for (int f = 1; f < half; f++) {
    const alu_line sr = re[0][f] + re[2][f], si = im[0][f] + im[2][f];
    const alu_line dr = re[2][f] - re[0][f], di = im[2][f] - im[0][f];
    ALU_PUT_FACTORS(out, step, complex++, re[1][f] + sr, im[1][f] + si);
    ALU_PUT_FACTORS(out, step, complex++, re[1][f] - sr, im[1][f] - si);
    ALU_UNROLL for (int g = 1; g < half; g++) {
      const alu_scalar c = ALU_SIZED(cosine)[g], s = ALU_SIZED(sine)[g];
      const alu_line a = re[1][f] + c * sr, b = im[1][f] + c * si;
      ALU_PUT_FACTORS(out, step, complex++, a - s * di, b + s * dr);
      ALU_PUT_FACTORS(out, step, complex++, a + s * di, b - s * dr); // frequency n − g
    }
  }
}

// conj(image) · gradient at a complex point, from the three products.
static ALU_INLINE void ALU_SIZED(get_product)(const alu_scalar *in, size_t step, int complex, alu_line *re,
                                              alu_line *im) {
  const alu_scalar *point = in + (size_t)(4 + 3 * complex) * step;
  const alu_line second = alu_load(point + step), third = alu_load(point + 2 * step);
  *re = alu_load(point) - second - third;
  *im = second - third;
}

// The transpose of the above: derivatives at the points to derivatives of nine taps.
ALU_MACHINE_TARGET static void ALU_SIZED(kernel_gradient)(const alu_scalar *in, size_t step, alu_scalar *taps) {
  enum { half = ALU_N / 2 };
  const alu_scalar unit = (alu_scalar)2 / (ALU_N * ALU_N);
  alu_line re[3][half + 1], im[3][half + 1];
  int complex = 0;
  ALU_UNROLL for (int f = 0; f <= half; f += half) {
    const alu_line first = alu_load(in + (f == 0 ? 0 : 2) * step), last = alu_load(in + (f == 0 ? 1 : 3) * step);
    alu_line sum = ALU_HALF * (first - last), difference = {0};
    re[1][f] = ALU_HALF * (first + last);
    ALU_UNROLL for (int g = 1; g < half; g++) {
      alu_line a, b;
      ALU_SIZED(get_product)(in, step, complex++, &a, &b);
      re[1][f] += a;
      sum += ALU_SIZED(cosine)[g] * a;
      difference += ALU_SIZED(sine)[g] * b;
    }
    re[0][f] = sum - difference;
    re[2][f] = sum + difference;
    im[0][f] = im[1][f] = im[2][f] = (alu_line){0};
  }
  ALU_UNROLL for (int f = 1; f < half; f++) {
    alu_line a, b, c, d;
    ALU_SIZED(get_product)(in, step, complex++, &a, &b);
    ALU_SIZED(get_product)(in, step, complex++, &c, &d);
    re[1][f] = a + c, im[1][f] = b + d;
    alu_line sr = a - c, si = b - d, dr = {0}, di = {0};
    ALU_UNROLL for (int g = 1; g < half; g++) {
      const alu_scalar cosine = ALU_SIZED(cosine)[g], sine = ALU_SIZED(sine)[g];
      ALU_SIZED(get_product)(in, step, complex++, &a, &b);
      ALU_SIZED(get_product)(in, step, complex++, &c, &d);
      re[1][f] += a + c, im[1][f] += b + d;
      sr += cosine * (a + c), si += cosine * (b + d);
      dr += sine * (b - d), di += sine * (c - a);
    }
    re[0][f] = sr - dr, im[0][f] = si - di;
    re[2][f] = sr + dr, im[2][f] = si + di;
  }
  ALU_UNROLL for (int p = 0; p < 3; p++) {
    alu_line middle = {0}, sum = {0}, difference = {0};
    ALU_UNROLL for (int f = 0; f <= half; f++) {
      middle += re[p][f];
      sum += ALU_SIZED(cosine)[f] * re[p][f];
      difference += ALU_SIZED(sine)[f] * im[p][f];
    }
    alu_store(taps + (3 * p + 0) * alu_block, unit * (sum - difference));
    alu_store(taps + (3 * p + 1) * alu_block, unit * middle);
    alu_store(taps + (3 * p + 2) * alu_block, unit * (sum + difference));
  }
}
