/// The number a tensor holds: `Float`, or `Double` in a build with the package trait `DoublePrecision`.
///
/// Sums, special functions and gradients of distributions are computed in `Double` either way and rounded once.
#if DoublePrecision
  public typealias Scalar = Double
#else
  public typealias Scalar = Float
#endif
