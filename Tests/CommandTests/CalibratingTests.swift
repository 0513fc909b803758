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
    (["--set", "epochs=1"], "--set and --training-pixels go with --train"),
    (["--scene", "s.h5"], "--scene goes with --run"), (["--reference", "3"], "--reference: expected 20"),
    (["--sampler", "nuts", "--unknown-noise"], "--sampler nuts goes with neither"),
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
    let given = try workspace.run("calibrate", "--run", "run", "--scene", "scene.h5", "--pixels", "60", "--json")
    try #require(given.code == 0, "\(given.errors)")
    let scene = try JSONDecoder().decode([Row].self, from: Data(given.output.utf8))
    #expect(scene.map(\.calibration.posterior) == ["refined, given the scene"] && scene[0].calibration.pixels == 60)
    // What training wrote is judged by both posteriors.
    let metrics = try String(contentsOf: workspace.url("run/metrics.json"), encoding: .utf8)
    #expect(metrics.contains("\"calibration.refined.coverage90\"") && metrics.contains("\"calibration.coverage90\""))
  }

  @Test func unmixingSaysWhetherTheModelExplainsTheScene() throws {
    let workspace = try Workspace()
    try workspace.write(
      """
      name: checked
      rows: 18
      columns: 18
      sensor:
        grid: aviris
        drop: [1-2, 104-113, 148-167, 221-224]
      minerals: [alunite, muscovite, nontronite]
      abundances:
        field: matern
        smoothness: 1
        length: 4
      noise:
        snr: 30

      """, to: "checked.yaml")
    try workspace.run("synthesize", "--recipe", "checked.yaml", "--seed", "1", "-o", "scene.h5")
    let right = try workspace.run(
      "unmix", "--method", "gibbs", "--scene", "scene.h5", "--extract", "oracle", "-o", "right")
    #expect(right.code == 0 && right.output.contains("model check: mixtures and"), "\(right.output) \(right.errors)")
    #expect(workspace.exists("right/model-check.json") && workspace.exists("right/residual-score.img"))
    // One endmember fewer than the scene has.
    let wrong = try workspace.run(
      "unmix", "--method", "gibbs", "--scene", "scene.h5", "--endmembers", "2", "-o", "wrong")
    #expect(wrong.code == 0 && wrong.output.contains("does not explain this scene"), "\(wrong.output) \(wrong.errors)")
  }

  @Test func ensemblesTellVarianceApart() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let trained = try workspace.run(Self.quick + ["--seed", "4", "--ensemble", "2", "-o", "runs"])
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(workspace.exists("runs/seed-4/checkpoint.h5") && workspace.exists("runs/seed-5/metrics.json"))
    let mixed = try workspace.run("unmix", "--run", "runs", "--scene", "scene.h5", "-o", "mixed")
    #expect(mixed.code == 0 && mixed.output.contains("between runs"), "\(mixed.output) \(mixed.errors)")
    for file in ["variance-between.img", "variance-posterior.img", "endmembers-sd.csv", "effective-number.img"] {
      #expect(workspace.exists("mixed/\(file)"), "\(file)")
    }
    let named = try workspace.run(
      "unmix", "--run", "runs/seed-4", "--run", "runs/seed-5", "--scene", "scene.h5", "-o", "named")
    #expect(named.code == 0, "\(named.errors)")
    func bytes(_ file: String) throws -> Data { try Data(contentsOf: workspace.url(file)) }
    #expect(try bytes("mixed/abundances.img") == bytes("named/abundances.img"))
    let resumed = try workspace.run("train", "--resume", "-o", "runs/seed-5")
    #expect(resumed.code == 0 && resumed.errors.contains("already finished"), "\(resumed.errors)")
    try workspace.makeScene("other.h5", seed: 2)
    let moved = try workspace.run("train", "--resume", "--scene", "other.h5", "-o", "runs/seed-5")
    #expect(moved.code == 1 && moved.errors.contains("other"), "another scene: \(moved.errors)")
    let means = try workspace.run("unmix", "--run", "runs", "--scene", "scene.h5", "--mean", "posterior", "-o", "means")
    #expect(means.code == 0 && means.output.contains("means: those of the draws"), "\(means.errors)")
    #expect(try bytes("means/abundances.img") != bytes("mixed/abundances.img"))
    #expect(try bytes("means/variance-between.img") == bytes("mixed/variance-between.img"))
    let twice = try workspace.run(
      "unmix", "--run", "runs", "--run", "runs/seed-5", "--scene", "scene.h5", "-o", "twice")
    #expect(twice.code == 2 && twice.errors.contains("more than once"), "\(twice.errors)")
    let ensemble = try workspace.run("compare", "--run", "runs", "--scene", "scene.h5")
    #expect(ensemble.code == 1 && ensemble.errors.contains("holds an ensemble of 2 runs"), "\(ensemble.errors)")
    let single = try workspace.run("unmix", "--run", "runs/seed-5", "--scene", "scene.h5", "-o", "single")
    #expect(single.code == 0 && !single.output.contains("between runs"), "\(single.errors)")
  }

  private static let quick = [
    "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--split", "random:0.8", "--set", "epochs=2", "-q",
  ]

  @Test func trainedEncodersAreJudgedBesideTheRefinedPosterior() throws {
    let outcome = try Workspace().run(
      "calibrate", "--endmembers", "2", "--snr", "20", "--pixels", "60", "--draws", "199", "--train", "mlp-ldvae",
      "--training-pixels", "300", "--set", "epochs=2", "--set", "head=softmax", "--json")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let rows = try JSONDecoder().decode([Row].self, from: Data(outcome.output.utf8))
    #expect(rows.map(\.calibration.posterior) == ["refined", "amortised, mlp-ldvae"])
    #expect(outcome.output.contains("\"median\""))
  }

  @Test func referencesAreOtherMethods() throws {
    let workspace = try Workspace()
    let compared = try workspace.run(
      "calibrate", "--endmembers", "2", "4", "--pixels", "30", "--reference", "20")
    #expect(compared.code == 0 && compared.output.contains("CRPS/exact"), "\(compared.errors)")
    let nuts = try workspace.run("calibrate", "--pixels", "30", "--sampler", "nuts", "--draws", "199")
    #expect(nuts.code == 0 && nuts.output.contains("nuts"), "\(nuts.errors)")
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
    let means = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "--mean", "posterior", "-o", "means")
    #expect(means.code == 0 && means.output.contains("means: those of the draws"), "\(means.errors)")
    func bytes(_ file: String) throws -> Data { try Data(contentsOf: workspace.url(file)) }
    #expect(try bytes("means/abundances.img") != bytes("result/abundances.img"))
    #expect(try bytes("means/abundances-sd.img") == bytes("result/abundances-sd.img"))
    let both = try workspace.run(
      "unmix", "--run", "run", "--scene", "scene.h5", "--mean", "posterior", "--posterior", "amortised", "-o", "other")
    #expect(both.code == 2 && both.errors.contains("--mean posterior goes with"))
    try workspace.run(["train", "--model", "dsanet", "--scene", "scene.h5", "--set", "epochs=1", "-q", "-o", "point"])
    let point = try workspace.run(
      "unmix", "--run", "point", "--scene", "scene.h5", "--mean", "posterior", "-o", "other")
    #expect(point.code == 1 && point.errors.contains("--mean: expected network, as"), "\(point.errors)")
    #expect(!workspace.exists("other"))
    let method = try workspace.run(
      "unmix", "--method", "fcls", "--scene", "scene.h5", "--mean", "network", "-o", "other")
    #expect(method.code == 2 && method.errors.contains("--mean goes with --run"))
    let draws = try workspace.run(
      "unmix", "--run", "run", "--scene", "scene.h5", "--draws", "10", "--posterior", "nuts", "-o", "other")
    #expect(draws.code == 2 && draws.errors.contains("--draws are of the refined posterior"))
    let judged = try workspace.run("evaluate", "--result", "means", "--truth", "scene.h5")
    #expect(judged.code == 0 && judged.output.contains("means: those of the draws"), "\(judged.errors)")
    let page = try workspace.run("report", "means", "-o", "means.html")
    #expect(page.code == 0, "the result tells its scene: \(page.errors)")
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
