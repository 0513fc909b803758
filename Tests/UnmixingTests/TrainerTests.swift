import Foundation
import Scenes
import Tensors
import Testing

import Unmixing

/// Training is a function of configuration, seed and scene: what interrupts it or runs beside it changes no bit.
@Suite struct TrainerTests {
  private func configuration(_ method: String = "mlp-ldvae", epochs: Int = 3) throws -> Configuration {
    var result = try Catalogue.entry(method).preset("labelled").configuration
    var options = LDVAEOptions()
    options.width = 8
    options.depth = 2
    options.encoderHidden = [16, 8]
    options.decoderHidden = [8]
    result.model = options
    result.training.epochs = epochs
    result.training.batchSize = 32
    return result
  }

  private func trained(_ model: String, seed: UInt64 = 3) throws -> Checkpoint {
    var run = try TrainingRun(
      on: smallScene(), configuration(model), split: .random(training: 0.8), seed: seed)
    try run.train()
    return run.checkpoint(seconds: 0)
  }

  @Test(arguments: ["spacnn-ldvae", "mlp-ldvae"])
  func isRepeatable(_ model: String) throws {
    #expect(try weights(trained(model)) == weights(trained(model)))
  }

  @Test(arguments: ["spacnn-ldvae", "mlp-ldvae"])
  func dependsOnTheSeed(_ model: String) throws {
    #expect(try weights(trained(model)) != weights(trained(model, seed: 4)))
  }

  @Test(arguments: ["spacnn-ldvae", "mlp-ldvae"], [1, 4, 7])
  func resumedTrainingEndsBitForBitWhereUninterruptedTrainingDoes(_ model: String, stop: Int) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "alunite-resume-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: "checkpoint.h5")
    let scene = smallScene()
    var first = try TrainingRun(on: scene, configuration(model), split: .random(training: 0.8), seed: 3)
    try first.train { $0.step == stop ? .stop : .proceed }
    try first.checkpoint(seconds: 1).write(to: file)
    var second = try TrainingRun(resuming: Checkpoint(contentsOf: file), on: scene)
    try second.train()
    let whole = try trained(model)
    #expect(weights(second.checkpoint(seconds: 0)) == weights(whole))
    #expect(second.history == whole.history)
    #expect(second.isFinished)
  }

  @Test func anotherSceneIsNotResumedOn() throws {
    var run = try TrainingRun(on: smallScene(), configuration(), split: .none, seed: 3)
    try run.train { _ in .stop }
    let checkpoint = run.checkpoint(seconds: 0)
    #expect(throws: UnmixingError.self) { try TrainingRun(resuming: checkpoint, on: smallScene(seed: 6)) }
  }

  @Test func aLossThatIsNotFiniteIsAnError() throws {
    var wild = try configuration()
    wild.training.learningRate = 1e30
    var run = try TrainingRun(on: smallScene(), wild, split: .none, seed: 3)
    let error = #expect(throws: UnmixingError.self) { try run.train() }
    guard case .diverged = error else {
      Issue.record("expected .diverged, found \(String(describing: error))")
      return
    }
  }

  @Test func weightsThatAreNotFiniteAfterTheLastStepAreAnError() throws {
    // The only loss is that of the first weights; the step it gives is the largest number and more.
    var wild = try configuration(epochs: 1)
    (wild.training.learningRate, wild.training.batchSize) = (3e38, 256)
    var run = try TrainingRun(on: smallScene(), wild, split: .none, seed: 3)
    let error = #expect(throws: UnmixingError.self) { try run.train() }
    guard case .diverged(1, _) = error else {
      Issue.record("expected .diverged, found \(String(describing: error))")
      return
    }
  }

  @Test func testPixelsAreNotTrainedOn() throws {
    let run = try TrainingRun(
      on: smallScene(), configuration(), split: .random(training: 0.8), seed: 3)
    #expect(Set(run.trainingPixels).isDisjoint(with: run.testPixels))
    #expect(run.trainingPixels.count + run.testPixels.count == 132)
  }

  @Test func theLossFalls() throws {
    var run = try TrainingRun(on: smallScene(), configuration(epochs: 60), split: .none, seed: 3)
    try run.train()
    let losses = run.history.map(\.loss)
    #expect(losses.last ?? 0 < 0.5 * (losses.first ?? 0))
  }

  @Test(arguments: [[], [3, 70]])
  func aPointAutoencoderOfTheWholeSceneLearns(_ masked: [Int]) throws {
    var scene = smallScene()
    for pixel in masked { scene.isValid[pixel] = false }
    var model = PointAutoencoder(bands: 20, endmembers: 3)
    let data = try TrainingData(
      seen: scene.spectra, spectra: scene.spectra, of: scene, view: .scene, abundances: nil, pixels: scene.validPixels,
      validation: [])
    var options = TrainingOptions()
    options.epochs = 200
    options.batchSize = 0
    options.learningRate = 0.02
    let trainer = Trainer(options, minimizing: NegativeELBO(), seed: 1)
    var state = trainer.initialState(pixels: data.pixels.count)
    let fresh = model
    try trainer.fit(&model, from: &state, on: data, renewed: { _ in fresh })
    #expect(state.step == 200 && model.steps == 200)
    // Of the fit's constant, 20 (log σ + ½ log 2π), 1.5 nats are left: 0.04 a band, where the scene varies by 0.15.
    #expect((state.history.last?.fit ?? 0) < 20 * (-2.3026 + 0.9190) + 1.5)
  }

  private func weights(_ checkpoint: Checkpoint) -> [Tensor] { checkpoint.parameters + checkpoint.buffers }
}
