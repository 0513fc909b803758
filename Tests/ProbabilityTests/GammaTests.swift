import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct GammaTests {
  static let family = KnownFamily(
    make: { Gamma(concentration: $0[0], rate: $0[1]) },
    logDensity: { parameters, value in
      var sum = 0.0
      for (component, x) in value.enumerated() {
        let (a, b) = (parameters[0][component], parameters[1][component])
        sum += a * log(b) - libraryLogGamma(a) + (a - 1) * log(x) - b * x
      }
      return sum
    },
    cumulative: { $2 <= 0 ? 0 : SpecialFunctions.regularizedGammaP(a: $0[0][$1], x: $2 * $0[1][$1]) },
    moment: { parameters, component, power in
      var moment = 1.0
      for step in 0..<power { moment *= (parameters[0][component] + Double(step)) / parameters[1][component] }
      return moment
    })

  @Test(arguments: [[0.3, 1, 2.5], [0.8, 12, 150]] as [[Scalar]])
  func isWhatItSays(concentration: [Scalar]) {
    // Seed 13.
    checkDistribution(
      Self.family, at: [concentration, [2, 0.5, 10]], values: [[0.1, 3, 0.2], [1, 1, 1], [1e-6, 1e-3, 20]], seed: 13)
  }

  @Test func keepsItsDigitsAtHighConcentration() {
    // At α = 10⁶ the terms are 10⁷ nats and nearly cancel: in Float the sum would be off by about one nat.
    let gamma = Gamma(concentration: Tensor([1e6]), rate: Tensor([1]))
    let density = gamma.logDensity(of: Tensor([1, 1], [1e6]))
    // Stirling: −½ log 2πα − 1/12α at the mode's neighbour x = α, where (α − 1) log α − α − log Γ(α) is taken.
    let expected = -0.5 * log(2 * Double.pi * 1e6) - 1 / 12e6
    expectClose(Double(density.scalars[0]), expected, absolute: 1e-6, because: "cancellation of 10⁷ in Double is 10⁻⁸")
  }

  @Test func scoresAValueByItsLogarithm() {
    let gamma = Gamma(concentration: Tensor([0.4, 3]), rate: Tensor([2, 5]))
    let value = Tensor([2, 2], [0.2, 0.7, 1.5, 0.1])
    expectClose(
      gamma.logDensity(atLogarithm: value.log()), gamma.logDensity(of: value), absolute: 1e-6,
      because: "log x is rounded")
  }

  @Test func differentiates() {
    let point = [Tensor([0.4, 3]), Tensor([2, 5]), Tensor([2, 2], [0.2, 0.7, 1.5, 0.4])]
    checkGradient(of: { Gamma(concentration: $0[0], rate: $0[1]).logDensity(of: $0[2]) }, at: point)
    checkGradient(of: { Gamma(concentration: $0[0], rate: $0[1]).logDensity(atLogarithm: $0[2]) }, at: point)
    checkGradient(of: { Gamma(concentration: $0[0], rate: $0[1]).entropy }, at: Array(point.prefix(2)))
  }

  @Test func knowsTheMomentsOfTinyAndHugeValues() {
    // β² is below the least Float at β = 10⁻²⁴, α/β² = 10³⁸ is not above the greatest.
    let gamma = Gamma(concentration: Tensor([1e-10, 1]), rate: Tensor([1e-24, 1e18]))
    expectClose(gamma.variance, Tensor([1e38, 1e-36]), relative: 1e-6, because: "two roundings")
  }

  @Test func isFiniteAtZero() {
    var gamma = [Tensor([3, 1], [0.5, 1, 1e6]), Tensor([3, 1], [0, 0, 0])]
    let (value, gradient) = valueAndGradient(at: &gamma) {
      Gamma(concentration: $0[0], rate: Tensor(1)).logDensity(of: $0[1]).sum()
    }
    #expect(value.isFinite)
    #expect(gradient.allSatisfy { isFinite($0) })
  }
}
