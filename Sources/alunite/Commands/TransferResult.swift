import Foundation
import Scenes
import Tensors
import Unmixing

/// The scenes of a transfer.
struct TransferScenes {
  /// The scene to unmix.
  let target: Scene
  /// The synthetic one trained on.
  let training: Scene
  /// A synthetic one that was not.
  let test: Scene
}

/// What a transfer comes to: the target's abundances, how far to trust them, and the same again after an adaptation.
struct TransferResult {
  /// One model's part of it.
  private struct Part {
    let model: TrainedModel
    let estimate: Estimate
    let gap: TransferGap
    /// On the synthetic test scene.
    let metrics: Metrics
  }

  private let trained: Part
  private var adapted: (part: Part, run: Adaptation.Adapted, seconds: Double)?
  private var last: Part { adapted?.part ?? trained }

  /// Unmixes the target and measures the gap.
  init(of model: TrainedModel, on scenes: TransferScenes, quiet: Bool, until stop: StopSignal) throws {
    trained = try Self.part(model, scenes, in: nil, quiet, stop)
  }

  /// Adapts the model to the target and does everything again with it.
  mutating func adapt(
    _ adaptation: Adaptation, on scenes: TransferScenes, quiet: Bool, until stop: StopSignal
  ) throws {
    let watch = Stopwatch()
    var bar: ProgressBar?
    let run = try adaptation.adapted(trained.model, to: scenes.target) { done, total, record in
      if bar == nil { bar = ProgressBar("adapting", total: total, unit: "steps", quiet: quiet) }
      let remark = record.map { "epoch \($0.epoch)/\(adaptation.epochs), loss \(Numeral.short($0.loss))" } ?? ""
      bar?.update(done, remark)
      if done == total { bar?.finish(done, remark) }
      try stop.check()
    }
    let part = try Self.part(run.model, scenes, in: trained.model, quiet, stop)
    adapted = (part, run, watch.seconds)
  }

  private static func part(
    _ model: TrainedModel, _ scenes: TransferScenes, in unit: TrainedModel?, _ quiet: Bool, _ stop: StopSignal
  ) throws -> Part {
    var bar = ProgressBar("unmixing", total: scenes.target.validPixels.count, unit: "pixels", quiet: quiet)
    let estimate = try model.unmix(scenes.target) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    guard let library = scenes.test.truth?.endmembers else {
      preconditionFailure("a synthetic scene without endmembers")
    }
    let gap = try TransferGap(
      of: model, target: (scenes.target, estimate), synthetic: scenes.test, training: scenes.training,
      library: library, inUnitsOf: unit)
    let test = try model.unmix(scenes.test)
    let own = try Evaluation(matching: .none).metrics(of: test, against: scenes.test.truth)
    let metrics = try RefinedCoverage(
      of: model, test, in: scenes.test, against: scenes.test.truth, like: own
    ) { _, _ in try stop.check() }.added(to: own)
    return Part(model: model, estimate: estimate, gap: gap, metrics: metrics)
  }

  // MARK: Output

  /// Fills the transfer's directory, in which the run stands already.
  func write(of target: Scene, to folder: URL) throws {
    try write(last, of: target, to: folder.appendingPathComponent("result"))
    if let adapted {
      try write(trained, of: target, to: folder.appendingPathComponent("result-before"))
      try write(adapted.run, seconds: adapted.seconds, to: folder.appendingPathComponent("adapted"))
      try RunFolder.write(
        try JSONText.text(adapted.part.gap) + "\n", to: folder.appendingPathComponent("gap-adapted.json"))
      try RunFolder.write(adapted.part.metrics.json, to: folder.appendingPathComponent("metrics-adapted.json"))
    }
    let unlikely = Tensor([target.pixelCount, 1], last.gap.isUnlikely.map { $0 ? 1 : 0 })
    try ENVIWriter(interleave: .bsq).write(
      unlikely, bandNames: ["unlikely"], rows: target.rows, columns: target.columns, isValid: target.isValid,
      georeference: target.georeference, description: "pixels unlike the synthetic ones, \(target.name)",
      to: folder.appendingPathComponent("unlikely-pixels.img"))
    try RunFolder.write(report.bandTable, to: folder.appendingPathComponent("gap-bands.csv"))
    try RunFolder.write(trained.metrics.json, to: folder.appendingPathComponent("metrics.json"))
    try RunFolder.write(try JSONText.text(trained.gap) + "\n", to: folder.appendingPathComponent("gap.json"))
  }

  private func write(_ part: Part, of target: Scene, to folder: URL) throws {
    try writeDirectoryAtomically(to: folder) { directory in
      try EstimateFolder(part.estimate, of: target, method: part.model.description.label, isLabelled: true)
        .write(to: directory)
    }
  }

  /// The adapted model as a run that `alunite unmix --run` takes.
  private func write(_ run: Adaptation.Adapted, seconds: Double, to folder: URL) throws {
    try writeDirectoryAtomically(to: folder) { directory in
      let new = RunFolder(directory)
      let settings = try ConfigurationResolver.yaml(run.model.description.configuration)
      let remark =
        "# \(run.model.description.adaptation ?? "") by the evidence lower bound; `objective` is what trained it before.\n"
      try RunFolder.write(remark + settings, to: new.configuration)
      try new.write(run.history)
      try run.checkpoint(seconds).write(to: new.checkpoint)
    }
  }

  private var report: TransferReport { TransferReport(trained.gap, adapted: adapted?.part.gap) }

  /// The gap, or both gaps after an adaptation.
  var json: String {
    get throws {
      guard let adapted else { return try JSONText.text(trained.gap) }
      return try JSONText.text(["trained": trained.gap, "adapted": adapted.part.gap])
    }
  }

  /// The report and what is where.
  func text(in folder: URL) -> String {
    let more =
      adapted == nil
      ? ""
      : """

        result-before/    the same before the adaptation
        adapted/          the adapted model, for alunite unmix --run; gap-adapted.json, metrics-adapted.json
      """
    return """
      on the synthetic test scene:
      \(Report(trained.metrics).text)

      \(report.text)

      \(folder.path)
        result/           abundances of the target, as alunite unmix writes them
        unlikely-pixels   pixels that fit worse than 99 % of synthetic ones
        gap.json, gap-bands.csv, metrics.json
        run/, synthetic.h5, synthetic-test.h5\(more)
      """
  }
}
