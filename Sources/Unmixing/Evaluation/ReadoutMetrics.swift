import Foundation
import Scenes
import Tensors

/// What is told of an estimate beside its abundances and endmembers: other read-outs of the same, dead endmembers, and
/// whether it began from the truth.
struct ReadoutMetrics {
  private let estimate: Estimate
  private let truth: GroundTruth?
  private let test: [Int]?

  init(of estimate: Estimate, against truth: GroundTruth?, test: [Int]?) {
    (self.estimate, self.truth, self.test) = (estimate, truth, test)
  }

  /// The metrics with these among them, under the pairs they were computed with.
  func added(to base: Metrics) throws -> Metrics {
    let raw = try rawErrors(base)
    return base.adding(try raw.all + pureAngles(base) + facts, test: raw.test)
  }

  /// The abundance errors of what the network computed, before it was brought to the simplex.
  private func rawErrors(_ base: Metrics) throws -> (all: [Metrics.Entry], test: [Metrics.Entry]) {
    guard let truth, let raw = estimate.raw else { return ([], []) }
    // A column for every true endmember, in the order of the pairs: nothing is left to be paired.
    let columns = base.permutation.map { pair in
      pair.map { raw.slice(along: 1, $0..<$0 + 1) } ?? .zeros([raw.shape[0], 1])
    }
    let names = base.endmembers
    let paired = Prediction(abundances: .concatenated(columns, along: 1), names: names)
    let reference = GroundTruth(abundances: truth.abundances, names: names)
    let scene = Scene(
      name: "", rows: estimate.rows, columns: estimate.columns, spectra: .zeros([raw.shape[0], 1]),
      isValid: estimate.isValid)
    let metrics = try Evaluation(matching: .none).metrics(of: paired, in: scene, against: reference, test: test)
    return (Self.renamed(metrics.all), Self.renamed(metrics.test))
  }

  private static let errors = "abundance.rmse."

  private static func renamed(_ values: Metrics.Values?) -> [Metrics.Entry] {
    (values.map(Array.init) ?? []).filter { $0.id.hasPrefix(errors) }.map {
      Metrics.Entry("abundance.rmse.raw." + $0.id.dropFirst(errors.count), $0.value)
    }
  }

  /// The angles between true endmembers and the mean spectra of the purest pixels.
  private func pureAngles(_ base: Metrics) throws -> [Metrics.Entry] {
    guard let reference = truth?.endmembers, let pure = estimate.pureEndmembers else { return [] }
    let matrix = try SpectralAngles.matrix(reference, pure)
    let angles = zip(base.endmembers, zip(matrix, base.permutation)).compactMap { name, pair in
      pair.1.map { (name: name, angle: pair.0[$0]) }
    }
    if angles.isEmpty { return [] }
    let mean = angles.reduce(0) { $0 + $1.angle } / Double(angles.count)
    return [Metrics.Entry("endmember.sad.purePixels.mean", mean)]
      + angles.map { Metrics.Entry("endmember.sad.purePixels.\($0.name)", $0.angle) }
  }

  private var facts: [Metrics.Entry] {
    [Metrics.Entry("endmember.dead", Double(estimate.deadEndmembers.count))]
      + (estimate.startsFromTruth ? [Metrics.Entry("endmember.startsFromTruth", 1)] : [])
  }
}

extension MetricDefinition {
  /// What ``ReadoutMetrics`` adds; the errors of raw abundances follow those of the compared ones.
  static func readouts(following compared: [MetricDefinition]) -> [MetricDefinition] {
    compared.filter { $0.id.hasPrefix("abundance.rmse.") }.map { definition in
      MetricDefinition(
        definition.id.replacingOccurrences(of: "abundance.rmse.", with: "abundance.rmse.raw."),
        definition.title.replacingOccurrences(of: "RMSE", with: "RMSE before normalisation"),
        "\(definition.formula), â as the network computed it, before it was divided by its sum")
    } + [
      MetricDefinition(
        "endmember.sad.purePixels.mean", "angle of pure-pixel endmembers, mean", unit: "rad",
        "(1/K) Σₖ θ(m̂ₖ, eₖ), m̂ₖ the mean measured spectrum of the pixels with âₙₖ > 0.9, or of the thousandth of pixels "
          + "with the largest âₙₖ where there is none"),
      MetricDefinition(
        "endmember.sad.purePixels.<name>", "angle of the pure-pixel endmember of <name>", unit: "rad", "θ(m̂ₖ, eₖ)"),
      MetricDefinition(
        "endmember.dead", "dead endmembers", "the number of estimated endmembers with maxₙ âₙₖ < 0.01"),
      MetricDefinition(
        "endmember.startsFromTruth", "endmembers began as those of the truth",
        "1: the result knows the reference endmembers, and is no blind unmixing"),
    ]
  }
}
