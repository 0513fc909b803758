import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct BetaTests {
  static let family = KnownFamily(
    make: { Beta($0[0], $0[1]) },
    logDensity: { parameters, value in
      value.indices.reduce(0) {
        let (a, b, x) = (parameters[0][$1], parameters[1][$1], value[$1])
        return $0 + lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * log(x) + (b - 1) * log1p(-x)
      }
    },
    cumulative: { SpecialFunctions.regularizedBeta(x: min(max($2, 0), 1), a: $0[0][$1], b: $0[1][$1]) },
    moment: { parameters, component, power in
      let (a, b) = (parameters[0][component], parameters[1][component])
      return (0..<power).reduce(1) { $0 * (a + Double($1)) / (a + b + Double($1)) }
    })

  @Test func isWhatItSays() {
    // Seed 14.
    checkDistribution(
      Self.family, at: [[0.5, 2, 30], [0.8, 5, 20]], values: [[0.1, 0.3, 0.6], [0.9, 0.01, 0.5], [0.5, 0.999, 0.7]],
      seed: 14)
  }

  @Test func differentiates() {
    let point = [Tensor([0.4, 3]), Tensor([2, 5]), Tensor([2, 2], [0.2, 0.7, 0.6, 0.4])]
    checkGradient(of: { Beta($0[0], $0[1]).logDensity(of: $0[2]) }, at: point)
    checkGradient(of: { Beta($0[0], $0[1]).entropy }, at: Array(point.prefix(2)))
  }

  @Test func isFiniteAtBothEnds() {
    var point = [Tensor([3, 1], [0.5, 1, 1e6]), Tensor([3, 1], [0, 1, 1])]
    let (value, gradient) = valueAndGradient(at: &point) { Beta($0[0], $0[0]).logDensity(of: $0[1]).sum() }
    #expect(value.isFinite)
    #expect(gradient.allSatisfy { $0.scalars.allSatisfy(\.isFinite) })
  }
}
