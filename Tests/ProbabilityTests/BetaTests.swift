import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct BetaTests {
  static let family = KnownFamily(
    make: { Beta($0[0], $0[1]) },
    logDensity: { parameters, value in
      var sum = 0.0
      for (component, x) in value.enumerated() {
        let (a, b) = (parameters[0][component], parameters[1][component])
        sum += libraryLogGamma(a + b) - libraryLogGamma(a) - libraryLogGamma(b)
        sum += (a - 1) * log(x) + (b - 1) * log1p(-x)
      }
      return sum
    },
    cumulative: { SpecialFunctions.regularizedBeta(x: Swift.min(1, Swift.max(0, $2)), a: $0[0][$1], b: $0[1][$1]) },
    moment: { parameters, component, power in
      let (a, b) = (parameters[0][component], parameters[1][component])
      var moment = 1.0
      for step in 0..<power { moment *= (a + Double(step)) / (a + b + Double(step)) }
      return moment
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
    let logits = Tensor([2, 2], [-3, 0.7, 2.6, -0.4])
    checkGradient(
      of: { Beta($0[0], $0[1]).logDensity(of: Draw(logit: $0[2])) }, at: Array(point.prefix(2)) + [logits])
  }

  @Test func scoresADrawByItsLogit() {
    let beta = Beta(Tensor([0.4, 3]), Tensor([2, 5]))
    let logit = Tensor([2, 2], [-3, 0.7, 2.6, -0.4])
    expectClose(
      beta.logDensity(of: Draw(logit: logit)), beta.logDensity(of: logit.sigmoid()), absolute: 2e-6,
      because: "the value is rounded")
    // log p(σ(t)) ≈ −log B(a, b) − (b − 1) t far out, where 1 − σ(t) is 0: B(½, ½) = π.
    let far = Beta(Tensor([0.5]), Tensor([0.5])).logDensity(of: Draw(logit: Tensor([1, 1], [400])))
    expectClose(Double(far.scalars[0]), 200 - log(Double.pi), relative: 1e-7, because: "rounded to Scalar")
  }

  @Test func isFiniteAtBothEnds() {
    var point = [Tensor([3, 1], [0.5, 1, 1e6]), Tensor([3, 1], [0, 1, 1])]
    let (value, gradient) = valueAndGradient(at: &point) { Beta($0[0], $0[0]).logDensity(of: $0[1]).sum() }
    #expect(value.isFinite)
    #expect(gradient.allSatisfy { isFinite($0) })
  }
}
