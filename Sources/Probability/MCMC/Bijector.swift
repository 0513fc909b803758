import Foundation
import Tensors

/// A smooth one-to-one map from ℝᵈ onto where a value may be, so that gradients have nowhere to run into an edge.
///
///     log p(z) = log p(x(z)) + log |det ∂x/∂z|
///
/// - Shapes: unconstrained `[rows, d]`, values `[rows, width]`, log determinants `[rows]`; d = width − 1 on the simplex, of
///   which the first width − 1 components count as coordinates.
public enum Bijector: Sendable, Equatable {
  /// x = z.
  case identity
  /// x = eᶻ > 0; log |det| = Σ z.
  case exponential
  /// x = softmax(z₁, …, z_{K−1}, 0); log |det| = Σₖ log xₖ over all K components.
  case softmaxCentred
  /// Breaks a stick of length 1: x_k = s_k Π_{j<k} (1 − s_j), s_k = sigmoid(z_k − log(K − k)), so that z = 0 is the
  /// centre; log |det| = Σ_{k<K} log x_k + log(1 − s_k).
  ///
  /// - Source: Stan Development Team, *Stan Reference Manual*, "Simplex transform".
  case stickBreaking

  /// The number of coordinates of a value of `width` components.
  public func dimensions(of width: Int) -> Int {
    switch self {
    case .identity, .exponential: width
    case .softmaxCentred, .stickBreaking: width - 1
    }
  }

  /// The value at coordinates z, and log |det ∂x/∂z|.
  public func constrained(_ coordinates: Tensor) -> (value: Tensor, logDeterminant: Tensor) {
    switch self {
    case .identity: return (coordinates, .zeros([coordinates.shape[0]]))
    case .exponential: return (coordinates.exp(), coordinates.sum(along: -1))
    case .softmaxCentred:
      let logarithm = Tensor.concatenated([coordinates, .zeros([coordinates.shape[0], 1])], along: -1).logSoftmax()
      return (logarithm.exp(), logarithm.sum(along: -1))
    case .stickBreaking: return Self.brokenStick(coordinates)
    }
  }

  private static func brokenStick(_ coordinates: Tensor) -> (Tensor, Tensor) {
    let (rows, last) = (coordinates.shape[0], coordinates.shape[1])
    var rest = Tensor.zeros([rows, 1])
    var determinant = rest
    var parts: [Tensor] = []
    for k in 0..<last {
      let logit = coordinates.slice(along: 1, k..<k + 1) - Scalar(Foundation.log(Double(last - k)))
      // log s = −softplus(−z), log(1 − s) = −softplus(z).
      let (share, other) = (-(-logit).softplus(), -logit.softplus())
      parts.append(rest + share)
      determinant = determinant + rest + share + other
      rest = rest + other
    }
    return (Tensor.concatenated(parts + [rest], along: 1).exp(), determinant.reshaped(to: [rows]))
  }

  /// The coordinates of a value.
  ///
  /// - Edge cases: a component 0 is taken as 10⁻³⁰, so that coordinates are finite.
  public func unconstrained(_ value: Tensor) -> Tensor {
    let (rows, width) = (value.shape[0], value.shape[1])
    switch self {
    case .identity: return value
    case .exponential: return value.maximum(with: 1e-30).log()
    case .softmaxCentred:
      let logarithm = value.maximum(with: 1e-30).log()
      return logarithm.slice(along: 1, 0..<width - 1) - logarithm.slice(along: 1, width - 1..<width)
    case .stickBreaking:
      let parts = value.scalars.map { Double($0) }
      var result: [Scalar] = []
      for row in 0..<rows {
        for k in 0..<width - 1 {
          let own = max(parts[row * width + k], 1e-30)
          let others = max(parts[row * width + k + 1..<(row + 1) * width].reduce(0, +), 1e-30)
          result.append(Scalar(Foundation.log(own / others) + Foundation.log(Double(width - 1 - k))))
        }
      }
      return Tensor([rows, width - 1], result)
    }
  }
}
