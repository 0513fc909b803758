// From the taps of a kernel of side 2·reach + 1 to the points of one group, and the transpose of that.

// Mirrored pairs of a column or row of taps: the middle, sums and differences at distance d.
#define ALU_FOLD(x, stride, middle, sum, difference)                                \
  do {                                                                              \
    middle = (x)[ALU_REACH * (stride)];                                             \
    ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {                               \
      const alu_line after_ = (x)[(ALU_REACH + d) * (stride)];                      \
      const alu_line before_ = (x)[(ALU_REACH - d) * (stride)];                     \
      sum[d] = after_ + before_;                                                    \
      difference[d] = after_ - before_;                                             \
    }                                                                               \
  } while (0)

// middle + Σ factor(d)·pair[d].
#define ALU_WEIGH(total, middle, pair, factor)                                      \
  do {                                                                              \
    total = middle;                                                                 \
    ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) total += (alu_scalar)(factor) * pair[d];\
  } while (0)

// A row of taps meets group f through cos 2πfd/n and sin 2πfd/n.
typedef struct {
  alu_scalar cosine[ALU_REACH + 1], sine[ALU_REACH + 1];
} ALU_SIZED(wave);

static ALU_INLINE ALU_SIZED(wave) ALU_SIZED(wave_of)(size_t group) {
  ALU_SIZED(wave) w;
  ALU_UNROLL for (size_t d = 0; d <= ALU_REACH; d++) {
    w.cosine[d] = ALU_SIZED(cosine)[group * d % ALU_N];
    w.sine[d] = ALU_SIZED(sine)[group * d % ALU_N];
  }
  return w;
}

// The real columns' points, where the factors of the inverse transform are half as large at two points.
static ALU_INLINE void ALU_SIZED(real_taps)(const alu_line *x, alu_scalar *out, size_t step) {
  enum { half = ALU_N / 2 };
  alu_line middle, sum[ALU_REACH + 1], difference[ALU_REACH + 1], a, b;
  ALU_FOLD(x, 1, middle, sum, difference);
  ALU_WEIGH(a, middle, sum, 1);
  ALU_WEIGH(b, middle, sum, d % 2 ? -1 : 1);
  alu_store(out, ALU_HALF * a);
  alu_store(out + step, ALU_HALF * b);
  ALU_UNROLL for (int g = 1; g < half; g++) {
    ALU_WEIGH(a, middle, sum, ALU_SIZED(cosine)[g * d % ALU_N]);
    ALU_WEIGH(b, (alu_line){0}, difference, ALU_SIZED(sine)[g * d % ALU_N]);
    ALU_PUT_FACTORS(out + (3 * g - 1) * step, step, a, b);
  }
}

// Taps to the points of one group, with the factors of the inverse transform: 2/n², 1/n² where a point is real.
static ALU_INLINE void ALU_SIZED(kernel_group)(const alu_scalar *taps, size_t tap_step, const int is_real,
                                               size_t group, alu_scalar *out, size_t step) {
  enum { half = ALU_N / 2, side = 2 * ALU_REACH + 1 };
  const alu_scalar unit = (alu_scalar)2 / (ALU_N * ALU_N);
  const ALU_SIZED(wave) wave = ALU_SIZED(wave_of)(group);
  alu_line u[side], v[side], middle, sum[ALU_REACH + 1], difference[ALU_REACH + 1];
  ALU_UNROLL for (int p = 0; p < side; p++) {
    alu_line row[side];
    ALU_UNROLL for (int q = 0; q < side; q++) row[q] = unit * alu_load(taps + (size_t)(side * p + q) * tap_step);
    ALU_FOLD(row, 1, middle, sum, difference);
    if (is_real) {
      ALU_WEIGH(u[p], middle, sum, 1);
      ALU_WEIGH(v[p], middle, sum, d % 2 ? -1 : 1);
    } else {
      ALU_WEIGH(u[p], middle, sum, wave.cosine[d]);
      ALU_WEIGH(v[p], (alu_line){0}, difference, wave.sine[d]);
    }
  }
  if (is_real) {
    ALU_SIZED(real_taps)(u, out, step);
    ALU_SIZED(real_taps)(v, out + (2 + 3 * (half - 1)) * step, step);
    return;
  }
  alu_line mr, mi, sr[ALU_REACH + 1], si[ALU_REACH + 1], dr[ALU_REACH + 1], di[ALU_REACH + 1], a, b, c, e;
  ALU_FOLD(u, 1, mr, sr, dr);
  ALU_FOLD(v, 1, mi, si, di);
  ALU_WEIGH(a, mr, sr, 1);
  ALU_WEIGH(b, mi, si, 1);
  ALU_PUT_FACTORS(out, step, a, b);
  ALU_WEIGH(a, mr, sr, d % 2 ? -1 : 1);
  ALU_WEIGH(b, mi, si, d % 2 ? -1 : 1);
  ALU_PUT_FACTORS(out + 3 * step, step, a, b);
  out += 6 * step;
  ALU_UNROLL for (int g = 1; g < half; g++, out += 6 * step) {
    ALU_WEIGH(a, mr, sr, ALU_SIZED(cosine)[g * d % ALU_N]);
    ALU_WEIGH(b, mi, si, ALU_SIZED(cosine)[g * d % ALU_N]);
    ALU_WEIGH(c, (alu_line){0}, di, ALU_SIZED(sine)[g * d % ALU_N]);
    ALU_WEIGH(e, (alu_line){0}, dr, ALU_SIZED(sine)[g * d % ALU_N]);
    ALU_PUT_FACTORS(out, step, a - c, b + e);
    ALU_PUT_FACTORS(out + 3 * step, step, a + c, b - e); // frequency n − g
  }
}

ALU_MACHINE_TARGET static void ALU_SIZED(kernel)(const alu_scalar *taps, size_t tap_step, size_t group,
                                                 alu_scalar *out, size_t step) {
  if (group == 0)
    ALU_SIZED(kernel_group)(taps, tap_step, 1, group, out, step);
  else
    ALU_SIZED(kernel_group)(taps, tap_step, 0, group, out, step);
}

// The transpose of the fold.
static ALU_INLINE void ALU_SIZED(unfold)(const alu_line *middle, const alu_line *sum, const alu_line *difference,
                                         alu_line *x) {
  x[ALU_REACH] = *middle;
  ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {
    x[ALU_REACH + d] = sum[d] + difference[d];
    x[ALU_REACH - d] = sum[d] - difference[d];
  }
}

// The transpose of real_taps.
static ALU_INLINE void ALU_SIZED(real_gradient)(const alu_scalar *in, size_t step, alu_line *x) {
  enum { half = ALU_N / 2 };
  const alu_line first = alu_load(in), last = alu_load(in + step);
  alu_line middle = ALU_HALF * (first + last), sum[ALU_REACH + 1], difference[ALU_REACH + 1], a, b;
  ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {
    sum[d] = d % 2 ? ALU_HALF * (first - last) : ALU_HALF * (first + last);
    difference[d] = (alu_line){0};
  }
  ALU_UNROLL for (int g = 1; g < half; g++) {
    ALU_GET_PRODUCT(in + (3 * g - 1) * step, step, a, b);
    middle += a;
    ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {
      sum[d] += ALU_SIZED(cosine)[g * d % ALU_N] * a;
      difference[d] += ALU_SIZED(sine)[g * d % ALU_N] * b;
    }
  }
  ALU_SIZED(unfold)(&middle, sum, difference, x);
}

// The transpose of the complex column: derivatives at its points to those of the rows' u + iv.
static ALU_INLINE void ALU_SIZED(complex_gradient)(const alu_scalar *in, size_t step, alu_line *u, alu_line *v) {
  enum { half = ALU_N / 2 };
  alu_line a, b, c, e, sr[ALU_REACH + 1], si[ALU_REACH + 1], dr[ALU_REACH + 1], di[ALU_REACH + 1];
  ALU_GET_PRODUCT(in, step, a, b);
  ALU_GET_PRODUCT(in + 3 * step, step, c, e);
  in += 6 * step;
  alu_line mr = a + c, mi = b + e;
  ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {
    sr[d] = d % 2 ? a - c : mr, si[d] = d % 2 ? b - e : mi;
    dr[d] = (alu_line){0}, di[d] = (alu_line){0};
  }
  ALU_UNROLL for (int g = 1; g < half; g++, in += 6 * step) {
    ALU_GET_PRODUCT(in, step, a, b);
    ALU_GET_PRODUCT(in + 3 * step, step, c, e);
    mr += a + c, mi += b + e;
    ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {
      const alu_scalar cosine = ALU_SIZED(cosine)[g * d % ALU_N], sine = ALU_SIZED(sine)[g * d % ALU_N];
      sr[d] += cosine * (a + c), si[d] += cosine * (b + e);
      dr[d] += sine * (b - e), di[d] += sine * (c - a);
    }
  }
  ALU_SIZED(unfold)(&mr, sr, dr, u);
  ALU_SIZED(unfold)(&mi, si, di, v);
}

static ALU_INLINE void ALU_SIZED(gradient_group)(const alu_scalar *in, size_t step, const int is_real, size_t group,
                                                 alu_scalar *taps) {
  enum { half = ALU_N / 2, side = 2 * ALU_REACH + 1 };
  const alu_scalar unit = (alu_scalar)2 / (ALU_N * ALU_N);
  const ALU_SIZED(wave) wave = ALU_SIZED(wave_of)(group);
  alu_line u[side], v[side];
  if (is_real) {
    ALU_SIZED(real_gradient)(in, step, u);
    ALU_SIZED(real_gradient)(in + (2 + 3 * (half - 1)) * step, step, v);
  } else {
    ALU_SIZED(complex_gradient)(in, step, u, v);
  }
  ALU_UNROLL for (int p = 0; p < side; p++) {
    alu_scalar *row = taps + side * p * alu_block;
    u[p] = unit * u[p], v[p] = unit * v[p];
    alu_store(row + ALU_REACH * alu_block, is_real ? u[p] + v[p] : u[p]);
    ALU_UNROLL for (int d = 1; d <= ALU_REACH; d++) {
      const alu_line sum = is_real ? (d % 2 ? u[p] - v[p] : u[p] + v[p]) : wave.cosine[d] * u[p];
      const alu_line difference = is_real ? (alu_line){0} : wave.sine[d] * v[p];
      alu_store(row + (ALU_REACH + d) * alu_block, sum + difference);
      alu_store(row + (ALU_REACH - d) * alu_block, sum - difference);
    }
  }
}

// Derivatives at the points of one group to their share of the derivatives of the taps.
ALU_MACHINE_TARGET static void ALU_SIZED(kernel_gradient)(const alu_scalar *in, size_t step, size_t group,
                                                          alu_scalar *taps) {
  if (group == 0)
    ALU_SIZED(gradient_group)(in, step, 1, group, taps);
  else
    ALU_SIZED(gradient_group)(in, step, 0, group, taps);
}

#undef ALU_FOLD
#undef ALU_WEIGH
