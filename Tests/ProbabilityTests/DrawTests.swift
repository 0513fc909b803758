import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct DrawTests {
  @Test func knowsItsValueByItsCoordinate() {
    #expect(Draw(Tensor([0.5])).logarithm == nil && Draw(Tensor([0.5])).logit == nil)
    #expect(Draw(logarithm: Tensor([-1])).value == Tensor([-1]).exp())
    #expect(Draw(logit: Tensor([-1])).value == Tensor([-1]).sigmoid())
  }

  @Test func knowsTheLogarithmOfALogit() throws {
    // log σ(t) = t − log(1 + eᵗ): −log 2 at 0, t far below, −e⁻ᵗ far above.
    let logarithm = try #require(Draw(logit: Tensor([-500, 0, 30])).logarithm)
    expectClose(
      logarithm.scalars.map { Double($0) }, [-500, -log(2), -exp(-30)], relative: 2e-7, because: "rounded to Scalar")
  }

  @Test func isScoredByItsLogarithmUnderAnotherFamily() {
    // log x = −200 is below the least Float and above the least Double.
    let draws = Draw(logarithm: Tensor([1, 2], [-200, -1]))
    let gamma = Gamma(concentration: Tensor([0.5, 2]), rate: Tensor([1, 1]))
    let logarithm = Tensor([1, 2], [-200, -1])
    #expect(gamma.logDensity(of: draws) == gamma.logDensity(atLogarithm: logarithm))
    let beta = Draw(logit: Tensor([1, 2], [-200, 30]))
    let score = gamma.logDensity(of: beta)
    // Σ (α − 1) log x − log Γ(α) − x at x = (e⁻²⁰⁰, 1), α = (½, 2): 100 − log √π, and −1.
    expectClose(Double(score.scalars[0]), 100 - 0.5 * log(Double.pi) - 1, relative: 1e-6, because: "rounded to Scalar")
  }

  @Test func aProductLetsEveryFactorUseTheCoordinate() {
    let draw = Draw(logit: Tensor([1, 1], [200]))
    let (one, other) = (Beta(Tensor([0.5]), Tensor([0.1])), Beta(Tensor([2]), Tensor([0.3])))
    #expect(Product([one, other]).logDensity(of: draw) == one.logDensity(of: draw) + other.logDensity(of: draw))
  }

  /// q, p and their parameters in one row.
  struct Pair: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let posterior: [[Scalar]]
    let prior: [[Scalar]]
    let make: @Sendable ([Tensor]) -> any ReparameterizedDistribution
  }

  static let pairs = [
    Pair(
      testDescription: "Beta", posterior: [[0.05, 0.1], [0.1, 20]], prior: [[0.3, 0.5], [0.2, 4]],
      make: { Beta($0[0], $0[1]) }),
    Pair(
      testDescription: "Gamma", posterior: [[1e-3, 0.1], [1, 1e30]], prior: [[5e-3, 0.3], [2, 1e30]],
      make: { Gamma(concentration: $0[0], rate: $0[1]) }),
    Pair(
      testDescription: "Dirichlet", posterior: [[1e-3, 5e-3, 0.1]], prior: [[0.3, 0.1, 2]],
      make: { Dirichlet(concentration: $0[0]) }),
    Pair(
      testDescription: "LogisticNormal", posterior: [[-150, 120], [3, 2]], prior: [[-140, 118], [5, 4]],
      make: { LogisticNormal(location: $0[0], scale: .diagonal($0[1])) }),
  ]

  @Test(arguments: pairs)
  func boundsFromDrawsAtTheEdgeAreUnbiased(pair: Pair) throws {
    // A product of one prior has no closed form: log q − log p at 40,000 draws, seed 36. One false alarm in 10⁶ each.
    let draws = 40_000
    let posterior = pair.make(repeated(pair.posterior, draws))
    let prior = pair.make(repeated(pair.prior, 1))
    let known = try #require(pair.make(repeated(pair.posterior, 1)).closedFormDivergence(from: prior))
    var sketch = Sketch(p: { try $0.sample("x", from: Product([prior])) }, q: { try $0.sample("x", from: posterior) })
    var pass = Pass(.training, random: RandomStream(seed: 36))
    var twin = pass
    let bound = try ELBO()(of: &sketch, in: &pass)
    expectMean(bound.scalars.map { -Double($0) }, is: Double(known.scalars[0]), "KL of \(pair.testDescription)")
    let weights = try ImportanceWeightedELBO(samples: 1)(of: &sketch, in: &twin)
    #expect(weights == bound)
    var random = RandomStream(seed: 36)
    let draw = posterior.draw(using: &random)
    #expect(posterior.divergence(from: Product([prior]), at: draw) == -bound)
    #expect(Divergence.kullbackLeibler(of: posterior, from: Product([prior]), at: draw) == -bound)
  }
}
