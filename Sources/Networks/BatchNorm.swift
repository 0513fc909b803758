import Tensors

/// Batch normalisation over all but the last axis.
///
///     y = γ (x − μ) / √(σ² + ε) + β
///
/// In training μ and σ² are the mean and the biased variance of the batch, and the running statistics move towards its
/// mean and its *unbiased* variance:  r ← (1 − momentum) r + momentum · s. At inference the running statistics are used.
///
/// - Shapes: `[…, channels]` to the same.
/// - Edge cases: A training batch needs at least two values per channel.
/// - Source: Ioffe & Szegedy, *Batch normalization*, ICML 2015. Momentum as PyTorch means it: the share of the new batch.
public struct BatchNorm: StatefulModule {
  /// γ, `[channels]`; starts at 1.
  public var scale: Tensor
  /// β, `[channels]`; starts at 0.
  public var offset: Tensor
  /// The mean used at inference, `[channels]`; starts at 0.
  public var runningMean: Tensor
  /// The variance used at inference, `[channels]`; starts at 1.
  public var runningVariance: Tensor
  /// ε.
  public let epsilon: Scalar
  /// The share of the new batch in the running statistics.
  public let momentum: Scalar

  /// A layer that starts as (x − μ)/√(σ² + ε).
  public init(channels: Int, epsilon: Scalar = 1e-5, momentum: Scalar = 0.1) {
    precondition(channels > 0 && epsilon > 0 && momentum >= 0 && momentum <= 1, "\(channels), \(epsilon), \(momentum)")
    scale = .ones([channels])
    offset = .zeros([channels])
    runningMean = .zeros([channels])
    runningVariance = .ones([channels])
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Visits γ, then β.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&scale)
    body(&offset)
  }

  /// Visits the running mean, then the running variance.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    body(&runningMean)
    body(&runningVariance)
  }

  /// Normalises `x`; in training, the running statistics follow.
  ///
  /// - Parameter rectified: Applies max(·, 0) in the same pass over memory.
  public mutating func callAsFunction(_ x: Tensor, rectified: Bool = false, in pass: inout Pass) -> Tensor {
    if pass.mode == .inference {
      return x.normalized(
        mean: runningMean, variance: runningVariance, scale: scale, offset: offset, epsilon: epsilon,
        rectified: rectified)
    }
    let result = x.batchNormalized(scale: scale, offset: offset, epsilon: epsilon, rectified: rectified)
    let rows = Scalar(x.count / scale.count)
    runningMean = runningMean * (1 - momentum) + result.mean * momentum
    runningVariance = runningVariance * (1 - momentum) + result.variance * (momentum * rows / (rows - 1))
    return result.value
  }
}
