import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite benchmark`: scenes × methods × seeds, a table out.
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run many methods on many scenes with many seeds, and write the table.",
    discussion: """
      Every run is a process of its own with one thread, so that its time and memory are its own, and has a directory of \
      its own under OUT/runs. What is finished is never repeated: stopped or killed, the same command goes on. Failures \
      are listed and do not stop the rest.

      The tables (table.md, .csv, .json, .tex) hold mean ± sd, least and most over seeds, a test against the plan's \
      baseline, and published figures with their source and whether they can be compared.

      A plan is a YAML file: scenes with their truths, methods with their options, seeds. alunite benchmark --list shows \
      those that come with Alunite, and alunite benchmark --show NAME prints one to begin from.

      Examples:
        alunite benchmark plan.yaml -o tables
        alunite benchmark standard --data ~/scenes --scene samson --seeds 3 --jobs 2 -o tables
      """)

  @Argument(help: ArgumentHelp("A plan: a YAML file, or the name of one that comes with Alunite.", valueName: "plan"))
  var plan: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The directory of the runs and tables.", valueName: "directory"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      Where relative paths of the plan start (default: the plan's directory; for a plan that comes with Alunite \
      ALUNITE_DATA, or here).
      """,
      valueName: "directory"))
  var data: String?

  @Option(help: ArgumentHelp("How many runs at a time.", valueName: "n"))
  var jobs = 1

  @Option(help: ArgumentHelp("Only this scene of the plan. Repeatable.", valueName: "name"))
  var scene: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only this method of the plan, and its baseline; classical or networks for all of a kind. Repeatable.",
      valueName: "name"))
  var method: [String] = []

  @Option(help: ArgumentHelp("These seeds in place of the plan's: 5 for 1 to 5, or 3-7.", valueName: "seeds"))
  var seeds: String?

  @Flag(help: "List the plans that come with Alunite.")
  var list = false

  @Option(help: ArgumentHelp("Print a plan that comes with Alunite.", valueName: "name"))
  var show: String?

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    if list || show != nil { return }
    if plan == nil { throw ValidationError("expected a plan (alunite benchmark --list shows some)") }
    if output == nil { throw ValidationError("--output is missing") }
    if !(1...256).contains(jobs) { throw ValidationError("--jobs: expected 1 … 256, found \(jobs)") }
  }

  func run() throws {
    if list { return Console.print(try NamedPlans.table()) }
    if let show { return Console.print(try NamedPlans.text(of: show)) }
    let plan = try chosen()
    let folder = try BenchmarkFolder(output ?? "", plan: plan.text)
    let lock = try OutputLock(on: folder.url)
    defer { withExtendedLifetime(lock) {} }
    let runs: [PlannedRun]
    do {
      runs = try self.runs(of: plan.plan, in: folder)
    } catch {
      folder.discard()
      throw error
    }
    let stop = StopSignal()
    let metric = plan.plan.metrics.first ?? ""
    var progress = try BenchmarkProgress(runs, jobs: jobs, metric: metric, quiet: quiet)
    var queue = RunQueue(runs, jobs: jobs, evaluation: EvaluationRule(plan.plan))
    let interruption = Result { try queue.work(until: stop, &progress) }
    // What is finished is told even of a benchmark that was stopped.
    let result = try BenchmarkResult(plan.plan, runs, PublishedFigures.builtIn(), failures: queue.failures)
    try folder.write(result)
    try interruption.get()
    Console.print(json ? try JSONText.text(result) : ResultTables(result).markdown)
    if !quiet { Console.note("tables: \(folder.url.path)/table.md, .csv, .json, .tex") }
    for failure in result.failures { Console.error(failure) }
    if !result.failures.isEmpty { throw ExitCode(1) }
  }

  /// The plan with what the options replace, and its text.
  private func chosen() throws -> (plan: BenchmarkPlan, text: String) {
    let name = plan ?? ""
    let named = NamedPlans.names.contains(name)
    let url = URL(fileURLWithPath: name)
    let text: String
    do {
      text = try named ? NamedPlans.text(of: name) : String(contentsOf: url, encoding: .utf8)
    } catch let error where !(error is WorldFault) {
      throw WorldFault.malformed(
        path: url.path, field: "plan", expected: "a readable file, or \(NamedPlans.names.joined(separator: " or "))",
        found: FileFault.reason(error) + Nearest.hint(to: name, among: NamedPlans.names))
    }
    let own = ProcessInfo.processInfo.environment["ALUNITE_DATA"].flatMap { $0.isEmpty ? nil : $0 } ?? "."
    let base = data ?? (named ? own : url.deletingLastPathComponent().path)
    var result = try BenchmarkPlan(
      yaml: text, file: named ? "\(name).yaml" : url.path, base: URL(fileURLWithPath: base, isDirectory: true))
    if let seeds {
      result.seeds = try BenchmarkPlan.seeds([seeds]) {
        WorldFault.usage(option: "--seeds", expected: "a number, or a range as 3-7", found: $0)
      }
    }
    return (try result.selecting(scenes: scene, methods: method), text)
  }

  /// Every run, those of one seed together, so that a benchmark that is stopped has something of everything.
  private func runs(of plan: BenchmarkPlan, in folder: BenchmarkFolder) throws -> [PlannedRun] {
    let scenes = try plan.scenes.map { try PreparedScene($0, in: folder.scenes, quiet: quiet) }
    return try plan.seeds.flatMap { seed in
      try scenes.flatMap { scene in
        try plan.methods.filter { $0.runs(on: scene.plan.name) }.map {
          try PlannedRun($0, on: scene, seed: seed, in: folder.runs)
        }
      }
    }
  }
}
