import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// Other read-outs of an estimate: pure pixels, raw abundances, dead endmembers.
@Suite struct PurePixelsTests {
  /// Four pixels of two bands and two endmembers; the last is masked.
  private func scene() -> Scene {
    let library = SpectralLibrary(names: ["rock", "tree"], spectra: Tensor([2, 2], [1, 0, 0, 1]))
    return Scene(
      name: "four", rows: 2, columns: 2, spectra: Tensor([4, 2], [1, 0, 3, 4, 0, 1, 9, 9]),
      isValid: [true, true, true, false],
      truth: GroundTruth(abundances: Tensor([4, 2], [1, 0, 0.5, 0.5, 0, 1, 0, 0]), endmembers: library))
  }

  private func estimate(_ abundances: [Scalar]) -> Estimate {
    var result = Estimate(
      names: ["Endmember 1", "Endmember 2"], of: scene(), mean: Tensor([4, 2], abundances),
      endmembers: SpectralLibrary(names: ["1", "2"], spectra: Tensor([2, 2], [0.1, 1, 1, 0.1])))
    result.pureEndmembers = PurePixels(of: result, in: scene()).endmembers
    return result
  }

  @Test func thePureSpectrumIsTheMeanOfPixelsAboveNineTenths() {
    // Endmember 1 fills pixels 0 and 1, endmember 2 pixel 2; the masked pixel would be pure, too.
    let pure = estimate([0.95, 0.05, 0.92, 0.08, 0.05, 0.95, 1, 0]).pureEndmembers
    #expect(pure?.spectra == Tensor([2, 2], [2, 2, 0, 1]))
    #expect(pure?.names == ["Endmember 1", "Endmember 2"])
  }

  @Test func withoutAPurePixelThePurestStands() {
    let pure = estimate([0.6, 0.4, 0.7, 0.3, 0.6, 0.4, 1, 0]).pureEndmembers
    #expect(pure?.spectra == Tensor([2, 2], [3, 4, 1, 0]))
  }

  @Test func anEndmemberThatNoPixelHoldsIsDead() {
    #expect(estimate([1, 0.009, 1, 0, 1, 0.0099, 0, 1]).deadEndmembers == [1])
    #expect(estimate([1, 0.01, 1, 0, 1, 0, 0, 0]).deadEndmembers == [])
  }

  @Test func whereNothingFiresTheReadoutsEvenSharesHideNoDeadEndmember() {
    var result = estimate([1, 0, 0.5, 0.5, 1, 0, 0, 0])
    result.raw = Tensor([4, 2], [0.8, 0, 0, 0, 0.7, 0, 0, 0])
    #expect(result.deadEndmembers == [1])
    #expect(result.remarks.count == 1 && result.remarks[0].contains("Endmember 2"))
  }

  @Test func anEstimateLeftOutStaysNamedBesideOtherReadouts() throws {
    var result = Estimate(
      names: ["1", "2", "3"], of: scene(), mean: Tensor([4, 3], [0.9, 0.1, 0, 0.5, 0.5, 0, 0.1, 0.9, 0, 0, 0, 0]),
      endmembers: SpectralLibrary(names: ["1", "2", "3"], spectra: Tensor([3, 2], [1, 0.1, 0.1, 1, 1, 1])))
    result.raw = result.mean
    let metrics = try Evaluation().metrics(of: result, against: scene().truth)
    #expect(metrics.unpaired == [2])
    #expect(metrics.all["abundance.rmse.raw.vector"] != nil)
  }

  @Test func metricsTellOfEveryReadoutUnderOneSetOfPairs() throws {
    // The estimate's endmembers are the other way round.
    var result = estimate([0.05, 0.95, 0.5, 0.5, 0.95, 0.05, 0, 0])
    result.raw = Tensor([4, 2], [0, 0.5, 0.5, 0.5, 0.5, 0, 7, 7])
    result.startsFromTruth = true
    let metrics = try Evaluation().metrics(of: result, against: scene().truth)
    #expect(metrics.permutation == [1, 0])
    // Raw errors are 0.5, 0, 0 for the one and 0, 0, 0.5 for the other of three pixels.
    expectClose(
      metrics.all["abundance.rmse.raw.vector"] ?? .nan, (0.5 / 3).squareRoot(), relative: 1e-6, because: "Float")
    expectClose(
      metrics.all["abundance.rmse.raw.endmember.rock"] ?? .nan, (0.25 / 3).squareRoot(), relative: 1e-6,
      because: "Float")
    #expect(metrics.all["endmember.sad.purePixels.rock"] == 0 && metrics.all["endmember.sad.purePixels.mean"] == 0)
    #expect(metrics.all["endmember.dead"] == 0 && metrics.all["endmember.startsFromTruth"] == 1)
    #expect((metrics.all["endmember.sad.mean"] ?? 0) > 0.05)
  }

  @Test func everyIdHasADefinitionOfItsOwn() {
    #expect(MetricDefinition.of("endmember.sad.purePixels.Tree")?.id == "endmember.sad.purePixels.<name>")
    #expect(MetricDefinition.of("endmember.sad.purePixels.mean")?.id == "endmember.sad.purePixels.mean")
    #expect(MetricDefinition.of("endmember.sad.Tree")?.id == "endmember.sad.<name>")
    #expect(MetricDefinition.of("abundance.rmse.raw.endmember.Tree")?.id == "abundance.rmse.raw.endmember.<name>")
  }

  @Test func aReorderedEstimateTakesItsReadoutsAlong() {
    var result = estimate([0.95, 0.05, 0.92, 0.08, 0.05, 0.95, 1, 0])
    result.raw = result.mean * 2
    let turned = result.reordered([1, 0])
    #expect(turned.pureEndmembers?.spectra == Tensor([2, 2], [0, 1, 2, 2]))
    #expect(turned.raw == turned.mean * 2)
  }
}
