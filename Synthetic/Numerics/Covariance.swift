/// The covariance of a stationary, isotropic field with unit variance, by the distance in pixels.
package protocol Covariance: Sendable {
  /// The covariance at a distance in pixels, 1 at 0.
  func callAsFunction(_ distance: Double) -> Double
}

/// The spherical covariance, which is exactly zero from its range on.
///
///     C(d) = 1 − (3/2)(d/θ) + (1/2)(d/θ)³ for d < θ, else 0
///
/// - Units: `length` (θ) in pixels.
/// - Source: Cressie (1993), *Statistics for Spatial Data*, section 2.3.
package struct SphericalCovariance: Covariance, Equatable {
  /// θ in pixels, positive.
  package let length: Double

  /// The covariance of that range.
  package init(length: Double) {
    precondition(length > 0, "length \(length) is not positive")
    self.length = length
  }

  /// The covariance at a distance in pixels.
  package func callAsFunction(_ distance: Double) -> Double {
    let r = distance / length
    return r < 1 ? 1 - r * (1.5 - 0.5 * r * r) : 0
  }
}
