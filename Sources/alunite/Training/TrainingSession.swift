import Foundation
import Scenes
import Unmixing

/// One process's part of a training run: the loop, its checkpoints and its end.
struct TrainingSession {
  /// The run.
  private(set) var run: TrainingRun
  /// What it trains on.
  let scene: Scene
  /// Where it is kept.
  let folder: RunFolder
  /// Whether only errors are told.
  let quiet: Bool
  private let interval: Double
  private let lock: OutputLock
  private let watch = Stopwatch()

  /// Takes the run's directory for this process.
  ///
  /// - Throws: ``SceneError/locked(path:holder:)`` when another process trains there.
  init(_ run: TrainingRun, on scene: Scene, in folder: RunFolder, quiet: Bool, interval: Double) throws {
    lock = try OutputLock(on: folder.url)
    self.run = run
    self.scene = scene
    self.folder = folder
    self.quiet = quiet
    self.interval = interval
  }

  /// Seconds of training so far, over all processes.
  var seconds: Double { run.earlierSeconds + watch.seconds }

  /// Whether no epoch was finished yet.
  var isEmpty: Bool { run.history.isEmpty }

  /// Trains to the end and saves the run.
  ///
  /// - Throws: ``Interruption`` once a signal came and the checkpoint is written; ``UnmixingError``, ``SceneError``.
  mutating func train(until stop: StopSignal) throws {
    guard !run.isFinished else { return }
    var bar: ProgressBar?
    var lastSaved = watch.seconds
    let (folder, quiet, interval, watch, earlier) = (folder, quiet, interval, watch, run.earlierSeconds)
    var pause = interval
    func save(_ checkpoint: Checkpoint, _ history: [EpochRecord]) throws {
      let start = watch.seconds
      try checkpoint.write(to: folder.checkpoint)
      try folder.write(history)
      lastSaved = watch.seconds
      pause = max(interval, Self.leastTrainingPerSaving * (lastSaved - start))
    }
    try run.train { progress in
      if bar == nil {
        bar = ProgressBar("training", total: progress.totalSteps, unit: "steps", from: progress.step - 1, quiet: quiet)
      }
      let now = watch.seconds
      let seconds = earlier + now
      if let signal = stop.signalNumber, progress.step < progress.totalSteps {
        try save(progress.checkpoint(seconds), progress.history)
        throw Interruption(signal: signal, message: Self.farewell(progress.step, progress.totalSteps, folder))
      }
      if now - lastSaved >= pause { try save(progress.checkpoint(seconds), progress.history) }
      bar?.update(progress.step, Self.remark(progress))
      if progress.step == progress.totalSteps { bar?.finish(progress.step, Self.remark(progress)) }
      return .proceed
    }
    try save(run.checkpoint(seconds: seconds), run.history)
  }

  /// How much longer than a saving training lasts before the next one, so that large networks learn rather than save.
  private static let leastTrainingPerSaving = 20.0

  private static func remark(_ progress: TrainingRun.Progress) -> String {
    let loss = progress.history.last.map { ", loss \(Numeral.short($0.loss))" } ?? ""
    return "epoch \(progress.epoch)/\(progress.epochs)" + loss
  }

  private static func farewell(_ step: Int, _ total: Int, _ folder: RunFolder) -> String {
    "stopped after \(step) of \(total) steps; go on with: alunite train --resume -o \(folder.url.relativePath)"
  }
}

extension TrainingSession {
  /// Unmixes the scene with the trained model, writes the metrics, and prints the summary.
  func report(json: Bool, until stop: StopSignal) throws {
    let seconds = self.seconds
    var bar = ProgressBar("evaluating", total: scene.validPixels.count, unit: "pixels", quiet: quiet)
    let estimate = try run.unmix(scene) { done, _ in
      bar.update(done)
      try stop.check("stopped before the metrics; go on with: alunite train --resume -o \(folder.url.relativePath)")
    }
    bar.finish()
    let test = run.testPixels.isEmpty ? nil : run.testPixels
    let rule = MatchingRule.usual(for: estimate, isLabelled: run.description.isLabelled, against: scene.truth)
    let costs = [Metrics.Entry("seconds", seconds)] + (PeakMemory.bytes.map { [.init("peakMemoryBytes", $0)] } ?? [])
    let own = try Evaluation(matching: rule).metrics(of: estimate, against: scene.truth, test: test)
    let refined = try RefinedCoverage(
      of: run.trained, estimate, in: scene, against: scene.truth, like: own, test: test
    ) { _, _ in
      try stop.check("stopped before the metrics; go on with: alunite train --resume -o \(folder.url.relativePath)")
    }
    let metrics = refined.added(to: own).adding(costs)
    try RunFolder.write(metrics.json, to: folder.metrics)
    if json { return Console.print(try JSONText.text(Summary(metrics: metrics, files: files, run: run.description))) }
    if quiet { return }
    let mode = run.description.configuration.usesLabels ? "with labels" : "without labels"
    Console.print(
      """
      \(run.description.label), \(mode), \(run.trainingPixels.count) training pixels, \(run.testPixels.count) held out, \
      \(run.parameterCount) parameters, \(Numeral.duration(seconds))

      \(Report(metrics).text)

      """)
    for remark in estimate.remarks { Console.print(remark + "\n") }
    for (name, path) in files { Console.print("  \(name.padding(toLength: 14, withPad: " ", startingAt: 0)) \(path)") }
  }

  private var files: [(name: String, path: String)] {
    [
      ("checkpoint", folder.checkpoint.path), ("configuration", folder.configuration.path),
      ("loss", folder.losses.path), ("loss picture", folder.lossPicture.path), ("metrics", folder.metrics.path),
      ("test pixels", folder.testPixels.path),
    ]
  }

  private struct Summary: Encodable {
    let model: String
    let seed: UInt64
    let split: String
    let metrics: Metrics
    let files: [String: String]

    init(metrics: Metrics, files: [(name: String, path: String)], run: RunDescription) {
      (model, seed, split) = (run.configuration.method, run.seed, run.split)
      self.metrics = metrics
      self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.path) })
    }
  }
}
