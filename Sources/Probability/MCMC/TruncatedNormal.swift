internal import CKernels

/// Standard normal variates on an interval, by inversion.
///
///     F(x) = u  or, for an interval whose middle is negative, F(x) = 1 − u
///
/// F is the distribution function of the normal density cut off at both ends. The tail is inverted relative to its
/// value at the nearer end, so that intervals at 5, 50 or 500 deviations are as exact as those around 0: the error of F is
/// at most 10⁻⁷ (for intervals of 10⁻⁶), and below 10⁻¹² where the interval is wider than a hundredth.
package enum TruncatedNormal {
  /// One variate for each interval and uniform number.
  ///
  /// - Precondition: low ≤ high, finite; uniform numbers in (0, 1).
  package static func draws(low: [Double], high: [Double], uniform: [Double]) -> [Double] {
    precondition(
      low.count == high.count && low.count == uniform.count, "intervals and uniform numbers differ in number")
    return [Double](unsafeUninitializedCapacity: low.count) { out, initialized in
      if let out = out.baseAddress { alu_truncated_normal(low, high, uniform, low.count, out) }
      initialized = low.count
    }
  }
}
