import Scenes
import Unmixing

/// The metrics of an estimate with what it cost.
struct EstimateMetrics {
  private let estimate: Estimate
  private let truth: GroundTruth?
  private let matching: MatchingRule
  private let test: [Int]?

  /// - Parameter test: The pixels held out, if there was a split.
  init(_ estimate: Estimate, against truth: GroundTruth?, matching: MatchingRule, test: [Int]?) {
    (self.estimate, self.truth, self.matching, self.test) = (estimate, truth, matching, test)
  }

  /// The metrics, with costs added to those over all pixels.
  ///
  /// Without a truth only reconstruction and costs are there.
  func metrics(costs: [(id: String, value: Double?)]) throws -> Metrics {
    try Evaluation(matching: matching).metrics(of: estimate, against: truth, test: test)
      .adding(costs.compactMap { cost in cost.value.map { Metrics.Entry(cost.id, $0) } })
  }
}
