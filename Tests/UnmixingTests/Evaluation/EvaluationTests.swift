import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct EvaluationTests {
  private let endmembers: [[Scalar]] = [[1, 0], [0, 1]]

  @Test func followsTheFormulasOnAWorkedExample() throws {
    // Errors per pixel: (0.3, −0.3), (0, 0), (−0.1, 0.1), (0, 0).
    let scene = evaluationScene([[0.5, 0.5], [1, 0], [0.3, 0.7], [0, 1]], endmembers)
    let guess = Prediction(
      abundances: matrix([[0.8, 0.2], [1, 0], [0.2, 0.8], [0, 1]]),
      endmembers: SpectralLibrary(names: ["a", "b"], spectra: matrix([[2, 0], [1, 1]])))
    let all = try Evaluation().metrics(of: guess, in: scene).all
    let reason = "Float rounds abundances to 10⁻⁷"
    expectClose(try #require(all["abundance.rmse.entry"]), (0.2 / 8).squareRoot(), absolute: 1e-6, because: reason)
    expectClose(try #require(all["abundance.rmse.vector"]), (0.2 / 4).squareRoot(), absolute: 1e-6, because: reason)
    expectClose(try #require(all["abundance.rmse.pixelMean"]), 0.4 / 4, absolute: 1e-6, because: reason)
    expectClose(
      try #require(all["abundance.rmse.endmember.m0"]), (0.1 / 4).squareRoot(), absolute: 1e-6, because: reason)
    expectClose(try #require(all["endmember.sad.m0"]), 0, absolute: 0, because: "brightness does not matter")
    expectClose(try #require(all["endmember.sad.m1"]), .pi / 4, absolute: 1e-7, because: "(1, 1) against (0, 1)")
    expectClose(try #require(all["endmember.sad.mean"]), .pi / 8, absolute: 1e-7, because: "the mean of 0 and π/4")
    expectClose(try #require(all["endmember.sad.degrees.mean"]), 22.5, absolute: 1e-5, because: "π/8 is 22.5°")
    #expect(all["pixels"] == 4)
  }

  @Test func tellsTheRootMeanSquaresApart() throws {
    // All the error is in one endmember of one pixel, so the five definitions differ by known factors.
    let scene = evaluationScene([[0.5, 0.5], [0.5, 0.5]], endmembers)
    let guess = Prediction(abundances: matrix([[0.9, 0.5], [0.5, 0.5]]))
    let all = try Evaluation(matching: .none).metrics(of: guess, in: scene).all
    let expected = [
      "abundance.rmse.entry": 0.4 / 2, "abundance.rmse.vector": 0.4 / 2.0.squareRoot(),
      "abundance.rmse.endmemberMean": 0.4 / 2.0.squareRoot() / 2,
      "abundance.rmse.pixelMean": 0.4 / 2.0.squareRoot() / 2,
    ]
    for (id, value) in expected {
      expectClose(try #require(all[id]), value, absolute: 1e-6, because: "Float rounds abundances to 10⁻⁷")
    }
  }

  @Test(arguments: [MatchingRule.spectralAngle, .abundance, .names])
  func undoesAnyPermutation(rule: MatchingRule) throws {
    let truth = smallScene()
    let reference = try #require(truth.truth)
    let order = [2, 0, 1]
    let library = try #require(reference.endmembers).selecting(spectra: order)
    let shuffled = Tensor.concatenated(order.map { reference.abundances.slice(along: 1, $0..<$0 + 1) }, along: 1)
    let metrics = try Evaluation(matching: rule).metrics(
      of: Prediction(abundances: shuffled, endmembers: library), in: truth)
    #expect(metrics.permutation == [1, 2, 0])
    #expect(metrics.all["abundance.rmse.entry"] == 0)
    #expect(metrics.all["endmember.sad.mean"] == 0)
  }

  @Test func keepsTheOrderWhenAskedNotToMatch() throws {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    let swapped = Prediction(abundances: matrix([[0, 1], [1, 0]]))
    let metrics = try Evaluation(matching: .none).metrics(of: swapped, in: scene)
    #expect(metrics.permutation == [0, 1])
    #expect(metrics.all["abundance.rmse.entry"] == 1)
  }

  @Test func countsATruthWithoutEstimateAsEstimatedZero() throws {
    let scene = evaluationScene([[0.6, 0.4]], endmembers)
    let guess = Prediction(
      abundances: matrix([[1]]), endmembers: SpectralLibrary(names: ["only"], spectra: matrix([[0, 3]])))
    let metrics = try Evaluation().metrics(of: guess, in: scene)
    #expect(metrics.permutation == [nil, 0])
    expectClose(
      try #require(metrics.all["abundance.rmse.endmember.m0"]), 0.6, absolute: 1e-7, because: "0 against 0.6")
    #expect(metrics.all["endmember.sad.m0"] == nil)
    #expect(metrics.all["endmember.sad.mean"] == 0)
  }

  @Test func leavesOutEstimatesBeyondTheTruth() throws {
    let scene = evaluationScene([[0.6, 0.4]], endmembers)
    let guess = Prediction(
      abundances: matrix([[0.1, 0.5, 0.4]]),
      endmembers: SpectralLibrary(names: ["x", "y", "z"], spectra: matrix([[1, 1], [1, 0], [0, 1]])))
    let metrics = try Evaluation().metrics(of: guess, in: scene)
    #expect(metrics.permutation == [1, 2])
    expectClose(
      try #require(metrics.all["abundance.rmse.endmember.m0"]), 0.1, absolute: 1e-7, because: "0.5 against 0.6")
  }

  @Test func ignoresMaskedPixelsWhateverTheyHold() throws {
    let scene = evaluationScene([[1, 0], [0.5, 0.5], [0, 1]], endmembers, isValid: [true, false, true])
    let guess = Prediction(abundances: matrix([[1, 0], [.nan, 7], [0, 1]]))
    let metrics = try Evaluation(matching: .none).metrics(of: guess, in: scene)
    #expect(metrics.all["pixels"] == 2)
    #expect(metrics.all["abundance.rmse.entry"] == 0)
  }

  @Test func leavesOutPixelsWhoseTruthIsUnknown() throws {
    var scene = evaluationScene([[1, 0], [0.5, 0.5], [0, 1]], endmembers)
    scene.truth?.abundances = matrix([[1, 0], [.nan, .nan], [0.5, 0.5]])
    let guess = Prediction(abundances: matrix([[1, 0], [0, 1], [0.5, 0.5]]))
    let metrics = try Evaluation(matching: .none).metrics(of: guess, in: scene)
    #expect(metrics.all["pixels"] == 2)
    #expect(metrics.all["abundance.rmse.entry"] == 0)
  }

  @Test func refusesAnEstimateThatIsNotFinite() throws {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    let guess = Prediction(abundances: matrix([[1, 0], [.nan, 1]]))
    #expect(
      throws: UnmixingError.notFinite(field: "estimated abundances of valid pixels", count: 1, first: 1)
    ) {
      try Evaluation(matching: .none).metrics(of: guess, in: scene)
    }
  }

  @Test func judgesHeldOutPixelsBesideAllWithOnePermutation() throws {
    let scene = evaluationScene([[1, 0], [0.9, 0.1], [0.2, 0.8], [0, 1]], endmembers)
    // Swapped on the held-out pixels only: a permutation of their own would hide it.
    let guess = Prediction(abundances: matrix([[1, 0], [0.9, 0.1], [0.2, 0.8], [1, 0]]))
    let metrics = try Evaluation(matching: .abundance).metrics(of: guess, in: scene, test: [3])
    #expect(metrics.permutation == [0, 1])
    #expect(metrics.test?["abundance.rmse.entry"] == 1)
    #expect(metrics.all["abundance.rmse.entry"] == 0.5)
    #expect(metrics.test?["pixels"] == 1)
  }

  @Test func measuresReconstructionInAngleAndReflectance() throws {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    let guess = Prediction(abundances: matrix([[1, 0], [0, 1]]), reconstruction: matrix([[3, 0], [1, 1]]))
    let all = try Evaluation(matching: .none).metrics(of: guess, in: scene).all
    expectClose(try #require(all["reconstruction.angle"]), .pi / 8, absolute: 1e-12, because: "0 and π/4")
    // Squared differences 4 + 0 and 1 + 0 over four numbers.
    expectClose(try #require(all["reconstruction.rmse"]), (5.0 / 4).squareRoot(), absolute: 1e-12, because: "exact")
  }

  @Test func judgesAnEstimateByWhatItHolds() throws {
    let scene = smallScene()
    let truth = try #require(scene.truth)
    var estimate = Estimate(
      names: ["c", "b", "a"], of: scene, mean: truth.abundances, endmembers: truth.endmembers)
    estimate.totalConcentration = Tensor(repeating: 40, [scene.pixelCount])
    estimate.reconstructionAngle = Tensor(repeating: 0.25, [scene.pixelCount])
    let metrics = try Evaluation().metrics(of: estimate, against: truth)
    #expect(metrics.all["abundance.rmse.entry"] == 0)
    #expect(metrics.all["reconstruction.angle"] == 0.25)
    let explicit = Prediction(
      abundances: truth.abundances, endmembers: truth.endmembers,
      marginals: .dirichlet(concentration: truth.abundances * 40))
    for id in ["calibration.coverage50", "calibration.crps"] {
      let value = try #require(try Evaluation().metrics(of: explicit, in: scene).all[id])
      #expect(metrics.all[id] == value, "α is the mean times the total concentration")
    }
    let ids = try Evaluation().metrics(of: estimate, against: nil).all.map { $0.id }
    #expect(ids == ["pixels", "reconstruction.angle", "endmember.dead"])
    estimate.reconstructionAngle = nil
    #expect(throws: UnmixingError.self) { try Evaluation().metrics(of: estimate, against: nil) }
  }

  @Test func judgesADrawUnderThePairsOfTheMeans() throws {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    // The means are swapped; the draw alone would be paired straight.
    var guess = Prediction(abundances: matrix([[0, 1], [1, 0]]))
    guess.draw = matrix([[0.9, 0.1], [0.1, 0.9]])
    let metrics = try Evaluation(matching: .abundance).metrics(of: guess, in: scene, test: [1])
    #expect(metrics.permutation == [1, 0])
    #expect(metrics.all["abundance.rmse.entry"] == 0)
    for part in [metrics.all, try #require(metrics.test)] {
      expectClose(
        try #require(part["abundance.rmse.sample.entry"]), 0.9, absolute: 1e-6, because: "Float rounds 0.9 to 10⁻⁷")
    }
    guess.draw = matrix([[.nan, 0], [0, 1]])
    #expect(throws: UnmixingError.notFinite(field: "draw of valid pixels", count: 1, first: 0)) {
      try Evaluation(matching: .none).metrics(of: guess, in: scene)
    }
  }

  @Test func usesTheRuleThatFitsHowAnEstimateCameAbout() throws {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers, names: ["Oak", "alder"])
    let truth = try #require(scene.truth)
    func estimate(_ names: [String], spectra: Bool = true) -> Estimate {
      Estimate(names: names, of: scene, mean: truth.abundances, endmembers: spectra ? truth.endmembers : nil)
    }
    let bare = GroundTruth(abundances: truth.abundances, names: truth.names)
    let cases: [(Estimate, Bool, GroundTruth, MatchingRule)] = [
      (estimate(["oak", "alder"]), true, truth, .none), (estimate(["a", "b"]), true, truth, .none),
      (estimate(["Alder", "oak"]), true, truth, .names), (estimate(["a", "b"]), false, truth, .spectralAngle),
      (estimate(["a", "b"]), false, bare, .abundance),
      (estimate(["a", "b"], spectra: false), false, truth, .abundance),
    ]
    for (estimate, isLabelled, truth, rule) in cases {
      #expect(MatchingRule.usual(for: estimate, isLabelled: isLabelled, against: truth) == rule, "\(estimate.names)")
    }
  }

  @Test func addsTheRowMinimumRuleOnlyWhenAsked() throws {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    // Both estimates are nearest to the first truth.
    let guess = Prediction(
      abundances: matrix([[1, 0.9], [0, 0.1]]),
      endmembers: SpectralLibrary(names: ["a", "b"], spectra: matrix([[1, 0], [2, 1]])))
    let plain = try Evaluation().metrics(of: guess, in: scene).all
    #expect(plain["abundance.rmse.rowMinimum"] == nil)
    let all = try Evaluation(includesRowMinimum: true).metrics(of: guess, in: scene).all
    expectClose(
      try #require(all["abundance.rmse.rowMinimum"]), (0 + 0.1) / 2, absolute: 1e-7, because: "0 and 0.1 to the first")
    expectClose(
      try #require(all["endmember.sad.rowMinimum"]), atan(0.5) / 2, absolute: 1e-7,
      because: "0 and atan ½ to the first")
  }

  @Test func judgesEndmembersWhereNoAbundancesAreKnown() throws {
    var scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    scene.truth?.abundances = Tensor(repeating: .nan, [2, 2])
    let guess = Prediction(
      abundances: matrix([[1, 0], [0, 1]]), endmembers: SpectralLibrary(names: ["a", "b"], spectra: matrix(endmembers)))
    let all = try Evaluation().metrics(of: guess, in: scene).all
    let ids = all.map { $0.id }
    #expect(
      ids == ["pixels", "endmember.sad.mean", "endmember.sad.degrees.mean", "endmember.sad.m0", "endmember.sad.m1"])
    #expect(throws: UnmixingError.self) { try Evaluation(matching: .abundance).metrics(of: guess, in: scene) }
  }

  @Test func saysWhatIsMissingOrDoesNotFit() {
    let scene = evaluationScene([[1, 0], [0, 1]], endmembers)
    let guess = Prediction(abundances: matrix([[1, 0], [0, 1]]), names: ["a", "m0"])
    let message = { (evaluation: Evaluation, prediction: Prediction) -> String in
      do {
        _ = try evaluation.metrics(of: prediction, in: scene)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message(Evaluation(), guess).contains("estimated endmembers are missing"))
    #expect(message(Evaluation(matching: .names), guess).contains("only 1 occur in both"))
    #expect(
      message(Evaluation(), Prediction(abundances: matrix([[1, 0]])))
        == "pixels of the estimated abundances: expected 2, found 1")
  }

  @Test func givesEveryNumberADefinition() throws {
    let scene = smallScene()
    let reference = try #require(scene.truth)
    let guess = Prediction(
      abundances: reference.abundances, endmembers: reference.endmembers, reconstruction: scene.spectra,
      marginals: .dirichlet(concentration: reference.abundances * 50 + 1))
    let metrics = try Evaluation(includesRowMinimum: true).metrics(of: guess, in: scene, test: [1, 2, 3])
    for entry in Array(metrics.all) + Array(metrics.test ?? metrics.all) {
      let definition = try #require(MetricDefinition.of(entry.id), "\(entry.id) has no definition")
      #expect(!definition.formula.isEmpty)
    }
    let ids = MetricDefinition.all.map { $0.id }
    #expect(Set(ids).count == ids.count)
    // What a run adds.
    for id in ["seconds", "peakMemoryBytes"] { #expect(MetricDefinition.of(id)?.formula.isEmpty == false, "\(id)") }
  }

  @Test func givesNamesakesNamesOfTheirOwn() throws {
    let scene = evaluationScene([[1, 0, 0]], [[1, 0], [0, 1], [1, 1]], names: ["oak", "oak", "mean"])
    let metrics = try Evaluation(matching: .none).metrics(of: Prediction(abundances: matrix([[1, 0, 0]])), in: scene)
    #expect(metrics.endmembers == ["oak", "oak 2", "mean 2"])
  }
}
