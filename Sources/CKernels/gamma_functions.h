#pragma once
// log Γ, ψ and ψ′ of a positive double, without branches, to a few ulp of Double everywhere.

#include "double_math.h"

// log Γ(2 + y) / y for |y| ≤ ½, a Chebyshev fit.
ALU_INLINE double log_gamma_slope_at_two(double y) {
  double r = 6.379047507619774e-08;
  r = r * y - 1.3412819758517287e-07;
  r = r * y + 2.0304806751615227e-07;
  r = r * y - 4.303558760359961e-07;
  r = r * y + 9.578663334114758e-07;
  r = r * y - 2.0449201467015115e-06;
  r = r * y + 4.374374916915131e-06;
  r = r * y - 9.438458716242811e-06;
  r = r * y + 2.050726741605779e-05;
  r = r * y - 4.4926351103833334e-05;
  r = r * y + 9.945750909889392e-05;
  r = r * y - 0.00022315475074520367;
  r = r * y + 0.0005096695248853096;
  r = r * y - 0.0011927539120010226;
  r = r * y + 0.002890510330738737;
  r = r * y - 0.0073855510286681535;
  r = r * y + 0.02058080842778457;
  r = r * y - 0.06735230105319814;
  r = r * y + 0.3224670334241132;
  r = r * y + 0.42278433509846713;
  return r;
}

// For x < 8, log Γ(x) = log Γ(2 + y) ± log p with |y| ≤ ½: no digit is lost at the zeros 1 and 2. Above, Stirling.
ALU_INLINE double log_gamma_of(double x) {
  double k = floor(x + 0.5), y = x - k;
  double p = k == 0 ? x * (x + 1) : (k == 1 ? x : 1);
  p = k >= 3 ? p * (x - 1) : p;
  p = k >= 4 ? p * (x - 2) : p;
  p = k >= 5 ? p * (x - 3) : p;
  p = k >= 6 ? p * (x - 4) : p;
  p = k >= 7 ? p * (x - 5) : p;
  p = k >= 8 ? p * (x - 6) : p;
  double logarithm = log_of(x < 8 ? p : x);
  double low = y * log_gamma_slope_at_two(y) + (k < 2 ? -logarithm : logarithm);

  double w = 1 / x, w2 = w * w;
  double q = -3617.0 / 122400;
  q = q * w2 + 1.0 / 156;
  q = q * w2 - 691.0 / 360360;
  q = q * w2 + 1.0 / 1188;
  q = q * w2 - 1.0 / 1680;
  q = q * w2 + 1.0 / 1260;
  q = q * w2 - 1.0 / 360;
  q = q * w2 + 1.0 / 12;
  double high = (x - 0.5) * (logarithm - 1) + 0.41893853320467274 + q * w;
  double value = x < 8 ? low : high;
  return x >= 0 ? value : NAN;
}

// log Γ(1 + x) for x ≥ 0, with the digits of a small x.
ALU_INLINE double log_gamma_of_one_plus(double x) {
  double small = x < 0.5 ? x : 0;
  double near = small * log_gamma_slope_at_two(small) - (log1p_minus(small) + small);
  return x < 0.5 ? near : log_gamma_of(1 + x);
}

// What Stirling's formula leaves: log Γ(x) − (x − ½) log x + x − ½ log 2π.
ALU_INLINE double stirling_rest_of(double x) {
  double w = 1 / x, w2 = w * w;
  double q = -3617.0 / 122400;
  q = q * w2 + 1.0 / 156;
  q = q * w2 - 691.0 / 360360;
  q = q * w2 + 1.0 / 1188;
  q = q * w2 - 1.0 / 1680;
  q = q * w2 + 1.0 / 1260;
  q = q * w2 - 1.0 / 360;
  q = q * w2 + 1.0 / 12;
  double low = log_gamma_of(x < 8 ? x : 8) - (x - 0.5) * log_of(x) + x - 0.91893853320467274;
  return x < 8 ? low : q * w;
}

// Near its zero by a polynomial that vanishes there; elsewhere by recurrence to x ≥ 10 and the asymptotic series.
ALU_INLINE double digamma_of(double x) {
  double p = x, slope = 1;
  for (int k = 1; k < 10; k++) {
    slope = slope * (x + k) + p;
    p = p * (x + k);
  }
  double z = x < 10 ? x + 10 : x, w = 1 / z, w2 = w * w;
  double q = -3617.0 / 8160;
  q = q * w2 + 1.0 / 12;
  q = q * w2 - 691.0 / 32760;
  q = q * w2 + 1.0 / 132;
  q = q * w2 - 1.0 / 240;
  q = q * w2 + 1.0 / 252;
  q = q * w2 - 1.0 / 120;
  q = q * w2 + 1.0 / 12;
  double far = log_of(z) - 0.5 * w - q * w2 - (x < 10 ? slope / p : 0);

  double y = (x - 1.4616321449683622) - 9.549995429965697e-17;
  double r = -0.0018714352230108664;
  r = r * y + 0.002735588529567203;
  r = r * y - 0.00332529637956656;
  r = r * y + 0.004861729012300059;
  r = r * y - 0.007207977764200137;
  r = r * y + 0.010543824724701967;
  r = r * y - 0.015424619323342442;
  r = r * y + 0.022597433977213303;
  r = r * y - 0.03316112985126667;
  r = r * y + 0.048804293099377984;
  r = r * y - 0.07219956121834589;
  r = r * y + 0.10782405063555958;
  r = r * y - 0.1639427054425701;
  r = r * y + 0.2584997609558901;
  r = r * y - 0.44276316898359197;
  r = r * y + 0.967672245447621;
  double value = fabs(y) < 0.3 ? y * r : far;
  value = x > 0 ? value : (x == 0 ? -INFINITY : NAN);
  return x == INFINITY ? x : value;
}

// log x − ψ(x), with the digits of a large x.
ALU_INLINE double digamma_rest_of(double x) {
  double w = 1 / x, w2 = w * w;
  double q = -3617.0 / 8160;
  q = q * w2 + 1.0 / 12;
  q = q * w2 - 691.0 / 32760;
  q = q * w2 + 1.0 / 132;
  q = q * w2 - 1.0 / 240;
  q = q * w2 + 1.0 / 252;
  q = q * w2 - 1.0 / 120;
  q = q * w2 + 1.0 / 12;
  return x < 10 ? log_of(x) - digamma_of(x) : 0.5 * w + q * w2;
}

// By recurrence to x ≥ 9, two reciprocal squares at a time, and the asymptotic series.
ALU_INLINE double trigamma_of(double x) {
  double sum = 0;
  for (int k = 1; k < 9; k += 2) {
    double a = (x + k) * (x + k), b = (x + k + 1) * (x + k + 1);
    sum += (a + b) / (a * b);
  }
  double first = 1 / x;
  sum += first * first;
  double z = x < 9 ? x + 9 : x, w = x < 9 ? 1 / z : first, w2 = w * w;
  double q = 854513.0 / 138;
  q = q * w2 - 174611.0 / 330;
  q = q * w2 + 43867.0 / 798;
  q = q * w2 - 3617.0 / 510;
  q = q * w2 + 7.0 / 6;
  q = q * w2 - 691.0 / 2730;
  q = q * w2 + 5.0 / 66;
  q = q * w2 - 1.0 / 30;
  q = q * w2 + 1.0 / 42;
  q = q * w2 - 1.0 / 30;
  q = q * w2 + 1.0 / 6;
  double value = w + w2 * (0.5 + q * w) + (x < 9 ? sum : 0);
  return x >= 0 ? value : NAN;
}

// ψ″ = −2 Σ 1/(x + k)³, by recurrence to x ≥ 10 and the asymptotic series.
ALU_INLINE double tetragamma_of(double x) {
  double first = 1 / x, sum = 0;
#pragma clang loop unroll(full)
  for (int k = 1; k < 10; k++) {
    double r = 1 / (x + k);
    sum += r * r * r;
  }
  sum += first * first * first;
  double z = x < 10 ? x + 10 : x, w = x < 10 ? 1 / z : first, w2 = w * w;
  double q = 3617.0 / 30;
  q = q * w2 - 35.0 / 2;
  q = q * w2 + 691.0 / 210;
  q = q * w2 - 5.0 / 6;
  q = q * w2 + 3.0 / 10;
  q = q * w2 - 1.0 / 6;
  q = q * w2 + 1.0 / 6;
  q = q * w2 - 0.5;
  double value = w2 * (q * w2 - w - 1) - (x < 10 ? 2 * sum : 0);
  return x >= 0 ? value : NAN;
}
