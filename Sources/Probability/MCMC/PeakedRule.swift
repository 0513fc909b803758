import Foundation

/// Nodes and weights for the integral of a positive function of one maximum whose logarithm is given, however sharp the
/// maximum and however long the tails.
///
///     x = m ± w± sinh t,   ∫ eᶠ dx ≈ Σ wᵢ eᶠ⁽ˣⁱ⁾
///
/// m is the maximum and w₋, w₊ are the distances at which f has fallen by ½ on either side; in t panels are of equal length,
/// with Gauss–Legendre nodes of order 8. Steps are thus as fine as the maximum asks for where it is, and as wide as the tails
/// allow away from it.
///
/// - Edge cases: integrates as far as f is within 32 of its maximum (e⁻³² = 10⁻¹⁴), and no further than the reach. Of several
///   maxima one is found.
/// - Complexity: 144 evaluations of f to place 16 · panels nodes.
struct PeakedRule {
  /// Where to evaluate, in increasing order.
  private(set) var nodes: [Double] = []
  /// What each counts.
  private(set) var weights: [Double] = []

  /// The fall of f beyond which nothing is integrated.
  private static let depth = 32.0

  /// A rule over −reach … reach.
  init(reach: Double, panels: Int, _ function: (Double) -> Double) {
    let peak = Self.maximum(of: function, from: -reach, to: reach)
    let highest = function(peak)
    for side in [-1.0, 1] {
      let end = Self.edge(of: function, from: peak, to: side * reach, at: highest - Self.depth, steps: 16)
      let half = Self.edge(of: function, from: peak, to: end, at: highest - 0.5, steps: 30)
      let width = max(abs(half - peak), 1e-12 * reach)
      let length = asinh(abs(end - peak) / width) / Double(panels)
      // The left side is walked from its far end, so that nodes increase.
      for step in 0..<panels {
        let panel = Double(side < 0 ? panels - 1 - step : step)
        for (node, weight) in side < 0 ? Self.legendre.reversed() : Self.legendre {
          let place = length * (panel + 0.5 + 0.5 * node)
          nodes.append(peak + side * width * sinh(place))
          weights.append(0.5 * length * weight * width * cosh(place))
        }
      }
    }
  }

  /// The maximum, by golden sections.
  private static func maximum(of function: (Double) -> Double, from low: Double, to high: Double) -> Double {
    let ratio = 0.5 * (5.0.squareRoot() - 1)
    var (low, high) = (low, high)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    for _ in 0..<45 {
      if atLeft > atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = function(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = function(right)
      }
    }
    return 0.5 * (low + high)
  }

  /// Where a falling function has just reached a level, to 2^−steps of the way, or the end where it does not.
  private static func edge(
    of function: (Double) -> Double, from start: Double, to end: Double, at level: Double, steps: Int
  ) -> Double {
    if function(end) > level { return end }
    var (above, below) = (start, end)
    for _ in 0..<steps {
      let middle = 0.5 * (above + below)
      if function(middle) > level { above = middle } else { below = middle }
    }
    return below
  }

  /// The positive nodes of order 8 and their weights, from tables.
  private static let positive = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_361_98), (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_47), (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
  ]
  private static let legendre = positive.reversed().map { (-$0.0, $0.1) } + positive
}
