import Foundation
import Networks
import Probability
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// DSANet: constraints, the band partition it keeps, resumption.
@Suite struct DSANetTests {
  private func configuration(_ change: (inout Configuration) -> Void = { _ in }) throws -> Configuration {
    var result = try Catalogue.entry("dsanet").preset("general").configuration
    result.training.epochs = 3
    result.training.batchSize = 32
    change(&result)
    return result
  }

  @Test(arguments: AttentionKind.allCases, AbundanceNormalization.allCases)
  func abundancesLieOnTheSimplex(_ attention: AttentionKind, _ normalization: AbundanceNormalization) throws {
    let scene = NetworkFixtures.scene()
    var model = try NetworkFixtures.dsanet(scene) { ($0.attention, $0.normalization) = (attention, normalization) }
    let (batch, pixels) = try NetworkFixtures.batch(of: scene, for: model)
    var pass = NetworkFixtures.pass(pixels)
    let abundances = model.posterior(of: batch.sight, in: &pass).point
    #expect(abundances.shape == [24, 3] && abundances.scalars.allSatisfy { $0 >= 0 })
    expectClose(abundances.sum(along: -1), .ones([24]), relative: 1e-6, because: "Float rounding")
  }

  @Test func constraintsHoldAfterEveryStep() throws {
    let configuration = try configuration { $0.training.learningRate = 1 }
    var run = try TrainingRun(on: smallScene(), configuration, split: .none, seed: 1)
    try run.train { progress in
      let parameters = progress.checkpoint(0).parameters
      let endmembers = parameters.filter { $0.shape == [3, 20] }
      #expect(endmembers.count == 1 && endmembers.allSatisfy { $0.scalars.allSatisfy { $0 >= 0 } })
      let temperatures = parameters.filter { $0.shape == [] }.map(\.scalar)
      #expect(temperatures.count == 1 && temperatures.allSatisfy { $0 >= 0.01 })
      return .proceed
    }
  }

  @Test func theDecoderStartsFromItsEndmembersWhateverItsRate() throws {
    let scene = NetworkFixtures.scene()
    for rate in [0.1, 1] {
      let model = try NetworkFixtures.dsanet(scene) { $0.decoderRate = rate }
      var pass = Pass(.inference, random: RandomStream(seed: 1))
      let reference = try #require(scene.truth?.endmembers?.spectra)
      expectClose(model.endmembers(in: &pass), reference, relative: 1e-6, because: "a division and its product")
    }
  }

  @Test func theDecoderTakesItsShareOfAnAdamStep() throws {
    let scene = NetworkFixtures.scene()
    func moved(_ rate: Double) throws -> [Double] {
      var model = try NetworkFixtures.dsanet(scene) { $0.decoderRate = rate }
      var pass = Pass(.inference, random: RandomStream(seed: 1))
      let before = model.endmembers(in: &pass)
      let (batch, pixels) = try NetworkFixtures.batch(of: scene, for: model)
      var training = NetworkFixtures.pass(pixels)
      let (_, gradient) = try valueAndGradient(at: &model) {
        try NegativeELBO()(of: &$0, on: batch, in: &training).loss
      }
      var adam = Adam(.constant(1e-3))
      adam.update(&model, along: gradient)
      return (model.endmembers(in: &pass) - before).doubles
    }
    let (whole, tenth) = (try moved(1), try moved(0.1))
    #expect(whole.contains { abs($0) > 5e-4 })
    expectClose(
      tenth, whole.map { $0 / 10 }, absolute: 3e-6, because: "Adam's ε and the rounding of endmembers near 0.5")
  }

  @Test func aSavedModelKeepsItsViews() throws {
    let scene = smallScene()
    var run = try TrainingRun(on: scene, configuration(), split: .random(training: 0.5), seed: 3)
    try run.train { _ in .stop }
    let checkpoint = run.checkpoint(seconds: 0)
    let views = try #require(checkpoint.buffers.first)
    let pixels = scene.spectra.gatheringRows(run.trainingPixels)
    let expected = BandPartition(bands: 20, views: 3, clusters: 10, spectra: pixels).viewOfBand
    #expect(views.scalars.map { Int($0) } == expected)
    // The claim is empty if a model built without spectra would deal the same.
    #expect(expected != (0..<20).map { $0 % 3 })
    let restored = try checkpoint.restored().model
    func buffers<Model: UnmixingModel>(_ model: Model) -> [Tensor] { model.buffers }
    #expect(buffers(restored).first == views)
  }

  @Test func resumedTrainingEndsBitForBitWhereUninterruptedTrainingDoes() throws {
    let scene = NetworkFixtures.scene(masked: [3, 70])
    let file = FileManager.default.temporaryDirectory.appending(path: "alunite-dsanet-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    var whole = try TrainingRun(on: scene, configuration(), split: .none, seed: 3)
    try whole.train()
    var first = try TrainingRun(on: scene, configuration(), split: .none, seed: 3)
    try first.train { $0.step == 6 ? .stop : .proceed }
    try first.checkpoint(seconds: 0).write(to: file)
    var second = try TrainingRun(resuming: Checkpoint(contentsOf: file), on: scene)
    try second.train()
    let (a, b) = (whole.checkpoint(seconds: 0), second.checkpoint(seconds: 0))
    #expect(a.parameters == b.parameters && a.buffers == b.buffers && whole.history == second.history)
  }

  @Test func moreViewsThanBandsAreRefused() throws {
    let configuration = try configuration { configuration in
      var options = DSANetOptions()
      options.views = 8
      options.endmembers = 3
      configuration.model = options
    }
    #expect(throws: UnmixingError.self) {
      try TrainingRun(on: smallScene(bands: 6), configuration, split: .none, seed: 1)
    }
  }

  @Test func impossibleOptionsAreRefused() {
    func refuse(_ change: (inout DSANetOptions) -> Void) {
      var options = DSANetOptions()
      change(&options)
      #expect(throws: UnmixingError.self) { try options.check() }
    }
    refuse { $0.patchSide = 4 }
    refuse { $0.views = 9 }
    refuse { $0.clusters = 0 }
    refuse { $0.dropout = -0.1 }
    refuse { $0.decoderRate = 0 }
  }
}
