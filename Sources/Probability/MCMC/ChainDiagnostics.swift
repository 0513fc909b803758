import Foundation
import Tensors

/// Whether chains of one quantity have met, and how much they tell.
///
/// - Source: Vehtari, Gelman, Simpson, Carpenter and Bürkner, *Rank-normalization, folding, and localization: an improved
///   R̂ for assessing convergence of MCMC*, Bayesian Analysis 16, 2021.
public struct ChainDiagnostics: Sendable, Equatable {
  /// The larger of split-R̂ of the rank-normalised draws and of their folded distances from the median; below 1.01 for
  /// chains that can be used.
  public let convergence: Double
  /// How many independent draws would tell the mean of the ranks as well.
  public let bulkEffective: Double
  /// The same for the worse of the 5 % and 95 % quantiles.
  public let tailEffective: Double

  /// The diagnostics of chains of equal length.
  ///
  /// - Edge cases: draws that are all equal give NaN.
  /// - Precondition: at least one chain, of at least 4 draws.
  public init(_ chains: [[Double]]) {
    let length = chains.map(\.count).min() ?? 0
    precondition(length >= 4 && chains.allSatisfy { $0.count == length }, "chains of \(chains.map(\.count)) draws")
    let halves = chains.flatMap { [Array($0.prefix(length / 2)), Array($0.suffix(length / 2))] }
    let sorted = halves.joined().sorted()
    let median = 0.5 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2])
    let ranked = Self.normalScores(halves)
    let folded = Self.normalScores(halves.map { $0.map { abs($0 - median) } })
    convergence = max(Self.potentialScaleReduction(ranked), Self.potentialScaleReduction(folded))
    bulkEffective = Self.effectiveDraws(ranked)
    let tails = [0.05, 0.95].map { probability in
      let quantile = sorted[Int((probability * Double(sorted.count - 1)).rounded())]
      return Self.effectiveDraws(halves.map { $0.map { $0 <= quantile ? 1 : 0 } })
    }
    tailEffective = tails.contains(where: \.isNaN) ? .nan : min(tails[0], tails[1])
  }

  /// Φ⁻¹((rank − 3/8)/(n + 1/4)) of every draw among all; ties share their mean rank.
  private static func normalScores(_ chains: [[Double]]) -> [[Double]] {
    let all = Array(chains.joined())
    let order = all.indices.sorted { all[$0] < all[$1] }
    var ranks = [Double](repeating: 0, count: all.count)
    var first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, all[order[last + 1]] == all[order[first]] { last += 1 }
      for place in first...last { ranks[order[place]] = 0.5 * Double(first + last) + 1 }
      first = last + 1
    }
    let scores = ranks.map { SpecialFunctions.normalQuantile(($0 - 0.375) / (Double(all.count) + 0.25)) }
    let length = chains[0].count
    return chains.indices.map { Array(scores[$0 * length..<($0 + 1) * length]) }
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func variance(_ values: [Double]) -> Double {
    let centre = mean(values)
    return values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(values.count - 1)
  }

  private static func potentialScaleReduction(_ chains: [[Double]]) -> Double {
    let (length, within) = (Double(chains[0].count), mean(chains.map(variance)))
    let between = length * variance(chains.map(mean))
    return (((length - 1) / length * within + between / length) / within).squareRoot()
  }

  /// n over 1 + 2 Σ ρₜ, summed in pairs as long as they are positive and made monotone (Geyer 1992); NaN of equal draws.
  private static func effectiveDraws(_ chains: [[Double]]) -> Double {
    let (count, length) = (Double(chains.count), chains[0].count)
    let within = mean(chains.map(variance))
    let total =
      Double(length - 1) / Double(length) * within + (chains.count > 1 ? variance(chains.map(mean)) : 0)
    guard total > 0 else { return .nan }
    let centres = chains.map(mean)
    func correlation(_ lag: Int) -> Double {
      let covariances = zip(chains, centres).map { chain, centre -> Double in
        var sum = 0.0
        for place in 0..<length - lag { sum += (chain[place] - centre) * (chain[place + lag] - centre) }
        return sum / Double(length - 1)
      }
      return 1 - (within - mean(covariances)) / total
    }
    var (sum, previous, lag) = (-1.0, Double.infinity, 0)
    while lag + 1 < length {
      let pair = (lag == 0 ? 1 : correlation(lag)) + correlation(lag + 1)
      if !(pair > 0) { break }
      previous = min(previous, pair)
      sum += 2 * previous
      lag += 2
    }
    let draws = count * Double(length)
    return draws / max(sum, 1 / log10(draws))
  }
}
