import Foundation

/// Whether the runs of two methods differ by more than chance, without assuming how their figures are distributed.
///
/// Both tests are exact and two-sided: the share of all relabellings that agree with "no difference" and are at least
/// as extreme as what was seen. Few runs cannot give a small share, whatever they show: see `least`.
public struct SignificanceTest: Sendable, Equatable {
  /// The share of relabellings at least as extreme; 1 where nothing differs.
  public let pValue: Double
  /// The smallest share that so many runs can give.
  public let least: Double
  /// What was done, in words.
  public let title: String

  /// The fewest runs that are tested.
  public static let fewest = 5
  /// The most differences whose signs are all tried.
  private static let mostSigns = 16
  /// The most ways to choose one method's runs among both's that are all tried.
  private static let mostChoices = 200_000.0
  /// How much smaller a statistic may be and still count as equal, as a share of the sum of absolute values.
  private static let rounding = 1e-12

  /// Runs that belong together in pairs, by their differences.
  ///
  /// Up to 16 pairs: the mean difference among all 2ⁿ choices of signs. More: Wilcoxon's signed ranks, by their exact
  /// distribution, equal ranks averaged and zeros left out.
  ///
  /// - Edge cases: `nil` for fewer than ``fewest`` pairs.
  /// - Source: Fisher, *The Design of Experiments*, 1935, §21; Wilcoxon, Biometrics Bulletin 1, 1945.
  public init?(paired differences: [Double]) {
    guard differences.count >= Self.fewest else { return nil }
    if differences.count <= Self.mostSigns {
      self.init(signsOf: differences)
    } else {
      self.init(signedRanksOf: differences)
    }
  }

  /// Runs of which none belongs to another one's.
  ///
  /// The difference of means among all ways to share out the figures, up to 200,000 of them; beyond, the sum of ranks by
  /// its exact distribution, equal ranks averaged.
  ///
  /// - Edge cases: `nil` for fewer than ``fewest`` runs of either.
  /// - Source: Pitman, Supplement to the Journal of the Royal Statistical Society 4, 1937; Mann and Whitney, Annals of
  ///   Mathematical Statistics 18, 1947.
  public init?(_ first: [Double], _ second: [Double]) {
    guard min(first.count, second.count) >= Self.fewest else { return nil }
    let choices = Self.choices(of: first.count, among: first.count + second.count)
    if choices <= Self.mostChoices {
      self.init(sumsOf: first, second, choices)
    } else {
      self.init(ranksOf: first, second, choices)
    }
  }

  private init(_ pValue: Double, least: Double, _ title: String) {
    (self.pValue, self.least, self.title) = (min(1, pValue), min(1, least), title)
  }

  // MARK: Pairs

  private init(signsOf differences: [Double]) {
    let count = differences.count
    let size = differences.reduce(0) { $0 + abs($1) }
    let seen = abs(differences.reduce(0, +)) - Self.rounding * size
    let all = 1 << count
    let extreme = (0..<all).count { signs in
      let sum = differences.enumerated().reduce(0.0) { $0 + (signs >> $1.offset & 1 == 0 ? $1.element : -$1.element) }
      return abs(sum) >= seen
    }
    self.init(
      Double(extreme) / Double(all), least: 2 / Double(all), "exact sign-flip permutation test over \(count) pairs")
  }

  private init(signedRanksOf differences: [Double]) {
    let kept = differences.filter { $0 != 0 }
    let ranks = Self.doubledRanks(of: kept.map(abs))
    let positive = zip(kept, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    var ways = [Double](repeating: 0, count: ranks.reduce(0, +) + 1)
    ways[0] = 1
    for rank in ranks {
      for sum in stride(from: ways.count - 1, through: 0, by: -1) {
        ways[sum] = 0.5 * (ways[sum] + (sum >= rank ? ways[sum - rank] : 0))
      }
    }
    self.init(
      Self.twoSided(ways, at: positive), least: pow(2, 1 - Double(kept.count)),
      "exact Wilcoxon signed-rank test over \(differences.count) pairs")
  }

  // MARK: Separate runs

  private init(sumsOf first: [Double], _ second: [Double], _ choices: Double) {
    let all = first + second
    let mean = all.reduce(0, +) / Double(all.count)
    // With the common mean taken away the sum over the first method's runs tells the difference of means.
    let values = all.map { $0 - mean }
    let size = values.reduce(0) { $0 + abs($1) }
    let seen = abs(values.prefix(first.count).reduce(0, +)) - Self.rounding * size
    var extreme = 0
    func choose(_ left: Int, from place: Int, _ sum: Double) {
      if left == 0 {
        if abs(sum) >= seen { extreme += 1 }
        return
      }
      for next in place...(values.count - left) { choose(left - 1, from: next + 1, sum + values[next]) }
    }
    choose(first.count, from: 0, 0)
    let least = (first.count == second.count ? 2 : 1) / choices
    self.init(
      Double(extreme) / choices, least: least,
      "exact permutation test of means, \(first.count) against \(second.count) runs")
  }

  private init(ranksOf first: [Double], _ second: [Double], _ choices: Double) {
    let ranks = Self.doubledRanks(of: first + second)
    let total = ranks.reduce(0, +)
    // ways[n][s]: the share of choices among n of the ranks so far with the sum s.
    var ways = [[Double]](repeating: [Double](repeating: 0, count: total + 1), count: first.count + 1)
    ways[0][0] = 1
    for rank in ranks {
      for size in stride(from: first.count, through: 1, by: -1) {
        for sum in rank...total where ways[size - 1][sum - rank] > 0 { ways[size][sum] += ways[size - 1][sum - rank] }
      }
    }
    let shares = ways[first.count].map { $0 / choices }
    self.init(
      Self.twoSided(shares, at: ranks.prefix(first.count).reduce(0, +)), least: 2 / choices,
      "exact rank-sum test, \(first.count) against \(second.count) runs")
  }

  // MARK: Helpers

  /// Twice the smaller tail.
  private static func twoSided(_ shares: [Double], at place: Int) -> Double {
    2 * min(shares[...place].reduce(0, +), shares[place...].reduce(0, +))
  }

  /// Twice the ranks from 1, so that averages of equal ones are whole.
  private static func doubledRanks(of values: [Double]) -> [Int] {
    values.map { value in values.count { $0 < value } * 2 + values.count { $0 == value } + 1 }
  }

  private static func choices(of count: Int, among all: Int) -> Double {
    (0..<count).reduce(1.0) { $0 * Double(all - $1) / Double($1 + 1) }.rounded()
  }
}

extension SignificanceTest {
  /// P values of several tests, raised so that the chance of any false alarm among them stays what each one says.
  ///
  ///     p̃₍ᵢ₎ = max_{j ≤ i} min(1, (m − j + 1) p₍ⱼ₎)
  ///
  /// - Source: Holm, Scandinavian Journal of Statistics 6, 1979.
  public static func holm(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var result = pValues
    var largest = 0.0
    for (rank, place) in order.enumerated() {
      largest = max(largest, min(1, Double(pValues.count - rank) * pValues[place]))
      result[place] = largest
    }
    return result
  }
}
