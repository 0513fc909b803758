import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// u ~ N(0, 1), v ~ N(u, 1), x ~ N(v, ½), guided by N(locations, scales): all conditionals are known.
private struct Chain: Module, Program {
  var locations: [Tensor]
  var scales: [Tensor]
  var x = Tensor([3, 1], [0.4, -1, 2])

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    for position in 0..<2 {
      body(&locations[position])
      body(&scales[position])
    }
  }

  func model(_ trace: inout Trace) throws {
    let u = try trace.sample("u", from: Normal(mean: .zeros([3, 1]), standardDeviation: 1))
    let v = try trace.sample("v", from: Normal(mean: u, standardDeviation: 1))
    try trace.observe("x", x, under: Normal(mean: v, standardDeviation: 0.5))
  }

  func guide(_ trace: inout Trace) throws {
    let u = try trace.sample("u", from: Normal(mean: locations[0], standardDeviation: scales[0]))
    try trace.sample("v", from: Normal(mean: locations[1] + u * 0.2, standardDeviation: scales[1]))
  }

  /// Given u, the exact posterior of v: variance 1/(1 + 4), mean (u + 4x)/5. What it says about u is nonsense.
  static let exactGivenU = Chain(
    locations: [Tensor([3, 1], [9, 9, 9]), Tensor([3, 1], [0.32, -0.8, 1.6])],
    scales: [.ones([3, 1]), Tensor(repeating: Scalar(0.2.squareRoot()), [3, 1])])
}

struct ConditionedTests {
  let u = Tensor([3, 1], [1, -0.5, 0.25])

  /// log p(u, x) = log N(u; 0, 1) + log N(x; u, √1.25).
  var evidence: Tensor {
    Normal(mean: .zeros([3, 1]), standardDeviation: 1).logDensity(of: u)
      + Normal(mean: u, standardDeviation: Scalar(1.25.squareRoot())).logDensity(of: Chain.exactGivenU.x)
  }

  @Test func everyWeightOfTheExactConditionalIsTheJointEvidence() throws {
    var chain = Chain.exactGivenU.conditioned(on: ["u": u])
    var pass = Pass(.training, random: RandomStream(seed: 91))
    let weights = try ImportanceWeightedELBO(samples: 4).logWeights(of: &chain, in: &pass)
    expectClose(
      weights, evidence.expandingDimension(at: 0).broadcast(to: [4, 3]), absolute: 5e-6,
      because: "scores of a few nats, each rounded")
  }

  @Test func theBoundIsTheJointEvidenceLessTheGuidesDivergence() throws {
    // 4,000 draws, seed 92: the guide is off by 0.3 in v, KL = ½ (0.3/√0.2)² = 0.225.
    var chain = Chain.exactGivenU.conditioned(on: ["u": u])
    chain.base.locations[1] += 0.3
    var pass = Pass(.training, random: RandomStream(seed: 92))
    var draws: [[Double]] = [[], [], []]
    for _ in 0..<4000 {
      let bound = try ELBO()(of: &chain, in: &pass)
      for row in 0..<3 { draws[row].append(Double(bound.scalars[row])) }
    }
    for row in 0..<3 {
      expectMean(draws[row], is: Double(evidence.scalars[row]) - 0.225, "the bound of row \(row)")
    }
  }

  @Test func learnsThroughTheCondition() throws {
    let pass = Pass(.training, random: RandomStream(seed: 93))
    try checkGradient(
      of: { (chain: inout Conditioned<Chain>) throws -> Tensor in
        var pass = pass
        return try ELBO(samples: 2)(of: &chain, in: &pass)
      }, at: Chain.exactGivenU.conditioned(on: ["u": u]))
  }

  @Test func generatesFromGivenLatentValues() throws {
    // Given u, x ~ N(u, √1.25): 4,000 runs, seed 94, one false alarm in 10⁶.
    var chain = Chain.exactGivenU.conditioned(on: ["u": u])
    var pass = Pass(.inference, random: RandomStream(seed: 94))
    var draws: [Double] = []
    for _ in 0..<4000 {
      let trace = try chain.priorPredictive(in: &pass)
      #expect(trace["u"] == u)
      draws.append(Double(try #require(trace["x"]).scalars[0]))
    }
    let distance = kolmogorovDistance(draws) { SpecialFunctions.normalCDF(($0 - 1) / 1.25.squareRoot()) }
    #expect(distance * Double(draws.count).squareRoot() < FalseAlarm.kolmogorov)
  }

  @Test func predictsFromThePosteriorGivenLatentValues() throws {
    // Given u and x, a new observation is N((u + 4x)/5, √(0.2 + 0.25)). Seed 95, one false alarm in 10⁶.
    var chain = Chain.exactGivenU.conditioned(on: ["u": u])
    var pass = Pass(.inference, random: RandomStream(seed: 95))
    var draws: [Double] = []
    for _ in 0..<4000 {
      let trace = try chain.posteriorPredictive(in: &pass)
      draws.append(Double(try #require(trace["x"]).scalars[2]))
    }
    let distance = kolmogorovDistance(draws) { SpecialFunctions.normalCDF(($0 - 1.65) / 0.45.squareRoot()) }
    #expect(distance * Double(draws.count).squareRoot() < FalseAlarm.kolmogorov)
  }

  @Test func fixesEverythingThereIsToGuess() throws {
    var chain = Chain.exactGivenU.conditioned(on: ["u": u, "v": u])
    var pass = Pass(.training, random: RandomStream(seed: 96))
    let exact =
      Normal(mean: .zeros([3, 1]), standardDeviation: 1).logDensity(of: u)
      + Normal(mean: u, standardDeviation: 1).logDensity(of: u)
      + Normal(mean: u, standardDeviation: 0.5).logDensity(of: chain.base.x)
    let bounds = [
      try ELBO()(of: &chain, in: &pass), try ImportanceWeightedELBO(samples: 2)(of: &chain, in: &pass),
    ]
    for bound in bounds { expectClose(bound, exact, absolute: 5e-6, because: "sums of rounded scores") }
  }

  @Test func ofTwoValuesTheLastHolds() throws {
    var chain = Chain.exactGivenU.conditioned(on: ["u": u]).conditioned(on: ["u": u + 1])
    var pass = Pass(.inference, random: RandomStream(seed: 97))
    #expect(try chain.priorPredictive(in: &pass)["u"] == u + 1)
  }

  @Test func aConditionThatIsNotUsedIsAnError() throws {
    var chain = Chain.exactGivenU.conditioned(on: ["w": u])
    var pass = Pass(.inference, random: RandomStream(seed: 98))
    #expect(throws: ProbabilityError.siteMissing("w", shape: [3, 1], side: .model)) {
      try ELBO()(of: &chain, in: &pass)
    }
    var wrong = Chain.exactGivenU.conditioned(on: ["u": .zeros([2, 1])])
    #expect(throws: ProbabilityError.shapesDisagree("u", expected: [3, 1], found: [2, 1])) {
      try wrong.priorPredictive(in: &pass)
    }
  }
}
