import Foundation
import Scenes
import Tensors

/// Compares predictions with the truth: one pairing of endmembers for everything, all sums in Double.
///
/// - Edge cases: masked pixels, and pixels whose true abundances are not finite, are left out. A true endmember without
///   an estimate counts as estimated 0 everywhere and has no angle; an estimate without a true endmember is left out,
///   which the others show by summing to less than one.
public struct Evaluation: Sendable {
  /// How endmembers are paired.
  public var matching: MatchingRule
  /// Whether the row-minimum metrics are added, which pair estimates with truths not one to one, as some papers do.
  public var includesRowMinimum: Bool

  /// An evaluation that pairs endmembers by `matching`.
  public init(matching: MatchingRule = .spectralAngle, includesRowMinimum: Bool = false) {
    self.matching = matching
    self.includesRowMinimum = includesRowMinimum
  }

  /// All metrics of a prediction that the truth allows.
  ///
  /// A truth without one finite abundance (some benchmarks only have endmembers) gives angles and reconstruction errors;
  /// no truth at all gives reconstruction errors.
  ///
  /// - Parameters:
  ///   - truth: what to compare with; the scene's own unless given.
  ///   - test: the held-out pixels, if there was a split. The pairs are found over all pixels.
  /// - Throws: ``UnmixingError`` when there is nothing to compare with, sizes disagree, the rule cannot be followed, or
  ///   a compared pixel's abundances or reconstruction are not finite.
  public func metrics(
    of prediction: Prediction, in scene: Scene, against truth: GroundTruth? = nil, test: [Int]? = nil
  ) throws -> Metrics {
    try metrics(
      of: prediction, isValid: scene.isValid, spectra: scene.spectra, against: truth ?? scene.truth, test: test)
  }

  /// All metrics of an estimate that the truth allows, without the scene it was made from: reconstruction by its angle,
  /// and the errors of one draw from its posterior beside those of its mean, under the same pairs.
  ///
  /// - Throws: as ``metrics(of:in:against:test:)``.
  public func metrics(
    of estimate: Estimate, against truth: GroundTruth?, test: [Int]? = nil
  ) throws -> Metrics {
    let base = try metrics(
      of: Prediction(estimate), isValid: estimate.isValid, spectra: nil, against: truth, test: test)
    return try ReadoutMetrics(of: estimate, against: truth, test: test).added(to: base)
  }

  private func metrics(
    of prediction: Prediction, isValid: [Bool], spectra: Tensor?, against truth: GroundTruth?, test: [Int]?
  ) throws -> Metrics {
    if truth == nil && prediction.reconstruction == nil && prediction.reconstructionAngles == nil {
      throw UnmixingError.missing(
        field: "true abundances", neededFor: "an evaluation", remedy: "name a file that holds them")
    }
    try check(prediction, truth, pixels: isValid.count, bands: spectra?.shape[1])
    let known = truth.map { Self.finiteRows($0.abundances) } ?? []
    let hasAbundances = known.contains(true)
    let pixels = isValid.indices.filter { isValid[$0] && (!hasAbundances || known[$0]) }
    let held = test.map { $0.filter(Set(pixels).contains) }
    if pixels.isEmpty || held?.isEmpty == true {
      throw UnmixingError.emptyPart(
        part: "comparable", split: pixels.isEmpty ? "none" : "given", validPixels: isValid.count { $0 })
    }
    try checkFinite(prediction, over: pixels)
    let pairs = try truth.map {
      try Matching(prediction, with: $0, by: matching, over: hasAbundances ? pixels : [])
    }
    let unpaired = pairs?.unpairedEstimates ?? []
    let comparison = Comparison(
      spectra: spectra, truth: truth, hasAbundances: hasAbundances, prediction: prediction,
      pairs: pairs?.estimates ?? [], names: Self.distinct(truth?.names ?? []), addsRowMinimum: includesRowMinimum)
    let angles = try comparison.endmemberAngles()
    return Metrics(
      all: try comparison.values(over: pixels, angles: angles),
      test: try held.map { try comparison.values(over: $0, angles: []) },
      permutation: comparison.pairs, unpaired: unpaired, endmembers: comparison.names, matching: matching)
  }

  private func check(_ prediction: Prediction, _ truth: GroundTruth?, pixels: Int, bands: Int?) throws {
    var sizes = [
      ("pixels of the true abundances", pixels, truth?.abundances.shape[0]),
      ("pixels of the estimated abundances", pixels, prediction.abundances.shape[0]),
      ("pixels of the reconstruction", pixels, prediction.reconstruction?.shape[0]),
      ("pixels of the reconstruction angles", pixels, prediction.reconstructionAngles?.count),
      ("bands of the reconstruction", bands, prediction.reconstruction?.shape[1]),
      ("pixels of the draw", pixels, prediction.draw?.shape[0]),
      ("endmembers of the draw", prediction.count, prediction.draw?.shape[1]),
    ]
    for tensor in prediction.marginals?.tensors ?? [] {
      sizes.append(("pixels of the posterior", pixels, tensor.shape[-2]))
      sizes.append(("endmembers of the posterior", prediction.count, tensor.shape[-1]))
    }
    for case (let field, let expected?, let found?) in sizes where expected != found {
      throw UnmixingError.sizeMismatch(field: field, expected: expected, found: found)
    }
  }

  private func checkFinite(_ prediction: Prediction, over pixels: [Int]) throws {
    for (field, values) in [("estimated abundances", prediction.abundances), ("draw", prediction.draw)] {
      guard let values else { continue }
      let known = Self.finiteRows(values)
      let lost = pixels.filter { !known[$0] }
      if let first = lost.first {
        throw UnmixingError.notFinite(field: "\(field) of valid pixels", count: lost.count, first: first)
      }
    }
  }

  private static func finiteRows(_ matrix: Tensor) -> [Bool] {
    let columns = matrix.shape[1]
    return matrix.withUnsafeScalars { values in
      (0..<matrix.shape[0]).map { row in values[row * columns..<(row + 1) * columns].allSatisfy(\.isFinite) }
    }
  }

  /// Names no two of which agree, nor with the last word of a metric's id.
  static func distinct(_ names: [String]) -> [String] {
    var taken = Set(["mean", "degrees.mean", "rowMinimum", "purePixels.mean"] + names.map { "purePixels.\($0)" })
    return names.map { name in
      let name = name.isEmpty ? "unnamed" : name
      var candidate = name
      var number = 2
      while !taken.insert(candidate).inserted {
        candidate = "\(name) \(number)"
        number += 1
      }
      return candidate
    }
  }
}
