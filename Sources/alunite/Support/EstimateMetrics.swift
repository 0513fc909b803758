import Foundation
import Scenes
import Tensors
import Unmixing

/// All metrics of an estimate: of its means, of one draw from its posterior, and what it cost.
struct EstimateMetrics {
  private let estimate: Estimate
  private let truth: GroundTruth?
  private let evaluation: Evaluation
  private let test: [Int]?

  /// - Parameter test: The pixels held out, if there was a split.
  init(_ estimate: Estimate, against truth: GroundTruth?, matching: MatchingRule, test: [Int]?) {
    self.estimate = estimate
    self.truth = truth
    evaluation = Evaluation(matching: matching)
    self.test = test
  }

  /// The metrics, with costs added to those over all pixels.
  ///
  /// Without a truth only reconstruction and costs are there.
  func metrics(costs: [(id: String, value: Double?)] = []) throws -> Metrics {
    let base = try evaluation.metrics(of: estimate, against: truth, test: test)
    let draw = try drawn(base)
    let added = costs.compactMap { cost in cost.value.map { Metrics.Entry(cost.id, $0) } }
    return Metrics(
      all: Metrics.Values(base.all + Self.renamed(draw?.all) + added),
      test: base.test.map { Metrics.Values($0 + Self.renamed(draw?.test)) },
      permutation: base.permutation, endmembers: base.endmembers, matching: base.matching)
  }

  /// The metrics of one draw under the pairs of the means.
  private func drawn(_ base: Metrics) throws -> Metrics? {
    guard truth != nil, let draw = estimate.draw else { return nil }
    var sampled = estimate
    sampled.mean = draw
    sampled.totalConcentration = nil
    if evaluation.matching != .abundance { return try evaluation.metrics(of: sampled, against: truth, test: test) }
    // Paired by abundance, a draw could find pairs of its own.
    let order = base.permutation.compactMap { $0 }
    guard order.count == estimate.endmemberCount, order.count == base.permutation.count else { return nil }
    return try Evaluation(matching: .none).metrics(of: sampled.reordered(order), against: truth, test: test)
  }

  /// `abundance.rmse.sample.entry` from `abundance.rmse.entry`.
  private static func renamed(_ values: Metrics.Values?) -> [Metrics.Entry] {
    let prefix = "abundance.rmse."
    return (values.map(Array.init) ?? []).filter { $0.id.hasPrefix(prefix) }.map {
      Metrics.Entry("abundance.rmse.sample." + $0.id.dropFirst(prefix.count), $0.value)
    }
  }
}
