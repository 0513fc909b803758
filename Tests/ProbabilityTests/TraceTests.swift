import Probability
import Tensors
import TestSupport
import Testing

struct TraceTests {
  let pass = Pass(.inference, random: RandomStream(seed: 41))
  let normal = Normal(mean: .zeros([3, 2]), standardDeviation: 1)

  @Test func recordsSitesInOrder() throws {
    var trace = Trace(pass)
    let value = try trace.sample("a", from: normal)
    try trace.observe("b", value, under: normal)
    try trace.factor("c", Tensor([1, 2, 3]))
    #expect(trace.sites.map(\.name) == ["a", "b", "c"])
    #expect(trace.sites.map(\.isObserved) == [false, true, true])
    #expect(trace["a"] == value)
    #expect(trace["d"] == nil)
  }

  @Test func sumsLogDensitiesByRow() throws {
    var trace = Trace(pass)
    let value = try trace.sample("a", from: normal)
    try trace.factor("c", Tensor([1, 2, 3]))
    #expect(try trace.logDensity() == normal.logDensity(of: value) - Tensor([1, 2, 3]))
  }

  @Test func spreadsWhatAllRowsShare() throws {
    var trace = Trace(pass)
    try trace.factor("rows", Tensor([1, 2, 3]))
    try trace.factor("all", Tensor(6))
    let shared = try trace.sample("shared", from: Normal(mean: .zeros([1, 2]), standardDeviation: 1))
    let score = Normal(mean: .zeros([2]), standardDeviation: 1).logDensity(of: shared).scalars[0]
    expectClose(
      try trace.logDensity(), Tensor([-3, -4, -5]) + score / 3, absolute: 1e-6, because: "6/3 and a third of the score")
  }

  @Test func replaysAnotherTracesValues() throws {
    var guide = Trace(pass)
    let value = try guide.sample("a", from: Normal(mean: .ones([3, 2]), standardDeviation: 2))
    var model = Trace(replaying: guide, pass)
    #expect(try model.sample("a", from: normal) == value)
    #expect(try model.logDensity() == normal.logDensity(of: value))
  }

  @Test func conditionsOnValues() throws {
    var trace = Trace(pass, conditionedOn: ["a": .ones([3, 2])])
    #expect(try trace.sample("a", from: normal) == .ones([3, 2]))
    #expect(trace.sites[0].isObserved)
  }

  @Test func aConditionHoldsWhereverItsSiteOccurs() throws {
    let (fixed, given) = (Tensor.ones([3, 2]), Tensor.zeros([3, 2]))
    let run = { (trace: Trace) throws -> Trace in
      var trace = trace
      try trace.sample("a", from: normal)
      try trace.sample("b", from: normal)
      try trace.observe("x", given, under: normal)
      try trace.observe("y", given, under: normal)
      return trace
    }
    var guide = Trace(pass, conditionedOn: ["a": fixed])
    try guide.sample("b", from: normal)
    var generated = Trace(generating: pass)
    generated.condition(on: ["a": fixed, "x": fixed])
    let (replay, forward) = (try run(Trace(replaying: guide, pass)), try run(generated))
    #expect(replay.sites.map(\.role) == [.conditioned, .latent, .observed, .observed])
    #expect(replay["a"] == fixed && replay["b"] == guide["b"] && replay["x"] == given)
    #expect(forward.sites.map(\.role) == [.conditioned, .latent, .observed, .observed])
    #expect(forward["a"] == fixed && forward["x"] == fixed && forward["b"] != fixed && forward["y"] != given)
  }

  @Test func theFirstOfTwoConditionsHolds() throws {
    var trace = Trace(pass, conditionedOn: ["a": .ones([3, 2])])
    trace.condition(on: ["a": .zeros([3, 2]), "b": .zeros([3, 2])])
    #expect(try trace.sample("a", from: normal) == .ones([3, 2]))
    #expect(try trace.sample("b", from: normal) == .zeros([3, 2]))
  }

  @Test func drawsObservationsWhenGenerating() throws {
    var trace = Trace(generating: pass)
    let given = Tensor.zeros([3, 2])
    let drawn = try trace.observe("x", given, under: normal)
    #expect(drawn.shape == given.shape && drawn != given)
    var taken = Trace(pass)
    #expect(try taken.observe("x", given, under: normal) == given)
  }

  @Test func aTraceIsRepeatable() throws {
    let runs = try (0..<2).map { _ in
      var trace = Trace(pass)
      try trace.sample("a", from: Dirichlet(concentration: .ones([3, 4])))
      try trace.sample("b", from: normal)
      return try trace.logDensity()
    }
    #expect(runs[0] == runs[1])
  }

  @Test func aPixelsDrawsDoNotDependOnItsBatch() throws {
    // A value shared by the batch is drawn in between: it has no pixels' identities.
    let run = { (pixels: [UInt32]) throws -> Tensor in
      var random = RandomStream(seed: 42)
      random.rows = pixels
      var trace = Trace(Pass(.inference, random: random))
      try trace.sample("shared", from: Normal(mean: .zeros([1, 5]), standardDeviation: 1))
      let draw = try trace.sample("own", from: Dirichlet(concentration: .ones([pixels.count, 4])))
      #expect(trace.pass.random.rows == pixels)
      return draw
    }
    #expect(try run([4, 17, 2]).gatheringRows([1]) == run([17]))
  }

  @Test func scoresASparseDrawByItsLogarithm() throws {
    let sparse = Dirichlet(concentration: Tensor(repeating: 1e-3, [50, 3]))
    var guide = Trace(pass)
    let value = try guide.sample("a", from: sparse)
    #expect(value.scalars.contains(0))
    let logarithm = try #require(guide.sites[0].draw.logarithm)
    #expect(guide.sites[0].logDensity == sparse.logDensity(atLogarithm: logarithm))
    var model = Trace(replaying: guide, pass)
    try model.sample("a", from: Dirichlet(concentration: .ones([3])))
    #expect(isFinite(model.sites[0].logDensity))
  }

  @Test func errorsNameTheSiteAndBothShapes() throws {
    var guide = Trace(pass)
    try guide.sample("scale", from: normal)
    var model = Trace(replaying: guide, pass)
    #expect(throws: ProbabilityError.shapesDisagree("scale", expected: [3, 4], found: [3, 2])) {
      try model.sample("scale", from: Normal(mean: .zeros([3, 4]), standardDeviation: 1))
    }
    #expect(throws: ProbabilityError.siteMissing("gain", shape: [3, 2], side: .guide)) {
      try model.sample("gain", from: normal)
    }
    #expect(throws: ProbabilityError.nameUsedTwice("scale")) { try guide.sample("scale", from: normal) }
    #expect(throws: ProbabilityError.cannotDraw("penalty")) {
      try guide.sample("penalty", from: Potential { $0.sum(along: -1) })
    }
    #expect(throws: ProbabilityError.shapesDisagree("x", expected: [3, 2], found: [3, 5])) {
      try guide.observe("x", .zeros([3, 5]), under: normal)
    }
    try guide.sample("four", from: Normal(mean: .zeros([4, 2]), standardDeviation: 1))
    #expect(throws: ProbabilityError.rowsDisagree("four", expected: 3, found: 4)) { try guide.logDensity() }
  }

  @Test(arguments: [
    (ProbabilityError.nameUsedTwice("a"), "two sites are called 'a'"),
    (.siteMissing("a", shape: [3, 1], side: .guide), "site 'a' of shape [3, 1] does not occur in the guide"),
    (.siteMissing("a", shape: nil, side: .model), "site 'a' does not occur in the model"),
    (
      .shapesDisagree("a", expected: [3, 1], found: [3, 2]),
      "site 'a' has a value of shape [3, 2] where its distribution draws [3, 1]"
    ),
    (.rowsDisagree("a", expected: 3, found: 4), "site 'a' has 4 rows where the sites before it have 3"),
    (.scoredInGuide("a"), "site 'a' is observed in the guide, or a factor there; a guide only samples"),
    (.cannotDraw("a"), "site 'a' has a density that cannot be drawn from"),
    (.notReparameterized("a"), "site 'a' is drawn in the guide from a distribution without differentiable draws"),
  ])
  func errorsReadAsSentences(error: ProbabilityError, sentence: String) {
    #expect(error.description == sentence)
  }
}
