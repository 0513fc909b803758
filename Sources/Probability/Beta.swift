import Tensors

/// Independent components in (0, 1).
///
///     log p(x) = Σ log Γ(a + b) − log Γ(a) − log Γ(b) + (a − 1) log x + (b − 1) log(1 − x)
///     E[x] = a/(a + b),   Var[x] = ab / (a + b)² (a + b + 1)
///
/// - Shapes: `a` and `b`, both positive, broadcast to `[rows, event]`.
/// - Edge cases: x = 0 and 1 − x = 0 are scored as the least normal `Scalar`; partial derivatives are held within ±10³⁰.
///   Where a or b is small many draws round to 0 or 1: score them as a ``Draw``, by their logits, where nothing is
///   clamped.
public struct Beta: ReparameterizedDistribution, EntropicDistribution, MarginalQuantiles {
  /// The weight of 1, broadcast to the shape of a draw.
  public let a: Tensor
  /// The weight of 0, broadcast to the shape of a draw.
  public let b: Tensor

  /// A beta distribution.
  public init(_ a: Tensor, _ b: Tensor) {
    let shape = a.shape.broadcasting(with: b.shape)
    self.a = a.broadcast(to: shape)
    self.b = b.broadcast(to: shape)
  }

  /// The shape of a draw.
  public var shape: Shape { a.shape }

  /// a/(a + b).
  public var mean: Tensor { a / (a + b) }

  /// ab / (a + b)² (a + b + 1).
  public var variance: Tensor {
    let total = a + b
    return (a / total) * (b / total) / (total + 1)
  }

  /// log p of numbers in (0, 1), in Double inside.
  public func logDensity(of value: Tensor) -> Tensor { RowFunction.betaLogDensity(value, a, b) }

  /// log p of a draw, by its logit where that is known.
  public func logDensity(of draw: Draw) -> Tensor {
    draw.logit.map { RowFunction.betaLogDensityAtLogit($0, a, b) } ?? logDensity(of: draw.value)
  }

  /// γ_a/(γ_a + γ_b) of two gamma variates.
  public func sample(using random: inout RandomStream) -> Tensor { draw(using: &random).value }

  /// A draw with its logit, the difference of the logarithms of two gamma variates.
  public func draw(using random: inout RandomStream) -> Draw {
    let first = Tensor.logGammaDraw(concentration: a, using: &random)
    let second = Tensor.logGammaDraw(concentration: b, using: &random)
    return Draw(logit: first - second)
  }

  /// KL from another beta distribution.
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    guard let prior = prior as? Beta else { return nil }
    return RowFunction.betaDivergence(a, b, prior.a, prior.b)
  }

  /// −KL from the uniform distribution on (0, 1).
  public var entropy: Tensor { -RowFunction.betaDivergence(a, b, Tensor(1), Tensor(1)) }

  /// I⁻¹(probability; a, b) with the regularised incomplete beta function I.
  public func marginalQuantile(_ probability: Double) -> Tensor {
    Self.quantiles(probability, a.scalars.map { Double($0) }, b.scalars.map { Double($0) }, shape)
  }

  /// The quantiles of components whose parameters are known in Double.
  static func quantiles(_ probability: Double, _ a: [Double], _ b: [Double], _ shape: Shape) -> Tensor {
    let probabilities = [Double](repeating: probability, count: a.count)
    return Tensor(shape, SpecialFunctions.inverseRegularizedBeta(p: probabilities, a: a, b: b).map { Scalar($0) })
  }
}
