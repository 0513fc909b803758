import Foundation
import Unmixing

/// Runs of a benchmark, so many at a time, each by a process of its own.
struct RunQueue {
  /// How a run ended that did not give a result.
  struct Failure {
    let run: PlannedRun
    let message: String
  }

  /// What there is to do, in this order.
  let runs: [PlannedRun]
  /// How many run at a time.
  let jobs: Int
  /// The arguments of `alunite evaluate` that judge a result by another rule than its own, if one is wanted.
  let evaluation: EvaluationRule?
  private(set) var failures: [Failure] = []

  private static let pause: UInt32 = 20_000
  private static let secondsBetweenNotes = 1.0

  init(_ runs: [PlannedRun], jobs: Int, evaluation: EvaluationRule?) {
    (self.runs, self.jobs, self.evaluation) = (runs, jobs, evaluation)
  }

  /// Runs what is not finished yet.
  ///
  /// - Throws: ``Interruption`` once a signal came and the processes have ended.
  mutating func work(until stop: StopSignal, _ progress: inout BenchmarkProgress) throws {
    var waiting = runs.filter { !Self.isFinished($0, evaluation) }[...]
    progress.begin(finished: runs.count - waiting.count)
    var active: [ActiveRun] = []
    var isStopping = false
    while !active.isEmpty || !(waiting.isEmpty || isStopping) {
      if let signal = stop.signalNumber, !isStopping {
        isStopping = true
        for run in active { run.child.send(SIGTERM) }
        if signal == SIGINT { Console.note("waiting for \(active.count) runs to save what they have") }
      }
      while !isStopping, active.count < jobs, let next = waiting.popFirst() {
        active.append(try ActiveRun(next, evaluation))
      }
      usleep(Self.pause)
      try advance(&active, isStopping: isStopping, &progress)
      progress.update(active)
    }
    progress.end()
    let left = runs.count - progress.done
    try stop.check("stopped with \(left) of \(runs.count) runs left; the same command goes on")
  }

  private static func isFinished(_ run: PlannedRun, _ evaluation: EvaluationRule?) -> Bool {
    let files = [run.place.record] + (evaluation.map { [run.place.evaluation($0.name)] } ?? [])
    return files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// Takes note of the processes, and goes on with those runs whose process has ended.
  private mutating func advance(
    _ active: inout [ActiveRun], isStopping: Bool, _ progress: inout BenchmarkProgress
  ) throws {
    for index in active.indices.reversed() {
      guard let ending = try active[index].poll(notingEvery: Self.secondsBetweenNotes) else { continue }
      var message = ending.code == 0 ? nil : active[index].run.place.lastError ?? "ended with code \(ending.code)"
      do {
        if ending.code == 0, try active[index].startNext(ending) { continue }
      } catch {
        message = WorldFault.explanation(of: error)
      }
      let run = active.remove(at: index).run
      if let message {
        if !isStopping { try fail(run, message, &progress) }
      } else {
        progress.finished(run, try run.place.readRecord())
      }
    }
  }

  private mutating func fail(_ run: PlannedRun, _ message: String, _ progress: inout BenchmarkProgress) throws {
    try RunFolder.write(message + "\n", to: run.place.failure)
    failures.append(Failure(run: run, message: message))
    progress.failed(run, message)
  }
}

/// A rule by which results are judged beside their own.
struct EvaluationRule {
  let matching: MatchingRule?
  let rowMinimum: Bool

  /// `nil` where the plan wants no other than the usual.
  init?(_ plan: BenchmarkPlan) {
    if plan.matching == nil && !plan.rowMinimum { return nil }
    (matching, rowMinimum) = (plan.matching, plan.rowMinimum)
  }

  /// What files are called by.
  var name: String {
    [matching?.rawValue ?? "usual", rowMinimum ? "row-minimum" : nil].compactMap { $0 }.joined(separator: "-")
  }

  /// The arguments after `alunite`.
  func arguments(_ run: PlannedRun) -> [String] {
    ["evaluate", "--json", "--threads", "1", "--result", run.place.result.path]
      + (run.method.isNetwork ? [] : ["--truth", run.scene.file.path])
      + (matching.map { ["--match", $0.rawValue] } ?? []) + (rowMinimum ? ["--row-minimum"] : [])
  }
}
