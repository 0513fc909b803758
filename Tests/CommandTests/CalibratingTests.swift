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
    #expect(usual.code == 0 && usual.output.contains("under the decoder (exact Gibbs sampling)"), "\(usual.errors)")
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

  @Test func aNonlinearDecoderIsRefinedToo() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run([
      "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--split", "random:0.8", "--set", "epochs=20", "--set",
      "decoder=mlp", "--set", "posterior=logisticNormal", "-q", "-o", "run",
    ])
    let usual = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-o", "result")
    #expect(usual.code == 0 && usual.output.contains("refined, by draws"), "\(usual.errors)")
    #expect(workspace.exists("result/pareto-shape.img") && workspace.exists("result/pareto-shape.png"))
    let compared = try workspace.run("compare", "--run", "run", "--scene", "scene.h5", "--pixels", "6")
    #expect(compared.code == 0 && compared.output.contains("refined / nuts"), "\(compared.errors)")
    let alone = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "--unchecked", "-o", "other")
    #expect(alone.code == 2 && alone.errors.contains("--unchecked goes with --posterior amortised"))
  }

  private struct Comparison: Decodable {
    struct Side: Decodable {
      let posterior: String
      let deviation: [Double]
      let convergence: [Double?]
    }
    struct Distance: Decodable {
      let posterior: String
      let reference: String
      let pixels: Int
    }
    let pixels: [Int]
    let sides: [Side]
    let distances: [Distance]
  }

  @Test func compareHoldsThreePosteriorsAgainstEachOther() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run([
      "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--split", "random:0.8", "--set", "epochs=5", "-q", "-o",
      "run",
    ])
    let outcome = try workspace.run(
      "compare", "--run", "run", "--scene", "scene.h5", "--pixels", "12", "--seed", "4", "--json")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let found = try JSONDecoder().decode(Comparison.self, from: Data(outcome.output.utf8))
    #expect(found.pixels.count == 12 && found.pixels == found.pixels.sorted())
    #expect(found.sides.map(\.posterior) == ["amortised", "refined", "nuts"])
    #expect(
      found.distances.map { "\($0.posterior)/\($0.reference)" }
        == ["amortised/refined", "amortised/nuts", "refined/nuts"])
    #expect(found.sides.allSatisfy { side in side.deviation.allSatisfy { $0 > 0 } })
    #expect(
      found.sides[2].convergence.allSatisfy { ($0 ?? 9) < 1.1 } && found.sides[1].convergence.allSatisfy { $0 == nil })
    let again = try workspace.run(
      "compare", "--run", "run", "--scene", "scene.h5", "--pixels", "12", "--seed", "4", "--json", "--threads", "1")
    #expect(again.output == outcome.output)
    let wrong = try workspace.run("compare", "--run", "run", "--scene", "scene.h5", "--pixels", "0")
    #expect(wrong.code == 2 && wrong.errors.contains("--pixels: expected 1"))
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
