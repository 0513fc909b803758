/// Counts how often intervals contain the truth, and how well distributions foresaw it.
///
/// With F the marginal posterior's distribution function, the truth lies inside the equal-tailed interval of
/// probability p exactly when |F(a) − ½| ≤ p/2, so one value of F serves every level.
///
/// - Edge cases: a truth on the boundary of the simplex has F = 0 or 1 whatever a continuous posterior looks like, and
///   no interval with equal tails contains it. Such entries are left out of coverage and their share is reported; they
///   stay in the ranked probability score, which is fair to them.
struct Calibration {
  /// How near 0 or 1 a true abundance counts as on the boundary.
  static let boundary = 1e-4

  private let names: [String]
  private var inside: [[Int]]
  private var interior: [Int]
  private var entryCount = 0
  private var scores = 0.0

  init(endmembers names: [String]) {
    self.names = names
    inside = names.map { _ in [Int](repeating: 0, count: CoverageLevel.allCases.count) }
    interior = [Int](repeating: 0, count: names.count)
  }

  /// Counts one true abundance, its probability integral and its score.
  mutating func count(_ truth: Double, of endmember: Int, integral: Double, score: Double) {
    entryCount += 1
    scores += score
    guard truth > Self.boundary && truth < 1 - Self.boundary else { return }
    interior[endmember] += 1
    for (position, level) in CoverageLevel.allCases.enumerated() where abs(integral - 0.5) <= level.probability / 2 {
      inside[endmember][position] += 1
    }
  }

  /// The metrics counted so far; coverage is absent where every truth lies on the boundary.
  var entries: [Metrics.Entry] {
    guard entryCount > 0 else { return [] }
    let interiorCount = interior.reduce(0, +)
    var entries = [
      Metrics.Entry("calibration.boundary", 1 - Double(interiorCount) / Double(entryCount))
    ]
    for (position, level) in CoverageLevel.allCases.enumerated() where interiorCount > 0 {
      let id = "calibration.coverage\(level.rawValue)"
      let total = inside.reduce(0) { $0 + $1[position] }
      entries.append(Metrics.Entry(id, Double(total) / Double(interiorCount)))
      for (k, name) in names.enumerated() where interior[k] > 0 {
        entries.append(Metrics.Entry("\(id).\(name)", Double(inside[k][position]) / Double(interior[k])))
      }
    }
    entries.append(Metrics.Entry("calibration.crps", scores / Double(entryCount)))
    return entries
  }
}
