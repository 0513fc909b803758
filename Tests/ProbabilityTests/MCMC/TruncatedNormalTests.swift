import Foundation
import Probability
import Tensors
import Testing

struct TruncatedNormalTests {
  /// Q(x)/φ(x) for x ≥ 2 by its continued fraction, 120 terms: 10⁻¹⁵ at 2.
  private static func mills(_ x: Double) -> Double {
    var rest = 0.0
    for term in stride(from: 120.0, to: 0, by: -1) { rest = term / (x + rest) }
    return 1 / (x + rest)
  }

  /// The share of (l, r) above x, by differences that do not cancel.
  private static func shareAbove(_ x: Double, _ l: Double, _ r: Double) -> Double {
    if l < 2 {
      func upper(_ z: Double) -> Double { SpecialFunctions.normalCDF(-z) }
      return (upper(x) - upper(r)) / (upper(l) - upper(r))
    }
    func relative(_ z: Double) -> Double { exp(-0.5 * (z - l) * (z + l)) * mills(z) / mills(l) }
    return (relative(x) - relative(r)) / (1 - relative(r))
  }

  @Test(arguments: [-60.0, -9, -3, -0.5, 0, 0.3, 1.9, 2.5, 5, 12, 40, 150, 2000])
  func isTheInverseOfTheDistributionFunction(low: Double) throws {
    for width in [0.02, 0.3, 1, 4, 30, 4000] {
      // Where the interval's middle is negative the mirrored interval is the same test.
      if 2 * low + width < 0 { continue }
      let uniform = [1e-12, 1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 1 - 1e-6]
      let ends = [Double](repeating: low, count: uniform.count)
      let draws = TruncatedNormal.draws(low: ends, high: ends.map { $0 + width }, uniform: uniform)
      for (x, u) in zip(draws, uniform) {
        #expect(x >= low && x <= low + width)
        let found = 1 - Self.shareAbove(x, low, low + width)
        // 10⁻¹² of the ratio of tails over the share of them that the interval holds, and x itself is rounded.
        let slope = max(low, 1) / min(1, width * max(low, 1))
        let tolerance = 1e-11 * max(1, slope) + 2e-15 * max(low, 1) * slope
        #expect(abs(found - u) < tolerance, "u = \(u) on (\(low), \(low + width)): \(x), F = \(found)")
      }
    }
  }

  @Test func mirrorsIntervalsOfNegativeMiddle() {
    let (low, high, uniform) = ([-7.0, -30, -2], [-5.0, 1, 1.5], [0.3, 0.6, 0.9])
    let there = TruncatedNormal.draws(low: low, high: high, uniform: uniform)
    let back = TruncatedNormal.draws(low: high.map { -$0 }, high: low.map { -$0 }, uniform: uniform)
    #expect(there == back.map { -$0 })
  }

  @Test func aPointIsItself() {
    #expect(TruncatedNormal.draws(low: [3, -100, 0], high: [3, -100, 0], uniform: [0.2, 0.5, 0.8]) == [3, -100, 0])
  }
}
