import Foundation
import Testing

/// A result is judged by one rule, whoever asks.
struct EvaluatingTests {
  /// What `evaluate --json` prints, or `metrics.json` holds.
  private struct Judgement: Decodable, Equatable {
    var all: [String: Double]
    var test: [String: Double]?
    let matching: String
    let permutation: [Int?]

    /// Without what only the training run can know.
    var withoutCosts: Judgement {
      var result = self
      for id in ["seconds", "peakMemoryBytes"] { result.all[id] = nil }
      return result
    }

    /// Without costs and held-out pixels, which a result does not know either.
    var ofAllPixels: Judgement {
      var result = withoutCosts
      result.test = nil
      // A result has one posterior; a run is judged by both.
      result.all = result.all.filter { !$0.key.hasPrefix("calibration.refined.") }
      return result
    }
  }

  private func evaluate(_ workspace: Workspace, _ arguments: String...) throws -> Judgement {
    let outcome = try workspace.run(["evaluate", "--json"] + arguments)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Judgement.self, from: Data(outcome.output.utf8))
  }

  private func trained(_ workspace: Workspace, _ arguments: String...) throws -> Judgement {
    try workspace.makeScene()
    let outcome = try workspace.run(
      Workspace.quickTraining + ["--split", "random:0.8", "--set", "epochs=2", "-o", "run"] + arguments)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let unmixed = try workspace.run(
      "unmix", "--run", "run", "--scene", "scene.h5", "--posterior", "amortised", "--unchecked", "-q",
      "-o", "result")
    try #require(unmixed.code == 0, "\(unmixed.errors)")
    return try JSONDecoder().decode(Judgement.self, from: Data(contentsOf: workspace.url("run/metrics.json")))
  }

  @Test func endmembersAloneAreComparedWithALibrary() throws {
    let workspace = try Workspace()
    _ = try trained(workspace, "--endmembers", "3")
    let angles = try evaluate(workspace, "--result", "result", "--endmembers", "scene.h5").all
    // The same pairs and angles as beside abundances; their mean is summed in another order.
    let whole = try evaluate(workspace, "--result", "result", "--truth", "scene.h5").all
    let own = angles.filter { $0.key.hasPrefix("endmember.sad.") }
    #expect(own.count == 5 && own.allSatisfy { abs((whole[$0.key] ?? 9) - $0.value) < 1e-12 })
    let refused = try workspace.run("evaluate", "--result", "result", "--endmembers", "scene.h5", "--match", "sad")
    #expect(refused.code == 2)
  }

  @Test func aRunThatStoppedEarlySaysSo() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let running = try workspace.start(
      Workspace.quickTraining + ["--set", "epochs=100000", "--checkpoint-interval", "0", "-o", "run"])
    while !workspace.exists("run/checkpoint.h5") { usleep(20_000) }
    running.send(SIGINT)
    #expect(try running.outcome().code == 130)
    let outcome = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-o", "result")
    #expect(
      outcome.code == 0 && outcome.errors.contains("of 100000 epochs; alunite train --resume"), "\(outcome.errors)")
  }

  @Test func whatWasSaidOfASceneHoldsWhenItIsUnmixed() throws {
    let workspace = try Workspace()
    try SmallCube().mapping { _, sample in (sample * 10_000).rounded() }.write("cube", in: workspace)
    let trained = try workspace.run(
      "train", "--model", "mlp-ldvae", "--scene", "cube.hdr", "--scale", "10000", "--endmembers", "3", "--set",
      "epochs=1", "-q", "-o", "run")
    try #require(trained.code == 0, "\(trained.errors)")
    #expect(try workspace.run("unmix", "--run", "run", "--scene", "cube.hdr", "-q", "-o", "result").code == 0)
    // Another scene is another file, of which nothing was said.
    try SmallCube().mapping { _, sample in (sample * 10_000).rounded() }.write("other", in: workspace)
    let other = try workspace.run("unmix", "--run", "run", "--scene", "other.hdr", "-q", "-o", "else")
    #expect(other.code == 1 && other.errors.contains("--scale"))
  }

  @Test func aLabelledRunAndItsResultRepeatTheMetricsOfTraining() throws {
    let workspace = try Workspace()
    // The spectra of a perceptron after two epochs are far from any mineral's: pairing by angle mixes them up.
    let first = try trained(workspace, "--set", "decoder=mlp", "--set", "start=random", "--seed", "0")
    #expect(first.matching == "none")
    #expect(try evaluate(workspace, "--result", "run") == first.withoutCosts)
    #expect(try evaluate(workspace, "--result", "result", "--truth", "scene.h5") == first.ofAllPixels)
    // The two rules differ on this run, so the agreement is not for want of a difference.
    let paired = try evaluate(workspace, "--result", "run", "--match", "sad")
    #expect(paired.matching == "sad" && paired.all != first.withoutCosts.all)
  }

  @Test func aBlindRunAndItsResultRepeatTheMetricsOfTraining() throws {
    let workspace = try Workspace()
    let first = try trained(workspace, "--endmembers", "3")
    #expect(first.matching == "sad")
    #expect(try evaluate(workspace, "--result", "run") == first.withoutCosts)
    #expect(try evaluate(workspace, "--result", "result", "--truth", "scene.h5") == first.ofAllPixels)
  }

  @Test func pureSpectraAreComparedWithTrulyPureOnesOnRequestAndOfRunsOnly() throws {
    let workspace = try Workspace()
    let first = try trained(workspace, "--endmembers", "3")
    let added = try evaluate(workspace, "--result", "run", "--pure-pairs")
    let pairs = added.all.filter { $0.key.hasPrefix("endmember.sad.purePixelPairs.") }
    #expect(pairs.count == 4 && pairs.values.allSatisfy { (0..<1).contains($0) })
    #expect(added.all.count == first.withoutCosts.all.count + 4)
    let refused = try workspace.run("evaluate", "--result", "result", "--truth", "scene.h5", "--pure-pairs")
    #expect(refused.code != 0 && refused.errors.contains("name a run"))
  }

  @Test func aBlindResultIsPairedByAbundanceWhereTheTruthHasNoEndmembers() throws {
    let workspace = try Workspace()
    _ = try trained(workspace, "--endmembers", "3")
    // A raster of abundances, as any program writes it: no spectra beside them.
    let judged = try evaluate(workspace, "--result", "result", "--truth", "result/abundances.hdr")
    #expect(judged.matching == "abundance" && judged.permutation == [0, 1, 2])
    #expect(judged.all["abundance.rmse.entry"] == 0)
  }

  @Test func theRowMinimumIsThereWhenAskedFor() throws {
    let workspace = try Workspace()
    _ = try trained(workspace)
    let ids = ["abundance.rmse.rowMinimum", "abundance.rmse.sample.rowMinimum", "endmember.sad.rowMinimum"]
    let usual = try evaluate(workspace, "--result", "run")
    let added = try evaluate(workspace, "--result", "run", "--row-minimum")
    for id in ids { #expect(usual.all[id] == nil && added.all[id] != nil, "\(id)") }
    let text = try workspace.run("evaluate", "--result", "run", "--row-minimum", "--formulas").output
    #expect(text.contains("abundance.rmse.rowMinimum: abundance RMSE, row minimum (not one-to-one): "))
    #expect(text.contains("seconds: ") == false, "an evaluation trains nothing")
  }

  @Test func aTruthThatKeepsOtherBandsIsComparedInThoseOfTheResult() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    // Bands 21 to 60 of 188; the truth has all of them.
    let trained = try workspace.run(
      Workspace.quickTraining + ["--set", "epochs=2", "--bands", "21-60", "-o", "run"])
    try #require(trained.code == 0, "\(trained.errors)")
    try workspace.run(
      "unmix", "--run", "run", "--scene", "scene.h5", "--bands", "21-60", "--posterior", "amortised",
      "--unchecked", "-q", "-o",
      "result")
    let first = try JSONDecoder().decode(Judgement.self, from: Data(contentsOf: workspace.url("run/metrics.json")))
    let again = try evaluate(workspace, "--result", "result", "--truth", "scene.h5")
    // The decoder starts from the true endmembers; in other bands they are tenths of a radian away.
    #expect(again == first.ofAllPixels)
    #expect(try #require(again.all["endmember.sad.mean"]) < 0.05)
  }

  @Test func theRuleIsSaid() throws {
    let workspace = try Workspace()
    _ = try trained(workspace)
    let usual = try workspace.run("evaluate", "--result", "result", "--truth", "scene.h5")
    #expect(usual.output.contains("matched by none"), "\(usual.output)")
    #expect(usual.output.contains("labels"), "\(usual.output)")
    let chosen = try workspace.run("evaluate", "--result", "run", "--match", "sad")
    #expect(chosen.output.contains("matched by sad"), "\(chosen.output)")
  }
}
