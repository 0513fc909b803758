import Foundation
import Scenes
import Synthetic
import Tensors
import TestSupport
import Testing
import Unmixing

/// Learning from a target without its labels.
@Suite(.serialized) struct AdaptationTests {
  private static func recipe(_ mixing: Mixing = .linear) -> Recipe {
    Recipe(
      rows: 20, columns: 20, sensor: Sensor(start: 420, end: 2400, count: 40, fwhm: 50),
      minerals: ["alunite", "calcite", "soil"], abundances: .dirichlet(.flatAndSparse), mixing: mixing,
      noise: Noise(snr: 35))
  }

  private static func trained(_ method: String = "mlp-ldvae") throws -> (model: TrainedModel, on: Scene) {
    var configuration = try Catalogue.entry(method).preset("labelled").configuration
    configuration.training.epochs = 40
    // So few steps would not find the noise from far away.
    var options = LDVAEOptions()
    options.initialDeviation = 0.01
    configuration.model = options
    let scene = try recipe().scene(seed: 1)
    var run = try TrainingRun(on: scene, configuration, split: .none, seed: 3)
    try run.train()
    return (run.trained, scene)
  }

  /// The same materials, mixed intimately.
  private static func target() throws -> Scene { try recipe(.intimate(SingleScattering())).scene(seed: 4) }

  private func meanAngle(_ model: TrainedModel, _ scene: Scene) throws -> Double {
    let angles = try #require(try model.unmix(scene).reconstructionAngle).scalars
    return angles.reduce(0.0) { $0 + Double($1) } / Double(angles.count)
  }

  @Test(arguments: ["mlp-ldvae", "spacnn-ldvae"]) func theEncoderLearnsWhileTheDecoderStays(method: String) throws {
    let (model, _) = try Self.trained(method)
    let target = try Self.target()
    let adapted = try Adaptation(of: .encoder, epochs: 40).adapted(model, to: target)
    let pure = Tensor([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let (before, after) = (model.reconstruction(of: pure), adapted.model.reconstruction(of: pure))
    #expect(before.mean == after.mean && before.deviation == after.deviation)
    #expect(try meanAngle(adapted.model, target) < meanAngle(model, target))
    let first = try #require(adapted.history.first), last = try #require(adapted.history.last)
    #expect(adapted.history.count == 40 && last.loss < first.loss && last.abundanceError == nil)
    #expect(adapted.model.description.label.contains("encoder adapted to"))
  }

  @Test func theDecoderLearnsTooWhereItMay() throws {
    let (model, _) = try Self.trained()
    let target = try Self.target()
    let encoder = try Adaptation(of: .encoder, epochs: 40).adapted(model, to: target)
    let all = try Adaptation(of: .all, epochs: 40).adapted(model, to: target)
    #expect(all.model.endmembers().spectra != model.endmembers().spectra)
    let ends = [encoder, all].compactMap(\.history.last?.loss)
    // More that may move fits at least as well; the noise of draws is far below a nat.
    #expect(ends.count == 2 && ends[1] < ends[0])
  }

  @Test func labelsOfTheTargetChangeNothing() throws {
    let (model, _) = try Self.trained()
    let target = try Self.target()
    var unlabelled = target
    unlabelled.truth = nil
    let weights = try [target, unlabelled].map { scene in
      try Adaptation(of: .all, epochs: 3).adapted(model, to: scene).checkpoint(0).parameters
    }
    #expect(weights[0] == weights[1])
  }

  @Test func theWeightsAreTheSameForAnyNumberOfThreads() throws {
    let (model, _) = try Self.trained()
    let target = try Self.target()
    let weights = try results(onThreads: [1, 3]) {
      try Adaptation(of: .encoder, epochs: 3).adapted(model, to: target).checkpoint(0).parameters
    }
    #expect(weights[0] == weights[1])
  }

  @Test func theAdaptedModelIsKeptAsARun() throws {
    let (model, _) = try Self.trained()
    let target = try Self.target()
    let adapted = try Adaptation(of: .all, epochs: 3).adapted(model, to: target)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    try adapted.checkpoint(1).write(to: file)
    let checkpoint = try Checkpoint(contentsOf: file)
    let restored = TrainedModel(try checkpoint.restored().model, checkpoint.description)
    #expect(try restored.unmix(target).mean == adapted.model.unmix(target).mean)
    #expect(checkpoint.description == adapted.model.description && checkpoint.history == adapted.history)
  }

  @Test func itCanBeStoppedAndRefusesOtherBands() throws {
    let (model, scene) = try Self.trained()
    struct Enough: Error {}
    var steps = 0
    #expect(throws: Enough.self) {
      try Adaptation(of: .encoder, epochs: 5).adapted(model, to: scene) { done, total, _ in
        steps = done
        // 400 pixels in batches of 128: four steps an epoch.
        #expect(total == 20)
        if done == 7 { throw Enough() }
      }
    }
    #expect(steps == 7)
    var other = Self.recipe()
    other.sensor = Sensor(start: 420, end: 2400, count: 39, fwhm: 50)
    let wrong = try other.scene(seed: 1)
    #expect(throws: UnmixingError.self) { try Adaptation(of: .encoder, epochs: 1).adapted(model, to: wrong) }
  }

  @Test func theGapIsToldBeforeAndAfterInTheSameUnits() throws {
    let (model, training) = try Self.trained()
    let test = try Self.recipe().scene(seed: 2), target = try Self.target()
    let library = try #require(test.truth?.endmembers)
    func gap(_ other: TrainedModel, _ unit: TrainedModel?) throws -> TransferGap {
      try TransferGap(
        of: other, target: (target, try other.unmix(target)), synthetic: test, training: training, library: library,
        inUnitsOf: unit)
    }
    let before = try gap(model, nil)
    // In units of itself a model's gap is what it is without.
    let same = try gap(model, model)
    #expect(same.target == before.target && same.bands == before.bands)
    let adapted = try Adaptation(of: .encoder, epochs: 40).adapted(model, to: target).model
    let after = try gap(adapted, model)
    #expect(after.target.shareOutside95 < before.target.shareOutside95)
    #expect(after.target.leastSquaresAngle == before.target.leastSquaresAngle)
    #expect(after.endmemberAngle == before.endmemberAngle)
    let report = TransferReport(before, adapted: after)
    #expect(report.text.contains("target, adapted") && report.text.contains("synthetic, adapted"))
    let rows = report.bandTable.split(separator: "\n")
    #expect(rows.count == 41 && rows[0].hasSuffix("\"bias, adapted\",\"score, adapted\""))
  }
}
