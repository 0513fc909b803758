import Foundation
import Tensors

/// A term of a factorization's objective that depends on the abundances alone, in the form a multiplicative update takes.
///
/// Its gradient at the present abundances is written as a difference of non-negative numbers, repulsion − attraction; the
/// update then is a ← a (mᵀy + attraction) / (mᵀMa + repulsion). The objective does not increase when
///
///     P(b) ≤ P(a) + Σ repulsion (b² − a²) / 2a − Σ attraction (b − a)   for all b ≥ 0
///
/// which holds for concave penalties (a tangent lies above them, and c b ≤ c (b² + a²) / 2a), and for quadratic ones whose
/// matrix has a diagonal bound.
protocol AbundancePenalty: Sendable {
  /// Adds the two parts of the gradient at abundances `[pixels, endmembers]`.
  mutating func addGradient(at abundances: Tensor, to gradient: inout SplitGradient)

  /// What is done after the abundances were moved: refreshing a copy that is coupled to them.
  mutating func follow(_ abundances: Tensor)

  /// The term itself.
  func value(at abundances: Tensor) -> Double
}

extension AbundancePenalty {
  /// Nothing.
  mutating func follow(_ abundances: Tensor) {}
}

/// The two non-negative parts of a gradient, one number per pixel and endmember; zeros at first.
struct SplitGradient: Sendable {
  /// What makes abundances grow.
  var attraction: [Double]
  /// What makes them shrink.
  var repulsion: [Double]

  init(count: Int) {
    attraction = [Double](repeating: 0, count: count)
    repulsion = attraction
  }

  /// Zeros again.
  mutating func clear() {
    for index in attraction.indices {
      attraction[index] = 0
      repulsion[index] = 0
    }
  }
}

/// λ Σ φ(a), with φ the square root, continued along its tangent below a threshold θ.
///
///     φ(a) = √a  for a ≥ θ,   (θ + a) / (2√θ)  below;   φ′(a) = 1 / (2√max(a, θ))
///
/// - Source: Qian et al., *Hyperspectral unmixing via L½ sparsity-constrained nonnegative matrix factorization*, IEEE TGRS
///   49, 2011.
/// - Deviation: below the threshold (10⁻⁴ in the paper) the paper leaves the term out of the update, which lets the
///   objective grow whenever an abundance crosses the threshold. The tangent keeps φ concave and its slope bounded, so
///   the objective never grows and small abundances still vanish.
struct HalfNorm: AbundancePenalty {
  /// λ.
  let weight: Double
  /// θ.
  var threshold = 1e-4

  mutating func addGradient(at abundances: Tensor, to gradient: inout SplitGradient) {
    if weight == 0 { return }
    abundances.withUnsafeScalars { values in
      for index in values.indices {
        gradient.repulsion[index] += weight / (2 * max(Double(values[index]), threshold).squareRoot())
      }
    }
  }

  func value(at abundances: Tensor) -> Double {
    if weight == 0 { return 0 }
    let root = threshold.squareRoot()
    return abundances.withUnsafeScalars { values in
      weight
        * values.reduce(0.0) { sum, value in
          let value = Double(value)
          return sum + (value >= threshold ? value.squareRoot() : (threshold + value) / (2 * root))
        }
    }
  }
}

/// λ Σ φ(a), φ(a) = ln(1 + a/ε) / ln(1 + 1/ε): what the ℓ₁ norm comes to when its weights, in proportion to 1/(a + ε), are
/// renewed before every update. A pure pixel costs λ, as under ``HalfNorm``, whatever ε is.
///
/// - Source: Candès, Wakin and Boyd, *Enhancing sparsity by reweighted ℓ₁ minimization*, J. Fourier Anal. Appl. 14, 2008,
///   §2.3: each reweighting minimises a tangent of this concave sum, which therefore never grows.
struct ReweightedNorm: AbundancePenalty {
  /// λ / ln(1 + 1/ε).
  private let weight: Double
  private let offset: Double

  /// - Parameters:
  ///   - weight: λ.
  ///   - offset: ε.
  init(weight: Double, offset: Double) { (self.weight, self.offset) = (weight / log1p(1 / offset), offset) }

  mutating func addGradient(at abundances: Tensor, to gradient: inout SplitGradient) {
    if weight == 0 { return }
    abundances.withUnsafeScalars { values in
      for index in values.indices { gradient.repulsion[index] += weight / (Double(values[index]) + offset) }
    }
  }

  func value(at abundances: Tensor) -> Double {
    if weight == 0 { return 0 }
    return abundances.withUnsafeScalars { values in
      weight * values.reduce(0.0) { $0 + log1p(Double($1) / offset) }
    }
  }
}
