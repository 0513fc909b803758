import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// Against 160 cases computed to 50 digits, total concentrations from 10⁻² to 10⁶.
struct DirichletPrecisionTests {
  struct Case {
    let alpha: Tensor
    let beta: Tensor
    let point: Tensor
    let logDensity: Double
    let divergence: Double
    let entropy: Double
  }

  let cases: [Case] = dirichletReference.split(separator: "\n").map { line in
    let fields = line.split(separator: " ")
    let tensor = { (field: Substring) -> Tensor in
      let numbers = field.split(separator: ",").compactMap { Float($0) }
      return Tensor([1, numbers.count], numbers.map { Scalar($0) })
    }
    return Case(
      alpha: tensor(fields[0]), beta: tensor(fields[1]), point: tensor(fields[2]),
      logDensity: Double(fields[3]) ?? .nan, divergence: Double(fields[4]) ?? .nan, entropy: Double(fields[5]) ?? .nan)
  }

  /// 10⁻⁵ nats, or half a unit in the last place of the result where that is more.
  func expectNats(_ actual: Tensor, _ expected: Double, _ what: String) {
    let rounding = 0.51 * Double(Scalar(expected).ulp)
    expectClose(
      Double(actual.scalars[0]), expected, absolute: max(1e-5, rounding), because: "\(what), rounded once to Scalar")
  }

  @Test func readsTheWholeTable() {
    #expect(cases.count == 160)
    #expect(cases.map { Double($0.alpha.sum().scalar) }.max() ?? 0 > 9.9e5)
  }

  @Test func scoresWithin1e5Nats() {
    for reference in cases {
      expectNats(
        Dirichlet(concentration: reference.alpha).logDensity(of: reference.point), reference.logDensity, "log density")
    }
  }

  @Test func divergesWithin1e5Nats() throws {
    for reference in cases {
      let posterior = Dirichlet(concentration: reference.alpha)
      let divergence = try #require(posterior.closedFormDivergence(from: Dirichlet(concentration: reference.beta)))
      expectNats(divergence, reference.divergence, "divergence")
    }
  }

  @Test func knowsItsEntropyWithin1e5Nats() {
    for reference in cases {
      expectNats(Dirichlet(concentration: reference.alpha).entropy, reference.entropy, "entropy")
    }
  }

  @Test func derivativesAreRoundedOnce() {
    // ∂ log p/∂α_k = ψ(α₀) − ψ(α_k) + log a_k, where at α₀ = 10⁶ the three terms nearly cancel.
    for reference in cases {
      var alpha = reference.alpha
      let (_, gradient) = valueAndGradient(at: &alpha) {
        Dirichlet(concentration: $0).logDensity(of: reference.point).sum()
      }
      let total = SpecialFunctions.digamma(reference.alpha.scalars.reduce(0) { $0 + Double($1) })
      let expected = zip(reference.alpha.scalars, reference.point.scalars).map { alpha, point in
        total - SpecialFunctions.digamma(Double(alpha)) + log(Double(point))
      }
      expectClose(
        gradient.scalars.map { Double($0) }, expected, absolute: 1e-13, relative: Double(Scalar.ulpOfOne),
        because: "a sum in Double rounded once")
    }
  }
}
