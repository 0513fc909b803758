import Foundation
import Unmixing

/// What a benchmark found, scene by scene, ready to be written in any form.
struct BenchmarkResult: Encodable {
  /// A method on a scene.
  struct Row: Encodable {
    let method: String
    let id: String
    let title: String
    /// How many runs finished, of how many.
    let runs: Int
    let planned: Int
    /// Whether figures are those of held-out pixels.
    let isHeldOut: Bool
    /// Every metric of the runs, by id.
    let metrics: [String: Spread]
    let seconds: Spread?
    let megabytes: Spread?
    /// Against the baseline, by metric.
    var tests: [String: Test] = [:]
    /// What papers print of the same method.
    let published: [PublishedFigures.Figure]
  }

  /// A comparison of a method with the baseline.
  struct Test: Encodable {
    let pValue: Double
    let adjusted: Double
    let least: Double
    let title: String
  }

  /// One scene's rows.
  struct SceneResult: Encodable {
    let name: String
    let size: String
    let truth: String
    var rows: [Row]
    /// Figures of methods that are not among the rows.
    let others: [PublishedFigures.Figure]
  }

  let name: String
  let version: String
  let seeds: [UInt64]
  let baseline: String?
  let metrics: [String]
  let rule: String
  var scenes: [SceneResult]
  let failures: [String]

  /// Collects the finished runs.
  init(
    _ plan: BenchmarkPlan, _ runs: [PlannedRun], _ published: PublishedFigures, failures: [RunQueue.Failure]
  ) throws {
    let rule = EvaluationRule(plan)
    name = plan.name
    version = RunDescription.currentVersion
    (seeds, baseline) = (plan.seeds, plan.baseline)
    metrics = plan.metrics + (plan.rowMinimum ? ["endmember.sad.rowMinimum", "abundance.rmse.rowMinimum"] : [])
    self.rule =
      (plan.matching.map { "endmembers paired by \($0.rawValue)" }
        ?? "endmembers paired by the usual rule of each method")
      + ", one to one and once for everything"
    self.failures = failures.map {
      "\($0.run.scene.plan.name) · \($0.run.method.name) · seed \($0.run.seed): \($0.message)"
    }
    scenes = try plan.scenes.map { scene in
      let own = runs.filter { $0.scene.plan.name == scene.name }
      let figures = published.of(scene)
      let rows = try plan.methods.compactMap { method in
        try Row(method, own.filter { $0.method.name == method.name }, figures, rule)
      }
      let truth = [scene.truth, scene.endmembers].compactMap { $0?.lastPathComponent }.joined(separator: " and ")
      let shown = Set(rows.flatMap { $0.published.map(\.method) })
      return SceneResult(
        name: scene.name, size: own.first?.scene.size ?? "", truth: truth.isEmpty ? "in the scene's file" : truth,
        rows: rows, others: figures.filter { !shown.contains($0.method) })
    }
    for index in scenes.indices { scenes[index].test(against: plan) }
  }
}

extension BenchmarkResult.Row {
  /// `nil` where the method does not run on the scene.
  init?(
    _ method: PlannedMethod, _ runs: [PlannedRun], _ figures: [PublishedFigures.Figure], _ rule: EvaluationRule?
  ) throws {
    guard !runs.isEmpty else { return nil }
    var (values, seconds, bytes) = ([String: [UInt64: Double]](), [UInt64: Double](), [UInt64: Double]())
    var isHeldOut = false
    for run in runs {
      guard let record = try run.place.readRecord() else { continue }
      let file = rule.map { run.place.evaluation($0.name) } ?? run.place.result.appendingPathComponent("metrics.json")
      guard rule == nil || FileManager.default.fileExists(atPath: file.path) else { continue }
      let metrics: Metrics = try RunPlace.decoded(file)
      isHeldOut = metrics.test != nil
      // Endmembers are the same whichever pixels are looked at, and stand among all.
      for entry in metrics.all { values[entry.id, default: [:]][run.seed] = entry.value }
      for entry in metrics.test ?? metrics.all { values[entry.id, default: [:]][run.seed] = entry.value }
      seconds[run.seed] = record.seconds
      bytes[run.seed] = record.peakBytes
    }
    for id in ["seconds", "peakMemoryBytes"] { values[id] = nil }
    self.init(
      method: method.name, id: method.id, title: method.publishedName, runs: seconds.count, planned: runs.count,
      isHeldOut: isHeldOut, metrics: values.compactMapValues { Spread($0) }, seconds: Spread(seconds),
      megabytes: Spread(bytes.mapValues { $0 / 1e6 }),
      published: figures.filter { $0.method == method.publishedName })
  }
}

extension BenchmarkResult.SceneResult {
  /// Tests every method against the baseline in every metric; those of one metric are corrected together.
  fileprivate mutating func test(against plan: BenchmarkPlan) {
    guard let baseline = plan.baseline, let reference = rows.first(where: { $0.method == baseline }) else { return }
    for metric in plan.metrics {
      guard let theirs = reference.metrics[metric] else { continue }
      let tests = rows.indices.compactMap { index -> (place: Int, test: SignificanceTest)? in
        guard rows[index].method != baseline, let own = rows[index].metrics[metric] else { return nil }
        return Self.test(own.values, theirs.values, plan.pairing).map { (index, $0) }
      }
      for ((place, test), adjusted) in zip(tests, SignificanceTest.holm(tests.map(\.test.pValue))) {
        rows[place].tests[metric] = BenchmarkResult.Test(
          pValue: test.pValue, adjusted: adjusted, least: test.least, title: test.title)
      }
    }
  }

  private static func test(
    _ own: [UInt64: Double], _ theirs: [UInt64: Double], _ pairing: BenchmarkPlan.Pairing
  ) -> SignificanceTest? {
    func sorted(_ values: [UInt64: Double]) -> [Double] { values.sorted { $0.key < $1.key }.map(\.value) }
    switch pairing {
    case .unpaired: return SignificanceTest(sorted(own), sorted(theirs))
    case .paired:
      let common = own.keys.filter { theirs[$0] != nil }.sorted()
      return SignificanceTest(paired: common.map { (own[$0] ?? 0) - (theirs[$0] ?? 0) })
    }
  }
}
