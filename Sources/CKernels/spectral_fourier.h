// Fourier transforms of ALU_N real lines, to be included once for each length n and reach. A line is one cache line of channels; every number below is one.

#if ALU_N == 4
static const alu_scalar ALU_SIZED(cosine)[4] = {1, 0, -1, 0};
static const alu_scalar ALU_SIZED(sine)[4] = {0, 1, 0, -1};
#elif ALU_N == 6
static const alu_scalar ALU_SIZED(cosine)[6] = {1, 0.5, -0.5, -1, -0.5, 0.5};
static const alu_scalar ALU_SIZED(sine)[6] = {0, ALU_ROOT3_2, ALU_ROOT3_2, 0, -ALU_ROOT3_2, -ALU_ROOT3_2};
#elif ALU_N == 8
static const alu_scalar ALU_SIZED(cosine)[8] = {1, ALU_ROOT1_2, 0, -ALU_ROOT1_2, -1, -ALU_ROOT1_2, 0, ALU_ROOT1_2};
static const alu_scalar ALU_SIZED(sine)[8] = {0, ALU_ROOT1_2, 1, ALU_ROOT1_2, 0, -ALU_ROOT1_2, -1, -ALU_ROOT1_2};
#else
static const alu_scalar ALU_SIZED(cosine)[12] = {1,  ALU_ROOT3_2,  0.5,  0, -0.5, -ALU_ROOT3_2,
                                                 -1, -ALU_ROOT3_2, -0.5, 0, 0.5,  ALU_ROOT3_2};
static const alu_scalar ALU_SIZED(sine)[12] = {0, 0.5,  ALU_ROOT3_2,  1,  ALU_ROOT3_2,  0.5,
                                               0, -0.5, -ALU_ROOT3_2, -1, -ALU_ROOT3_2, -0.5};
#endif

#if ALU_N == 6 || ALU_N == 12
// The transform of six, for f = 0 … 3 at re[0], re[step], …
static ALU_INLINE void ALU_SIZED(six)(const alu_line *x, const int step, alu_line *re, alu_line *im) {
  const alu_line even[3] = {x[0] + x[3], x[1] + x[4], x[2] + x[5]};
  const alu_line odd[3] = {x[0] - x[3], x[1] - x[4], x[2] - x[5]};
  const alu_line sum = even[1] + even[2], difference = odd[1] - odd[2];
  re[0] = even[0] + sum;
  re[2 * step] = even[0] - ALU_HALF * sum;
  im[2 * step] = ALU_ROOT3_2 * (even[2] - even[1]);
  re[3 * step] = odd[0] - difference;
  re[step] = odd[0] + ALU_HALF * difference;
  im[step] = -ALU_ROOT3_2 * (odd[1] + odd[2]);
}

// Its inverse, of frequencies 0 … 3 that lie `step` apart.
static ALU_INLINE void ALU_SIZED(six_series)(const alu_line *re, const alu_line *im, const int step, alu_line *x) {
  const alu_line base = re[0] - ALU_HALF * re[2 * step], turn = ALU_ROOT3_2 * im[2 * step];
  const alu_line slope = ALU_HALF * re[step] - re[3 * step], swing = ALU_ROOT3_2 * im[step];
  const alu_line even[3] = {re[0] + re[2 * step], base - turn, base + turn};
  const alu_line odd[3] = {re[step] + re[3 * step], slope - swing, -slope - swing};
  ALU_UNROLL for (int k = 0; k < 3; k++) {
    x[k] = even[k] + odd[k];
    x[k + 3] = even[k] - odd[k];
  }
}
#endif

// X_f = Σ x_j exp(−2πi f j / n) for f = 0 … n/2; the last `missing` x are 0 and not looked at.
static ALU_INLINE void ALU_SIZED(dft)(const alu_line *x, const int missing, alu_line *re, alu_line *im) {
  enum { half = ALU_N / 2 };
  alu_line even[half], odd[half];
  ALU_UNROLL for (int k = 0; k < half; k++) {
    const int alone = k + half >= ALU_N - missing;
    even[k] = alone ? x[k] : x[k] + x[k + half];
    odd[k] = alone ? x[k] : x[k] - x[k + half];
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
#elif ALU_N == 8
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
#else
  ALU_SIZED(six)(even, 2, re, im);
  const alu_line difference = odd[2] - odd[4], sum = odd[1] + odd[5];
  const alu_line across = ALU_ROOT3_2 * (odd[1] - odd[5]), along = ALU_ROOT3_2 * (odd[2] + odd[4]);
  const alu_line middle = odd[0] + ALU_HALF * difference, side = odd[3] + ALU_HALF * sum;
  re[1] = middle + across;
  im[1] = -side - along;
  re[3] = odd[0] - difference;
  im[3] = odd[3] - sum;
  re[5] = middle - across;
  im[5] = along - side;
#endif
}

// x_t = Re Σ X_f exp(2πi f t / n) over f = 0 … n/2.
static ALU_INLINE void ALU_SIZED(series)(const alu_line *re, const alu_line *im, alu_line *x) {
#if ALU_N == 6
  ALU_SIZED(six_series)(re, im, 1, x);
#else
  enum { half = ALU_N / 2 };
  alu_line even[half], odd[half];
#if ALU_N == 4
  even[0] = re[0] + re[2];
  even[1] = re[0] - re[2];
  odd[0] = re[1];
  odd[1] = -im[1];
#elif ALU_N == 8
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
#else
  ALU_SIZED(six_series)(re, im, 2, even);
  const alu_line sum = re[1] + re[5], swing = im[1] + im[5];
  const alu_line across = ALU_ROOT3_2 * (re[1] - re[5]), along = ALU_ROOT3_2 * (im[1] - im[5]);
  const alu_line middle = ALU_HALF * sum - re[3], side = ALU_HALF * swing + im[3];
  odd[0] = sum + re[3];
  odd[1] = across - side;
  odd[2] = middle - along;
  odd[3] = im[3] - swing;
  odd[4] = -middle - along;
  odd[5] = -across - side;
#endif
  ALU_UNROLL for (int k = 0; k < half; k++) {
    x[k] = even[k] + odd[k];
    x[k + half] = even[k] - odd[k];
  }
#endif
}
