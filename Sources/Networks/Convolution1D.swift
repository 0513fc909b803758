import Tensors

/// A convolution along one axis, as along the bands of a spectrum, stride 1, channels last.
///
///     y[n,i,o] = bias[o] + Σ x[n, i + p − ⌊(P−1)/2⌋, c] · kernel[p,c,o]
///
/// - Shapes: `[batch, positions, inputChannels]` gives `[batch, positions, outputChannels]`, shorter by the kernel less one
///   where ``padding`` is `.none`.
public struct Convolution1D: Module {
  /// The weights, `[length, inputChannels, outputChannels]`.
  public var kernel: Tensor
  /// One number per output channel.
  public var bias: Tensor?
  /// What lies outside the sequence.
  public let padding: Padding

  /// A layer with random weights. The bias is drawn uniformly within ±1/√inputs for ``Initializer/fanIn``, else it is 0.
  public init(
    inputChannels: Int, outputChannels: Int, kernel: Int = 3, padding: Padding = .zero, bias: Bool = true,
    initializer: Initializer = .fanIn, using random: inout RandomStream
  ) {
    precondition(
      min(inputChannels, outputChannels, kernel) > 0,
      "a convolution of \(kernel) from \(inputChannels) to \(outputChannels) channels")
    let (inputs, outputs) = (kernel * inputChannels, kernel * outputChannels)
    self.kernel = initializer(
      [kernel, inputChannels, outputChannels], inputs: inputs, outputs: outputs, using: &random)
    let start: Initializer = initializer == .fanIn ? .fanIn : .zeros
    self.bias = bias ? start([outputChannels], inputs: inputs, outputs: outputs, using: &random) : nil
    self.padding = padding
  }

  /// A layer with given weights.
  public init(kernel: Tensor, bias: Tensor? = nil, padding: Padding = .zero) {
    precondition(
      kernel.rank == 3 && (bias == nil || bias?.shape == [kernel.shape[2]]),
      "kernel \(kernel.shape) and bias \(bias?.shape ?? [])")
    self.kernel = kernel
    self.bias = bias
    self.padding = padding
  }

  /// Visits the kernel, then the bias.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&kernel)
    bias.forEachParameter(body)
  }

  /// The convolution of `x`; it does the same in every pass.
  public func callAsFunction(_ x: Tensor, in pass: inout Pass) -> Tensor { self(x) }

  /// The convolution of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      x.rank == 3, "a convolution along one axis met an input of shape \(x.shape), not [batch, positions, channels]")
    let image = x.expandingDimension(at: 1)
    return image.convolved(with: kernel.expandingDimension(at: 0), bias: bias, padding: padding).squeezed(at: 1)
  }
}
