import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite unmix`: a trained model or a classical method applied to a scene.
struct Unmix: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Unmix a scene with a trained model or a classical method.",
    discussion: """
      Writes abundances (of a model with their standard deviations and 5, 50 and 95 % quantiles) as ENVI rasters, \
      everything as one HDF5 file, the endmembers, a picture of all maps, and method.yaml, what decided the result. A \
      classical method adds metrics.json where there is a truth. The directory appears whole or not at all.

      What a network says of its own uncertainty is too narrow where two endmembers are alike, however well it is \
      trained. Intervals are therefore refined: drawn from the posterior under the decoder, with noise no less than the \
      scene's residuals and their correlation ask for. Under a linear decoder the draws are exact (Gibbs sampling); under \
      others they are importance weighted, and where their Pareto k̂ is above 0.7 chains (NUTS) take their place. \
      --posterior nuts runs chains for every pixel. --posterior amortised takes the network's own intervals, for pixels \
      where weights from them to the posterior have a k̂ of at most 0.7; --unchecked takes them everywhere. Pixels of which \
      nothing can be trusted have no interval: the ignore value in rasters, NaN in estimate.h5.

      Means stay the network's, and need not lie in the intervals drawn; --mean posterior takes those of the draws, apart \
      from pixels without an interval.

      Where mixing is linear the summary also says whether mixtures of the endmembers explain the scene to within its \
      noise (found by regressing bands on each other): whether residuals are as large as the noise, whether bands are off \
      together, whether pixels lie between the endmembers. residual-score maps where not, model-check.json has the numbers.

      Several runs, usually of other seeds, are mixed with equal weights. Variance is then told apart: what the scene's \
      noise alone leaves open, what posteriors have beyond it, and what differs between runs (variance-*.img), and \
      endmembers have standard deviations.

      Examples:
        alunite unmix --run run --scene other-scene.h5 -o result
        alunite unmix --run run-1 --run run-2 --scene other-scene.h5 -o result
        alunite unmix --run run --scene other-scene.h5 --draws 500 --at 10,20 --at 30,40 -o result
        alunite unmix --run ensemble --scene other-scene.h5 -o result
        alunite unmix --run run --scene other-scene.h5 --posterior amortised -o result
        alunite unmix --run run --scene other-scene.h5 --posterior nuts -o result
        alunite unmix --run run --scene other-scene.h5 --mean posterior -o result
        alunite unmix --method fcls --scene Samson.mat --truth Samson_GT.mat --seed 1 -o result
        alunite unmix --method nnls --scene scene.h5 --endmembers 4 --extract extracted -o result
        alunite unmix --method sunsal --scene scene.h5 --library USGS_1995_Library.mat --set lambda=1e-3 -o result
      """)

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "The run that trained the model, or several, repeated or in a directory of train --ensemble; or see --method.",
      valueName: "run"))
  var runs: [String] = []

  /// The first run.
  private var trained: String? { runs.first }

  @Option(help: ArgumentHelp("The scene to unmix.", valueName: "path"))
  var scene: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The directory to write.", valueName: "result"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Where a run's intervals come from: amortised, refined or nuts (default: refined where there is a way).",
      valueName: "kind"))
  var posterior: PosteriorKind?

  @Option(
    help: ArgumentHelp(
      "Whose the abundances are: network, or posterior for the means of what intervals are drawn from.",
      valueName: "kind"))
  var mean: MeanKind?

  @Option(
    help: ArgumentHelp(
      "Keep so many draws of each of four chains in estimate.h5, for ArviZ; of a single run with a linear decoder.",
      valueName: "n"))
  var draws: Int?

  @Option(
    name: .customLong("at"),
    help: ArgumentHelp(
      "Which pixel to keep draws of, row and column from 0. Repeatable (default: 100 at equal distances).",
      valueName: "row,column"))
  var places: [String] = []
  @Flag(help: "With --posterior amortised: keep the network's intervals also where k̂ says they are wrong.")
  var unchecked = false

  @OptionGroup(title: "Classical methods") var classical: ClassicalArguments
  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    if (trained == nil) == (classical.method == nil) {
      throw ValidationError("expected one of --run (a trained model) and --method (a classical method)")
    }
    if trained == nil && posterior != nil {
      throw ValidationError("--posterior goes with --run; a classical method has one posterior or none")
    }
    if trained == nil && mean != nil {
      throw ValidationError("--mean goes with --run; a classical method has one mean")
    }
    if mean == .posterior && posterior == .amortised {
      throw ValidationError("--mean posterior goes with --posterior refined or nuts, found amortised")
    }
    if let posterior, draws != nil && posterior != .refined {
      throw ValidationError("--draws are of the refined posterior, found --posterior \(posterior.rawValue)")
    }
    if let draws, classical.method != nil || runs.count > 1 || !(4...100_000).contains(draws) {
      throw ValidationError("--draws: expected 4 … 100000 with a single --run, found \(draws)")
    }
    if draws == nil && !places.isEmpty { throw ValidationError("--at goes with --draws") }
    if unchecked && posterior != .amortised {
      throw ValidationError("--unchecked goes with --posterior amortised; other intervals are always checked")
    }
    if trained != nil, let option = classical.firstGiven {
      throw ValidationError("\(option) goes with --method; a run has settled it")
    }
  }

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    let replaces = try OutputPlace.check(
      directory: target, marker: EstimateFolder.marker, overwrite: writing.overwrite)
    let place = ResultPlace(url: target, replaces: replaces, quiet: writing.quiet)
    if let method = classical.method { return try unmix(by: method, into: place) }
    let all = EnsembleFolder.expanding(runs)
    let places = all.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
    if let twice = places.first(where: { place in places.count { $0 == place } > 1 }) {
      throw ValidationError("--run: expected different runs, found \(twice) more than once")
    }
    if all.count > 1 && draws != nil {
      throw ValidationError("--draws goes with a single run; \(runs[0]) holds \(all.count)")
    }
    if all.count > 1 { try unmix(byAll: all, into: place) } else { try unmix(into: place) }
  }

  /// By the model of a run.
  private func unmix(into place: ResultPlace) throws {
    let stop = StopSignal()
    let run = EnsembleFolder.expanding(runs).first ?? ""
    let (found, model, scene) = try estimate(of: RunFolder(run), until: stop)
    var shown = found
    if let draws { shown.keptDraws = try model.keptDraws(of: scene, at: pixels(in: scene), draws: draws) }
    let result = EstimateFolder(
      shown, of: scene, method: model.description.label, isLabelled: model.description.isLabelled)
    let record = UnmixRecord(runs: [run], scene: self.scene, estimate: shown)
    let files = try place.write(result) { directory in
      try stop.check()
      return try record.write(to: directory)
    }
    place.show(shown, scene, files, remarks: shown.remarks)
  }

  /// What the model of one run makes of the scene, with its intervals and its check.
  private func estimate(
    of folder: RunFolder, until stop: StopSignal
  ) throws -> (estimate: Estimate, model: TrainedModel, scene: Scene) {
    let model = try folder.readModel(quiet: writing.quiet)
    if !model.hasPosteriors, mean == .posterior || posterior.map({ $0 != .amortised }) ?? false {
      let (option, usual) = mean == .posterior ? ("--mean", "network") : ("--posterior", "amortised")
      throw WorldFault.conflict(
        option: option,
        expected:
          "\(usual), as \(model.description.configuration.method) of \(folder.url.path) gives pixels no posterior",
        found: mean == .posterior ? MeanKind.posterior.rawValue : posterior?.rawValue ?? "")
    }
    if draws != nil && !(model.hasPosteriors && model.linearMixing != nil) {
      throw WorldFault.conflict(
        option: "--draws", expected: "a run with a posterior and a linear decoder",
        found: "\(model.description.configuration.method) of \(folder.url.path)")
    }
    // What was said of the file when the model was trained on it still holds.
    let before = try reading.options == ReadingOptions() ? Resumption.reading(of: folder, for: self.scene) : nil
    let scene = try InputScene(reading: (before ?? reading.options).withoutTruth, quiet: writing.quiet).scene(
      self.scene, truth: nil)
    var bar = ProgressBar("unmixing", total: scene.validPixels.count, unit: "pixels", quiet: writing.quiet)
    let estimate = try model.unmix(scene) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    var shown = try refined(estimate, model, scene, until: stop)
    if mean == .posterior { shown = try model.takingPosteriorMeans(shown, of: scene) }
    return (try model.checked(shown, of: scene), model, scene)
  }

  /// The pixels to keep draws of.
  private func pixels(in scene: Scene) throws -> [Int] {
    let valid = scene.validPixels
    if places.isEmpty { return (0..<min(100, valid.count)).map { valid[$0 * valid.count / min(100, valid.count)] } }
    return try places.map { place in
      let numbers = place.split(separator: ",").compactMap { Int($0) }
      guard numbers.count == 2, (0..<scene.rows).contains(numbers[0]), (0..<scene.columns).contains(numbers[1]) else {
        throw UnmixingError.malformedOption(
          option: "--at", found: place, expected: "row,column in \(scene.rows) × \(scene.columns) pixels, from 0")
      }
      return numbers[0] * scene.columns + numbers[1]
    }
  }

  /// By the models of several runs.
  private func unmix(byAll runs: [String], into place: ResultPlace) throws {
    let stop = StopSignal()
    var (members, descriptions) = ([Ensemble.Member](), [RunDescription]())
    var subject: (model: TrainedModel, scene: Scene)?
    for run in runs {
      let (estimate, model, scene) = try estimate(of: RunFolder(run), until: stop)
      let own = model.description
      let before = descriptions.filter { $0.seed == own.seed && $0.scene == own.scene }
      if before.contains(where: { $0.configuration == own.configuration }) {
        throw WorldFault.conflict(
          option: "--run", expected: "runs of other seeds or settings",
          found: "\(run) with seed \(own.seed), as another")
      }
      descriptions.append(own)
      let noise = try model.noiseDeviation(of: estimate, in: scene) { _, _ in try stop.check() }
      members.append(.init(estimate, noise: noise, isLabelled: model.description.isLabelled))
      if subject == nil { subject = (model, scene) }
    }
    guard let subject else { return }
    let mixture = try Ensemble(members).estimate
    let result = EstimateFolder(
      mixture, of: subject.scene, method: "\(subject.model.description.label), \(runs.count) runs",
      isLabelled: subject.model.description.isLabelled)
    let record = UnmixRecord(runs: runs, scene: self.scene, estimate: mixture)
    let files = try place.write(result) { directory in
      try stop.check()
      return try record.write(to: directory)
    }
    place.show(mixture, subject.scene, files, remarks: mixture.remarks)
  }

  /// The estimate with the intervals that were asked for, or are usual.
  private func refined(
    _ estimate: Estimate, _ model: TrainedModel, _ scene: Scene, until stop: StopSignal
  ) throws -> Estimate {
    // A point estimate has no intervals unless they are asked for.
    if estimate.deviation == nil && posterior == nil && mean != .posterior { return estimate }
    let kind = posterior ?? model.usualPosterior
    if kind == .amortised && (estimate.deviation == nil || unchecked || !model.hasPosteriors) { return estimate }
    let word = [.amortised: "checking", .refined: "refining", .nuts: "drawing"][kind] ?? ""
    var bar = ProgressBar(word, total: scene.validPixels.count, unit: "pixels", quiet: writing.quiet)
    defer { bar.finish() }
    return try model.published(estimate, of: scene, by: kind) { done, _ in
      bar.update(done)
      try stop.check()
    }
  }

  /// By a classical method.
  private func unmix(by id: String, into place: ResultPlace) throws {
    let entry = try OptionName.looked(up: "--method") { try ClassicalCatalogue.entry(id) }
    let options = try classical.options(of: entry)
    let scene = try InputScene(reading: reading.options, quiet: writing.quiet).scene(
      self.scene, truth: classical.truth)
    let run = ClassicalRun(
      entry: entry, options: options, start: try classical.start.start(for: scene),
      seed: classical.start.seed ?? 0)
    let stop = StopSignal()
    let outcome = try run.unmix(scene, until: stop, quiet: writing.quiet)
    let metrics = try scene.truth.map { try ClassicalRun.metrics(of: outcome, against: $0) }
    let record = MethodRecord(
      run, scene: URL(fileURLWithPath: self.scene).path,
      truth: classical.truth.map { URL(fileURLWithPath: $0).path }, endmembers: outcome.estimate.endmemberCount)
    let files = try place.write(EstimateFolder(outcome.estimate, of: scene, method: id)) { directory in
      try RunFolder.write(record.yaml(), to: directory.appendingPathComponent(MethodRecord.file))
      if let metrics { try RunFolder.write(metrics.json, to: directory.appendingPathComponent("metrics.json")) }
      try stop.check()
      return [(MethodRecord.file, "what decided the result")]
        + (metrics == nil ? [] : [("metrics.json", "comparison with the truth")])
    }
    place.show(outcome.estimate, scene, files, remarks: run.remarks(on: outcome.estimate), metrics: metrics)
  }
}

extension PosteriorKind: ExpressibleByArgument {}
extension MeanKind: ExpressibleByArgument {}
