import Foundation
import Scenes
import Tensors
import Testing

import Unmixing

/// Training is a function of configuration, seed and scene: what interrupts it or runs beside it changes no bit.
@Suite struct TrainerTests {
  private func configuration(epochs: Int = 3) -> Configuration {
    var result = Preset.labelled.configuration
    result.model.width = 8
    result.model.depth = 2
    result.model.patchSide = 3
    result.model.encoderHidden = [16, 8]
    result.model.decoderHidden = [8]
    result.training.epochs = epochs
    result.training.batchSize = 32
    return result
  }

  private func trained(_ model: String, seed: UInt64 = 3) throws -> Checkpoint {
    var run = try TrainingRun(
      on: smallScene(), model: model, configuration(), split: .random(training: 0.8), seed: seed)
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
    var first = try TrainingRun(on: scene, model: model, configuration(), split: .random(training: 0.8), seed: 3)
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
    var run = try TrainingRun(on: smallScene(), model: "mlp-ldvae", configuration(), split: .none, seed: 3)
    try run.train { _ in .stop }
    let checkpoint = run.checkpoint(seconds: 0)
    #expect(throws: UnmixingError.self) { try TrainingRun(resuming: checkpoint, on: smallScene(seed: 6)) }
  }

  @Test func aLossThatIsNotFiniteIsAnError() throws {
    var wild = configuration()
    wild.training.learningRate = 1e30
    var run = try TrainingRun(on: smallScene(), model: "mlp-ldvae", wild, split: .none, seed: 3)
    let error = #expect(throws: UnmixingError.self) { try run.train() }
    guard case .diverged = error else {
      Issue.record("expected .diverged, found \(String(describing: error))")
      return
    }
  }

  @Test func testPixelsAreNotTrainedOn() throws {
    let run = try TrainingRun(
      on: smallScene(), model: "mlp-ldvae", configuration(), split: .random(training: 0.8), seed: 3)
    #expect(Set(run.trainingPixels).isDisjoint(with: run.testPixels))
    #expect(run.trainingPixels.count + run.testPixels.count == 132)
  }

  @Test func theLossFalls() throws {
    var run = try TrainingRun(on: smallScene(), model: "mlp-ldvae", configuration(epochs: 60), split: .none, seed: 3)
    try run.train()
    let losses = run.history.map(\.loss)
    #expect(losses.last ?? 0 < 0.5 * (losses.first ?? 0))
  }

  private func weights(_ checkpoint: Checkpoint) -> [Tensor] { checkpoint.parameters + checkpoint.buffers }
}
