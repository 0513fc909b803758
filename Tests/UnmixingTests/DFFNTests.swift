import Foundation
import Networks
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// DFFN learns a scene blindly, is tied to it, resumes to the same bits, and takes no notice of masked pixels.
@Suite struct DFFNTests {
  private func configuration(epochs: Int = 6, _ change: (inout DFFNOptions) -> Void = { _ in }) throws -> Configuration
  {
    var result = try Catalogue.entry("dffn").preset("samson").configuration
    var options = DFFNOptions()
    options.endmembers = 3
    options.abundanceWidths = [8, 6]
    options.endmemberWidths = [16, 8]
    change(&options)
    result.model = options
    result.training.epochs = epochs
    return result
  }

  private func trained(_ scene: Scene = smallScene(), epochs: Int = 6) throws -> TrainingRun {
    var run = try TrainingRun(on: scene, configuration(epochs: epochs), split: .none, seed: 3)
    try run.train()
    return run
  }

  @Test func learnsTheScene() throws {
    let run = try trained(epochs: 150)
    let losses = run.history.map(\.loss)
    #expect((losses.last ?? 1) < 0.5 * (losses.first ?? 0))
    let estimate = try run.trained.unmix(smallScene())
    expectClose(
      estimate.mean.sum(along: -1), .ones([132]), absolute: 1e-5, because: "abundances are divided by their sum")
    #expect(estimate.mean.scalars.allSatisfy { $0 >= 0 })
    let angle = Double(try #require(estimate.reconstructionAngle).mean().scalar)
    // An even mixture of the three endmembers is 0.24 rad from the mean pixel.
    #expect(angle < 0.1, "\(angle)")
    #expect(estimate.deviation == nil && estimate.draw == nil)
    #expect(estimate.endmembers?.spectra.shape == [3, 20])
  }

  @Test func theLastPassMadeTheEndmembersOfAnEstimate() throws {
    let run = try trained()
    let trained = run.trained
    // Training left those of its own last pass, before its last step.
    let estimate = try trained.unmix(smallScene())
    let kept = trained.endmembers().spectra
    #expect(kept.scalars.allSatisfy { $0 > 0 && $0.isFinite })
    #expect(estimate.endmembers?.spectra != kept)
    let made = trained.reconstruction(of: Tensor([1, 3], [0, 1, 0])).mean
    expectClose(made, kept.gatheringRows([1]), relative: 1e-6, because: "a pure pixel is an endmember")
  }

  @Test(arguments: [1, 3, 5])
  func resumedTrainingEndsBitForBitWhereUninterruptedTrainingDoes(stop: Int) throws {
    var scene = smallScene()
    for pixel in [5, 60] { scene.isValid[pixel] = false }
    let file = FileManager.default.temporaryDirectory.appending(path: "alunite-dffn-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    var first = try TrainingRun(on: scene, configuration(), split: .none, seed: 3)
    try first.train { $0.step == stop ? .stop : .proceed }
    try first.checkpoint(seconds: 0).write(to: file)
    var second = try TrainingRun(resuming: Checkpoint(contentsOf: file), on: scene)
    try second.train()
    let (resumed, whole) = (second.checkpoint(seconds: 0), try trained(scene).checkpoint(seconds: 0))
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.buffers == whole.buffers)
    #expect(resumed.history == whole.history)
  }

  @Test func isTiedToItsScene() throws {
    let run = try trained(epochs: 1)
    var masked = smallScene()
    masked.isValid[7] = false
    for other in [smallScene(seed: 6), smallScene(rows: 13), masked] {
      let error = #expect(throws: UnmixingError.self) { try run.trained.unmix(other) }
      guard case .mismatch(_, let expected, _) = error else {
        Issue.record("expected .mismatch, found \(String(describing: error))")
        continue
      }
      #expect(expected.contains("tied"))
    }
  }

  @Test func maskedPixelsAreNotLearnedFrom() throws {
    var (scene, wild) = (smallScene(), smallScene())
    // What a reader does to a masked pixel, and what it might have been.
    scene.spectra.withUnsafeMutableScalars { values in for band in 0..<20 { values[30 * 20 + band] = 0 } }
    wild.spectra.withUnsafeMutableScalars { values in for band in 0..<20 { values[30 * 20 + band] = 50 } }
    scene.isValid[30] = false
    wild.isValid[30] = false
    let (run, other) = (try trained(scene), try trained(wild))
    #expect(run.history == other.history)
    #expect(run.checkpoint(seconds: 0).parameters == other.checkpoint(seconds: 0).parameters)
    let estimate = try run.trained.unmix(scene)
    #expect(estimate.mean.gatheringRows([30]) == .zeros([1, 3]))
  }

  @Test func labelsAreNotUsed() throws {
    let (labelled, unlabelled) = (try trained(), try trained(smallScene(labelled: false)))
    #expect(labelled.history == unlabelled.history)
  }

  @Test func aPixelWithoutAbundanceIsAnEvenMixture() {
    var random = RandomStream(seed: 1)
    let model = DFFN(DFFNOptions(), ModelFacts(bands: 4, endmembers: 2, pixels: 6), using: &random)
    expectClose(
      model.readout(of: Tensor([2, 2], [0, 0, 3, 1])), Tensor([2, 2], [0.5, 0.5, 0.75, 0.25]), absolute: 1e-6,
      because: "the guard is 10⁻¹²")
  }

  @Test func weightsStartAsPyTorchStartsThem() {
    var random = RandomStream(seed: 1)
    let model = DFFN(DFFNOptions(), ModelFacts(bands: 20, endmembers: 3, pixels: 400), using: &random)
    let (kernel, bias) = (model.parameters[0], model.parameters[1])
    // Uniform within ±1/√(25·20); the largest of 64,000 draws is within 10⁻³ of the bound but for e⁻⁶⁴ of seeds.
    let bound = 1 / Double(25 * 20).squareRoot()
    let largest = Double(kernel.absolute().maximum().scalar)
    #expect(largest <= bound && largest > 0.999 * bound)
    #expect(Double(bias.absolute().maximum().scalar) <= bound)
    let weight = model.parameters[16]
    #expect(weight.shape == [400, 1000])
    #expect(Double(weight.absolute().maximum().scalar) <= 0.05)
  }

  @Test func everyPresetIsThePapers() throws {
    let expected: [String: (w: Double, b: Double, c: Double, width: Int)] = [
      "samson": (0.5, 0.01, 0.001, 1000), "jasper": (0.9, 0.5, 0.001, 1000), "urban": (0.1, 0.01, 0.01, 1000),
      "synthetic": (0.9, 0.01, 0.001, 1000), "released": (0.5, 0.01, 0.001, 100),
    ]
    let entry = try Catalogue.entry("dffn")
    #expect(Set(entry.presets.map(\.name)) == Set(expected.keys))
    for preset in entry.presets {
      try preset.configuration.check()
      let options = try #require(preset.configuration.model as? DFFNOptions)
      let (w, b, c, width) = try #require(expected[preset.name])
      #expect(options.fusion == FeatureFusion(.summed, weight: w))
      #expect(options.sumToOneWeight == b && options.agreementWeight == c)
      #expect(options.endmemberWidths == [width, 30] && options.abundanceWidths == [128, 64] && options.kernel == 5)
      let training = preset.configuration.training
      #expect(training.epochs == 1500 && training.learningRate == 1e-3 && training.keep == .lowestLoss)
      #expect(training.weightDecay == 1e-6 && training.coupledDecay && training.batchSize == 0)
      #expect(training.schedule == .step && training.scheduleEpochs == 245 && training.scheduleFactor == 0.9)
    }
  }

  @Test(
    arguments: [
      { $0.kernel = 4 }, { $0.abundanceWidths = [0] }, { $0.endmemberWidths = [-1] }, { $0.sumToOneWeight = -1 },
      { $0.agreementWeight = .nan }, { $0.endmembers = 1 }, { $0.fusion.weight = -0.1 },
    ] as [@Sendable (inout DFFNOptions) -> Void])
  func whatCannotBeBuiltIsRefused(_ change: @Sendable (inout DFFNOptions) -> Void) throws {
    let configuration = try configuration(change)
    #expect(throws: UnmixingError.self) { try configuration.check() }
  }
}
