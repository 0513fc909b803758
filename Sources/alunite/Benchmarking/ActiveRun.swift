import Foundation
import Unmixing

/// A run while it is made: its process, and what earlier attempts at it came to.
struct ActiveRun {
  let run: PlannedRun
  private(set) var child: ChildProcess
  private var evaluation: EvaluationRule?
  private var isEvaluating = false
  private let earlier: RunAttempts
  private let arguments: [String]
  private let watch = Stopwatch()
  private var lastNote = 0.0

  /// The most memory seen, in bytes.
  private(set) var peakBytes: Double

  /// Starts the run, or goes on with one that was cut off.
  init(_ run: PlannedRun, _ evaluation: EvaluationRule?) throws {
    let place = run.place
    try FileManager.default.createDirectory(at: place.url, withIntermediateDirectories: true)
    try? FileManager.default.removeItem(at: place.failure)
    self.run = run
    self.evaluation = evaluation
    if let record = try place.readRecord() {
      // Only the evaluation by another rule is missing.
      (earlier, peakBytes, arguments) = (RunAttempts(), record.peakBytes, record.command)
      child = try Self.start(evaluation?.arguments(run) ?? [], place)
      (self.evaluation, isEvaluating) = (nil, true)
      evaluatedAs = evaluation
      return
    }
    let trains = run.method.isNetwork && RunFolder(place.result).exists
    if trains {
      earlier = place.readAttempts()
      arguments = ["train", "--resume", "--threads", "1", "--quiet", "--output", place.result.path]
    } else {
      try? FileManager.default.removeItem(at: place.result)
      earlier = RunAttempts()
      arguments = run.arguments + ["--output", place.result.path]
    }
    peakBytes = earlier.peakBytes
    evaluatedAs = evaluation
    child = try Self.start(arguments, place)
  }

  private let evaluatedAs: EvaluationRule?

  private static func start(_ arguments: [String], _ place: RunPlace) throws -> ChildProcess {
    try ChildProcess(arguments, output: place.output, errors: place.errors)
  }

  /// Seconds over all attempts.
  var seconds: Double { earlier.seconds + watch.seconds }

  /// How the present process ended; `nil` while it runs. Writes down how far it is, now and then.
  mutating func poll(notingEvery pause: Double) throws -> ChildProcess.Ending? {
    if !isEvaluating {
      peakBytes = max(peakBytes, child.peakBytes ?? 0)
      if watch.seconds - lastNote > pause {
        lastNote = watch.seconds
        let attempts = RunAttempts(count: earlier.count + 1, seconds: seconds, peakBytes: peakBytes)
        try RunFolder.write(try JSONText.text(attempts) + "\n", to: run.place.attempts)
      }
    }
    return child.poll()
  }

  /// After a process that did what it should: starts the next one, or completes the run.
  ///
  /// - Returns: Whether there is a next one.
  mutating func startNext(_ ending: ChildProcess.Ending) throws -> Bool {
    if isEvaluating {
      if let evaluatedAs { try keepEvaluation(evaluatedAs) }
      return false
    }
    try complete(ending)
    guard let rule = evaluation else { return false }
    (evaluation, isEvaluating) = (nil, true)
    child = try Self.start(rule.arguments(run), run.place)
    return true
  }

  private func keepEvaluation(_ rule: EvaluationRule) throws {
    let text = try String(contentsOf: run.place.output, encoding: .utf8)
    try RunFolder.write(text, to: run.place.evaluation(rule.name))
  }

  /// Writes the record, which makes the run a finished one.
  private func complete(_ ending: ChildProcess.Ending) throws {
    let place = run.place
    let metrics: Metrics = try RunPlace.decoded(place.result.appendingPathComponent("metrics.json"))
    // What the process itself saw at its end, after the last look at it from here.
    let peak = max(peakBytes, metrics.all["peakMemoryBytes"] ?? 0)
    let record = RunRecord(
      scene: run.scene.plan.name, method: run.method.name, id: run.method.id, seed: run.seed, command: arguments,
      decidedBy: run.decidedBy, seconds: seconds, processorSeconds: earlier.count == 0 ? ending.processorSeconds : nil,
      peakBytes: peak, version: RunDescription.currentVersion)
    try RunFolder.write(try JSONText.text(record) + "\n", to: place.record)
    try? FileManager.default.removeItem(at: place.attempts)
  }
}
