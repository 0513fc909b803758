import Foundation
import Tensors

/// A distribution on the simplex whose components may be correlated: softmax of a normal vector.
///
///     a = softmax(y₁, …, y_{k−1}, 0),   y ~ N(μ, L Lᵀ)
///     log p(a) = log N(y; μ, L Lᵀ) − Σ_k log a_k,   y_k = log a_k − log a_K
///
/// - Shapes: `location` (μ) is `[rows, k − 1]`, draws are `[rows, k]`.
/// - Edge cases: As ``Dirichlet``, a component 0 is scored as the least normal `Scalar`; score a draw by its logarithm
///   where that can occur. Mean, variance and quantiles have no closed form and are taken over fixed points; see
///   ``mean``. Neither has entropy, which is therefore not offered.
/// - Source: Aitchison & Shen, *Logistic-Normal Distributions*, Biometrika 67 (1980).
public struct LogisticNormal: LogarithmicDistribution {
  /// The scale L of the normal vector.
  public enum Scale: Sendable {
    /// Standard deviations of independent components, `[rows, k − 1]`.
    case diagonal(Tensor)
    /// The Cholesky factor of the covariance, `[rows, k − 1, k − 1]`; only its lower triangle is read.
    case triangular(Tensor)
  }

  /// μ.
  public let location: Tensor
  /// L; a triangular one is kept with zeros above its diagonal.
  public let scale: Scale

  /// A logistic-normal distribution.
  public init(location: Tensor, scale: Scale) {
    self.location = location
    switch scale {
    case .diagonal(let deviations):
      precondition(
        deviations.shape.broadcastIfPossible(with: location.shape) == location.shape,
        "a diagonal scale of shape \(deviations.shape) for a location of shape \(location.shape)")
      self.scale = .diagonal(deviations.broadcast(to: location.shape))
    case .triangular(let factor):
      let expected = Shape(location.shape.dimensions + [location.shape[-1]])
      precondition(factor.shape == expected, "a triangular scale of shape \(factor.shape), not \(expected)")
      self.scale = .triangular(factor * .lowerTriangle(location.shape[-1]))
    }
  }

  /// The shape of a draw.
  public var shape: Shape { Shape(location.shape.dimensions.dropLast() + [location.shape[-1] + 1]) }

  /// log p of points on the simplex.
  public func logDensity(of value: Tensor) -> Tensor {
    logDensity(atLogarithm: value.log().clamped(from: Scalar(Foundation.log(Double(Scalar.leastNormalMagnitude)))))
  }

  /// log p at exp(logarithm).
  public func logDensity(atLogarithm logarithm: Tensor) -> Tensor {
    let last = logarithm.shape[-1] - 1
    let ratios = logarithm.slice(along: -1, 0..<last) - logarithm.slice(along: -1, last..<last + 1)
    let jacobian = logarithm.sum(along: -1)
    switch scale {
    case .diagonal(let deviations):
      return Normal(mean: location, standardDeviation: deviations).logDensity(of: ratios) - jacobian
    case .triangular(let factor):
      let standardised = factor.solvingLowerTriangle(ratios - location)
      let constant = Scalar(-0.5 * Double(last) * Foundation.log(2 * Double.pi))
      return standardised.squaredNorm(along: -1) * -0.5 - factor.logDiagonalSum() + constant - jacobian
    }
  }

  /// The logarithm of a draw.
  public func sampleLogarithm(using random: inout RandomStream) -> Tensor {
    logits(at: random.normal(location.shape)).logSoftmax()
  }

  /// KL from another logistic-normal distribution: that of the normal vectors.
  ///
  ///     ½ (‖L′⁻¹ L‖² + ‖L′⁻¹ (μ′ − μ)‖² − (k − 1)) + log |L′| − log |L|
  ///
  /// The diagonal of L′⁻¹ L, which is L_ii/L′_ii, is taken together with the determinants: what is added is never
  /// negative, so that nothing cancels.
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    guard let prior = prior as? LogisticNormal else { return nil }
    if case .diagonal(let own) = scale, case .diagonal(let other) = prior.scale {
      return RowFunction.normalDivergence(location, own, prior.location, other)
    }
    let (own, other) = (factor, prior.factor)
    let width = location.shape[-1]
    var squares = other.solvingLowerTriangle(prior.location - location).squaredNorm(along: -1)
    for column in 0..<width - 1 {
      let ratios = other.solvingLowerTriangle(own.slice(along: -1, column..<column + 1).squeezed(at: -1))
      squares += ratios.slice(along: -1, column + 1..<width).squaredNorm(along: -1)
    }
    return RowFunction.normalDivergence(Tensor(0), own.diagonal(), Tensor(0), other.diagonal()) + squares * 0.5
  }

  /// The triangular factor, also of a diagonal scale.
  private var factor: Tensor {
    switch scale {
    case .triangular(let factor): factor
    case .diagonal(let deviations): deviations.expandingDimension(at: -1) * .identity(deviations.shape[-1])
    }
  }

  /// (μ + L ε, 0).
  func logits(at noise: Tensor) -> Tensor {
    let free: Tensor
    switch scale {
    case .diagonal(let deviations): free = location + deviations * noise
    case .triangular(let factor): free = location + (factor * noise.expandingDimension(at: -2)).sum(along: -1)
    }
    let pinned = Tensor.zeros(Shape(free.shape.dimensions.dropLast() + [1]))
    return .concatenated([free, pinned], along: -1)
  }
}

extension LogisticNormal {
  /// E[a] by quasi-Monte Carlo integration at fixed points, differentiable.
  ///
  /// - Complexity: 2 × 128 softmaxes for each row.
  /// - Edge cases: The error of a component is about 10⁻³ for k ≤ 8 and standard deviations up to 2.
  public var mean: Tensor { integrated { $0 } }

  /// Var[a] by the same points as ``mean``.
  ///
  /// - Complexity: Twice that of ``mean``: deviations from it are squared, as squares less its square would cancel.
  public var variance: Tensor {
    let mean = mean
    return integrated { ($0 - mean).squared() }
  }

  /// E[f(a)] by quasi-Monte Carlo integration.
  private func integrated(_ function: (Tensor) -> Tensor) -> Tensor {
    let points = Self.integrationPoints(128, dimension: location.shape[-1])
    let sum = points.reduce(Tensor.zeros(shape)) { sum, point in
      sum + function(logits(at: Tensor(point).broadcast(to: location.shape)).softmax())
    }
    return sum / Scalar(points.count)
  }

  /// Standard normal points of low discrepancy, each with its mirror image.
  ///
  /// - Source: Roberts, *The Unreasonable Effectiveness of Quasirandom Sequences* (2018): multiples of the powers of the
  ///   root of x^{d+1} = x + 1, modulo 1.
  static func integrationPoints(_ count: Int, dimension: Int) -> [[Scalar]] {
    var root = 2.0
    for _ in 0..<64 { root = pow(1 + root, 1 / Double(dimension + 1)) }
    return (1...count).flatMap { index -> [[Scalar]] in
      let point = (1...dimension).map { axis -> Scalar in
        let place = 0.5 + Double(index) * pow(root, -Double(axis))
        return Scalar(SpecialFunctions.normalQuantile(place - place.rounded(.down)))
      }
      return [point, point.map { -$0 }]
    }
  }
}
