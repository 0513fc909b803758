import Foundation
import Testing

/// Classical methods by the command.
struct ClassicalTests {
  private struct Judgement: Decodable, Equatable {
    var all: [String: Double]
    let matching: String
    let permutation: [Int?]

    /// Without what only the unmixing itself can know.
    var withoutCosts: Judgement {
      var result = self
      for id in ["seconds", "peakMemoryBytes"] { result.all[id] = nil }
      return result
    }
  }

  private func unmix(_ workspace: Workspace, _ arguments: String...) throws -> Workspace.Outcome {
    try workspace.run(["unmix", "--scene", "scene.h5"] + arguments)
  }

  @Test func aResultIsJudgedTheSameWayAgain() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let outcome = try unmix(workspace, "--method", "fcls", "--seed", "3", "-o", "result")
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("abundance.rmse.endmemberMean") && outcome.output.contains("matched by sad"))
    let first = try JSONDecoder().decode(Judgement.self, from: Data(contentsOf: workspace.url("result/metrics.json")))
    #expect(first.all["seconds"] != nil && first.matching == "sad" && first.permutation.count == 3)
    let again = try workspace.run("evaluate", "--json", "--result", "result", "--truth", "scene.h5")
    #expect(try JSONDecoder().decode(Judgement.self, from: Data(again.output.utf8)) == first.withoutCosts)
    for file in ["estimate.h5", "abundances.img", "endmembers.csv", "abundance-maps.png"] {
      #expect(workspace.exists("result/\(file)"), "\(file)")
    }
  }

  @Test func whatDecidedTheResultIsWrittenDown() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let outcome = try unmix(
      workspace, "--method", "nnls", "--extract", "oracle", "--set", "dividesBySum=true", "-q", "-o", "result")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let record = try workspace.text("result/method.yaml")
    for line in ["method: nnls", "extract: oracle", "endmembers: 3", "seed: 0", "dividesBySum: true", "spectra: raw"] {
      #expect(record.contains(line), "\(line) in \(record)")
    }
  }

  @Test func nothingIsComparedWithoutATruth() throws {
    let workspace = try Workspace()
    try SmallCube().write("cube", in: workspace)
    let refused = try workspace.run("unmix", "--method", "ls", "--scene", "cube.hdr", "-o", "new")
    #expect(refused.code == 1 && refused.errors.contains("--endmembers: expected a number"), "\(refused.errors)")
    let outcome = try workspace.run(
      "unmix", "--method", "ls", "--scene", "cube.hdr", "--endmembers", "3", "-q", "-o", "result")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(workspace.exists("result/estimate.h5") && !workspace.exists("result/metrics.json"))
  }

  @Test func aLibraryServesAsEndmembers() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try #require(try unmix(workspace, "--method", "fcls", "-q", "-o", "first").code == 0)
    let again = try unmix(workspace, "--method", "fcls", "--library", "first/endmembers.sli", "-q", "-o", "second")
    #expect(again.code == 0, "\(again.errors)")
    // The spectra; wavelengths of a library are written in fewer digits.
    let spectra = try ["first", "second"].map { folder in
      try workspace.text("\(folder)/endmembers.csv").split(separator: "\n").map { $0.drop { $0 != "," } }
    }
    #expect(spectra[0] == spectra[1] && spectra[0].count == 189)
    #expect(try workspace.text("second/method.yaml").contains("first/endmembers.sli"))
  }

  @Test(arguments: [
    (["--run", "run", "--method", "fcls"], 2, "one of --run"), ([], 2, "one of --run"),
    (["--run", "run", "--seed", "1"], 2, "--seed goes with --method"),
    (["--method", "magic"], 2, "--method: expected fcls or "),
    (["--method", "fcsl"], 2, "did you mean fcls?"),
    (["--method", "dsanet"], 2, "a network (alunite train --model dsanet)"),
    (["--method", "fcls", "--extract", "magic"], 2, "--extract: expected extracted or vca"),
    (["--method", "fcls", "--extract", "nfind"], 2, "did you mean nfindr?"),
    (["--method", "fcls", "--set", "spectrum=raw"], 2, "did you mean spectra?"),
    (["--method", "fcls", "--set", "spectra=blue"], 2, "expected raw, sceneMaximum, unitNorm, found \"blue\""),
    (["--method", "fcls", "--library", "scene.h5", "--extract", "vca"], 2, "neither --extract nor"),
    (["--method", "fcls", "--endmembers", "400"], 1, "endmembers: expected 2 to "),
  ])
  func saysWhatIsWrong(_ arguments: [String], _ code: Int32, _ message: String) throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let outcome = try workspace.run(["unmix", "--scene", "scene.h5", "-o", "new"] + arguments)
    #expect(outcome.code == code && outcome.errors.contains(message), "\(outcome.code) \(outcome.errors)")
    #expect(!workspace.exists("new"))
  }

  @Test func countsEndmembersAndTellsTheNoise() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    // 144 pixels do not tell the noise of 188 bands.
    let refused = try workspace.run("count", "--scene", "scene.h5")
    #expect(refused.code == 1 && refused.errors.contains("more than the 188 bands"), "\(refused.errors)")
    let outcome = try workspace.run(
      "count", "--scene", "scene.h5", "--bands", "11-60", "--json", "--noise", "noise.csv")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let counts = ["hysime", "hfc", "nwhfc"].compactMap { json?[$0] as? Int }
    // Three minerals; from 144 pixels the noise of 50 bands is a rough guess.
    #expect(counts.count == 3 && counts.allSatisfy { (1...25).contains($0) }, "\(counts)")
    let lines = try workspace.text("noise.csv").split(separator: "\n")
    #expect(lines.count == 51 && lines[0] == "wavelength (nm),noise")
    #expect(try workspace.run("count", "--scene", "scene.h5", "--bands", "11-60").output.contains("HySime"))
    #expect(try workspace.run("count", "--scene", "scene.h5", "--false-alarm", "0.7").code == 2)
  }

  @Test func extractsToATableAndToALibrary() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    for search in ["vca", "extracted", "nfindr", "ppi", "smacc", "atgp"] {
      let outcome = try workspace.run(
        "extract", "--scene", "scene.h5", "--endmembers", "3", "--extract", search, "-q", "-o", "\(search).csv")
      #expect(outcome.code == 0, "\(search): \(outcome.errors)")
      #expect(try workspace.text("\(search).csv").split(separator: "\n").count == 189)
    }
    let library = try workspace.run("extract", "--scene", "scene.h5", "--endmembers", "3", "-o", "found.sli")
    #expect(library.code == 0 && library.output.contains("3 endmembers by VCA"), "\(library.errors)")
    #expect(try unmix(workspace, "--method", "sunsal", "--library", "found.sli", "-q", "-o", "result").code == 0)
    let refusals = [("oracle", "e.csv", 2), ("vca", "e.txt", 2), ("vca", "vca.csv", 1)]
    for (search, file, code) in refusals {
      let refused = try workspace.run(
        "extract", "--scene", "scene.h5", "--endmembers", "3", "--extract", search, "-o", file)
      #expect(refused.code == Int32(code), "\(search) to \(file): \(refused.errors)")
    }
  }

  @Test func listsMethodsTheirOptionsAndExtractions() throws {
    let workspace = try Workspace()
    let listed = try workspace.run("models")
    for id in ["fcls", "nnls", "ls", "sunsal-tv", "vca", "nfindr", "oracle", "spacnn-ldvae"] {
      #expect(listed.output.contains(id), "\(id)")
    }
    let shown = try workspace.run("models", "--method", "fcls", "--json")
    let json = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
    #expect((json?["methods"] as? [[String: Any]])?.contains { $0["id"] as? String == "nnls" } == true)
    let settings = (json?["classical"] as? [String: Any])?["settings"] as? [String: [String: Any]]
    #expect(settings?["spectra"]?["choices"] as? [String] == ["raw", "sceneMaximum", "unitNorm"])
  }
}
