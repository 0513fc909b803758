import Foundation

/// The covariance of a stationary, isotropic Matérn field with unit variance.
///
///     C(d) = 2^{1−ν} / Γ(ν) · (d/θ)^ν K_ν(d/θ),   C(0) = 1
///
/// The field has ⌈ν⌉ − 1 derivatives; ν = ½ is the exponential exp(−d/θ).
///
/// - Units: `length` (θ) in pixels.
/// - Source: Matérn (1960), *Spatial Variation*; Stein (1999), *Interpolation of Spatial Data*, section 2.7.
package struct MaternCovariance: Covariance, Equatable {
  /// ν, in 0.1…10.
  package let smoothness: Double
  /// θ in pixels, positive.
  package let length: Double

  /// The covariance of that smoothness and length.
  package init(smoothness: Double, length: Double) {
    precondition((0.1...10).contains(smoothness), "smoothness \(smoothness) is outside 0.1…10")
    precondition(length > 0, "length \(length) is not positive")
    self.smoothness = smoothness
    self.length = length
  }

  /// The covariance at a distance in pixels.
  package func callAsFunction(_ distance: Double) -> Double {
    let r = distance / length
    // Nearer, K overflows while its factor vanishes; farther, the covariance is below 1e-20.
    guard r > 1e-10 else { return 1 }
    guard r < 60 + 10 * smoothness else { return 0 }
    let logarithm = (1 - smoothness) * log(2) - lgamma(smoothness) + smoothness * log(r) - r
    return exp(logarithm) * Bessel.scaledSecondKind(order: smoothness, at: r)
  }
}
