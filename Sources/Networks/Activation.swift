import Tensors

/// A function applied to every number between layers.
public enum Activation: Sendable, Hashable {
  /// x itself.
  case identity
  /// max(x, 0).
  case relu
  /// x above 0, `slope`·x below.
  case leakyReLU(slope: Scalar)
  /// 1 / (1 + e⁻ˣ).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// log(1 + eˣ).
  case softplus

  /// The function of `x`, element by element.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .identity: x
    case .relu: x.relu()
    case .leakyReLU(let slope): x.leakyReLU(slope: slope)
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .softplus: x.softplus()
    }
  }
}
