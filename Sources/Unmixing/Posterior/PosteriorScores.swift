import Foundation
import Tensors

/// Judges posteriors by truths they did not see: how often intervals hold them, where they rank among draws, how near they
/// are foreseen.
///
/// - Central intervals lie between equal tails; highest-density ones are the shortest that hold their share of the draws.
/// - The rank of a truth among L draws, ties broken at random, is uniform over 0 … L when the posterior is right: so also a
///   truth on the simplex's edge is treated fairly.
/// - CRPS E|X − a| − ½ E|X − X′| for every endmember, and for all together the energy score
///   E‖X − a‖ − ½ E‖X − X′‖; sharpness is the mean width of the central 90 % interval.
///
/// - Source: Talts, Betancourt, Simpson, Vehtari and Gelman, *Validating Bayesian inference algorithms with
///   simulation-based calibration*, arXiv 1804.06788; Modrák et al., *Simulation-based calibration checking for Bayesian
///   computation: the choice of test quantities shapes sensitivity*, Bayesian Analysis 2023, for quantities that depend on
///   the data; Gneiting and Raftery, JASA 102, 2007, for the scores.
public struct PosteriorScores: Sendable {
  /// The levels of the intervals.
  public static let levels = [0.5, 0.8, 0.9, 0.95, 0.99]
  /// How many draws truths are ranked among.
  public static let rankedDraws = 199

  /// How many pixels were judged.
  public private(set) var pixels = 0
  /// How often the central interval held the truth, `[level][endmember]`.
  public private(set) var central: [[Int]]
  /// How often the highest-density interval did.
  public private(set) var shortest: [[Int]]
  /// The sum of the CRPS of every endmember.
  public private(set) var rankedProbability: [Double]
  /// The sum of the energy scores.
  public private(set) var energy = 0.0
  /// The sum of the widths of the central 90 % interval of every endmember.
  public private(set) var widths: [Double]
  /// Randomised ranks over L + 1, plus a uniform share: uniform in (0, 1). One list a quantity.
  public private(set) var ranks: [[Double]]

  private let count: Int
  private let quantityCount: Int

  /// Nothing judged yet.
  ///
  /// - Parameter quantities: how many quantities besides the abundances are ranked.
  public init(endmembers count: Int, quantities: Int) {
    (self.count, quantityCount) = (count, quantities)
    central = Self.levels.map { _ in [Int](repeating: 0, count: count) }
    shortest = central
    rankedProbability = [Double](repeating: 0, count: count)
    widths = rankedProbability
    ranks = [[Double]](repeating: [], count: count + quantities)
  }

  /// Judges the posterior of one pixel.
  ///
  /// - Parameters:
  ///   - draws: `[draws][endmembers]`, at least ``rankedDraws``; of those, as many at equal distances are ranked among.
  ///   - quantities: of abundances, as many as were announced.
  ///   - random: breaks ties.
  public mutating func judge(
    _ truth: [Double], draws: [[Double]], quantities: ([Double]) -> [Double], using random: inout RandomStream
  ) {
    precondition(draws.count >= Self.rankedDraws, "\(draws.count) draws; at least \(Self.rankedDraws) are ranked among")
    pixels += 1
    for k in 0..<count { judgeMarginal(truth[k], draws.map { $0[k] }.sorted(), endmember: k) }
    let distance = draws.count / Self.rankedDraws
    let chosen = (0..<Self.rankedDraws).map { draws[($0 + 1) * distance - 1] }
    energy += Self.energyScore(truth, chosen)
    let own = truth + quantities(truth)
    let others = chosen.map { $0 + quantities($0) }
    precondition(own.count == ranks.count, "\(own.count - count) quantities; \(quantityCount) were announced")
    let shares = random.uniform([2 * own.count]).scalars.map { Double($0) }
    for (place, value) in own.enumerated() {
      let (below, equal) = (others.count { $0[place] < value }, others.count { $0[place] == value })
      let rank = Double(below) + (shares[2 * place] * Double(equal + 1)).rounded(.down)
      ranks[place].append((rank + shares[2 * place + 1]) / Double(Self.rankedDraws + 1))
    }
  }

  private mutating func judgeMarginal(_ truth: Double, _ sorted: [Double], endmember k: Int) {
    let last = sorted.count - 1
    func quantile(_ probability: Double) -> Double {
      let place = probability * Double(last)
      let below = min(Int(place), max(last - 1, 0))
      return sorted[below] + (place - Double(below)) * (sorted[min(below + 1, last)] - sorted[below])
    }
    for (position, level) in Self.levels.enumerated() {
      let (low, high) = (quantile((1 - level) / 2), quantile((1 + level) / 2))
      if truth >= low && truth <= high { central[position][k] += 1 }
      if level == 0.9 { widths[k] += high - low }
      let span = min(last, Int((level * Double(sorted.count)).rounded(.up)))
      var (best, start) = (Double.infinity, 0)
      for place in 0...last - span where sorted[place + span] - sorted[place] < best {
        (best, start) = (sorted[place + span] - sorted[place], place)
      }
      if truth >= sorted[start] && truth <= sorted[start + span] { shortest[position][k] += 1 }
    }
    let draws = Double(sorted.count)
    var (distance, spread) = (0.0, 0.0)
    for (place, value) in sorted.enumerated() {
      distance += abs(value - truth)
      spread += (2 * Double(place) + 1 - draws) * value
    }
    // Half of E|X − X′| without the pairs of a draw with itself, which would favour few draws.
    rankedProbability[k] += distance / draws - spread / (draws * (draws - 1))
  }

  private static func energyScore(_ truth: [Double], _ draws: [[Double]]) -> Double {
    func distance(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for k in a.indices { sum += (a[k] - b[k]) * (a[k] - b[k]) }
      return sum.squareRoot()
    }
    let count = Double(draws.count)
    var (near, apart) = (0.0, 0.0)
    for (i, draw) in draws.enumerated() {
      near += distance(draw, truth)
      for j in 0..<i { apart += distance(draw, draws[j]) }
    }
    return near / count - apart / (count * (count - 1))
  }

  /// How probable ranks as uneven as these are: by χ² over 20 bins, and by the largest distance of their distribution
  /// function from the diagonal (Kolmogorov and Smirnov), which is the same test as a simultaneous band around it.
  public static func uniformity(of ranks: [Double]) -> (bins: Double, band: Double) {
    let (count, bins) = (Double(ranks.count), 20)
    var histogram = [Int](repeating: 0, count: bins)
    for rank in ranks { histogram[min(bins - 1, Int(rank * Double(bins)))] += 1 }
    let expected = count / Double(bins)
    let square = histogram.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    var distance = 0.0
    for (place, rank) in ranks.sorted().enumerated() {
      distance = max(distance, rank - Double(place) / count, Double(place + 1) / count - rank)
    }
    // The limit law with Stephens' correction for finite samples.
    let t = distance * (count.squareRoot() + 0.12 + 0.11 / count.squareRoot())
    var tail = 0.0
    for term in 1...100 {
      let k = Double(term)
      tail += (term % 2 == 1 ? 2 : -2) * exp(-2 * k * k * t * t)
    }
    return (
      SpecialFunctions.regularizedGammaQ(a: Double(bins - 1) / 2, x: square / 2),
      t < 0.2 ? 1 : min(max(tail, 0), 1)
    )
  }
}
