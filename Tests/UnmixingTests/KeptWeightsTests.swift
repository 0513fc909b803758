import Foundation
import Networks
import Scenes
import Tensors
import Testing
import Unmixing

/// Which weights a run ends with: the last, those of the lowest loss, those of the best restart.
@Suite struct KeptWeightsTests {
  private func configuration(_ change: (inout TrainingOptions) -> Void) throws -> Configuration {
    var result = try Catalogue.entry("mlp-ldvae").preset("blind").configuration
    var options = LDVAEOptions()
    options.encoderHidden = [8]
    options.start = .vca
    result.model = options
    result.training.epochs = 5
    result.training.batchSize = 32
    result.training.schedule = .constant
    result.training.learningRate = 0.05
    change(&result.training)
    return result
  }

  /// The run, and the parameters after every epoch.
  private func trained(_ configuration: Configuration) throws -> (run: TrainingRun, epochs: [[Tensor]]) {
    var run = try TrainingRun(on: smallScene(), configuration, split: .none, seed: 7)
    var epochs: [[Tensor]] = []
    try run.train { progress in
      if progress.history.count > epochs.count { epochs.append(progress.checkpoint(0).parameters) }
      return .proceed
    }
    return (run, epochs)
  }

  @Test func lowestLossKeepsTheEpochOfTheLowestLoss() throws {
    let (last, epochs) = try trained(configuration { $0.epochs = 12 })
    let (kept, _) = try trained(
      configuration {
        $0.epochs = 12
        $0.keep = .lowestLoss
      })
    let losses = last.history.map(\.loss)
    #expect(losses == kept.history.map(\.loss))
    let lowest = try #require(losses.indices.min { losses[$0] < losses[$1] })
    // The claim is empty if the last epoch is the best one anyway.
    try #require(lowest < 11)
    #expect(kept.checkpoint(seconds: 0).parameters == epochs[lowest])
    #expect(last.checkpoint(seconds: 0).parameters == epochs[11])
  }

  @Test func theRestartWithTheLowestLossIsKept() throws {
    let (run, epochs) = try trained(configuration { $0.restarts = 3 })
    #expect(run.history.count == 15)
    let ends = [4, 9, 14].map { run.history[$0].loss }
    #expect(Set(ends).count == 3)
    let best = try #require([4, 9, 14].min { run.history[$0].loss < run.history[$1].loss })
    if best < 14 { #expect(run.checkpoint(seconds: 0).parameters == epochs[best]) }
  }

  @Test(arguments: [1, 20, 25, 26, 61])
  func resumedRestartsEndBitForBitWhereUninterruptedOnesDo(stop: Int) throws {
    let configuration = try configuration {
      $0.restarts = 3
      $0.keep = .lowestLoss
    }
    let whole = try trained(configuration).run
    let file = FileManager.default.temporaryDirectory.appending(path: "alunite-kept-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    var first = try TrainingRun(on: smallScene(), configuration, split: .none, seed: 7)
    try first.train { $0.step == stop ? .stop : .proceed }
    try first.checkpoint(seconds: 0).write(to: file)
    var second = try TrainingRun(resuming: Checkpoint(contentsOf: file), on: smallScene())
    try second.train()
    #expect(second.history == whole.history)
    #expect(second.checkpoint(seconds: 0).parameters == whole.checkpoint(seconds: 0).parameters)
  }
}
