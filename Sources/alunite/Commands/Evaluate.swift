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
      paired once, one to one, and the same pairs serve abundances, spectra and intervals. Pixels without true \
      abundances are left out. Coverage of a run is that of its network's own intervals; where its decoder is linear,
      calibration.refined.coverage… is that of the intervals unmix and report publish.

      Rules of pairing:
        none       the first with the first; usual after learning from labels
        names      equal names; usual then if the truth has them in another order
        sad        least sum of angles; usual after learning without labels
        abundance  least squared error; usual then if true spectra are not known

      Examples:
        alunite evaluate --result result --truth scene.h5
        alunite evaluate --result run --truth Samson_GT.mat --match sad --json
        alunite evaluate --result result --endmembers USGS_1995_Library.mat
      """)

  @Option(help: ArgumentHelp("What alunite unmix or alunite train wrote.", valueName: "result|run"))
  var result: String

  @Option(help: ArgumentHelp("True abundances (default for a run: those it was trained with).", valueName: "path"))
  var truth: String?

  @Option(
    help: ArgumentHelp(
      "Compare endmembers alone, with spectra of a library, where no abundances are known.", valueName: "library"))
  var endmembers: String?

  @Option(help: ArgumentHelp("The scene of a run, where it is no longer at its place.", valueName: "path"))
  var scene: String?

  @Option(
    help: ArgumentHelp(
      "How endmembers are paired: sad, abundance, names, none (default: the rule usual for the result, see above).",
      valueName: "rule"))
  var match: MatchingRule?

  @Flag(
    help: """
      Add abundance.rmse.rowMinimum and endmember.sad.rowMinimum, in which several estimates may be compared with the \
      same truth; only to compare with papers that do so.
      """)
  var rowMinimum = false

  @Flag(
    help: """
      Add endmember.sad.purePixelPairs, the angles between mean spectra of supposedly and of truly pure pixels, as \
      SSANU-Net's paper has them; of a run only, since they need the scene.
      """)
  var purePairs = false

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print the formula of every metric, too.")
  var formulas = false

  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    if endmembers != nil && (truth != nil || match != nil || rowMinimum || purePairs) {
      throw ValidationError("--endmembers goes with none of --truth, --match, --row-minimum and --pure-pairs")
    }
  }

  func run() throws {
    computing.apply()
    if let endmembers { return try compare(with: endmembers) }
    let subject =
      switch try ResultSource(result) {
      case .estimate(let file): try ofEstimate(file)
      case .run(let folder): try ofRun(folder)
      }
    if purePairs && subject.spectra == nil {
      throw UnmixingError.missing(
        field: "the scene's spectra", neededFor: "--pure-pairs", remedy: "name a run in place of a result")
    }
    let rule = match ?? .usual(for: subject.estimate, isLabelled: subject.isLabelled, against: subject.truth)
    let own = try Evaluation(matching: rule, includesRowMinimum: rowMinimum)
      .metrics(
        of: subject.estimate, against: subject.truth, test: subject.test, spectra: purePairs ? subject.spectra : nil)
    let metrics =
      try subject.run.map { run in
        try RefinedCoverage(
          of: run.model, subject.estimate, in: run.scene, against: subject.truth, like: own, test: subject.test
        ).added(to: own)
      } ?? own
    let missing = metrics.permutation.count { $0 == nil }
    if missing > 0 && !json {
      Console.note(
        "\(missing) of \(metrics.permutation.count) true endmembers have no estimate: it counts as 0 everywhere")
    }
    let reason = match == nil ? subject.reason(for: rule) : nil
    show(metrics, remarks: [reason, subject.estimate.remarkOnMeans].compactMap { $0 })
  }

  private func show(_ metrics: Metrics, remarks: [String]) {
    if json { return Console.print(metrics.json.trimmingCharacters(in: .newlines)) }
    var report = Report(metrics)
    report.remarks += remarks
    Console.print(report.text)
    if formulas { Console.print("\n" + report.definitions) }
  }

  private func compare(with path: String) throws {
    let library = try SpectralLibrary(contentsOf: URL(fileURLWithPath: path), options: reading.options)
    let found: (spectra: SpectralLibrary?, sourceBands: [Int]?)
    switch try ResultSource(result) {
    case .estimate(let url):
      let file = try EstimateFile(contentsOf: url)
      found = (file.estimate.endmembers, file.sourceBands)
    case .run(let folder): found = (try folder.readModel(quiet: json).endmembers(), nil)
    }
    guard let spectra = found.spectra else {
      throw UnmixingError.missing(
        field: "estimated endmembers", neededFor: "a comparison of spectra", remedy: "the result holds none")
    }
    let comparison = try EndmemberComparison(of: spectra, with: library, sourceBands: found.sourceBands)
    if json { return show(comparison.metrics, remarks: []) }
    var report = Report(comparison.metrics)
    report.remarks = comparison.remarks
    Console.print(report.text)
    if formulas { Console.print("\n" + report.definitions) }
  }

  /// What is compared with what.
  private struct Subject {
    let estimate: Estimate
    let isLabelled: Bool
    let truth: GroundTruth
    let test: [Int]?
    /// Of a run, its model and the scene.
    let run: (model: TrainedModel, scene: Scene)?

    /// The scene's spectra, of a run.
    var spectra: Tensor? { run?.scene.spectra }

    /// Why endmembers are paired as they are when nobody said how.
    func reason(for rule: MatchingRule) -> String {
      let origin = "learnt \(isLabelled ? "from" : "without") labels"
      return "\(rule.rawValue) is the usual rule for what \(origin); --match chooses another"
    }
  }

  private func ofEstimate(_ url: URL) throws -> Subject {
    let file = try EstimateFile(contentsOf: url)
    let estimate = file.estimate
    guard let truth else {
      throw UnmixingError.missing(
        field: "true abundances", neededFor: "an evaluation",
        remedy: "name a file with --truth, or a library with --endmembers to compare spectra alone")
    }
    // Readers settle rows, columns and bands by a scene; only its size and the places of its bands count here.
    let bands = file.sourceBands?.count ?? estimate.endmembers?.bands ?? 1
    let scene = Scene(
      name: file.sceneName, rows: estimate.rows, columns: estimate.columns,
      spectra: .zeros([estimate.isValid.count, bands]), isValid: estimate.isValid, sourceBands: file.sourceBands)
    let reference = try InputScene(reading: reading.options, quiet: json).truth(truth, for: scene)
    return Subject(estimate: estimate, isLabelled: file.isLabelled, truth: reference, test: nil, run: nil)
  }

  private func ofRun(_ folder: RunFolder) throws -> Subject {
    let before = try Resumption(of: folder, reading: reading.options, scene: scene, truth: truth)
    folder.tellIfUnfinished(before.checkpoint, quiet: json)
    let scene = try before.readScene(quiet: json)
    guard let truth = scene.truth else {
      throw UnmixingError.missing(
        field: "true abundances", neededFor: "an evaluation", remedy: "the run had none, so name a file with --truth")
    }
    let model = TrainedModel(try before.checkpoint.restored().model, before.checkpoint.description)
    let test = before.checkpoint.testPixels
    return Subject(
      estimate: try model.unmix(scene), isLabelled: model.description.isLabelled, truth: truth,
      test: test.isEmpty ? nil : test, run: (model, scene))
  }
}

extension MatchingRule: ExpressibleByArgument {}
