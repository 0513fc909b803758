import Tensors

/// A bound on the gradient before a step is made.
public enum GradientClipping: Sendable, Hashable {
  /// No bound.
  case none
  /// All parameters' derivatives together are scaled down to this Euclidean norm if they exceed it: Pascanu et al., ICML 2013,
  /// Algorithm 1.
  case globalNorm(Scalar)
  /// Every partial derivative is brought within ± this value.
  case value(Scalar)

  /// Clips the gradient and tells its norm before that, summed in Double. A gradient that is not finite is left as it is.
  @discardableResult
  public func callAsFunction<Gradient: Module>(_ gradient: inout Gradient) -> Double {
    let norm = gradient.globalNorm
    switch self {
    case .none: break
    case .globalNorm(let bound):
      precondition(bound > 0, "a gradient cannot be clipped to the norm \(bound)")
      if norm.isFinite && norm > Double(bound) {
        let factor = Scalar(Double(bound) / norm)
        gradient.forEachParameter { $0 = $0 * factor }
      }
    case .value(let bound):
      precondition(bound > 0, "a gradient cannot be clipped to ±\(bound)")
      if norm.isFinite { gradient.forEachParameter { $0 = $0.clamped(from: -bound, to: bound) } }
    }
    return norm
  }
}

extension Module {
  /// The Euclidean norm of all parameters together, summed in Double.
  public var globalNorm: Double {
    parameters.reduce(0.0) { total, parameter in
      total + parameter.withUnsafeScalars { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
    }.squareRoot()
  }
}
