import Tensors

/// A weight between 0 and 1 for every position of an image, from the mean and the largest of its channels.
///
///     A = sigmoid(norm(conv([mean F, max F]))),   result F · A
///
/// - Shapes: `[batch, height, width, channels]` to the same; A is `[batch, height, width, 1]`. The caller sums over positions
///   where the method asks for it.
/// - Source: Woo et al., *CBAM: Convolutional block attention module*, ECCV 2018, Eq. 3, without the channel branch.
/// - Deviation: CBAM's kernel is 7×7; 3×3 is the default here, as small patches ask for. The normalisation is optional.
public struct SpatialAttention: StatefulModule {
  /// From two maps to one.
  public var convolution: Convolution2D
  /// Between the convolution and the sigmoid, if present.
  public var norm: BatchNorm?

  /// - Parameters:
  ///   - kernel: Its side.
  ///   - batchNorm: Whether the map is normalised before the sigmoid; the convolution then needs no bias and has none.
  public init(kernel: Int = 3, batchNorm: Bool = false, using random: inout RandomStream) {
    convolution = Convolution2D(
      inputChannels: 2, outputChannels: 1, kernel: (kernel, kernel), bias: !batchNorm, using: &random)
    norm = batchNorm ? BatchNorm(channels: 1) : nil
  }

  /// Visits the convolution, then the norm.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    convolution.forEachParameter(body)
    norm.forEachParameter(body)
  }

  /// Visits the norm's running statistics.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) { norm.forEachBuffer(body) }

  /// The map A.
  public mutating func weights(of features: Tensor, in pass: inout Pass) -> Tensor {
    let map = convolution(features.channelPooled(), in: &pass)
    return (norm?(map, in: &pass) ?? map).sigmoid()
  }

  /// The features, weighted position by position.
  public mutating func callAsFunction(_ features: Tensor, in pass: inout Pass) -> Tensor {
    features * weights(of: features, in: &pass)
  }
}
