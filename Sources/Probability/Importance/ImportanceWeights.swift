import Foundation

/// Self-normalised importance weights with a smoothed tail, and whether they can be trusted.
///
///     wᵢ ∝ p(aᵢ)/q(aᵢ),   aᵢ ~ q
///
/// The largest M = min(⌈S/5⌉, ⌈3√S⌉) of S ratios are replaced by the expected order statistics of a generalised Pareto
/// distribution fitted to them, none larger than the largest. Its shape k̂ says how many moments the ratios have: below 0.7
/// averages converge at a usable rate, above they do not, whatever the number of draws.
///
/// - Edge cases: ratios that are all equal have k̂ = −∞ and equal weights: nothing is to be corrected. A ratio that is NaN
///   makes k̂ = ∞, as do fewer than 25 draws, which have no tail to fit, and a tail of fewer than 5 ratios that are different
///   from 0.
/// - Source: Vehtari, Simpson, Gelman, Yao and Gabry, *Pareto smoothed importance sampling*, JMLR 25, 2024, Sec. 2 and 3;
///   the shape is shrunk towards ½ by ten observations' worth of prior (App. G).
public struct ImportanceWeights: Sendable {
  /// Above this k̂ the draws do not tell the distribution they are weighted for.
  public static let mostReliableShape = 0.7

  /// The weights, of sum 1.
  public let weights: [Double]
  /// k̂.
  public let paretoShape: Double
  /// 1/Σw²: how many equally weighted draws would vary as much.
  public let effectiveDraws: Double

  /// Whether averages can be trusted.
  public var areReliable: Bool { paretoShape <= Self.mostReliableShape }

  /// The weights of draws with these log ratios log p − log q, each up to the same constant.
  ///
  /// - Precondition: at least one ratio.
  public init(logRatios: [Double]) {
    precondition(!logRatios.isEmpty, "no ratios to weight by")
    let count = logRatios.count
    let highest = logRatios.max() ?? 0
    guard highest.isFinite, !logRatios.contains(where: \.isNaN) else {
      weights = [Double](repeating: 1 / Double(count), count: count)
      (paretoShape, effectiveDraws) = (.infinity, 0)
      return
    }
    var ratios = logRatios.map { exp($0 - highest) }
    paretoShape = Self.smooth(&ratios)
    let total = ratios.reduce(0, +)
    weights = ratios.map { $0 / total }
    effectiveDraws = 1 / weights.reduce(0) { $0 + $1 * $1 }
  }

  /// Equal weights of draws that need no correction.
  public static func equal(_ count: Int) -> ImportanceWeights {
    ImportanceWeights(logRatios: [Double](repeating: 0, count: count))
  }

  /// Smooths ratios of which the largest is 1.
  ///
  /// - Returns: k̂.
  private static func smooth(_ ratios: inout [Double]) -> Double {
    let count = Double(ratios.count)
    if ratios.allSatisfy({ 1 - $0 < 1e-12 }) { return -.infinity }
    let length = Int(min((count / 5).rounded(.up), (3 * count.squareRoot()).rounded(.up)))
    guard length >= 5 else { return .infinity }
    let order = ratios.indices.sorted { ratios[$0] < ratios[$1] }
    let cutoff = max(ratios[order[order.count - length - 1]], .leastNormalMagnitude)
    let tail = order.suffix(length)
    // Of a tail that sinks below the smallest number nothing but its length is seen.
    if tail.count(where: { ratios[$0] > cutoff }) < 5 { return .infinity }
    let fitted = GeneralizedPareto(fitting: tail.map { max(0, ratios[$0] - cutoff) })
    guard fitted.shape.isFinite else { return .infinity }
    let weight = Double(length)
    let shape = (fitted.shape * weight + 5) / (weight + 10)
    let smoothed = GeneralizedPareto(shape: shape, scale: fitted.scale)
    for (rank, place) in tail.enumerated() {
      ratios[place] = min(1, cutoff + smoothed.quantile((Double(rank) + 0.5) / weight))
    }
    return shape
  }

  /// Σ wᵢ f(i).
  public func mean(_ function: (Int) -> Double) -> Double {
    weights.indices.reduce(0) { $0 + weights[$1] * function($1) }
  }

  /// Quantiles of weighted values: linear between the middles of the weights' steps.
  public func quantiles(of values: [Double], _ probabilities: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var (sum, middles) = (0.0, [Double]())
    for place in order {
      middles.append(sum + 0.5 * weights[place])
      sum += weights[place]
    }
    return probabilities.map { probability in
      guard let above = middles.firstIndex(where: { $0 >= probability }) else { return values[order[order.count - 1]] }
      if above == 0 { return values[order[0]] }
      let (low, high) = (middles[above - 1], middles[above])
      let share = high > low ? (probability - low) / (high - low) : 1
      let (from, to) = (values[order[above - 1]], values[order[above]])
      return from + share * (to - from)
    }
  }

  /// The places of `count` equally weighted draws: where equidistant numbers fall among the cumulative weights.
  ///
  /// - Parameter offset: in [0, 1), the place of the first of them.
  /// - Source: Kitagawa, *Monte Carlo filter and smoother*, J. Comput. Graph. Stat. 5, 1996, stratified by one number.
  public func resampled(_ count: Int, offset: Double) -> [Int] {
    var (place, sum, result) = (0, weights[0], [Int]())
    for draw in 0..<count {
      let target = (Double(draw) + offset) / Double(count)
      while sum < target && place + 1 < weights.count {
        place += 1
        sum += weights[place]
      }
      result.append(place)
    }
    return result
  }
}
