import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct DirichletTests {
  static let family = KnownFamily(
    make: { Dirichlet(concentration: $0[0]) },
    logDensity: { parameters, value in
      dirichletLogDensity(parameters[0], value)
    },
    cumulative: { parameters, component, value in
      let a = parameters[0][component]
      let rest = parameters[0].reduce(0, +) - a
      return SpecialFunctions.regularizedBeta(x: Swift.min(1, Swift.max(0, value)), a: a, b: rest)
    },
    moment: { parameters, component, power in
      var moment = 1.0
      let (a, total): (Double, Double) = (parameters[0][component], parameters[0].reduce(0, +))
      for step in 0..<power { moment *= (a + Double(step)) / (total + Double(step)) }
      return moment
    })

  @Test(arguments: [[0.3, 0.7, 1.2], [2, 5, 11], [0.05, 30, 4], [400, 30, 70]] as [[Scalar]])
  func isWhatItSays(concentration: [Scalar]) {
    // Seed 16.
    checkDistribution(
      Self.family, at: [concentration], values: [[0.2, 0.3, 0.5], [0.01, 0.9, 0.09], [0.6, 0.3, 0.1]], seed: 16)
  }

  @Test func givesTheWorkedExample() {
    // log Γ(4) − log Γ(1) − log Γ(1) − log Γ(2) + log 0.5 = log 6 − log 2 = log 3
    let density = Dirichlet(concentration: Tensor([1, 1, 2])).logDensity(of: Tensor([1, 3], [0.2, 0.3, 0.5]))
    expectClose(Double(density.scalars[0]), log(3), absolute: 2e-7, because: "rounded once to Scalar")
  }

  @Test func knowsItsMoments() {
    // α₀ = 10: means 0.2, 0.3, 0.5, variances m (1 − m)/11.
    let dirichlet = Dirichlet(concentration: Tensor([2, 3, 5]))
    expectClose(dirichlet.mean, Tensor([0.2, 0.3, 0.5]), absolute: 1e-7, because: "one division")
    expectClose(
      dirichlet.variance, Tensor([0.16 / 11, 0.21 / 11, 0.25 / 11]), relative: 1e-6, because: "a few roundings")
    expectClose(
      dirichlet.meanLogarithm, Tensor([2, 3, 5].map { Scalar(digammaOfInteger($0) - digammaOfInteger(10)) }),
      absolute: 1e-6, because: "a difference of two rounded numbers")
    #expect(dirichlet.totalConcentration.scalar == 10)
  }

  @Test func keepsTheDigitsOfASmallNeighbour() {
    // α₀ − α₁ and ψ(α₁) − ψ(α₀) are lost in Float at α = (10⁶, ¼): Var = α₁ α₂/α₀² (α₀ + 1) for both components.
    let dirichlet = Dirichlet(concentration: Tensor([1, 2], [1e6, 0.25]))
    let total = 1e6 + 0.25
    let variance = 1e6 * 0.25 / (total * total * (total + 1))
    expectClose(
      dirichlet.variance.scalars.map { Double($0) }, [variance, variance], relative: 1e-6, because: "α₀ is rounded")
    // ψ(x) − ψ(x + h) ≈ −h/x (1 + (1 − h)/2x)
    expectClose(
      Double(dirichlet.meanLogarithm.scalars[0]), -0.25e-6 * (1 + 0.375e-6), relative: 1e-7,
      because: "14 − 14 in Double leaves 10⁻⁸ of the difference")
  }

  @Test func differentiates() {
    let alpha = Tensor([2, 3], [0.4, 1.7, 3, 20, 0.9, 6])
    let point = Tensor([2, 3], [0.2, 0.3, 0.5, 0.6, 0.1, 0.3])
    checkGradient(of: { Dirichlet(concentration: $0[0]).logDensity(of: $0[1]) }, at: [alpha, point])
    checkGradient(of: { Dirichlet(concentration: $0[0]).logDensity(atLogarithm: $0[1].log()) }, at: [alpha, point])
    checkGradient(of: { Dirichlet(concentration: $0).entropy }, at: alpha)
    checkGradient(of: { Dirichlet(concentration: $0).mean }, at: alpha)
    checkGradient(of: { Dirichlet(concentration: $0).variance }, at: alpha)
    checkGradient(of: { Dirichlet(concentration: $0).meanLogarithm }, at: alpha)
  }

  @Test func sharesOneConcentrationAmongRows() {
    let point = Tensor([2, 3], [0.2, 0.3, 0.5, 0.6, 0.1, 0.3])
    checkGradient(of: { Dirichlet(concentration: $0).logDensity(of: point) }, at: Tensor([0.4, 1.7, 3]))
  }

  @Test func normalisesLogarithmsInDouble() {
    let dirichlet = Dirichlet(concentration: Tensor([200_000, 300_000, 500_000]))
    let logits = Tensor([1, 3], [Scalar(log(0.2)), Scalar(log(0.3)), Scalar(log(0.5))])
    let shifted = dirichlet.logDensity(atLogarithm: logits + 2)
    // A shift by 2 re-rounds the logits by up to 1.2e-7, and a displacement of the mode by δ costs α₀δ²/2 nats.
    expectClose(
      shifted, dirichlet.logDensity(atLogarithm: logits), absolute: 1e-4, because: "10⁶ · (10⁻⁷)², and cross terms")
  }

  @Test func scoresItsUnderflownDrawsByTheirLogarithms() {
    // At α = 10⁻³ most components round to 0; log p of the true point has mean −entropy. Seed 17.
    let dirichlet = Dirichlet(concentration: Tensor(repeating: 1e-3, [20_000, 3]))
    var random = RandomStream(seed: 17)
    var twin = random
    let logarithm = dirichlet.sampleLogarithm(using: &random)
    let draw = dirichlet.sample(using: &twin)
    #expect(draw.scalars.contains(0))
    expectClose(logarithm.exp(), draw, absolute: 3e-7, because: "the same draw in two roundings")
    let scores = dirichlet.logDensity(atLogarithm: logarithm).scalars.map { -Double($0) }
    expectMean(scores, is: Double(dirichlet.entropy.scalars[0]), "the entropy at α = 10⁻³")
  }

  @Test func drawsByTheInverseCDFAreCloseAtSmallConcentrations() {
    // The approximation's bias of a mean is at most 0.004 below α = 1; 20,000 draws add 4.9 · 0.0035. Seed 18.
    let alpha = Tensor([1, 3], [0.2, 0.5, 0.9]).broadcast(to: [20_000, 3])
    var random = RandomStream(seed: 18)
    let draw = Dirichlet(concentration: alpha, sampler: .inverseCDF).sample(using: &random)
    expectClose(
      draw.mean(along: 0), Tensor([0.125, 0.3125, 0.5625]), absolute: 0.021,
      because: "bias 0.004 and 4.9 standard errors")
    #expect(draw.scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func differentiatesItsInverseCDFDrawsPathwise() {
    checkGradient(
      of: { (alpha: inout Tensor) -> Tensor in
        var random = RandomStream(seed: 19)
        return Dirichlet(concentration: alpha, sampler: .inverseCDF).sample(using: &random)
      }, at: Tensor([2, 3], [0.4, 0.7, 0.9, 0.5, 0.9, 0.6]))
  }
}

/// log Γ(α₀) + Σ (α_k − 1) log x_k − log Γ(α_k).
func dirichletLogDensity(_ alpha: [Double], _ point: [Double]) -> Double {
  var sum = libraryLogGamma(alpha.reduce(0, +))
  for (a, x) in zip(alpha, point) { sum += (a - 1) * log(x) - libraryLogGamma(a) }
  return sum
}

/// ψ(n) = −γ + Σ_{j<n} 1/j.
private func digammaOfInteger(_ n: Int) -> Double {
  (1..<n).reduce(-0.57721566490153286) { $0 + 1 / Double($1) }
}
