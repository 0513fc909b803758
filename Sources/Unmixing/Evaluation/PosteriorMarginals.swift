import Foundation
import Tensors

/// How sure a method is of every single abundance.
public enum PosteriorMarginals: Sendable {
  /// A Dirichlet per pixel, by its concentrations `[pixels, endmembers]`. The marginal is Beta(αₖ, Σα − αₖ).
  case dirichlet(concentration: Tensor)
  /// Draws from any posterior, `[draws, pixels, endmembers]`.
  case draws(Tensor)
  /// Quantiles of every abundance by itself, in order of probability, of any posterior.
  case quantiles([Estimate.Quantile])

  /// The levels of which the posteriors tell the interval.
  var levels: [CoverageLevel] {
    guard case .quantiles(let quantiles) = self else { return CoverageLevel.allCases }
    return CoverageLevel.allCases.filter { level in
      [(1 - level.probability) / 2, (1 + level.probability) / 2].allSatisfy { end in
        quantiles.contains { abs($0.probability - end) < 1e-9 }
      }
    }
  }

  /// What describes the posteriors; every one has pixels and endmembers as its last two axes.
  var tensors: [Tensor] {
    switch self {
    case .dirichlet(let concentration): [concentration]
    case .draws(let draws): [draws]
    case .quantiles(let quantiles): quantiles.map(\.values)
    }
  }

  /// Whether there is a posterior of this pixel: none is NaN.
  func tells(pixel: Int) -> Bool {
    tensors.allSatisfy { tensor in
      let count = tensor.shape[-1]
      return tensor.withUnsafeScalars { values in
        values[pixel * count..<(pixel + 1) * count].allSatisfy { !$0.isNaN }
      }
    }
  }

  /// The marginal posterior of one abundance.
  func marginal(pixel: Int, endmember: Int) -> Marginal {
    switch self {
    case .dirichlet(let concentration):
      let count = concentration.shape[1]
      return concentration.withUnsafeScalars { values in
        let row = values[pixel * count..<(pixel + 1) * count]
        let own = Double(row[pixel * count + endmember])
        return .beta(own, row.reduce(0) { $0 + Double($1) } - own)
      }
    case .draws(let draws):
      let (pixels, count) = (draws.shape[1], draws.shape[2])
      return draws.withUnsafeScalars { values in
        .draws((0..<draws.shape[0]).map { Double(values[($0 * pixels + pixel) * count + endmember]) }.sorted())
      }
    case .quantiles(let quantiles):
      return .quantiles(
        QuantileCurve(
          quantiles.map { quantile in
            let place = pixel * quantile.values.shape[1] + endmember
            return (quantile.probability, quantile.values.withUnsafeScalars { Double($0[place]) })
          }))
    }
  }
}

/// The posterior of one abundance of one pixel.
enum Marginal {
  /// Beta(a, b); a point at 0 when a is not positive, at 1 when b is not.
  case beta(Double, Double)
  /// Draws in increasing order.
  case draws([Double])
  /// A curve through stored quantiles.
  case quantiles(QuantileCurve)

  /// Below this a posterior is taken to rule out what lies off the boundary.
  private static let leastMass = 1e-6

  /// What a true abundance of x says about this posterior.
  func judgement(at x: Double) -> Calibration.Judgement {
    let bounds = Calibration.interior
    let mass = max(0, distribution(bounds.upperBound) - distribution(bounds.lowerBound))
    return Calibration.Judgement(
      boundaryMass: 1 - mass, integral: integral(at: x, mass: mass), score: rankedProbabilityScore(at: x))
  }

  /// The probability integral given that the abundance is off the boundary, of which the posterior gives `mass`.
  ///
  /// Among the d draws off the boundary it is the step between (below) / (d + 1) and (below + equal + 1) / (d + 1), over
  /// which it is uniform; with no draw there nothing is known, and the step is all of 0…1.
  private func integral(at x: Double, mass: Double) -> ClosedRange<Double>? {
    let bounds = Calibration.interior
    if case .draws(let draws) = self {
      let interior = draws.filter { $0 > bounds.lowerBound && $0 < bounds.upperBound }
      let (below, equal) = (interior.count { $0 < x }, interior.count { $0 == x })
      let steps = Double(interior.count + 1)
      return Double(below) / steps...Double(below + equal + 1) / steps
    }
    guard mass > Self.leastMass else { return nil }
    let value = min(max((distribution(x) - distribution(bounds.lowerBound)) / mass, 0), 1)
    return value...value
  }

  /// F(x).
  private func distribution(_ x: Double) -> Double {
    switch self {
    case .beta(let a, let b):
      if a <= 0 { return x >= 0 ? 1 : 0 }
      if b <= 0 { return x >= 1 ? 1 : 0 }
      return SpecialFunctions.regularizedBeta(x: min(max(x, 0), 1), a: a, b: b)
    case .draws(let draws): return Double(draws.count { $0 <= x }) / Double(draws.count)
    case .quantiles(let curve): return curve.distribution(x)
    }
  }

  /// The continuous ranked probability score E|X − x| − ½ E|X − X′|, in closed form.
  ///
  ///     Beta: x (2F(x; a, b) − 1) + m (1 − 2F(x; a + 1, b)) − 2 B(a + b, a + b) / ((a + b) B(a, a) B(b, b))
  ///
  /// with mean m = a / (a + b). A few quantiles do not tell it.
  ///
  /// - Source: Gneiting and Raftery, *Strictly proper scoring rules, prediction, and estimation*, JASA 102, 2007,
  ///   Eq. 21; the last term is half the mean difference of two Beta variables.
  private func rankedProbabilityScore(at x: Double) -> Double? {
    switch self {
    case .quantiles: return nil
    case .beta(let a, let b):
      if a <= 0 || b <= 0 { return abs(x - (a <= 0 ? 0 : 1)) }
      let (total, inside) = (a + b, min(max(x, 0), 1))
      let below = SpecialFunctions.regularizedBeta(x: inside, a: a, b: b)
      let weighted = SpecialFunctions.regularizedBeta(x: inside, a: a + 1, b: b)
      let logDifference = Self.logBeta(total, total) - Self.logBeta(a, a) - Self.logBeta(b, b)
      return abs(x - inside) + inside * (2 * below - 1) + a / total * (1 - 2 * weighted)
        - 2 / total * exp(logDifference)
    case .draws(let draws):
      let count = Double(draws.count)
      let distance = draws.reduce(0) { $0 + abs($1 - x) } / count
      // Σᵢⱼ |xᵢ − xⱼ| / 2 over ordered draws.
      let spread = draws.enumerated().reduce(0) { $0 + (2 * Double($1.offset) + 1 - count) * $1.element }
      return distance - spread / (count * count)
    }
  }

  private static func logBeta(_ a: Double, _ b: Double) -> Double {
    SpecialFunctions.logGamma(a) + SpecialFunctions.logGamma(b) - SpecialFunctions.logGamma(a + b)
  }
}
