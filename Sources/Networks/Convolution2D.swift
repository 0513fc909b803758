import Tensors

/// A convolution of images, stride 1, channels last. See ``Tensors/Tensor/convolved(with:bias:padding:)``.
///
/// - Shapes: `[batch, height, width, inputChannels]` gives `[batch, height, width, outputChannels]`, smaller by the kernel less
///   one where ``padding`` is `.none`.
public struct Convolution2D: Module {
  /// The weights, `[rows, columns, inputChannels, outputChannels]`.
  public var kernel: Tensor
  /// One number per output channel.
  public var bias: Tensor?
  /// What lies outside the image.
  public let padding: Padding

  /// A layer with random weights. The bias is drawn uniformly within ±1/√inputs for ``Initializer/fanIn``, else it is 0.
  public init(
    inputChannels: Int, outputChannels: Int, kernel: (Int, Int) = (3, 3), padding: Padding = .zero, bias: Bool = true,
    initializer: Initializer = .fanIn, using random: inout RandomStream
  ) {
    precondition(
      min(inputChannels, outputChannels, kernel.0, kernel.1) > 0,
      "a convolution of \(kernel.0)×\(kernel.1) from \(inputChannels) to \(outputChannels) channels")
    let taps = kernel.0 * kernel.1
    self.kernel = initializer(
      [kernel.0, kernel.1, inputChannels, outputChannels], inputs: taps * inputChannels,
      outputs: taps * outputChannels, using: &random)
    let start: Initializer = initializer == .fanIn ? .fanIn : .zeros
    self.bias =
      bias ? start([outputChannels], inputs: taps * inputChannels, outputs: taps * outputChannels, using: &random) : nil
    self.padding = padding
  }

  /// A layer with given weights.
  public init(kernel: Tensor, bias: Tensor? = nil, padding: Padding = .zero) {
    precondition(
      kernel.rank == 4 && (bias == nil || bias?.shape == [kernel.shape[3]]),
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
  public func callAsFunction(_ x: Tensor) -> Tensor { x.convolved(with: kernel, bias: bias, padding: padding) }
}
