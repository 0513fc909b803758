import Tensors

/// An affine map of the last axis.
///
///     y = x W + b
///
/// - Shapes: `[…, inputs]` gives `[…, outputs]`.
public struct Dense: Module {
  /// W, `[inputs, outputs]`.
  public var weight: Tensor
  /// b, `[outputs]`.
  public var bias: Tensor?

  /// A layer with random weights. The bias is drawn uniformly within ±1/√inputs for ``Initializer/fanIn``, else it is 0.
  public init(
    inputs: Int, outputs: Int, bias: Bool = true, initializer: Initializer = .fanIn, using random: inout RandomStream
  ) {
    precondition(inputs > 0 && outputs > 0, "a dense layer from \(inputs) to \(outputs)")
    weight = initializer([inputs, outputs], inputs: inputs, outputs: outputs, using: &random)
    let start: Initializer = initializer == .fanIn ? .fanIn : .zeros
    self.bias = bias ? start([outputs], inputs: inputs, outputs: outputs, using: &random) : nil
  }

  /// A layer with given weights.
  public init(weight: Tensor, bias: Tensor? = nil) {
    precondition(
      weight.rank == 2 && (bias == nil || bias?.shape == [weight.shape[1]]),
      "weight \(weight.shape) and bias \(bias?.shape ?? [])")
    self.weight = weight
    self.bias = bias
  }

  /// Visits the weight, then the bias.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&weight)
    bias.forEachParameter(body)
  }

  /// The map of `x`; it does the same in every pass.
  public func callAsFunction(_ x: Tensor, in pass: inout Pass) -> Tensor { self(x) }

  /// The map of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (inputs, outputs) = (weight.shape[0], weight.shape[1])
    precondition(x.rank > 0 && x.shape[-1] == inputs, "a dense layer from \(inputs) met an input of shape \(x.shape)")
    let product = x.reshaped(to: [x.count / inputs, inputs]).matrixProduct(weight)
    let shifted = bias.map { product + $0 } ?? product
    return x.rank == 2 ? shifted : shifted.reshaped(to: Shape(x.shape.dimensions.dropLast() + [outputs]))
  }
}
