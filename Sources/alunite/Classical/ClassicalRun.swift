import Foundation
import Scenes
import Unmixing

/// One unmixing of one scene by a classical method.
struct ClassicalRun {
  /// The method.
  let entry: ClassicalEntry
  /// What shapes it.
  let options: any ClassicalOptions
  /// What it begins from.
  let start: EndmemberArguments.Start
  /// The key of every random number.
  let seed: UInt64

  /// What came out, and what it cost.
  struct Outcome {
    let estimate: Estimate
    /// Extraction and inversion, without reading and writing.
    let seconds: Double
  }

  /// Finds endmembers and abundances.
  ///
  /// - Throws: ``UnmixingError``; ``Interruption`` once a signal came.
  func unmix(_ scene: Scene, until stop: StopSignal, quiet: Bool) throws -> Outcome {
    let watch = Stopwatch()
    let method = try entry.method(options, endmembers: start.extractor(seed: seed), seed: seed)
    var bar: ProgressBar?
    var estimate = try method.unmix(scene) { done, total in
      if bar == nil { bar = ProgressBar("unmixing", total: total, unit: "parts", quiet: quiet || total == done) }
      bar?.update(done)
      try stop.check()
    }
    bar?.finish()
    if case .search(let entry, _) = start, entry.usesTruth { estimate.startsFromTruth = true }
    return Outcome(estimate: estimate, seconds: watch.seconds)
  }

  /// The estimate against a truth by the usual rule, with what it cost.
  static func metrics(of outcome: Outcome, against truth: GroundTruth) throws -> Metrics {
    let rule = MatchingRule.usual(for: outcome.estimate, isLabelled: false, against: truth)
    let memory = PeakMemory.bytes.map { [Metrics.Entry("peakMemoryBytes", $0)] } ?? []
    return try Evaluation(matching: rule).metrics(of: outcome.estimate, against: truth)
      .adding([Metrics.Entry("seconds", outcome.seconds)] + memory)
  }
}

extension ClassicalRun {
  /// What must be known wherever the estimate is shown. That most spectra of a library are absent is no news.
  func remarks(on estimate: Estimate) -> [String] {
    if case .library = start { return [] }
    return estimate.remarks(onDead: "; another --seed or --extract may find better ones")
  }
}
