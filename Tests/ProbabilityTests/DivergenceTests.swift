import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct DivergenceTests {
  /// Pairs with a closed form: parameters of q in one row, and how q and p are made.
  struct Pair: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let parameters: [Tensor]
    let make: @Sendable ([Tensor]) -> any ReparameterizedDistribution
    let prior: [Tensor]
  }

  static let pairs: [Pair] = [
    Pair(
      testDescription: "Normal", parameters: [Tensor([1, 2], [0.2, -1]), Tensor([1, 2], [0.5, 2])],
      make: { Normal(mean: $0[0], standardDeviation: $0[1]) }, prior: [Tensor([0, 0.5]), Tensor([1, 1.5])]),
    Pair(
      testDescription: "LogNormal", parameters: [Tensor([1, 2], [0.2, -1]), Tensor([1, 2], [0.5, 1])],
      make: { LogNormal(location: $0[0], scale: $0[1]) }, prior: [Tensor([0, 0.5]), Tensor([1, 1.5])]),
    Pair(
      testDescription: "Gamma", parameters: [Tensor([1, 2], [0.7, 5]), Tensor([1, 2], [2, 3])],
      make: { Gamma(concentration: $0[0], rate: $0[1]) }, prior: [Tensor([1, 2]), Tensor([1, 4])]),
    Pair(
      testDescription: "Beta", parameters: [Tensor([1, 2], [0.7, 5]), Tensor([1, 2], [2, 3])],
      make: { Beta($0[0], $0[1]) }, prior: [Tensor([1, 2]), Tensor([1, 4])]),
    Pair(
      testDescription: "Dirichlet", parameters: [Tensor([1, 3], [0.7, 5, 2])],
      make: { Dirichlet(concentration: $0[0]) }, prior: [Tensor([1, 2, 0.5])]),
    Pair(
      testDescription: "Uniform", parameters: [Tensor([1, 2], [0.2, 0.1]), Tensor([1, 2], [0.5, 0.9])],
      make: { Uniform(lower: $0[0], upper: $0[1]) }, prior: [Tensor([0, 0]), Tensor([1, 2])]),
    Pair(
      testDescription: "LogisticNormal, diagonal",
      parameters: [Tensor([1, 2], [0.2, -1]), Tensor([1, 2], [0.5, 1])],
      make: { LogisticNormal(location: $0[0], scale: .diagonal($0[1])) },
      prior: [Tensor([1, 2], [0, 0.5]), Tensor([1, 2], [1, 1.5])]),
    Pair(
      testDescription: "LogisticNormal, triangular",
      parameters: [Tensor([1, 2], [0.2, -1]), Tensor([1, 2, 2], [0.5, 0, 0.4, 0.8])],
      make: { LogisticNormal(location: $0[0], scale: .triangular($0[1])) },
      prior: [Tensor([1, 2], [0, 0.5]), Tensor([1, 2, 2], [1, 0, -0.3, 1.5])]),
  ]

  @Test(arguments: pairs)
  func theClosedFormIsTheMeanOfTheEstimate(pair: Pair) throws {
    // log q − log p at 40,000 draws, seed 31; one false alarm in 10⁶ for each pair.
    let draws = 40_000
    let many = pair.make(
      pair.parameters.map { $0.broadcast(to: Shape([draws] + $0.shape.dimensions.dropFirst())) })
    let prior = pair.make(pair.prior)
    let known = try #require(pair.make(pair.parameters).closedFormDivergence(from: prior))
    #expect(known.shape == [1])
    var random = RandomStream(seed: 31)
    let draw = many.sample(using: &random)
    let estimate = (many.logDensity(of: draw) - prior.logDensity(of: draw)).scalars.map { Double($0) }
    expectMean(estimate, is: Double(known.scalars[0]), "KL of \(pair.testDescription)")
  }

  @Test(arguments: pairs)
  func isZeroFromItself(pair: Pair) throws {
    let same = pair.make(pair.parameters)
    let divergence = try #require(same.closedFormDivergence(from: pair.make(pair.parameters)))
    expectClose(Double(divergence.scalars[0]), 0, absolute: 1e-6, because: "equal parameters")
  }

  @Test(arguments: pairs)
  func differentiatesByBothDistributions(pair: Pair) {
    let count = pair.parameters.count
    checkGradient(
      of: { (all: inout [Tensor]) -> Tensor in
        let posterior = pair.make(Array(all.prefix(count)))
        return posterior.divergence(from: pair.make(Array(all.dropFirst(count))), at: Tensor(0))
      }, at: pair.parameters + pair.prior)
  }

  @Test func unlikePairsAreEstimatedAtTheDraw() {
    let posterior = LogNormal(location: Tensor([1, 1], [0.1]), scale: Tensor([0.3]))
    let prior = Gamma(concentration: Tensor([2]), rate: Tensor([2]))
    let draw = Tensor([1, 1], [1.2])
    #expect(posterior.closedFormDivergence(from: prior) == nil)
    #expect(
      posterior.divergence(from: prior, at: draw) == posterior.logDensity(of: draw) - prior.logDensity(of: draw))
  }

  @Test func multiGammaExceedsTheDirichletsByTheDivergenceOfTheirTotals() throws {
    let posterior = Dirichlet(concentration: Tensor([2, 3], [0.3, 0.2, 0.5, 4, 10, 1]))
    let prior = Dirichlet(concentration: Tensor([1, 1, 1]))
    let totals = try #require(
      Gamma(concentration: Tensor([2, 1], [1, 15]), rate: Tensor(1))
        .closedFormDivergence(from: Gamma(concentration: Tensor([3]), rate: Tensor(1))))
    let loose = Divergence.multiGamma(of: posterior, from: prior, at: Tensor(0))
    let exact = Divergence.kullbackLeibler(of: posterior, from: prior, at: Tensor(0))
    expectClose(loose, exact + totals, relative: 2e-6, because: "three rounded results")
  }

  @Test func multiGammaGivesThePapersFormula() {
    // α = (2, 3), prior (1, 1): ψ(2)·1 + ψ(3)·2 − log Γ(2) − log Γ(3) = (1 − γ) + 2(3/2 − γ) − log 2
    let value = Divergence.multiGamma(
      of: Dirichlet(concentration: Tensor([1, 2], [2, 3])), from: Dirichlet(concentration: Tensor([1, 1])),
      at: Tensor(0))
    let expected = 4 - 3 * 0.5772156649015329 - log(2)
    expectClose(Double(value.scalars[0]), expected, absolute: 3e-7, because: "rounded once to Scalar")
  }

  @Test func multiGammaLeavesOtherPairsAlone() {
    let (posterior, prior) = (
      Normal(mean: Tensor([1, 1], [0.3]), standardDeviation: 0.5), Normal(mean: Tensor([0]), standardDeviation: 1)
    )
    let draw = Tensor([1, 1], [0])
    #expect(
      Divergence.multiGamma(of: posterior, from: prior, at: draw) == posterior.divergence(from: prior, at: draw))
  }
}
