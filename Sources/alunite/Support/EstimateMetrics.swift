import Foundation
import Scenes
import Tensors
import Unmixing

/// All metrics of an estimate: of its means, of one draw from its posterior, of its reconstruction, and what it cost.
struct EstimateMetrics {
  private let estimate: Estimate
  private let scene: Scene
  private let matching: MatchingRule
  private let test: [Int]?

  init(_ estimate: Estimate, in scene: Scene, matching: MatchingRule, test: [Int]?) {
    self.estimate = estimate
    self.scene = scene
    self.matching = matching
    self.test = test
  }

  /// The metrics, with costs added to those over all pixels.
  ///
  /// Without a truth only reconstruction and costs are there.
  func metrics(costs: [(id: String, value: Double?)]) throws -> Metrics {
    let base = try scene.truth.map { _ in try compared(estimate.mean, marginals: marginals) }
    let draw = try base.flatMap { try drawn($0) }
    let pixels = estimate.validPixels
    var all = (base?.all).map(Array.init) ?? [Metrics.Entry("pixels", Double(pixels.count))]
    all += Self.renamed(draw?.all) + angle(over: pixels)
    all += costs.compactMap { cost in cost.value.map { Metrics.Entry(cost.id, $0) } }
    let held = test.map { test in
      let entries = (base?.test).map(Array.init) ?? [Metrics.Entry("pixels", Double(test.count))]
      return entries + Self.renamed(draw?.test) + angle(over: test.filter { estimate.isValid[$0] })
    }
    return Metrics(
      all: Metrics.Values(all), test: held.map { Metrics.Values($0) }, permutation: base?.permutation ?? [],
      endmembers: base?.endmembers ?? [], matching: matching)
  }

  private func compared(_ abundances: Tensor, marginals: PosteriorMarginals?) throws -> Metrics {
    let prediction = Prediction(
      abundances: abundances, endmembers: estimate.endmembers, names: estimate.names, marginals: marginals)
    return try Evaluation(matching: matching).metrics(of: prediction, in: scene, test: test)
  }

  /// A Dirichlet has α = mean × total.
  private var marginals: PosteriorMarginals? {
    estimate.totalConcentration.map { total in
      .dirichlet(concentration: estimate.mean * total.reshaped(to: [total.count, 1]))
    }
  }

  /// The metrics of one draw under the pairs of the means.
  private func drawn(_ base: Metrics) throws -> Metrics? {
    guard let draw = estimate.draw else { return nil }
    if matching != .abundance { return try compared(draw, marginals: nil) }
    // Paired by abundance, a draw could find pairs of its own.
    let order = base.permutation.compactMap { $0 }
    guard order.count == estimate.endmemberCount, order.count == base.permutation.count else { return nil }
    let paired = estimate.reordered(order)
    guard let values = paired.draw else { return nil }
    let prediction = Prediction(abundances: values, endmembers: paired.endmembers, names: paired.names)
    return try Evaluation(matching: .none).metrics(of: prediction, in: scene, test: test)
  }

  /// `abundance.rmse.sample.entry` from `abundance.rmse.entry`.
  private static func renamed(_ values: Metrics.Values?) -> [Metrics.Entry] {
    let prefix = "abundance.rmse."
    return (values.map(Array.init) ?? []).filter { $0.id.hasPrefix(prefix) }.map {
      Metrics.Entry("abundance.rmse.sample." + $0.id.dropFirst(prefix.count), $0.value)
    }
  }

  private func angle(over pixels: [Int]) -> [Metrics.Entry] {
    guard let angles = estimate.reconstructionAngle, !pixels.isEmpty else { return [] }
    let sum = angles.withUnsafeScalars { values in pixels.reduce(0.0) { $0 + Double(values[$1]) } }
    return [Metrics.Entry("reconstruction.angle", sum / Double(pixels.count))]
  }
}
