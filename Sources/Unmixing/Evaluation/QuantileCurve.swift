import Foundation
import Tensors

/// A distribution of one abundance of which some quantiles are known.
///
///     Φ⁻¹(F(x)) is linear in logit(x) between known quantiles, and goes on as it ends
///
/// F is exact at the known quantiles and in between that of a logistic-normal variable; for such a variable of two
/// materials it is exact everywhere.
///
/// - Edge cases: where neighbouring quantiles are equal F jumps; where all are, the distribution is a point, at which F is ½.
/// - Precondition: at least one quantile, probabilities increasing and inside 0…1.
struct QuantileCurve {
  /// logit(x) and Φ⁻¹(F(x)), both increasing.
  private let knots: [(place: Double, score: Double)]

  /// The curve through quantiles in order of probability.
  init(_ quantiles: [(probability: Double, value: Double)]) {
    precondition(!quantiles.isEmpty, "a curve through no quantile")
    var highest = -Double.infinity
    knots = quantiles.map { quantile in
      // Rounding may turn near quantiles round.
      highest = max(highest, Self.logit(quantile.value))
      return (highest, SpecialFunctions.normalQuantile(quantile.probability))
    }
  }

  /// F(x).
  func distribution(_ x: Double) -> Double {
    let place = Self.logit(x)
    guard let first = knots.first, let last = knots.last, first.place < last.place else {
      let point = knots[0].place
      return place == point ? 0.5 : place < point ? 0 : 1
    }
    let segments = zip(knots, knots.dropFirst()).filter { $0.place < $1.place }
    let (start, end) = segments.first { place <= $1.place } ?? segments[segments.count - 1]
    let score = start.score + (place - start.place) * (end.score - start.score) / (end.place - start.place)
    return SpecialFunctions.normalCDF(score)
  }

  /// log(x / (1 − x)), kept finite: single precision has no number between 1 − 2⁻²⁴ and 1.
  private static func logit(_ x: Double) -> Double {
    let inside = min(max(x, 1e-30), 1 - 0x1p-25)
    return log(inside) - log1p(-inside)
  }
}
