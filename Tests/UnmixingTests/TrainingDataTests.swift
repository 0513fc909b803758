import Foundation
import Scenes
import Tensors
import Testing
import Unmixing

/// What a run may learn from, and what it may not.
@Suite struct TrainingDataTests {
  private func configuration(_ method: String = "mlp-ldvae", _ change: (inout LDVAEOptions) -> Void = { _ in }) throws
    -> Configuration
  {
    var result = try Catalogue.entry(method).preset("labelled").configuration
    var options = LDVAEOptions()
    options.encoderHidden = [8]
    options.width = 6
    options.depth = 1
    change(&options)
    result.model = options
    result.training.epochs = 2
    result.training.batchSize = 32
    return result
  }

  private func run(_ scene: Scene, _ configuration: Configuration) throws -> TrainingRun {
    var run = try TrainingRun(on: scene, configuration, split: .random(training: 0.75), seed: 3)
    try run.train()
    return run
  }

  private func changed(_ values: Tensor, _ rows: [Int], to scalar: Scalar) -> Tensor {
    var numbers = values.scalars
    let width = values.shape[1]
    for row in rows { for place in row * width..<(row + 1) * width { numbers[place] = scalar } }
    return Tensor(values.shape, numbers)
  }

  @Test(arguments: SpectrumScaling.allCases)
  func nothingOfTestPixelsChangesWeights(_ scaling: SpectrumScaling) throws {
    let scene = smallScene()
    let configuration = try configuration { $0.spectra = scaling }
    let honest = try run(scene, configuration)
    let truth = try #require(scene.truth)
    let other = Scene(
      name: "small", rows: scene.rows, columns: scene.columns,
      spectra: changed(scene.spectra, honest.testPixels, to: 3),
      truth: GroundTruth(
        abundances: changed(truth.abundances, honest.testPixels, to: Scalar(1) / 3), endmembers: truth.endmembers))
    let second = try run(other, configuration)
    #expect(second.testPixels == honest.testPixels)
    #expect(second.checkpoint(seconds: 0).parameters == honest.checkpoint(seconds: 0).parameters)
  }

  @Test func validationPixelsGiveNoLabelsToTheStart() throws {
    let scene = smallScene()
    var configuration = try configuration()
    configuration.training.validation = 0.5
    let truth = try #require(scene.truth)
    let first = try TrainingRun(on: scene, configuration, split: .none, seed: 3)
    let watching = Set(0..<scene.pixelCount).subtracting(first.trainingPixels).sorted()
    #expect(watching.count == 66)
    let other = Scene(
      name: "small", rows: scene.rows, columns: scene.columns, spectra: changed(scene.spectra, watching, to: 2),
      truth: GroundTruth(
        abundances: changed(truth.abundances, watching, to: Scalar(1) / 3), endmembers: truth.endmembers))
    let second = try TrainingRun(on: other, configuration, split: .none, seed: 3)
    #expect(second.checkpoint(seconds: 0).parameters == first.checkpoint(seconds: 0).parameters)
  }

  @Test func pixelsWithoutALabelAreNotLearnedFrom() throws {
    let scene = smallScene()
    let truth = try #require(scene.truth)
    let unlabelled = [4, 17, 90]
    let partial = Scene(
      name: "small", rows: scene.rows, columns: scene.columns, spectra: scene.spectra,
      truth: GroundTruth(
        abundances: changed(truth.abundances, unlabelled, to: .nan), endmembers: truth.endmembers))
    let run = try TrainingRun(on: partial, configuration(), split: .none, seed: 3)
    #expect(Set(run.trainingPixels) == Set(0..<132).subtracting(unlabelled))
  }

  @Test(arguments: [100, 0, -1] as [Scalar])
  func labelsThatAreNoMixtureAreRefused(_ scalar: Scalar) throws {
    let scene = smallScene()
    let truth = try #require(scene.truth)
    let wrong = Scene(
      name: "small", rows: scene.rows, columns: scene.columns, spectra: scene.spectra,
      truth: GroundTruth(abundances: changed(truth.abundances, [14], to: scalar), endmembers: truth.endmembers))
    let error = #expect(throws: UnmixingError.self) {
      try TrainingRun(on: wrong, configuration(), split: .none, seed: 3)
    }
    // Pixel 14 of 11 columns.
    #expect("\(error, default: "")".contains("row 1, column 3"))
  }

  @Test func labelsRoundedOffTheSimplexAreLearnedFrom() throws {
    let scene = smallScene()
    let truth = try #require(scene.truth)
    var numbers = truth.abundances.scalars
    numbers.replaceSubrange(0..<3, with: [-0.001, 0.4995, 0.5])
    let rounded = Scene(
      name: "small", rows: scene.rows, columns: scene.columns, spectra: scene.spectra,
      truth: GroundTruth(abundances: Tensor(truth.abundances.shape, numbers), endmembers: truth.endmembers))
    let run = try run(rounded, configuration())
    #expect(run.history.filter { !$0.loss.isFinite }.isEmpty)
  }

  @Test func maskedPixelsChangeNothing() throws {
    let scene = smallScene()
    var isValid = scene.isValid
    for pixel in [13, 60, 61] { isValid[pixel] = false }
    func masked(_ scalar: Scalar) -> Scene {
      Scene(
        name: "small", rows: scene.rows, columns: scene.columns,
        spectra: changed(scene.spectra, [13, 60, 61], to: scalar),
        isValid: isValid, truth: scene.truth)
    }
    var configuration = try configuration("spacnn-ldvae")
    configuration.training.epochs = 12
    let dark = try run(masked(0), configuration)
    let bright = try run(masked(5), configuration)
    #expect(dark.checkpoint(seconds: 0).parameters == bright.checkpoint(seconds: 0).parameters)
    #expect(dark.trainingPixels.allSatisfy { isValid[$0] })
    // A neighbour of a dead pixel is unmixed no worse than in the whole scene: its window holds no black spectrum.
    let whole = try dark.trained.unmix(scene).mean
    let holed = try dark.trained.unmix(masked(0)).mean
    let far = (whole - holed).absolute().maximum(along: -1)
    for pixel in [12, 14, 2, 59, 62, 49] { #expect(far.scalars[pixel] < 0.2) }
    #expect(far.scalars[0] == 0)
  }

  @Test func anotherSensorIsRefused() throws {
    func scene(shift: Double) -> Scene {
      let plain = smallScene()
      return Scene(
        name: "small", rows: plain.rows, columns: plain.columns, spectra: plain.spectra,
        axis: SpectralAxis(wavelengths: (0..<20).map { 400 + 9.6 * Double($0) + shift }), truth: plain.truth)
    }
    let run = try run(scene(shift: 0), configuration())
    _ = try run.trained.unmix(scene(shift: 2))
    #expect(throws: UnmixingError.self) { try run.trained.unmix(scene(shift: 9.6)) }
  }

  @Test func endmembersHaveTheBrightnessOfTheScene() throws {
    let scene = smallScene()
    var configuration = try configuration()
    configuration.training.epochs = 1
    let library = try run(scene, configuration).trained.endmembers()
    let truth = try #require(scene.truth?.endmembers?.spectra)
    let ratio = library.spectra.norm(along: -1) / truth.norm(along: -1)
    // Norms of the three true endmembers differ by a factor 1.5 about that of a typical pixel.
    for value in ratio.scalars { #expect(value > 0.6 && value < 1.6) }
  }
}
