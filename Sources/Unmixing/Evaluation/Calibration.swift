/// Counts how often intervals contain the truth, and how well distributions foresaw it.
///
/// With F the marginal posterior's distribution function, a truth a off the boundary of the simplex is judged by
///
///     U = (F(a) − F(ε)) / (F(1 − ε) − F(ε)),   ε = 10⁻⁴
///
/// its probability integral given that the abundance lies between ε and 1 − ε. Truths drawn from their posteriors have
/// a uniform U, so the share of |U − ½| ≤ p/2 is p at every level. Without the condition it would not be: which entries
/// are counted depends on the truth, and F(a) alone is not uniform over those.
///
/// - Edge cases: a truth on the boundary has no U. No interval with equal tails of a continuous posterior contains 0 or
///   1, so such entries are left out of coverage; their share is reported beside the share the posterior expected, and
///   they stay in the ranked probability score, which is fair to them. A truth off the boundary of which the posterior
///   gives less than 10⁻⁶ to all that lies there is missed at every level.
struct Calibration {
  /// How near 0 or 1 an abundance counts as on the boundary.
  static let boundary = 1e-4
  /// The abundances off the boundary.
  static let interior = boundary...1 - boundary

  /// What is known of one true abundance under its posterior.
  struct Judgement {
    /// The probability of abundances on the boundary.
    let boundaryMass: Double
    /// U, or the step of U for draws; `nil` when the posterior rules out all that lies off the boundary.
    let integral: ClosedRange<Double>?
    /// The ranked probability score, where the posterior is known well enough.
    let score: Double?
  }

  private let names: [String]
  private let levels: [CoverageLevel]
  private var inside: [[Double]]
  private var interiorCounts: [Int]
  private var entryCount = 0
  private var boundaryMass = 0.0
  private var scores: Double? = 0

  /// Counts of nothing yet.
  ///
  /// - Parameters:
  ///   - levels: the intervals that the posteriors tell.
  init(endmembers names: [String], levels: [CoverageLevel]) {
    self.names = names
    self.levels = levels
    inside = names.map { _ in [Double](repeating: 0, count: levels.count) }
    interiorCounts = [Int](repeating: 0, count: names.count)
  }

  /// Counts one true abundance.
  mutating func count(_ truth: Double, of endmember: Int, _ judgement: Judgement) {
    entryCount += 1
    boundaryMass += judgement.boundaryMass
    scores = judgement.score.flatMap { score in scores.map { $0 + score } }
    guard truth > Self.interior.lowerBound && truth < Self.interior.upperBound else { return }
    interiorCounts[endmember] += 1
    guard let integral = judgement.integral else { return }
    for (position, level) in levels.enumerated() {
      inside[endmember][position] += Self.share(of: integral, inside: level)
    }
  }

  /// How much of a step lies within ½ ± p/2.
  private static func share(of step: ClosedRange<Double>, inside level: CoverageLevel) -> Double {
    let half = level.probability / 2
    let width = step.upperBound - step.lowerBound
    if width == 0 { return abs(step.lowerBound - 0.5) <= half ? 1 : 0 }
    return max(0, min(step.upperBound, 0.5 + half) - max(step.lowerBound, 0.5 - half)) / width
  }

  /// The metrics counted so far; coverage is absent where every truth lies on the boundary.
  var entries: [Metrics.Entry] {
    guard entryCount > 0 else { return [] }
    let interiorCount = interiorCounts.reduce(0, +)
    var entries = [
      Metrics.Entry("calibration.boundary", 1 - Double(interiorCount) / Double(entryCount)),
      Metrics.Entry("calibration.boundaryExpected", boundaryMass / Double(entryCount)),
    ]
    for (position, level) in levels.enumerated() where interiorCount > 0 {
      let id = "calibration.coverage\(level.rawValue)"
      let total = inside.reduce(0) { $0 + $1[position] }
      entries.append(Metrics.Entry(id, total / Double(interiorCount)))
      for (k, name) in names.enumerated() where interiorCounts[k] > 0 {
        entries.append(Metrics.Entry("\(id).\(name)", inside[k][position] / Double(interiorCounts[k])))
      }
    }
    if let scores { entries.append(Metrics.Entry("calibration.crps", scores / Double(entryCount))) }
    return entries
  }
}
