import Foundation
import Testing

/// Methods × scenes × seeds run as they are planned, once each, and their table tells what they gave.
struct BenchmarkTests {
  /// A plan of two small networks and a failing one may be added by `methods`.
  private func plan(
    seeds: String = "1-2", scenes: String = "", methods: String = "", more: String = "", epochs: Int = 2
  ) -> String {
    """
    name: small
    seeds: \(seeds)
    baseline: narrow
    \(more)
    scenes:
      - {name: tiny, scene: scene.h5}
    \(scenes)
    methods:
      - name: narrow
        model: mlp-ldvae
        set: ["model.encoderHidden=[8]", "decoderHidden=[8]", epochs=\(epochs)]
      - name: wide
        model: mlp-ldvae
        split: random:0.8
        set: ["model.encoderHidden=[16]", "decoderHidden=[16]", epochs=\(epochs)]
    \(methods)
    """
  }

  private struct Table: Decodable {
    struct Figures: Decodable { let values: [String: Double], mean: Double, sd: Double?, min: Double, max: Double }
    struct Test: Decodable { let pValue: Double, adjusted: Double, least: Double }
    struct Row: Decodable {
      let method: String, runs: Int, planned: Int, isHeldOut: Bool
      let metrics: [String: Figures]
      let seconds: Figures?, megabytes: Figures?
      let tests: [String: Test]
    }
    struct Scene: Decodable { let name: String, rows: [Row] }
    let scenes: [Scene]
    let failures: [String]
  }

  private func benchmark(_ workspace: Workspace, _ arguments: String...) throws -> Workspace.Outcome {
    try workspace.run(["benchmark", "plan.yaml", "-o", "out", "--json"] + arguments)
  }

  private func table(_ outcome: Workspace.Outcome) throws -> Table {
    try JSONDecoder().decode(Table.self, from: Data(outcome.output.utf8))
  }

  /// When every file of the runs was last written.
  private func dates(_ workspace: Workspace) throws -> [String: Date] {
    let root = workspace.url("out/runs")
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let facts = try FileManager.default.attributesOfItem(atPath: root.appendingPathComponent(name).path)
        return (name, facts[.modificationDate] as? Date ?? .distantPast)
      })
  }

  private func metrics(_ file: URL) throws -> [String: [String: Double]] {
    let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    return content.compactMapValues { $0 as? [String: Double] }
  }

  @Test func everyRunIsMadeOnceAndTold() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write(plan(), to: "plan.yaml")
    let first = try benchmark(workspace, "--jobs", "2")
    try #require(first.code == 0, "\(first.errors)")
    let table = try table(first)
    #expect(table.scenes.map(\.name) == ["tiny"] && table.failures.isEmpty)
    let rows = table.scenes[0].rows
    #expect(rows.map(\.method) == ["narrow", "wide"] && rows.allSatisfy { $0.runs == 2 && $0.planned == 2 })
    #expect(rows.map(\.isHeldOut) == [false, true])
    for row in rows {
      // The figures are those that the runs wrote themselves.
      for (seed, value) in try #require(row.metrics["abundance.rmse.entry"]).values {
        let folders = try FileManager.default.contentsOfDirectory(atPath: workspace.url("out/runs").path)
        let folder = try #require(folders.first { $0.hasPrefix("tiny.\(row.method).seed-\(seed).") })
        let written = try metrics(workspace.url("out/runs/\(folder)/result/metrics.json"))
        let own = try #require(written[row.isHeldOut ? "test" : "all"]?["abundance.rmse.entry"])
        // Two readers of JSON may differ in the last digit.
        #expect(abs(own - value) < 1e-14)
      }
      let figures = try #require(row.metrics["endmember.sad.mean"])
      let values = figures.values.values.sorted()
      #expect(
        figures.min == values[0] && figures.max == values[1] && abs(figures.mean - (values[0] + values[1]) / 2) < 1e-12)
      // Of two values the sample deviation is their distance over √2.
      #expect(abs((figures.sd ?? 0) - (values[1] - values[0]) / 2.0.squareRoot()) < 1e-12)
      #expect((row.seconds?.min ?? 0) > 0 && (row.megabytes?.min ?? 0) > 5)
    }
    let before = try dates(workspace)
    let second = try benchmark(workspace)
    #expect(second.code == 0 && second.errors.contains("4 of 4 runs are finished"), "\(second.errors)")
    #expect(try dates(workspace) == before)
    #expect(second.output == first.output)
  }

  @Test func whatBeginsFromTheTruthSaysSo() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let plan = """
      seeds: 1
      scenes: [{name: tiny, scene: scene.h5}]
      methods:
        - {name: told, method: fcls, extract: oracle}
        - {name: blind, method: fcls}
      """
    try workspace.write(plan, to: "plan.yaml")
    let outcome = try workspace.run("benchmark", "plan.yaml", "-o", "out", "-q")
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("| told (from the true endmembers) |") && outcome.output.contains("| blind |"))
  }

  @Test func aKilledBenchmarkGoesOn() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write(plan(seeds: "1-3", epochs: 150), to: "plan.yaml")
    let running = try workspace.start(["benchmark", "plan.yaml", "-o", "out", "-q"])
    func finished() -> [String] {
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: workspace.url("out/runs").path)) ?? []
      return names.filter { $0.hasSuffix("/record.json") && !$0.contains(".partial-") }
    }
    while finished().count < 2 && running.process.isRunning { usleep(5_000) }
    running.send(SIGKILL)
    #expect(try running.outcome().code == 137)
    let kept = finished()
    #expect((2..<6).contains(kept.count))
    let before = try dates(workspace)
    let outcome = try benchmark(workspace)
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(try table(outcome).scenes[0].rows.allSatisfy { $0.runs == 3 })
    let after = try dates(workspace)
    #expect(kept.allSatisfy { after[$0] == before[$0] })
  }

  @Test func aKilledBenchmarkLeavesNoProcessBehind() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write(plan(seeds: "1", epochs: 1_000_000), to: "plan.yaml")
    let running = try workspace.start(["benchmark", "plan.yaml", "-o", "out", "-q"])
    // The processes whose command line names this workspace.
    func processes() -> Int {
      let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return numbers.filter { Int($0) != nil }.count { number in
        let words = try? String(contentsOfFile: "/proc/\(number)/cmdline", encoding: .utf8)
        return words?.contains(workspace.directory.lastPathComponent) == true && words?.contains("train") == true
      }
    }
    while processes() == 0 && running.process.isRunning { usleep(5_000) }
    running.send(SIGKILL)
    #expect(try running.outcome().code == 137)
    // A child saves before it ends.
    for _ in 0..<1000 where processes() > 0 { usleep(20_000) }
    #expect(processes() == 0)
  }

  @Test func aStoppedBenchmarkSavesItsRunsAndTellsHowToGoOn() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write(plan(seeds: "1", epochs: 100_000), to: "plan.yaml")
    let running = try workspace.start(["benchmark", "plan.yaml", "-o", "out", "-q"])
    while !FileManager.default.fileExists(atPath: workspace.url("out/runs").path) { usleep(5_000) }
    var folder: String?
    while folder == nil {
      // What is listed may be renamed while it is.
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: workspace.url("out/runs").path)) ?? []
      folder = names.first { $0.hasSuffix("/result/checkpoint.h5") }
      usleep(5_000)
    }
    usleep(500_000)
    running.send(SIGTERM)
    let outcome = try running.outcome()
    #expect(outcome.code == 143 && outcome.errors.contains("the same command goes on"), "\(outcome.errors)")
    #expect(workspace.exists("out/table.md"))
    // The run stopped after some epochs, and goes on from there.
    let losses = try workspace.text(
      "out/runs/\(try #require(folder).replacingOccurrences(of: "checkpoint.h5", with: "loss.csv"))")
    #expect(losses.split(separator: "\n").count > 2)
  }

  @Test func aFailureIsToldAndStopsNothing() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    // Steps of this size leave no number finite.
    let failing = "  - {name: greedy, model: mlp-ldvae, set: [epochs=5, training.learningRate=1.0e+30]}"
    try workspace.write(plan(seeds: "1", methods: failing), to: "plan.yaml")
    let outcome = try benchmark(workspace)
    #expect(outcome.code == 1 && outcome.errors.contains("greedy"), "\(outcome.errors)")
    let table = try table(outcome)
    #expect(table.failures.count == 1 && table.failures[0].hasPrefix("tiny · greedy · seed 1: "))
    #expect(table.scenes[0].rows.map(\.runs) == [1, 1, 0])
    #expect(try workspace.text("out/table.md").contains("## Failures"))
  }

  @Test func equalOptionsInOtherWordsAreTheSameRun() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write(plan(seeds: "1"), to: "plan.yaml")
    try #require(try benchmark(workspace).code == 0)
    let before = try dates(workspace)
    try workspace.write(
      plan(seeds: "1").replacingOccurrences(of: "epochs=2", with: "training.epochs=2, epochs=2"), to: "plan.yaml")
    let again = try benchmark(workspace)
    #expect(again.code == 0 && again.errors.contains("2 of 2 runs are finished"), "\(again.errors)")
    #expect(try dates(workspace) == before)
    // Another option is another run.
    try workspace.write(plan(seeds: "1", epochs: 3), to: "plan.yaml")
    #expect(try benchmark(workspace).code == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.url("out/runs").path).count == 4)
  }

  @Test func fiveSeedsAreTestedAgainstTheBaseline() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write(plan(seeds: "5", more: "rowMinimum: true\nmatch: sad", epochs: 1), to: "plan.yaml")
    let outcome = try benchmark(workspace)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let rows = try table(outcome).scenes[0].rows
    #expect(rows[0].tests.isEmpty && rows[1].tests.count == 3)
    for test in rows[1].tests.values {
      // Among 32 choices of signs at least the seen one and its opposite are as extreme; there is one comparison.
      #expect(test.least == 0.0625 && test.pValue >= 0.0625 && test.adjusted == test.pValue)
    }
    for row in rows { #expect(row.metrics["endmember.sad.rowMinimum"] != nil) }
    let text = try workspace.text("out/table.md")
    #expect(text.contains("exact sign-flip permutation test over 5 pairs") && text.contains("0.062"))
    #expect(text.contains("paired by sad") && text.contains("endmember.sad.rowMinimum"))
    #expect(try workspace.text("out/table.tex").contains("\\begin{tabular}"))
    let lines = try workspace.text("out/table.csv").split(separator: "\n")
    #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count >= 14 })
  }

  @Test func theSameSceneMayHaveTwoTruths() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeScene("other.h5", seed: 2)
    let second = "  - {name: moved, scene: scene.h5, truth: other.h5}"
    try workspace.write(plan(seeds: "1", scenes: second), to: "plan.yaml")
    let both = try table(benchmark(workspace))
    #expect(both.scenes.map(\.name) == ["tiny", "moved"])
    let errors = both.scenes.map { $0.rows[0].metrics["abundance.rmse.entry"]?.mean ?? 0 }
    #expect(errors[0] != errors[1])
    let one = try benchmark(workspace, "--scene", "moved", "--method", "wide")
    #expect(try table(one).scenes.map(\.name) == ["moved"])
    #expect(one.errors.contains("2 of 2 runs are finished"), "\(one.errors)")
    let networks = try benchmark(workspace, "--scene", "moved", "--method", "networks")
    #expect(try table(networks).scenes[0].rows.count == 2)
    try workspace.write(plan(seeds: "1").replacing("scene.h5", with: "nowhere.h5"), to: "lost.yaml")
    let lost = try workspace.run("benchmark", "lost.yaml", "-o", "lost")
    #expect(lost.code == 1 && lost.errors.contains("nowhere.h5") && !workspace.exists("lost"), "\(lost.errors)")
    let none = try benchmark(workspace, "--scene", "moved", "--method", "classical")
    #expect(none.code == 2 && none.errors.contains("classical, of which the plan has none"), "\(none.errors)")
    try workspace.write(
      plan(seeds: "1", scenes: second, methods: "  - {name: squares, method: fcls, extract: vca}"), to: "plan.yaml")
    let classical = try benchmark(workspace, "--scene", "moved", "--method", "classical")
    #expect(try table(classical).scenes[0].rows.map(\.method) == ["narrow", "squares"], "and the baseline")
  }

  @Test(arguments: [
    ("seeds: 1-2", "seeds: 0", "seeds"), ("seeds: 1-2", "seeds: 2-1", "seeds"),
    ("baseline: narrow", "baseline: nothing", "narrow, wide"), ("name: wide", "name: narrow", "more than once"),
    ("scene: scene.h5", "scene: none.h5", "none.h5"), ("model: mlp-ldvae", "model: mlp", "mlp-ldvae"),
    ("epochs=2", "epoch=2", "did you mean"), ("split: random:0.8", "splits: random:0.8", "did you mean split"),
    ("split: random:0.8", "extract: vca", "extract"), ("name: small", "metrics: [sad]", "metrics"),
    ("name: small", "test: t", "paired or unpaired"),
    ("scene: scene.h5", "scene: scene.h5, reading: {row: 3}", "reading"),
    ("split: random:0.8", "only: [large]", "tiny"), ("seeds: 1-2", "seeds: [1, 1]", "one twice"),
    ("seeds: 1-2", "seeds: 1-", "found \"1-\""), ("seeds: 1-2", "summary: no seeds", "found none"),
  ])
  func aWrongPlanIsRefusedBeforeAnythingRuns(_ found: String, _ replacement: String, _ word: String) throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let text = plan()
    try #require(text.contains(found))
    try workspace.write(text.replacingOccurrences(of: found, with: replacement), to: "plan.yaml")
    let outcome = try benchmark(workspace)
    #expect(outcome.code == 1 && outcome.errors.contains(word), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(((try? FileManager.default.contentsOfDirectory(atPath: workspace.url("out/runs").path)) ?? []).isEmpty)
  }

  @Test func aSceneNeedsATruth() throws {
    let workspace = try Workspace()
    try SmallCube().write("cube", in: workspace)
    let text = plan().replacingOccurrences(of: "scene: scene.h5", with: "scene: cube.hdr")
    try workspace.write(text, to: "plan.yaml")
    let outcome = try benchmark(workspace, "-q")
    #expect(outcome.code == 1 && outcome.errors.contains("scene tiny: expected a truth"), "\(outcome.errors)")
  }

  @Test func plansThatComeWithItCanBeListedAndShown() throws {
    let workspace = try Workspace()
    let list = try workspace.run("benchmark", "--list")
    #expect(list.code == 0 && list.output.contains("standard") && list.output.contains("jasper"))
    let shown = try workspace.run("benchmark", "--show", "standard")
    #expect(shown.code == 0 && shown.output.contains("scenes:"))
    let missing = try workspace.run("benchmark", "standard", "--data", "nowhere", "-o", "out")
    #expect(missing.code == 1 && missing.errors.contains("Samson.mat"), "\(missing.errors)")
    #expect(try workspace.run("benchmark", "-o", "out").code == 2)
  }
}
