import Foundation
import Tensors

/// A density on the simplex of two or three components, integrated on grids: the reference for everything that draws.
///
///     u = log aₖ/(1 − aₖ),  v = log aᵢ/aⱼ,   ∫ f(a) p(a) da = ∫∫ f p(a(u, v)) a₁ a₂ a₃ du dv
///
/// with one grid for every component k, of which u is an axis, so that its distribution function is a sum over the other
/// axis and needs no interpolation across cells. In these coordinates the integrand of a posterior falls off exponentially
/// on every side, where equally spaced points converge faster than any power of their distance. A grid zooms in on where
/// the integrand is more than e⁻¹⁸ = 1.5·10⁻⁸ of its largest value.
///
/// - Edge cases: a ridge of three components that is narrower than a cell is not resolved. With endmembers 0.1 rad apart at
///   40 dB Gibbs sampling and NUTS agree with each other and differ from the grids' deviations by 8 %; a prior with α < 1
///   brings this about at wider angles, too.
/// - Complexity: a few times 2 · 6001 evaluations for two components, 3 · 401 · 151 for three.
public struct SimplexQuadrature: Sendable {
  /// log p at abundances and their logarithms, up to a constant.
  public typealias LogDensity = (_ abundances: [Double], _ logarithms: [Double]) -> Double

  /// 2 or 3.
  public let count: Int
  /// log ∫ p(a) da over a₁ … a_{K−1}.
  public let logEvidence: Double
  /// E[aₖ].
  public let mean: [Double]
  /// The standard deviation of every aₖ.
  public let deviation: [Double]
  private let marginals: [Marginal]
  private let points: [[Double]]
  private let weights: [Double]

  /// P(u ≤ u_i) of one component at equally spaced u.
  private struct Marginal: Sendable {
    let places: [Double]
    let cumulative: [Double]
  }

  /// Integrates a density of one maximum.
  ///
  /// - Parameter leastConcentration: the smallest α of the prior, which says how far out there is anything: 40/α.
  /// - Precondition: `count` is 2 or 3.
  public init(count: Int, leastConcentration: Double = 1, logDensity: LogDensity) {
    precondition(count == 2 || count == 3, "quadrature over \(count) components; 2 or 3 are allowed")
    let grids = (0..<count).map { component in
      Grid(count, component, reach: 40 / min(leastConcentration, 1), logDensity)
    }
    self.count = count
    logEvidence = grids[0].logIntegral
    (points, weights) = (grids[0].points, grids[0].probabilities)
    let moments = grids.enumerated().map { $1.moments(of: $0) }
    mean = moments.map(\.mean)
    deviation = moments.map(\.deviation)
    marginals = grids.map { grid in
      let (places, masses) = (grid.places[0], grid.rowSums)
      var (sum, cumulative) = (0.0, [Double]())
      // Half of the probability at a point lies below it.
      for mass in masses {
        cumulative.append(sum + 0.5 * mass)
        sum += mass
      }
      return Marginal(places: places, cumulative: cumulative)
    }
  }

  /// Points of the grid that resolves the integral best, each as often as its share of the integral, in a fixed random order:
  /// draws whose distribution is the integral's to within a cell.
  ///
  /// - Precondition: `count` is 2 or 3.
  public static func draws(
    _ number: Int, count: Int, leastConcentration: Double = 1, logDensity: LogDensity
  ) -> [[Double]] {
    precondition(count == 2 || count == 3, "quadrature over \(count) components; 2 or 3 are allowed")
    // Along the axes of the others a ridge may be narrower than a cell.
    let grids = (0..<count).map { Grid(count, $0, reach: 40 / min(leastConcentration, 1), logDensity) }
    let spreads = grids.map { grid in 1 / grid.probabilities.reduce(0) { $0 + $1 * $1 } }
    let grid = grids[spreads.indices.max { spreads[$0] < spreads[$1] } ?? 0]
    let weights = grid.probabilities
    var (result, sum, place) = ([[Double]](), 0.0, 0)
    for draw in 0..<number {
      let level = (Double(draw) + 0.5) / Double(number)
      while place < weights.count - 1, sum + weights[place] < level {
        sum += weights[place]
        place += 1
      }
      result.append(grid.points[place])
    }
    var random = RandomStream(seed: 1)
    return random.permutation(number).map { result[$0] }
  }

  /// E[f(a)].
  public func expectation(_ function: ([Double]) -> Double) -> Double {
    zip(points, weights).reduce(0) { $1.1 > 0 ? $0 + $1.1 * function($1.0) : $0 }
  }

  /// P(aₖ ≤ x) at every x, linear in log x/(1 − x) between points.
  public func distribution(of component: Int, at values: [Double]) -> [Double] {
    let marginal = marginals[component]
    return values.map { value in
      let place = log(value) - log1p(-value)
      guard let above = marginal.places.firstIndex(where: { $0 > place }) else { return 1 }
      if above == 0 { return 0 }
      let (low, high) = (marginal.places[above - 1], marginal.places[above])
      let share = (place - low) / (high - low)
      return marginal.cumulative[above - 1] + share * (marginal.cumulative[above] - marginal.cumulative[above - 1])
    }
  }
}

/// log p(a) Π aₖ at equally spaced coordinates, of which the first is the logit of one component.
private struct Grid {
  var points: [[Double]] = []
  var values: [Double] = []
  var places: [[Double]] = []

  init(_ count: Int, _ component: Int, reach: Double, _ logDensity: SimplexQuadrature.LogDensity) {
    let sides = count == 2 ? [6001] : [401, 151]
    var bounds = sides.map { _ in -reach...reach }
    for _ in 0..<8 {
      fill(count, component, sides, bounds, logDensity)
      let next = self.bounds(of: 18)
      let shrinks = zip(next, bounds).contains { $0.upperBound - $0.lowerBound < 0.8 * ($1.upperBound - $1.lowerBound) }
      if !shrinks { break }
      bounds = next
    }
  }

  private mutating func fill(
    _ count: Int, _ component: Int, _ sides: [Int], _ bounds: [ClosedRange<Double>],
    _ logDensity: SimplexQuadrature.LogDensity
  ) {
    places = zip(sides, bounds).map { side, range in
      (0..<side).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(side - 1) }
    }
    (points, values) = ([], [])
    for first in places[0] {
      let (own, rest) = Self.logShares(first)
      for second in count == 2 ? [0] : places[1] {
        // The component, then the others in order.
        let (one, other) = Self.logShares(second)
        var logarithms = count == 2 ? [rest] : [rest + one, rest + other]
        logarithms.insert(own, at: component)
        points.append(logarithms.map { exp($0) })
        values.append(logDensity(points[points.count - 1], logarithms) + logarithms.reduce(0, +))
      }
    }
  }

  /// log s and log(1 − s) of the share s of a logit.
  private static func logShares(_ logit: Double) -> (Double, Double) {
    let small = log1p(exp(-abs(logit)))
    return logit > 0 ? (-small, -logit - small) : (logit - small, -small)
  }

  private var highest: Double { values.max() ?? 0 }

  private var cell: Double {
    places.reduce(1) { $0 * ($1[$1.count - 1] - $1[0]) / Double($1.count - 1) }
  }

  var logIntegral: Double {
    let highest = highest
    return highest + log(values.reduce(0) { $0 + exp($1 - highest) } * cell)
  }

  var probabilities: [Double] {
    let highest = highest
    let own = values.map { exp($0 - highest) }
    let total = own.reduce(0, +)
    return own.map { $0 / total }
  }

  var rowSums: [Double] {
    let (all, width) = (probabilities, values.count / places[0].count)
    return places[0].indices.map { row in all[row * width..<(row + 1) * width].reduce(0, +) }
  }

  func moments(of component: Int) -> (mean: Double, deviation: Double) {
    let all = probabilities
    let mean = zip(points, all).reduce(0) { $0 + $1.1 * $1.0[component] }
    let variance = zip(points, all).reduce(0) { sum, next in
      sum + next.1 * (next.0[component] - mean) * (next.0[component] - mean)
    }
    return (mean, variance.squareRoot())
  }

  /// Where values are less than `depth` below the highest, a cell further out on every side.
  private func bounds(of depth: Double) -> [ClosedRange<Double>] {
    let least = highest - depth
    return places.indices.map { axis in
      let stride = axis == places.count - 1 ? 1 : places[1].count
      var (low, high) = (Int.max, 0)
      for place in values.indices where values[place] > least {
        let own = place / stride % places[axis].count
        (low, high) = (min(low, own), max(high, own))
      }
      let last = places[axis].count - 1
      return places[axis][max(low - 1, 0)]...places[axis][min(high + 1, last)]
    }
  }
}
