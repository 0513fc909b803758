import Tensors

/// A draw, with the coordinate it was made in.
///
/// A value close to the edge of its support rounds to the edge: a fifth of the draws from Beta(0.05, 0.05) are exactly 1
/// in single precision, where that density is infinite. The coordinate, log x of a positive number or
/// log x/(1 − x) of one in (0, 1), never rounds there. A density that knows what to do with it
/// (``Density/logDensity(of:)-(Draw)``) therefore scores a draw exactly, where the value alone would have to be clamped.
public struct Draw: Sendable {
  /// The value, which may have been rounded to the edge of its support.
  public let value: Tensor
  /// log x/(1 − x), if the draw was made by it.
  public let logit: Tensor?
  private let ownLogarithm: Tensor?

  /// A value without another coordinate: a draw from a density that has no edge, or a value that was not drawn.
  public init(_ value: Tensor) {
    self.init(value: value, logarithm: nil, logit: nil)
  }

  /// A positive value by its logarithm.
  public init(logarithm: Tensor) {
    self.init(value: logarithm.exp(), logarithm: logarithm, logit: nil)
  }

  /// A value in (0, 1) by its logit.
  public init(logit: Tensor) {
    self.init(value: logit.sigmoid(), logarithm: nil, logit: logit)
  }

  init(value: Tensor, logarithm: Tensor?, logit: Tensor? = nil) {
    (self.value, self.ownLogarithm, self.logit) = (value, logarithm, logit)
  }

  /// log x, if the draw was made by it or by its logit: −log(1 + e⁻ᵗ) of the logit t.
  public var logarithm: Tensor? { ownLogarithm ?? logit.map { -(-$0).softplus() } }
}
