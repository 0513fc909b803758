import ArgumentParser
import Foundation
import Scenes
import Tensors
import Unmixing

/// `alunite evaluate`: an estimate or a run compared with the truth.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare abundances and endmembers with the truth.",
    discussion: """
      Every metric has an id that is spelled out, because papers mean different things by RMSE and SAD. Endmembers are \
      paired once, one to one, and the same pairs serve abundances, spectra and intervals.

      Examples:
        alunite evaluate --result result --truth scene.h5
        alunite evaluate --result run --truth Samson_GT.mat --match none --json
      """)

  @Option(help: ArgumentHelp("What alunite unmix or alunite train wrote.", valueName: "result|run"))
  var result: String

  @Option(help: ArgumentHelp("True abundances (default for a run: those it was trained with).", valueName: "path"))
  var truth: String?

  @Option(help: ArgumentHelp("How endmembers are paired: sad, abundance, names, none.", valueName: "rule"))
  var match = MatchingRule.spectralAngle

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print the formula of every metric, too.")
  var formulas = false

  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func run() throws {
    computing.apply()
    let url = URL(fileURLWithPath: result)
    let metrics: Metrics
    if FileManager.default.fileExists(atPath: url.appendingPathComponent(EstimateFolder.marker).path) {
      metrics = try ofEstimate(url.appendingPathComponent(EstimateFolder.marker))
    } else if RunFolder(url).exists {
      metrics = try ofRun(RunFolder(url))
    } else if !FileManager.default.fileExists(atPath: url.path) {
      throw SceneError.cannotOpen(path: url.path, reason: "No such file or directory")
    } else {
      throw WorldFault.noRun(
        path: url.path,
        reason: "holds neither \(EstimateFolder.marker) of alunite unmix nor \(RunFolder.marker) of alunite train")
    }
    if json { return Console.print(metrics.json.trimmingCharacters(in: .newlines)) }
    Console.print(MetricsTable(metrics).text)
    if formulas { Console.print("\n" + Self.explanations(metrics)) }
  }

  private func ofEstimate(_ url: URL) throws -> Metrics {
    let file = try EstimateFile(contentsOf: url)
    let estimate = file.estimate
    guard let truth else {
      throw UnmixingError.missing(
        field: "true abundances", neededFor: "an evaluation", remedy: "name a file with --truth")
    }
    // Readers settle rows, columns and bands by a scene; only its size counts here.
    let scene = Scene(
      name: file.sceneName, rows: estimate.rows, columns: estimate.columns,
      spectra: .zeros([estimate.isValid.count, estimate.endmembers?.bands ?? 1]), isValid: estimate.isValid)
    let reference = try InputScene(reading: reading.options, quiet: json).truth(truth, for: scene)
    return try EstimateMetrics(estimate, against: reference, matching: match, test: nil).metrics()
  }

  private func ofRun(_ folder: RunFolder) throws -> Metrics {
    let before = try Resumption(of: folder, reading: reading.options, truth: truth)
    let scene = try before.readScene(quiet: json)
    guard scene.truth != nil else {
      throw UnmixingError.missing(
        field: "true abundances", neededFor: "an evaluation", remedy: "the run had none, so name a file with --truth")
    }
    let model = TrainedModel(try before.checkpoint.restored().model, before.checkpoint.description)
    let estimate = try model.unmix(scene)
    let test = before.checkpoint.testPixels
    return try EstimateMetrics(estimate, against: scene.truth, matching: match, test: test.isEmpty ? nil : test)
      .metrics()
  }

  private static func explanations(_ metrics: Metrics) -> String {
    var seen: Set<MetricDefinition> = []
    return metrics.all.compactMap { entry in
      guard let definition = MetricDefinition.of(entry.id), seen.insert(definition).inserted else { return nil }
      return "\(definition.id): \(definition.formula)" + (definition.unit.isEmpty ? "" : " [\(definition.unit)]")
    }.joined(separator: "\n")
  }
}

extension MatchingRule: ExpressibleByArgument {}
