import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct LogNormalTests {
  static let family = KnownFamily(
    make: { LogNormal(location: $0[0], scale: $0[1]) },
    logDensity: { parameters, value in
      var sum = 0.0
      for (component, x) in value.enumerated() {
        let deviation = parameters[1][component]
        let z = (log(x) - parameters[0][component]) / deviation
        sum -= 0.5 * z * z + log(deviation * x) + 0.5 * log(2 * Double.pi)
      }
      return sum
    },
    cumulative: { $2 <= 0 ? 0 : 0.5 * erfc(($0[0][$1] - log($2)) / ($0[1][$1] * 2.0.squareRoot())) },
    moment: { parameters, component, power in
      let (p, deviation): (Double, Double) = (Double(power), parameters[1][component])
      return exp(p * parameters[0][component] + p * p * deviation * deviation / 2)
    })

  @Test func isWhatItSays() {
    // Seed 12; σ ≤ 0.3 keeps the third power's tails light enough for a normal standard error.
    checkDistribution(
      Self.family, at: [[0, -1, 0.5], [0.1, 0.3, 0.2]], values: [[0.9, 0.4, 2], [1, 1, 1]], seed: 12,
      // log x is rounded to Scalar before it is standardised: an error of ulp(log x)/σ.
      tolerance: 40 * Double(Scalar.ulpOfOne))
  }

  @Test func scoresZeroAsTheLeastNormalNumber() {
    let scale = LogNormal(location: Tensor([0]), scale: Tensor([1]))
    let (zero, least) = (Tensor([1, 1], [0]), Tensor([1, 1], [.leastNormalMagnitude]))
    expectClose(
      scale.logDensity(of: zero), scale.logDensity(of: least), relative: 1e-5, because: "the clamp is a rounded log")
  }

  @Test func knowsTheVarianceOfALargeValue() {
    // (e^{σ²} − 1) e^{2μ + σ²} at μ = 46, σ = 10⁻³: the mean's square is beyond Float, the variance is 10³⁴.
    let wide = LogNormal(location: Tensor([46]), scale: Tensor([1e-3]))
    let variance = Double(Scalar(1e-3)) * Double(Scalar(1e-3))
    expectClose(
      Double(wide.variance.scalars[0]), expm1(variance) * exp(92 + variance), relative: 2e-5,
      because: "e⁴⁶ of a rounded exponent")
  }

  @Test func scoresANegativeValueAsNaN() {
    let scale = LogNormal(location: Tensor([0]), scale: Tensor([1]))
    #expect(scale.logDensity(of: Tensor([1, 1], [-1])).scalars[0].isNaN)
  }

  @Test func differentiates() {
    checkGradient(
      of: { LogNormal(location: $0[0], scale: $0[1]).logDensity(of: $0[2]) },
      at: [Tensor([0.1, -0.4]), Tensor([0.5, 1.5]), Tensor([2, 2], [0.8, 1.3, 2, 0.4])])
  }
}
