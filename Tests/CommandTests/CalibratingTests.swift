import Foundation
import Testing

/// Intervals by the command: which they are, and whether they mean what they say.
struct CalibratingTests {
  private struct Row: Decodable {
    struct Calibration: Decodable {
      let posterior: String
      let pixels: Int
      let levels: [Double]
      let central: [[Double]]
      let shortest: [[Double]]
      let crps: [Double]
      let energyScore: Double
      let binsProbability: [Double]
    }
    let endmembers: Int
    let angle: Double?
    let calibration: Calibration
  }

  @Test func everyCombinationIsARow() throws {
    let workspace = try Workspace()
    let outcome = try workspace.run(
      "calibrate", "--endmembers", "2", "3", "--angle", "1", "0.2", "--snr", "25", "--pixels", "200", "--json")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let rows = try JSONDecoder().decode([Row].self, from: Data(outcome.output.utf8))
    #expect(rows.map(\.endmembers) == [2, 2, 3, 3] && rows.map(\.angle) == [1, 0.2, 1, 0.2])
    for row in rows {
      let found = row.calibration
      #expect(found.posterior == "refined" && found.pixels == 200 && found.levels == [0.5, 0.8, 0.9, 0.95, 0.99])
      #expect(found.central.allSatisfy { $0.count == row.endmembers } && found.shortest.count == 5)
      // Five standard errors of 200 pixels.
      #expect(found.central[2].allSatisfy { abs($0 - 0.9) < 0.107 }, "\(found.central[2])")
      // Abundances, log likelihood, product, largest.
      #expect(found.binsProbability.count == row.endmembers + 3 && found.energyScore > found.crps[0])
    }
    let table = try workspace.run("calibrate", "--pixels", "50", "--unknown-noise")
    #expect(table.code == 0 && table.output.contains("0.2  30 dB"), "\(table.errors)")
  }

  @Test(arguments: [
    (["--endmembers", "1"], "--endmembers: expected 2 … 32, found 1"), (["--angle", "0"], "--angle: expected"),
    (["--pixels", "3"], "--pixels: expected 20"), (["--draws", "10"], "--draws: expected 199"),
    (["--concentration", "0"], "--concentration: expected"), (["--run", "r", "--snr", "3"], "--run goes with none of"),
  ])
  func wrongUsageIsExplained(arguments: [String], message: String) throws {
    let outcome = try Workspace().run(["calibrate"] + arguments)
    #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func aRunSaysWhereItsIntervalsComeFrom() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run([
      "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--split", "random:0.8", "--set", "epochs=2", "-q", "-o",
      "run",
    ])
    let usual = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-o", "refined")
    #expect(usual.code == 0 && usual.output.contains("refined, by draws from the exact posterior"), "\(usual.errors)")
    let own = try workspace.run(
      "unmix", "--run", "run", "--scene", "scene.h5", "--posterior", "amortised", "-o", "amortised")
    #expect(own.code == 0 && own.output.contains("amortised, by the network alone"), "\(own.errors)")
    func bytes(_ file: String) throws -> Data { try Data(contentsOf: workspace.url(file)) }
    #expect(try bytes("refined/abundances.img") == bytes("amortised/abundances.img"))
    #expect(try bytes("refined/abundances-sd.img") != bytes("amortised/abundances-sd.img"))
    let judged = try workspace.run("calibrate", "--run", "run", "--pixels", "100", "--json")
    try #require(judged.code == 0, "\(judged.errors)")
    let rows = try JSONDecoder().decode([Row].self, from: Data(judged.output.utf8))
    #expect(rows.map(\.calibration.posterior) == ["refined", "amortised"])
  }

  @Test func aNonlinearDecoderHasNoRefinedPosterior() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run([
      "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--split", "random:0.8", "--set", "epochs=1", "--set",
      "decoder=mlp", "-q", "-o", "run",
    ])
    let asked = try workspace.run(
      "unmix", "--run", "run", "--scene", "scene.h5", "--posterior", "refined", "-o", "result")
    #expect(asked.code == 1 && asked.errors.contains("--posterior: expected amortised"), "\(asked.errors)")
    // Refused before the work and not after it.
    #expect(asked.errors.split(separator: "\n").count == 1, "\(asked.errors)")
    #expect(!workspace.exists("result"))
    let usual = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-o", "result")
    #expect(usual.code == 0 && usual.output.contains("amortised"), "\(usual.errors)")
  }

  @Test func gibbsIsAMethodLikeOthers() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let outcome = try workspace.run(
      "unmix", "--method", "gibbs", "--scene", "scene.h5", "--extract", "oracle", "--set", "draws=100", "-o", "result")
    #expect(outcome.code == 0 && outcome.output.contains("calibration.coverage90"), "\(outcome.errors)")
    #expect(workspace.exists("result/abundances-q05.img"))
    let shown = try workspace.run("models", "--method", "gibbs")
    #expect(shown.output.contains("concentration") && shown.output.contains("residual, regression, sampled"))
  }
}
