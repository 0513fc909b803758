import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// x ~ N(z, ½), z ~ N(0, 1), guided by N(m, s): everything is known in closed form.
struct Line: Module, Program {
  var location: Tensor
  var scale: Tensor
  var x = Tensor([3, 1], [0.4, -1, 2])

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&location)
    body(&scale)
  }

  func model(_ trace: inout Trace) throws {
    let z = try trace.sample("z", from: Normal(mean: .zeros([3, 1]), standardDeviation: 1))
    try trace.observe("x", x, under: Normal(mean: z, standardDeviation: 0.5))
  }

  func guide(_ trace: inout Trace) throws {
    try trace.sample("z", from: Normal(mean: location, standardDeviation: scale))
  }

  /// The exact posterior: variance 1/(1 + 4), mean 4x/5.
  static let exact = Line(
    location: Tensor([3, 1], [0.32, -0.8, 1.6]), scale: Tensor(repeating: Scalar(0.2.squareRoot()), [3, 1]))

  /// log N(x; 0, 1.25).
  var evidence: Tensor {
    Normal(mean: .zeros([1]), standardDeviation: Scalar(1.25.squareRoot())).logDensity(of: x)
  }
}

/// A model and a guide made of closures.
struct Sketch: Program {
  var p: (inout Trace) throws -> Void
  var q: (inout Trace) throws -> Void
  func model(_ trace: inout Trace) throws { try p(&trace) }
  func guide(_ trace: inout Trace) throws { try q(&trace) }
}

struct ELBOTests {
  @Test func isTheEvidenceLessTheGuidesDivergenceFromThePosterior() throws {
    // E over 4,000 draws of 3 rows, seed 51: the bound is log p(x) − KL(guide ‖ posterior).
    var line = Line(location: Tensor([3, 1], [0, 0.3, 1]), scale: Tensor([3, 1], [1, 0.5, 0.3]))
    var pass = Pass(.training, random: RandomStream(seed: 51))
    var draws: [[Double]] = [[], [], []]
    for _ in 0..<4000 {
      let bound = try ELBO()(of: &line, in: &pass)
      for row in 0..<3 { draws[row].append(Double(bound.scalars[row])) }
    }
    let guide = Normal(mean: line.location, standardDeviation: line.scale)
    let posterior = Normal(mean: Line.exact.location, standardDeviation: Line.exact.scale)
    let gap = try #require(guide.closedFormDivergence(from: posterior))
    for row in 0..<3 {
      expectMean(draws[row], is: Double((line.evidence - gap).scalars[row]), "the bound of row \(row)")
    }
  }

  @Test func isBelowItsImportanceWeightedForm() throws {
    // 200 rows' worth of draws; the gap of a guide this poor is far above the noise. Seed 52.
    var line = Line(location: .zeros([3, 1]), scale: .ones([3, 1]))
    var pass = Pass(.training, random: RandomStream(seed: 52))
    let loose = try ELBO(samples: 2000)(of: &line, in: &pass)
    let tight = try ImportanceWeightedELBO(samples: 2000)(of: &line, in: &pass)
    for row in 0..<3 {
      #expect(tight.scalars[row] > loose.scalars[row] + 0.1)
      expectClose(
        Double(tight.scalars[row]), Double(line.evidence.scalars[row]), absolute: 0.2,
        because: "2000 weights of a prior-like guide")
    }
  }

  @Test func everyImportanceWeightOfTheExactPosteriorIsTheEvidence() throws {
    var line = Line.exact
    var pass = Pass(.training, random: RandomStream(seed: 53))
    let weights = try ImportanceWeightedELBO(samples: 5).logWeights(of: &line, in: &pass)
    #expect(weights.shape == [5, 3])
    expectClose(
      weights, line.evidence.expandingDimension(at: 0).broadcast(to: [5, 3]), absolute: 5e-6,
      because: "three scores of a few nats, each rounded")
    expectClose(
      try ImportanceWeightedELBO(samples: 5)(of: &line, in: &pass), line.evidence, absolute: 5e-6, because: "as above")
  }

  @Test func differentiates() throws {
    let point = Line(location: Tensor([3, 1], [0, 0.3, 1]), scale: Tensor([3, 1], [1, 0.5, 0.3]))
    let pass = Pass(.training, random: RandomStream(seed: 54))
    try checkGradient(
      of: { (line: inout Line) throws -> Tensor in
        var pass = pass
        return try ELBO(samples: 2)(of: &line, in: &pass)
      }, at: point)
    try checkGradient(
      of: { (line: inout Line) throws -> Tensor in
        var pass = pass
        return try ImportanceWeightedELBO(samples: 3)(of: &line, in: &pass)
      }, at: point)
  }

  @Test func doesNotIntegrateOverASiteTheGuideOrdersOtherwise() throws {
    // Guide: u, then v = u exactly. Model: v, then u ~ N(v, 1). KL(q(u) ‖ p(u|v)) at a drawn v would pretend that u and
    // v were independent; log p(u|v) is −½ log 2π always, as u = v.
    let normal = Normal(mean: .zeros([2, 1]), standardDeviation: 1)
    var sketch = Sketch(
      p: { trace in
        let v = try trace.sample("v", from: normal)
        try trace.sample("u", from: Normal(mean: v, standardDeviation: 1))
      },
      q: { trace in
        let u = try trace.sample("u", from: normal)
        try trace.sample("v", from: Delta(u))
      })
    var pass = Pass(.training, random: RandomStream(seed: 55))
    let bound = try ELBO()(of: &sketch, in: &pass)
    // log p(v) + log p(u|v) − log q(u) = log p(u|u) as p(v) = q(u) at v = u.
    expectClose(
      bound, Tensor(repeating: Scalar(-0.5 * log(2 * Double.pi)), [2]), absolute: 1e-6, because: "terms cancel but one")
  }

  @Test func usesTheMultiGammaDivergenceWhereAsked() throws {
    let posterior = Dirichlet(concentration: Tensor([2, 3], [0.3, 0.2, 0.5, 4, 10, 1]))
    let prior = Dirichlet(concentration: .ones([3]))
    var sketch = Sketch(p: { try $0.sample("a", from: prior) }, q: { try $0.sample("a", from: posterior) })
    var pass = Pass(.training, random: RandomStream(seed: 56))
    #expect(
      try ELBO(divergence: .multiGamma)(of: &sketch, in: &pass)
        == -Divergence.multiGamma(of: posterior, from: prior, at: Tensor(0)))
  }

  @Test func aSiteMissingOnEitherSideIsAnError() {
    let normal = Normal(mean: .zeros([2, 3]), standardDeviation: 1)
    var pass = Pass(.training, random: RandomStream(seed: 57))
    var lacking = Sketch(p: { try $0.sample("scale", from: normal) }, q: { _ in })
    #expect(throws: ProbabilityError.siteMissing("scale", shape: [2, 3], side: .guide)) {
      try ELBO()(of: &lacking, in: &pass)
    }
    var excessive = Sketch(p: { _ in }, q: { try $0.sample("scale", from: normal) })
    #expect(throws: ProbabilityError.siteMissing("scale", shape: [2, 3], side: .model)) {
      try ELBO()(of: &excessive, in: &pass)
    }
    var observed = Sketch(
      p: { try $0.observe("scale", .zeros([2, 3]), under: normal) }, q: { try $0.sample("scale", from: normal) })
    #expect(throws: ProbabilityError.siteMissing("scale", shape: [2, 3], side: .model)) {
      try ELBO()(of: &observed, in: &pass)
    }
  }

  @Test func aGuideThatScoresIsAnError() throws {
    let unit = Normal(mean: .zeros([2, 1]), standardDeviation: 1)
    var sketch = Sketch(p: { try $0.sample("z", from: unit) }, q: { _ in })
    var pass = Pass(.training, random: RandomStream(seed: 59))
    let scores: [(inout Trace) throws -> Void] = [
      { try $0.factor("score", Tensor([1, 2])) }, { try $0.observe("score", .zeros([2, 1]), under: unit) },
    ]
    for score in scores {
      sketch.q = { trace in
        try trace.sample("z", from: unit)
        try score(&trace)
      }
      let error = ProbabilityError.scoredInGuide("score")
      #expect(throws: error) { try ELBO()(of: &sketch, in: &pass) }
      #expect(throws: error) { try ImportanceWeightedELBO(samples: 2)(of: &sketch, in: &pass) }
      #expect(throws: error) { try sketch.posterior(in: &pass) }
    }
  }

  @Test func aGuideMustBeDifferentiable() {
    struct Coin: Distribution {
      let shape: Shape = [2, 1]
      var mean: Tensor { Tensor(repeating: 0.5, shape) }
      var variance: Tensor { Tensor(repeating: 0.25, shape) }
      func sample(using random: inout RandomStream) -> Tensor { .ones(shape) }
      func logDensity(of value: Tensor) -> Tensor { Tensor(repeating: Scalar(log(0.5)), [2]) }
    }
    var sketch = Sketch(p: { try $0.sample("coin", from: Coin()) }, q: { try $0.sample("coin", from: Coin()) })
    var pass = Pass(.training, random: RandomStream(seed: 58))
    #expect(throws: ProbabilityError.notReparameterized("coin")) { try ELBO()(of: &sketch, in: &pass) }
  }
}
