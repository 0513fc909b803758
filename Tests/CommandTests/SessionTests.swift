import Foundation
import Testing

/// What a user does first: every command once, each with what the one before left.
struct SessionTests {
  @Test func synthesizesTrainsUnmixesEvaluatesAndGenerates() throws {
    let workspace = try Workspace()
    try workspace.makeScene("scene.h5", seed: 1)
    try workspace.makeScene("other.h5", seed: 2)

    let trained = try workspace.run(
      Workspace.quickTraining.dropLast() + ["--split", "block:0.8", "--set", "epochs=3", "--json", "-o", "run"])
    #expect(trained.code == 0, "\(trained.errors)")
    let summary = try JSONSerialization.jsonObject(with: Data(trained.output.utf8)) as? [String: Any]
    #expect(summary?["split"] as? String == "block:0.8")
    for file in [
      "checkpoint.h5", "configuration.yaml", "loss.csv", "loss.png", "metrics.json", "test-pixels.csv", "command.json",
    ] {
      #expect(workspace.exists("run/\(file)"), "\(file)")
    }
    #expect(try workspace.text("run/loss.csv").split(separator: "\n").count == 4)

    let unmixed = try workspace.run("unmix", "--run", "run", "--scene", "other.h5", "-o", "result")
    #expect(unmixed.code == 0, "\(unmixed.errors)")
    for name in [
      "abundances", "abundances-sd", "abundances-q05", "abundances-q50", "abundances-q95", "total-concentration",
    ] {
      #expect(workspace.exists("result/\(name).img"), "\(name)")
      #expect(try workspace.text("result/\(name).hdr").hasPrefix("ENVI\n"), "\(name)")
    }
    let header = try workspace.text("result/abundances.hdr")
    #expect(header.contains("band names = {Alunite, Muscovite, Nontronite}"))
    #expect(header.contains("data ignore value = "))
    #expect(unmixed.output.contains("\(workspace.directory.path)/result"))

    let evaluated = try workspace.run("evaluate", "--result", "result", "--truth", "other.h5", "--json")
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let metrics = try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any]
    let all = metrics?["all"] as? [String: Double]
    #expect(all?["pixels"] == 144)
    #expect(metrics?["test"] == nil)

    let generated = try workspace.run(
      "generate", "--run", "run", "--uniform", "3", "--draws", "2", "-o", "spectra.csv")
    #expect(generated.code == 0, "\(generated.errors)")
    // A head, and for each of three abundances a mean, a standard deviation, a linear mixture and two draws.
    #expect(try workspace.text("spectra.csv").split(separator: "\n").count == 1 + 3 * 5)
  }

  @Test func metricsHaveTheIdsThatAreDocumented() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run(Workspace.quickTraining + ["--split", "random:0.8", "--set", "epochs=2", "-o", "run"])
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: workspace.url("run/metrics.json")))
    let metrics = try #require(json as? [String: Any])
    let ids = [
      "abundance.rmse.endmemberMean", "abundance.rmse.entry", "abundance.rmse.vector", "reconstruction.angle",
      "abundance.rmse.sample.endmemberMean", "abundance.rmse.sample.entry", "abundance.rmse.sample.vector",
      "calibration.coverage90",
    ]
    for part in ["all", "test"] {
      let values = try #require(metrics[part] as? [String: Double])
      for id in ids { #expect(values[id]?.isFinite == true, "\(part): \(id)") }
    }
    let all = try #require(metrics["all"] as? [String: Double])
    for id in ["endmember.sad.mean", "endmember.sad.Alunite", "seconds", "peakMemoryBytes"] {
      #expect(all[id].map { $0 > 0 } == true, "\(id)")
    }
    #expect(metrics["permutation"] as? [Int] == [0, 1, 2])
  }

  @Test func theMeanOfAllPixelsIsMadeOfTestAndTraining() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run(Workspace.quickTraining + ["--split", "random:0.75", "--set", "epochs=2", "-o", "run"])
    let rows = try workspace.text("run/test-pixels.csv").split(separator: "\n").map(String.init)
    #expect(rows.first == "row,column,pixel")
    // A quarter of 144 pixels.
    #expect(rows.count == 1 + 36)
    let pixels = rows.dropFirst().map { $0.split(separator: ",").compactMap { Int($0) } }
    #expect(pixels.allSatisfy { $0.count == 3 && $0[0] * 12 + $0[1] == $0[2] && $0[2] < 144 })
  }

  @Test func evaluatesARunAsTrainingDid() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.run(Workspace.quickTraining + ["--split", "random:0.8", "--set", "epochs=2", "-o", "run"])
    let evaluated = try workspace.run("evaluate", "--result", "run", "--match", "none", "--json")
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let again = try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any]
    let first = try JSONSerialization.jsonObject(with: Data(contentsOf: workspace.url("run/metrics.json")))
    let before = try #require((first as? [String: Any])?["test"] as? [String: Double])
    #expect(again?["test"] as? [String: Double] == before)
  }

  @Test func findsEndmembersWithoutLabels() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    // More endmembers than the truth has: some stay unpaired, and names are numbers.
    let outcome = try workspace.run(
      "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--endmembers", "4", "--set", "epochs=3", "-o", "run")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("without labels"))
    #expect(try workspace.text("run/configuration.yaml").contains("endmembers: 4"))
    let unmixed = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-o", "result")
    #expect(unmixed.code == 0, "\(unmixed.errors)")
    #expect(unmixed.output.contains("Endmember 4"))
  }

  @Test func trainsWithoutAnyTruth() throws {
    let workspace = try Workspace()
    try SmallCube().write("cube", in: workspace)
    let outcome = try workspace.run(
      "train", "--model", "mlp-ldvae", "--scene", "cube.hdr", "--endmembers", "3", "--set", "epochs=2", "-o", "run")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: workspace.url("run/metrics.json")))
    let metrics = try #require(json as? [String: Any])
    #expect((metrics["all"] as? [String: Double])?["reconstruction.angle"] != nil)
    #expect(metrics["permutation"] as? [Int] == [])
  }

  @Test func everyCommandHasAnExample() throws {
    let workspace = try Workspace()
    for command in ["synthesize", "inspect", "train", "unmix", "evaluate", "generate", "models", "count", "extract"] {
      let help = try workspace.run(command, "--help")
      #expect(help.code == 0)
      #expect(help.output.contains("Example"), "\(command)")
      #expect(help.output.contains("alunite \(command)"), "\(command)")
      #expect(help.errors.isEmpty)
    }
    #expect(try workspace.run("--version").output == "0.1.0\n")
  }

  @Test func listsMethodsAndSettings() throws {
    let workspace = try Workspace()
    let listed = try workspace.run("models", "--json")
    let json = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [String: Any]
    let models = try #require(json?["models"] as? [[String: Any]])
    #expect(models.compactMap { $0["id"] as? String }.contains("spacnn-ldvae"))
    let shown = try workspace.run("models", "--model", "spacnn-ldvae", "--preset", "paper", "--json")
    let all = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
    let method = try #require(all?["method"] as? [String: Any])
    let settings = try #require(method["settings"] as? [String: [String: Any]])
    #expect(settings["model.patchSide"]?["value"] as? String == "5")
    // Every setting that is a word says which words there are.
    for (key, setting) in settings {
      let value = try #require(setting["value"] as? String)
      if !value.isEmpty, value.allSatisfy(\.isLetter), value != "true", value != "false" {
        #expect((setting["choices"] as? [String])?.contains(value) == true, "\(key)")
      }
    }
  }

  @Test func inspectsFilesRunsAndResults() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun()
    try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-q", "-o", "result")
    let expectations = [
      ("scene.h5", "12 rows × 12 columns × 188 bands"), ("run", "run of mlp-ldvae"), ("result", "result of mlp-ldvae"),
      ("result/endmembers.sli", "spectral library"), ("result/abundances.hdr", "12 rows × 12 columns × 3 bands"),
    ]
    for (path, text) in expectations {
      let outcome = try workspace.run("inspect", path)
      #expect(outcome.code == 0, "\(path): \(outcome.errors)")
      #expect(outcome.output.contains(text), "\(path)")
      let json = try workspace.run("inspect", path, "--json")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.output.utf8)) }
    }
  }

  @Test func theRatioOfSignalToNoiseCanBeChosen() throws {
    let workspace = try Workspace()
    try workspace.makeScene("asked.h5")
    func synthesize(_ arguments: String...) throws -> Data {
      let outcome = try workspace.run(
        ["synthesize", "--recipe", "tiny.yaml", "--seed", "1", "-q", "--overwrite", "-o", "scene.h5"] + arguments)
      try #require(outcome.code == 0, "\(outcome.errors)")
      return try Data(contentsOf: workspace.url("scene.h5"))
    }
    let (own, asked) = (try synthesize(), try synthesize("--snr", "15"))
    #expect(own != asked)
    try workspace.write(workspace.text("tiny.yaml").replacing("snr: 35", with: "snr: 15"), to: "tiny.yaml")
    #expect(try synthesize() == asked)
    let refused = try workspace.run("synthesize", "--recipe", "tiny.yaml", "--snr", "500", "-q", "-o", "new.h5")
    #expect(refused.code == 1 && refused.errors.contains("noise.snr: expected decibels from -100 to 200, found 500"))
  }

  @Test func quietSaysNothing() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let outcome = try workspace.run(Workspace.quickTraining + ["--set", "epochs=1", "-o", "run"])
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
  }
}
