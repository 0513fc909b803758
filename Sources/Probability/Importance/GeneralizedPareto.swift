import Foundation

/// The generalised Pareto distribution of what exceeds a threshold.
///
///     P(X > x) = (1 + k x/σ)^(−1/k),   x ≥ 0;   exp(−x/σ) for k = 0
///
/// - Edge cases: k ≥ 1 has no mean, k ≥ ½ no variance; for k < 0 nothing lies beyond −σ/k.
/// - Source: Zhang and Stephens, *A new and efficient estimation method for the generalized Pareto distribution*,
///   Technometrics 51, 2009.
public struct GeneralizedPareto: Sendable, Equatable {
  /// k, positive for heavy tails.
  public let shape: Double
  /// σ.
  public let scale: Double

  /// A distribution.
  public init(shape: Double, scale: Double) { (self.shape, self.scale) = (shape, scale) }

  /// The distribution of positive exceedances, by the posterior mean of θ = −k/σ over m = 30 + ⌊√n⌋ points of a prior that
  /// the data shape.
  ///
  ///     θ_j = 1/x₍ₙ₎ + (1 − √(m/(j − ½)))/(3 x₍⌊n/4 + ½⌋₎),   ℓ(θ) = n (log(−θ/k(θ)) − k(θ) − 1)
  ///     k(θ) = Σ log(1 − θ xᵢ)/n,   θ̂ = Σ θ_j e^(ℓ_j) / Σ e^(ℓ_j)
  ///
  /// - Edge cases: fewer than 5 exceedances, or a largest one that is not positive, tell nothing: the shape is NaN. Where more
  ///   than a quarter of the exceedances are 0 the least positive one takes the quartile's place.
  public init(fitting exceedances: [Double]) {
    let sorted = exceedances.sorted()
    let count = Double(sorted.count)
    guard sorted.count >= 5, let largest = sorted.last, largest > 0, largest.isFinite,
      let least = sorted.first(where: { $0 > 0 })
    else {
      (shape, scale) = (.nan, .nan)
      return
    }
    let points = 30 + Int(count.squareRoot())
    let quartile = max(sorted[Int(count / 4 + 0.5) - 1], least)
    let places = (1...points).map { j in
      1 / largest + (1 - (Double(points) / (Double(j) - 0.5)).squareRoot()) / (3 * quartile)
    }
    func fitted(_ theta: Double) -> Double { sorted.reduce(0) { $0 + log1p(-theta * $1) } / count }
    let likelihoods = places.map { theta -> Double in
      let k = fitted(theta)
      return count * (log(-theta / k) - k - 1)
    }
    let highest = likelihoods.filter(\.isFinite).max() ?? 0
    let weights = likelihoods.map { $0.isFinite ? exp($0 - highest) : 0 }
    let theta = zip(places, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    shape = fitted(theta)
    scale = -shape / theta
  }

  /// The value that X does not exceed with this probability.
  public func quantile(_ probability: Double) -> Double {
    let tail = log1p(-probability)
    return abs(shape) < 1e-12 ? -scale * tail : scale * expm1(-shape * tail) / shape
  }
}
