import Foundation
import Tensors

/// How sure a method is of every single abundance.
public enum PosteriorMarginals: Sendable {
  /// A Dirichlet per pixel, by its concentrations `[pixels, endmembers]`. The marginal is Beta(αₖ, Σα − αₖ).
  case dirichlet(concentration: Tensor)
  /// Draws from any posterior, `[draws, pixels, endmembers]`.
  case draws(Tensor)

  /// The number of pixels described.
  var pixels: Int { tensor.shape[-2] }

  /// The number of endmembers described.
  var endmembers: Int { tensor.shape[-1] }

  private var tensor: Tensor {
    switch self {
    case .dirichlet(let concentration): concentration
    case .draws(let draws): draws
    }
  }

  /// The marginal posterior of one abundance.
  func marginal(pixel: Int, endmember: Int) -> Marginal {
    let (pixels, count) = (self.pixels, endmembers)
    switch self {
    case .dirichlet(let concentration):
      return concentration.withUnsafeScalars { values in
        let row = values[pixel * count..<(pixel + 1) * count]
        let own = Double(row[pixel * count + endmember])
        return .beta(own, row.reduce(0) { $0 + Double($1) } - own)
      }
    case .draws(let draws):
      return draws.withUnsafeScalars { values in
        .draws((0..<draws.shape[0]).map { Double(values[($0 * pixels + pixel) * count + endmember]) }.sorted())
      }
    }
  }
}

/// The posterior of one abundance of one pixel.
enum Marginal {
  /// Beta(a, b); a point at 0 when a is not positive, at 1 when b is not.
  case beta(Double, Double)
  /// Draws in increasing order.
  case draws([Double])

  /// The probability integral F(x), which is uniform when truths are drawn from their posteriors.
  ///
  /// Among D draws, F is the rank of the truth moved to the middle of its step, (below + ½ equal + ½) / (D + 1).
  func probabilityIntegral(at x: Double) -> Double {
    switch self {
    case .beta(let a, let b):
      if a <= 0 || b <= 0 {
        let point: Double = a <= 0 ? 0 : 1
        return x == point ? 0.5 : (x < point ? 0 : 1)
      }
      return SpecialFunctions.regularizedBeta(x: min(max(x, 0), 1), a: a, b: b)
    case .draws(let draws):
      let below = draws.count { $0 < x }
      let equal = draws.count { $0 == x }
      return (Double(below) + 0.5 * Double(equal) + 0.5) / Double(draws.count + 1)
    }
  }

  /// The continuous ranked probability score E|X − x| − ½ E|X − X′|, in closed form.
  ///
  ///     Beta: x (2F(x; a, b) − 1) + m (1 − 2F(x; a + 1, b)) − 2 B(a + b, a + b) / ((a + b) B(a, a) B(b, b))
  ///
  /// with mean m = a / (a + b).
  ///
  /// - Source: Gneiting and Raftery, *Strictly proper scoring rules, prediction, and estimation*, JASA 102, 2007,
  ///   Eq. 21; the last term is half the mean difference of two Beta variables.
  func rankedProbabilityScore(at x: Double) -> Double {
    switch self {
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
