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

// The points of one group, from the row transforms: group 0 has the two real columns, group f the complex column f.
static ALU_INLINE void ALU_SIZED(put_group)(alu_line re[ALU_N][ALU_N / 2 + 1], alu_line im[ALU_N][ALU_N / 2 + 1],
                                            const int is_short, const int group, alu_scalar *out, size_t step) {
  enum { half = ALU_N / 2 };
  alu_line column[ALU_N], pr[half + 1], pi[half + 1], qr[half + 1], qi[half + 1];
  if (group == 0) {
    ALU_UNROLL for (int f = 0; f <= half; f += half) {
      ALU_UNROLL for (int j = 0; j < ALU_N; j++) column[j] = re[j][f];
      ALU_SIZED(dft)(column, is_short, pr, pi);
      alu_store(out, pr[0]);
      alu_store(out + step, pr[half]);
      out += 2 * step;
      ALU_UNROLL for (int g = 1; g < half; g++, out += 3 * step) ALU_PUT(out, step, pr[g], pi[g]);
    }
    return;
  }
  ALU_UNROLL for (int j = 0; j < ALU_N; j++) column[j] = re[j][group];
  ALU_SIZED(dft)(column, is_short, pr, pi);
  ALU_UNROLL for (int j = 0; j < ALU_N; j++) column[j] = im[j][group];
  ALU_SIZED(dft)(column, is_short, qr, qi);
  ALU_PUT(out, step, pr[0], qr[0]);
  ALU_PUT(out + 3 * step, step, pr[half], qr[half]);
  out += 6 * step;
  ALU_UNROLL for (int g = 1; g < half; g++, out += 6 * step) {
    ALU_PUT(out, step, pr[g] - qi[g], qr[g] + pi[g]);
    ALU_PUT(out + 3 * step, step, pr[g] + qi[g], qr[g] - pi[g]); // frequency n − g
  }
}

// One line of channels of one tile. `is_plain`: nothing lies outside the image, and the line is full.
static ALU_INLINE void ALU_SIZED(analyse_line)(const alu_source *w, size_t channel, const int is_short,
                                               const int is_plain, const int group, alu_scalar *out, size_t step) {
  alu_line re[ALU_N][ALU_N / 2 + 1], im[ALU_N][ALU_N / 2 + 1], row[ALU_N];
  ALU_UNROLL for (int j = 0; j < ALU_N - is_short; j++) {
    const ptrdiff_t y = w->y + (j == ALU_N - 1 ? 0 : j + 1);
    const alu_scalar *line = w->image + y * w->width * w->channels + channel;
    ALU_UNROLL for (int k = 0; k < ALU_N - is_short; k++) {
      const ptrdiff_t x = w->x + (k == ALU_N - 1 ? 0 : k + 1);
      if (is_plain)
        row[k] = alu_load(line + x * w->channels);
      else if (y >= w->least_y && y < w->end_y && x >= w->least_x && x < w->end_x)
        row[k] = alu_load_part(line + x * w->channels, alu_lanes(w->channels, channel));
      else
        row[k] = (alu_line){0};
    }
    ALU_SIZED(dft)(row, is_short, re[j], im[j]);
  }
  ALU_SIZED(put_group)(re, im, is_short, group, out, step);
}

static ALU_INLINE void ALU_SIZED(analyse_group)(const alu_source *w, size_t channel, const int is_short,
                                                const int is_plain, size_t group, alu_scalar *out, size_t step) {
  ALU_FOR_GROUP(ALU_SIZED(analyse_line)(w, channel, is_short, is_plain, constant_group, out, step));
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse)(const alu_source *w, size_t channel, size_t group, alu_scalar *out,
                                                  size_t step) {
  const int is_inside =
      w->y >= w->least_y && w->y + ALU_N <= w->end_y && w->x >= w->least_x && w->x + ALU_N <= w->end_x;
  if (is_inside && channel + alu_block <= (size_t)w->channels)
    ALU_SIZED(analyse_group)(w, channel, 0, 1, group, out, step);
  else
    ALU_SIZED(analyse_group)(w, channel, 0, 0, group, out, step);
}

ALU_MACHINE_TARGET static void ALU_SIZED(analyse_framed)(const alu_source *w, size_t channel, size_t group,
                                                         alu_scalar *out, size_t step) {
  const int is_inside =
      w->y + 1 >= w->least_y && w->y + ALU_N <= w->end_y && w->x + 1 >= w->least_x && w->x + ALU_N <= w->end_x;
  if (is_inside && channel + alu_block <= (size_t)w->channels)
    ALU_SIZED(analyse_group)(w, channel, 1, 1, group, out, step);
  else
    ALU_SIZED(analyse_group)(w, channel, 1, 0, group, out, step);
}

// Columns of one group back from frequencies.
static ALU_INLINE void ALU_SIZED(get_group)(const alu_scalar *in, size_t step, const int group,
                                            alu_line re[ALU_N][ALU_N / 2 + 1], alu_line im[ALU_N][ALU_N / 2 + 1]) {
  enum { half = ALU_N / 2 };
  alu_line column[ALU_N], pr[half + 1], pi[half + 1], qr[half + 1], qi[half + 1];
  if (group == 0) {
    ALU_UNROLL for (int f = 0; f <= half; f += half) {
      pr[0] = alu_load(in);
      pr[half] = alu_load(in + step);
      in += 2 * step;
      ALU_UNROLL for (int g = 1; g < half; g++, in += 3 * step) ALU_GET(in, step, pr[g], pi[g]);
      ALU_SIZED(series)(pr, pi, column);
      ALU_UNROLL for (int t = 0; t < ALU_N; t++) re[t][f] = column[t];
    }
    return;
  }
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
  ALU_SIZED(series)(pr, pi, column);
  ALU_UNROLL for (int t = 0; t < ALU_N; t++) re[t][group] = column[t];
  ALU_SIZED(series)(qr, qi, column);
  ALU_UNROLL for (int t = 0; t < ALU_N; t++) im[t][group] = column[t];
}

// What one group adds to column k of a row.
#define ALU_SHARE(k)                                                                                           \
  (group == 0 ? (k % 2 ? re[t][0] - re[t][ALU_N / 2] : re[t][0] + re[t][ALU_N / 2])                            \
              : ALU_SIZED(cosine)[group * k % ALU_N] * re[t][group] - ALU_SIZED(sine)[group * k % ALU_N] * im[t][group])

static ALU_INLINE void ALU_SIZED(synthesise_group)(const alu_target *w, size_t channel, const int group,
                                                   const alu_scalar *in, size_t step, const alu_scalar *bias) {
  alu_line re[ALU_N][ALU_N / 2 + 1], im[ALU_N][ALU_N / 2 + 1];
  ALU_SIZED(get_group)(in, step, group, re, im);
  const alu_line shift = alu_load(bias);
  const size_t lanes = alu_lanes(w->channels, channel);
  ALU_UNROLL for (int t = 0; t < ALU_N - 1; t++) {
    if (t >= w->rows) break;
    alu_scalar *line = w->image + t * w->width * w->channels + channel;
    ALU_UNROLL for (int k = 0; k < ALU_N - 1; k++) {
      if (k >= w->columns) break;
      alu_scalar *target = line + k * w->channels;
      const alu_line share = ALU_SHARE(k);
      if (lanes == alu_block)
        alu_store(target, share + (group == 0 ? shift : alu_load(target)));
      else if (group == 0)
        alu_store_part(target, share + shift, lanes);
      else
        alu_store_part(target, share + alu_load_part(target, lanes), lanes);
    }
  }
}

#undef ALU_SHARE

ALU_MACHINE_TARGET static void ALU_SIZED(synthesise)(const alu_target *w, size_t channel, size_t group,
                                                     const alu_scalar *in, size_t step, const alu_scalar *bias) {
  ALU_FOR_GROUP(ALU_SIZED(synthesise_group)(w, channel, constant_group, in, step, bias));
}

// Nine taps to the points of one group, with the factors of the inverse transform: 2/n², 1/n² where a point is real.
static ALU_INLINE void ALU_SIZED(kernel_group)(const alu_scalar *taps, size_t tap_step, const int group,
                                               alu_scalar *out, size_t step) {
  enum { half = ALU_N / 2 };
  const alu_scalar unit = (alu_scalar)2 / (ALU_N * ALU_N);
  alu_line re[3][half + 1], im[3];
  ALU_UNROLL for (int p = 0; p < 3; p++) {
    const alu_line first = unit * alu_load(taps + (size_t)(3 * p) * tap_step);
    const alu_line middle = unit * alu_load(taps + (size_t)(3 * p + 1) * tap_step);
    const alu_line last = unit * alu_load(taps + (size_t)(3 * p + 2) * tap_step);
    ALU_UNROLL for (int f = 0; f <= half; f++) re[p][f] = middle + ALU_SIZED(cosine)[f] * (first + last);
    im[p] = ALU_SIZED(sine)[group] * (last - first);
  }
  if (group == 0) {
    ALU_UNROLL for (int f = 0; f <= half; f += half) {
      const alu_line sum = re[0][f] + re[2][f], difference = re[2][f] - re[0][f];
      alu_store(out, ALU_HALF * (re[1][f] + sum));
      alu_store(out + step, ALU_HALF * (re[1][f] - sum));
      out += 2 * step;
      ALU_UNROLL for (int g = 1; g < half; g++, out += 3 * step)
        ALU_PUT_FACTORS(out, step, re[1][f] + ALU_SIZED(cosine)[g] * sum, ALU_SIZED(sine)[g] * difference);
    }
    return;
  }
  const alu_line sr = re[0][group] + re[2][group], si = im[0] + im[2];
  const alu_line dr = re[2][group] - re[0][group], di = im[2] - im[0];
  ALU_PUT_FACTORS(out, step, re[1][group] + sr, im[1] + si);
  ALU_PUT_FACTORS(out + 3 * step, step, re[1][group] - sr, im[1] - si);
  out += 6 * step;
  ALU_UNROLL for (int g = 1; g < half; g++, out += 6 * step) {
    const alu_scalar c = ALU_SIZED(cosine)[g], s = ALU_SIZED(sine)[g];
    const alu_line a = re[1][group] + c * sr, b = im[1] + c * si;
    ALU_PUT_FACTORS(out, step, a - s * di, b + s * dr);
    ALU_PUT_FACTORS(out + 3 * step, step, a + s * di, b - s * dr); // frequency n − g
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(kernel)(const alu_scalar *taps, size_t tap_step, size_t group,
                                                 alu_scalar *out, size_t step) {
  ALU_FOR_GROUP(ALU_SIZED(kernel_group)(taps, tap_step, constant_group, out, step));
}

// The transpose of that: derivatives at the points of one group to their share of the derivatives of nine taps.
static ALU_INLINE void ALU_SIZED(gradient_group)(const alu_scalar *in, size_t step, const int group,
                                                 alu_scalar *taps) {
  enum { half = ALU_N / 2 };
  const alu_scalar unit = (alu_scalar)2 / (ALU_N * ALU_N);
  alu_line re[3][half + 1], im[3], a, b, c, d;
  if (group == 0) {
    ALU_UNROLL for (int f = 0; f <= half; f += half) {
      const alu_line first = alu_load(in), last = alu_load(in + step);
      alu_line sum = ALU_HALF * (first - last), difference = {0};
      re[1][f] = ALU_HALF * (first + last);
      in += 2 * step;
      ALU_UNROLL for (int g = 1; g < half; g++, in += 3 * step) {
        ALU_GET_PRODUCT(in, step, a, b);
        re[1][f] += a;
        sum += ALU_SIZED(cosine)[g] * a;
        difference += ALU_SIZED(sine)[g] * b;
      }
      re[0][f] = sum - difference;
      re[2][f] = sum + difference;
    }
    ALU_UNROLL for (int p = 0; p < 3; p++) {
      alu_store(taps + (3 * p) * alu_block, unit * (re[p][0] - re[p][half]));
      alu_store(taps + (3 * p + 1) * alu_block, unit * (re[p][0] + re[p][half]));
      alu_store(taps + (3 * p + 2) * alu_block, unit * (re[p][0] - re[p][half]));
    }
    return;
  }
  ALU_GET_PRODUCT(in, step, a, b);
  ALU_GET_PRODUCT(in + 3 * step, step, c, d);
  in += 6 * step;
  alu_line mr = a + c, mi = b + d, sr = a - c, si = b - d, dr = {0}, di = {0};
  ALU_UNROLL for (int g = 1; g < half; g++, in += 6 * step) {
    const alu_scalar cosine = ALU_SIZED(cosine)[g], sine = ALU_SIZED(sine)[g];
    ALU_GET_PRODUCT(in, step, a, b);
    ALU_GET_PRODUCT(in + 3 * step, step, c, d);
    mr += a + c, mi += b + d;
    sr += cosine * (a + c), si += cosine * (b + d);
    dr += sine * (b - d), di += sine * (c - a);
  }
  re[0][group] = sr - dr, im[0] = si - di;
  re[1][group] = mr, im[1] = mi;
  re[2][group] = sr + dr, im[2] = si + di;
  ALU_UNROLL for (int p = 0; p < 3; p++) {
    const alu_line sum = ALU_SIZED(cosine)[group] * re[p][group], difference = ALU_SIZED(sine)[group] * im[p];
    alu_store(taps + (3 * p) * alu_block, unit * (sum - difference));
    alu_store(taps + (3 * p + 1) * alu_block, unit * re[p][group]);
    alu_store(taps + (3 * p + 2) * alu_block, unit * (sum + difference));
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(kernel_gradient)(const alu_scalar *in, size_t step, size_t group,
                                                          alu_scalar *taps) {
  ALU_FOR_GROUP(ALU_SIZED(gradient_group)(in, step, constant_group, taps));
}
