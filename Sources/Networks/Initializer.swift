import Tensors

/// How weights start. `inputs` and `outputs` are the numbers of connections into and out of a unit: for a convolution,
/// channels times the size of the kernel.
public enum Initializer: Sendable, Hashable {
  /// 0.
  case zeros
  /// One number everywhere.
  case constant(Scalar)
  /// Uniform within ±√(6 / (inputs + outputs)): Glorot & Bengio, AISTATS 2010, Eq. 16.
  case glorotUniform
  /// Normal with variance 2 / (inputs + outputs): Glorot & Bengio, AISTATS 2010, Eq. 12.
  case glorotNormal
  /// Uniform within ±√(6 / inputs), the variance of ``heNormal``.
  case heUniform
  /// Normal with variance 2 / inputs, for layers followed by max(·, 0): He et al., ICCV 2015, Eq. 10.
  case heNormal
  /// Uniform within ±1/√inputs: LeCun et al., *Efficient BackProp*, 1998, §4.6 up to a factor √3; what PyTorch gives dense
  /// and convolutional layers, weights and biases alike, when nothing else is asked for.
  case fanIn

  /// A tensor of starting values.
  ///
  /// - Parameters:
  ///   - shape: The extents of the weights.
  ///   - inputs: Connections into a unit, at least 1.
  ///   - outputs: Connections out of a unit, at least 1.
  ///   - random: Where draws come from; the two constant initializers draw nothing.
  public func callAsFunction(
    _ shape: Shape, inputs: Int, outputs: Int, using random: inout RandomStream
  ) -> Tensor {
    precondition(inputs > 0 && outputs > 0, "a unit needs connections, not \(inputs) in and \(outputs) out")
    let (into, out) = (Scalar(inputs), Scalar(outputs))
    switch self {
    case .zeros: return .zeros(shape)
    case .constant(let value): return Tensor(repeating: value, shape)
    case .glorotUniform: return Self.uniform(shape, within: (6 / (into + out)).squareRoot(), &random)
    case .glorotNormal: return random.normal(shape) * (2 / (into + out)).squareRoot()
    case .heUniform: return Self.uniform(shape, within: (6 / into).squareRoot(), &random)
    case .heNormal: return random.normal(shape) * (2 / into).squareRoot()
    case .fanIn: return Self.uniform(shape, within: 1 / into.squareRoot(), &random)
    }
  }

  private static func uniform(_ shape: Shape, within bound: Scalar, _ random: inout RandomStream) -> Tensor {
    (2 * random.uniform(shape) - 1) * bound
  }
}
