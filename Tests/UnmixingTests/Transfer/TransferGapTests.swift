import Foundation
import Scenes
import Synthetic
import TestSupport
import Tensors
import Testing
import Unmixing

/// The gap between what a model was trained on and what it is used on.
@Suite struct TransferGapTests {
  private static func recipe(_ minerals: Materials = ["alunite", "calcite", "soil"]) -> Recipe {
    Recipe(
      rows: 24, columns: 24, sensor: Sensor(start: 420, end: 2400, count: 40, fwhm: 50), minerals: minerals,
      abundances: .dirichlet(.flatAndSparse), noise: Noise(snr: 35))
  }

  /// A small MLP-LDVAE trained on seed 1, tested on seed 2.
  private func gap(to target: Scene) throws -> TransferGap {
    var configuration = try Catalogue.entry("mlp-ldvae").preset("labelled").configuration
    configuration.training.epochs = 60
    let training = try Self.recipe().scene(seed: 1), test = try Self.recipe().scene(seed: 2)
    var run = try TrainingRun(on: training, configuration, split: .none, seed: 3)
    try run.train()
    let library = try #require(test.truth?.endmembers)
    return try TransferGap(
      of: run.trained, target: (target, try run.trained.unmix(target)), synthetic: test, training: training,
      library: library)
  }

  @Test func thereIsNoneToAnotherSceneOfTheRecipe() throws {
    let gap = try gap(to: try Self.recipe().scene(seed: 4))
    #expect(abs(gap.target.shareOutside95 - 0.05) < 0.03 && abs(gap.synthetic.shareOutside95 - 0.05) < 0.03)
    #expect(gap.target.shareUnlikely < 0.04)
    #expect(gap.bands.allSatisfy { (0.7...1.4).contains($0.score) })
    #expect(gap.correlations.count == 3 && gap.correlations.values.allSatisfy { ($0 ?? 0) > 0.9 })
    #expect(TransferReport(gap).verdict == ["Nothing measured here speaks against the result."])
  }

  @Test func materialsTheRecipeLacksAreSeen() throws {
    var target = try Self.recipe(["hematite", "polyethylene", "tree"]).scene(seed: 4)
    target.isValid[7] = false
    let gap = try gap(to: target)
    #expect(gap.target.energyDistance > 20 * abs(gap.synthetic.energyDistance))
    #expect(gap.target.shareUnlikely > 0.5 && gap.target.leastSquaresAngle > 2 * gap.synthetic.leastSquaresAngle)
    #expect(gap.isUnlikely.count == 576 && !gap.isUnlikely[7])
    let report = TransferReport(gap)
    #expect(report.verdict.contains { $0.contains("materials of the target are missing") })
    #expect(report.verdict.contains { $0.contains("do not trust") })
    #expect(report.bandTable.split(separator: "\n").count == 41)
    let copy = try JSONDecoder().decode(TransferGap.self, from: JSONEncoder().encode(gap))
    #expect(copy.target == gap.target && copy.bands == gap.bands)
  }
}
