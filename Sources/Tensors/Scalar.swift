#if DoublePrecision
  /// The number a tensor holds: `Double` in this build, with the package trait `DoublePrecision`; else `Float`.
  ///
  /// Sums, special functions and gradients of distributions are computed in `Double` either way and rounded once.
  public typealias Scalar = Double
#else
  /// The number a tensor holds: `Float`, or `Double` in a build with the package trait `DoublePrecision`.
  ///
  /// Sums, special functions and gradients of distributions are computed in `Double` either way and rounded once.
  public typealias Scalar = Float
#endif
