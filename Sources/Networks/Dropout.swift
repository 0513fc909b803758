import Tensors

/// Sets numbers to 0 at random in training, and scales the others so that the mean stays.
///
///     y = x · m / (1 − rate),   m ~ Bernoulli(1 − rate)
///
/// - Edge cases: A rate of 0 and a pass for inference leave `x` alone and draw nothing.
/// - Source: Srivastava et al., *Dropout*, JMLR 15, 2014, in the inverted form.
public struct Dropout: Module {
  /// The probability of 0, in [0, 1).
  public let rate: Scalar

  /// A layer that drops numbers with probability `rate`.
  public init(rate: Scalar) {
    precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), not at \(rate)")
    self.rate = rate
  }

  /// There is nothing to learn.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {}

  /// Drops numbers of `x` if the pass is for training.
  public func callAsFunction(_ x: Tensor, in pass: inout Pass) -> Tensor {
    if pass.mode == .inference || rate == 0 { return x }
    let keeps = 1 / (1 - rate)
    let mask = Tensor(
      x.shape, pass.random.uniform(x.shape).withUnsafeScalars { $0.map { $0 < rate ? 0 : keeps } })
    return x * mask
  }
}
