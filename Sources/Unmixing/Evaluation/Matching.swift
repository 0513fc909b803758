import Scenes
import Tensors

/// How estimated endmembers are paired with true ones.
///
/// The pairing is always one-to-one, and the same pairs serve abundances, spectra and intervals.
public enum MatchingRule: String, CaseIterable, Sendable, Codable {
  /// The pairing with the least sum of spectral angles.
  case spectralAngle = "sad"
  /// The pairing with the least sum of squared abundance differences.
  case abundance
  /// Equal names, whatever their case.
  case names
  /// The order in which they come: the first with the first.
  case none
}

/// Which estimated endmember stands for which true one.
public struct Matching: Sendable, Equatable {
  /// The rule the pairs were found by.
  public let rule: MatchingRule
  /// For every true endmember the number of its estimate, or `nil` when there are fewer estimates than truths.
  public let estimates: [Int?]
  /// The number of estimated endmembers, paired or not.
  public let estimateCount: Int

  /// The estimated endmembers that stand for none of the true ones.
  public var unpairedEstimates: [Int] {
    let paired = Set(estimates.compactMap { $0 })
    return (0..<estimateCount).filter { !paired.contains($0) }
  }

  /// Pairs the endmembers of a prediction with those of the truth.
  ///
  /// - Parameters:
  ///   - pixels: the pixels over which abundances are compared, where the rule compares them.
  /// - Throws: ``UnmixingError`` when the rule needs spectra or names that are not there, or sizes disagree.
  public init(
    _ prediction: Prediction, with truth: GroundTruth, by rule: MatchingRule, over pixels: [Int]
  ) throws {
    let (count, estimateCount) = (truth.count, prediction.count)
    self.rule = rule
    self.estimateCount = estimateCount
    switch rule {
    case .none:
      estimates = (0..<count).map { $0 < estimateCount ? $0 : nil }
    case .names:
      estimates = try Self.pairs(ofNames: truth.names, among: prediction.names)
    case .abundance:
      if pixels.isEmpty {
        throw UnmixingError.missing(
          field: "true abundances", neededFor: "matching by abundance", remedy: "match by spectral angle instead")
      }
      let costs = Self.squaredDifferences(truth.abundances, prediction.abundances, over: pixels)
      estimates = Assignment(minimizing: costs).columnOfRow
    case .spectralAngle:
      guard let reference = truth.endmembers else {
        throw UnmixingError.missing(
          field: "true endmembers", neededFor: "matching by spectral angle", remedy: "match by abundance instead")
      }
      guard let estimated = prediction.endmembers else {
        throw UnmixingError.missing(
          field: "estimated endmembers", neededFor: "matching by spectral angle", remedy: "match by abundance instead")
      }
      estimates = Assignment(minimizing: try SpectralAngles.matrix(reference, estimated)).columnOfRow
    }
  }

  private static func pairs(ofNames expected: [String], among found: [String]) throws -> [Int?] {
    let wanted = expected.map { $0.lowercased() }
    let offered = found.map { $0.lowercased() }
    let conflict = { UnmixingError.unmatchedNames(expected: expected, found: found, reason: $0) }
    if Set(wanted).count < wanted.count || Set(offered).count < offered.count { throw conflict("a name occurs twice") }
    let pairs = wanted.map { offered.firstIndex(of: $0) }
    let paired = pairs.count { $0 != nil }
    if paired < min(wanted.count, offered.count) { throw conflict("only \(paired) occur in both") }
    return pairs
  }

  /// Mean squared difference of every true abundance with every estimated one, over some pixels.
  package static func squaredDifferences(_ truth: Tensor, _ estimate: Tensor, over pixels: [Int]) -> [[Double]] {
    let (count, estimateCount) = (truth.shape[1], estimate.shape[1])
    var sums = [[Double]](repeating: [Double](repeating: 0, count: estimateCount), count: count)
    truth.withUnsafeScalars { truth in
      estimate.withUnsafeScalars { estimate in
        for pixel in pixels {
          for k in 0..<count {
            for j in 0..<estimateCount {
              let difference = Double(truth[pixel * count + k]) - Double(estimate[pixel * estimateCount + j])
              sums[k][j] += difference * difference
            }
          }
        }
      }
    }
    return sums.map { $0.map { $0 / Double(max(pixels.count, 1)) } }
  }
}
