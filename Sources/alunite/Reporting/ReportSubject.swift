import Foundation
import Scenes
import Tensors
import Unmixing

/// What a report shows: an estimate beside its scene, and where both come from.
struct ReportSubject {
  /// Abundances and endmembers.
  let estimate: Estimate
  /// What was unmixed, with its truth where there is one.
  let scene: Scene
  /// The spectra the method expects, `[pixels, bands]`.
  let fit: Tensor
  /// What the fit is, in words.
  let fitTitle: String
  /// How the estimate agrees with the truth, or how well it fits.
  let metrics: Metrics
  /// How training or iterating went.
  let curve: Curve?
  /// The method's id, and what must be known wherever its results are shown.
  let method: String
  /// The resolved options.
  let configuration: String
  /// Names and values that tell where the estimate comes from.
  let facts: [Findings.Fact]

  /// A number for every epoch or iteration.
  struct Curve {
    let title: String
    let hint: String
    let across: String
    let values: [Double]
  }

  /// What the caller says about the directory's scene.
  struct Choices {
    var scene: String?
    var truth: String?
    var reading = ReadingOptions()
    var matching: MatchingRule?
    var quiet = false
  }
}

extension ReportSubject {
  /// A run of `alunite train`: its model applied to its scene again, with the intervals `alunite unmix` would give.
  init(run folder: RunFolder, _ choices: Choices) throws {
    let resumption = try Resumption(
      of: folder, reading: choices.reading, scene: choices.scene, truth: choices.truth)
    let checkpoint = resumption.checkpoint
    folder.tellIfUnfinished(checkpoint, quiet: choices.quiet)
    scene = try resumption.readScene(quiet: choices.quiet)
    let description = checkpoint.description
    let model = TrainedModel(try checkpoint.restored().model, description)
    let unmixed: Estimate
    (unmixed, fit) = try model.unmixKeepingFit(scene)
    let isRefined = unmixed.deviation != nil && model.usualPosterior == .refined
    estimate = isRefined ? try model.refined(unmixed, of: scene) : unmixed
    fitTitle = "reconstruction by the network"
    method = description.label
    configuration = try ConfigurationResolver.yaml(description.configuration)
    let test = checkpoint.testPixels
    metrics = try Self.metrics(
      estimate, scene, isLabelled: description.isLabelled, test: test.isEmpty ? nil : test, choices.matching)
    curve = Self.curve(of: checkpoint.history)
    let command = try? RunCommand.read(folder.command)
    facts = Self.facts([
      ("scene", description.scene), ("truth", description.truth), ("split", description.split),
      ("seed", "\(description.seed)"),
      ("training", "\(checkpoint.history.count) epochs, \(checkpoint.step) steps"),
      ("time of training", Numeral.duration(checkpoint.seconds)),
      ("command", command.map { "alunite train \($0.arguments.joined(separator: " "))" }),
      ("trained by", "Alunite \(description.version)"), ("reported by", "Alunite \(RunDescription.currentVersion)"),
    ])
  }

  private static func curve(of history: [EpochRecord]) -> Curve? {
    if history.count < 2 { return nil }
    return Curve(
      title: "Loss", hint: "The training loss, averaged over every epoch.", across: "epoch",
      values: history.map(\.loss))
  }

  /// The metrics by the usual rule, or another.
  private static func metrics(
    _ estimate: Estimate, _ scene: Scene, isLabelled: Bool, test: [Int]?, _ rule: MatchingRule?
  ) throws -> Metrics {
    let rule = rule ?? .usual(for: estimate, isLabelled: isLabelled, against: scene.truth)
    return try Evaluation(matching: rule).metrics(of: estimate, against: scene.truth, test: test)
  }

  private static func facts(_ pairs: [(name: String, value: String?)]) -> [Findings.Fact] {
    pairs.compactMap { name, value in value.map { Findings.Fact(name: name, value: $0) } }
  }
}

extension ReportSubject {
  /// A result of `alunite unmix`, beside the scene it was made from.
  init(result folder: URL, _ choices: Choices) throws {
    let file = try EstimateFile(contentsOf: folder.appendingPathComponent(EstimateFolder.marker))
    let record = try ResultRecord(of: folder)
    scene = try record.scene(choices, rows: file.estimate.rows, columns: file.estimate.columns)
    var estimate = file.estimate
    fit = try Self.mixture(estimate, scene)
    if estimate.reconstructionAngle == nil { estimate.reconstructionAngle = fit.angle(to: scene.spectra) }
    self.estimate = estimate
    fitTitle = "mixture of the endmembers"
    method = file.method
    configuration = record.configuration
    metrics = try Self.metrics(estimate, scene, isLabelled: file.isLabelled, test: nil, choices.matching)
    curve = record.curve
    facts = Self.facts([
      ("scene", choices.scene ?? record.scenePath ?? file.sceneName), ("truth", choices.truth ?? record.truthPath),
      ("unmixed by", record.version.map { "Alunite \($0)" }),
      ("reported by", "Alunite \(RunDescription.currentVersion)"),
    ])
  }

  /// Abundances times endmembers.
  private static func mixture(_ estimate: Estimate, _ scene: Scene) throws -> Tensor {
    guard let endmembers = estimate.endmembers, let mixture = estimate.mixture else {
      throw UnmixingError.missing(
        field: "endmembers", neededFor: "the fit of every pixel", remedy: "the result holds none; report the run")
    }
    if endmembers.bands != scene.bands {
      throw UnmixingError.mismatch(
        field: "bands of \(scene.name)", expected: "\(endmembers.bands), as the endmembers have",
        found: "\(scene.bands)")
    }
    return mixture
  }
}
