import Foundation
import Unmixing

/// Shows how far a benchmark is: a table that is drawn anew on a terminal, a line for each run elsewhere.
struct BenchmarkProgress {
  private struct Tally {
    var all = 0
    var done = 0
    var failed = 0
  }

  /// How many runs are finished.
  private(set) var done = 0
  private let total: Int
  private let isShown: Bool
  private let isInteractive = Console.isInteractive
  private let jobs: Int
  private let scenes: [String]
  private let metric: String
  private var tallies: [String: Tally] = [:]
  private var secondsOf: [String: [Double]] = [:]
  private var waiting: [String: Int] = [:]
  private var lastShown = -1.0
  private var linesShown = 0
  private let watch = Stopwatch()

  init(_ runs: [PlannedRun], jobs: Int, metric: String, quiet: Bool) throws {
    total = runs.count
    self.jobs = jobs
    self.metric = metric
    isShown = !quiet
    scenes = runs.reduce(into: []) { names, run in
      if !names.contains(run.scene.plan.name) { names.append(run.scene.plan.name) }
    }
    for run in runs {
      tallies[run.scene.plan.name, default: Tally()].all += 1
      if let record = try run.place.readRecord() {
        tallies[run.scene.plan.name]?.done += 1
        secondsOf[run.method.name, default: []].append(record.seconds)
      } else {
        waiting[run.method.name, default: 0] += 1
      }
    }
  }

  /// Says what is there already.
  mutating func begin(finished: Int) {
    done = finished
    if isShown && finished > 0 { Console.note("\(finished) of \(total) runs are finished and are not repeated") }
  }

  /// A run has given its result.
  mutating func finished(_ run: PlannedRun, _ record: RunRecord?) {
    done += 1
    tallies[run.scene.plan.name]?.done += 1
    waiting[run.method.name, default: 1] -= 1
    if let record { secondsOf[run.method.name, default: []].append(record.seconds) }
    let metrics: Metrics? = try? RunPlace.decoded(run.place.result.appendingPathComponent("metrics.json"))
    let value = metrics.flatMap { $0.test?[metric] ?? $0.all[metric] }.map { ", \(metric) \(Numeral.short($0))" } ?? ""
    let cost = record.map { ", \(Numeral.duration($0.seconds)), \(Numeral.bytes($0.peakBytes))" } ?? ""
    tell("\(Self.title(run))\(value)\(cost)")
  }

  /// A run has failed.
  mutating func failed(_ run: PlannedRun, _ message: String) {
    tallies[run.scene.plan.name]?.failed += 1
    waiting[run.method.name, default: 1] -= 1
    tell("\(Self.title(run)): failed: \(message)")
  }

  private mutating func tell(_ text: String) {
    guard isShown else { return }
    clear()
    let failed = tallies.values.reduce(0) { $0 + $1.failed }
    Console.raw("[\(done + failed)/\(total)] \(text)\n")
    lastShown = -1
  }

  private static func title(_ run: PlannedRun) -> String {
    "\(run.scene.plan.name) · \(run.method.name) · seed \(run.seed)"
  }

  /// Draws the table, at most five times a second, on a terminal only.
  mutating func update(_ active: [ActiveRun]) {
    guard isShown, isInteractive, watch.seconds - lastShown > 0.2 else { return }
    lastShown = watch.seconds
    clear()
    var table = TextTable(["scene", "done", "failed", "of"], rightAligned: [1, 2, 3])
    for scene in scenes {
      let tally = tallies[scene] ?? Tally()
      table.add([scene, "\(tally.done)", tally.failed == 0 ? "" : "\(tally.failed)", "\(tally.all)"])
    }
    var running = TextTable(["running", "time", "memory"], rightAligned: [1, 2])
    for run in active {
      running.add([Self.title(run.run), Numeral.duration(run.seconds), Numeral.bytes(run.peakBytes)])
    }
    let text = "\(table.text)\n\n\(running.text)\n\(remaining)"
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.prefix(Console.width - 1) }
    linesShown = lines.count
    Console.raw(lines.joined(separator: "\n") + "\n")
  }

  /// The table's last state goes, the lines above it stay.
  mutating func end() { clear() }

  private mutating func clear() {
    // Up by so many lines, to the first column, and everything below goes.
    if linesShown > 0 { Console.raw("\u{1B}[\(linesShown)A\r\u{1B}[J") }
    linesShown = 0
  }

  /// What the runs to come will take if they take what others of their method did, or of any.
  private var remaining: String {
    let known = secondsOf.values.flatMap { $0 }
    guard !known.isEmpty else { return "" }
    let usual = known.reduce(0, +) / Double(known.count)
    let left = waiting.reduce(0.0) { sum, entry in
      let own = secondsOf[entry.key] ?? []
      return sum + Double(entry.value) * (own.isEmpty ? usual : own.reduce(0, +) / Double(own.count))
    }
    return "about \(Numeral.duration(left / Double(jobs))) left"
  }
}
