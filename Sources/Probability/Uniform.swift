import Tensors

/// Independent components that are equally likely anywhere between two bounds.
///
///     log p(x) = −Σ log(u − l) where every component lies in [l, u], −∞ elsewhere
///
/// - Shapes: `lower` and `upper` broadcast to `[rows, event]`; lower < upper.
public struct Uniform: ReparameterizedDistribution, EntropicDistribution, MarginalQuantiles {
  /// l, broadcast to the shape of a draw.
  public let lower: Tensor
  /// u, broadcast to the shape of a draw.
  public let upper: Tensor

  /// A uniform distribution between bounds.
  public init(lower: Tensor, upper: Tensor) {
    let shape = lower.shape.broadcasting(with: upper.shape)
    self.lower = lower.broadcast(to: shape)
    self.upper = upper.broadcast(to: shape)
  }

  /// The shape of a draw.
  public var shape: Shape { lower.shape }

  /// (l + u)/2.
  public var mean: Tensor { (lower + upper) * 0.5 }

  /// (u − l)²/12.
  public var variance: Tensor { (upper - lower).squared() / 12 }

  /// −Σ log(u − l) inside, −∞ outside; the derivative with respect to the value is 0.
  public func logDensity(of value: Tensor) -> Tensor {
    -entropy + Self.barrier(value, isWithin: (lower, upper), outside: -.infinity)
  }

  /// l + (u − l) v with v uniform in (0, 1).
  public func sample(using random: inout RandomStream) -> Tensor {
    lower + (upper - lower) * random.uniform(shape)
  }

  /// KL from another uniform distribution: Σ log (u′ − l′)/(u − l), or ∞ where it does not contain this one.
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    guard let prior = prior as? Uniform else { return nil }
    let bounds = (prior.lower, prior.upper)
    return prior.entropy - entropy + Self.barrier(lower, isWithin: bounds, outside: .infinity)
      + Self.barrier(upper, isWithin: bounds, outside: .infinity)
  }

  /// Σ log(u − l).
  public var entropy: Tensor { (upper - lower).log().sum(along: -1) }

  /// l + probability (u − l).
  public func marginalQuantile(_ probability: Double) -> Tensor {
    (lower + (upper - lower) * Scalar(probability)).detached
  }

  /// For every row 0 where all components lie within the bounds, else `outside`; NaN where one is NaN.
  private static func barrier(
    _ value: Tensor, isWithin bounds: (lower: Tensor, upper: Tensor), outside: Scalar
  ) -> Tensor {
    let (below, above) = (bounds.lower.detached - value.detached, value.detached - bounds.upper.detached)
    let excess = below.maximum(along: -1).maximum(with: above.maximum(along: -1))
    return Tensor(excess.shape, excess.scalars.map { $0.isNaN ? .nan : ($0 > 0 ? outside : 0) })
  }
}
