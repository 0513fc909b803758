import Tensors

/// Independent normal components.
///
///     log p(x) = Σ_b −½ ((x_b − μ_b)/σ_b)² − log σ_b − ½ log 2π
///
/// - Shapes: `mean` and `standardDeviation` broadcast to `[rows, event]`.
/// - Units: Both parameters have the unit of the value.
/// - Edge cases: σ = 0 gives ±∞ or NaN and σ < 0 gives NaN; use ``Delta`` for a point mass.
public struct Normal: ReparameterizedDistribution, EntropicDistribution, MarginalQuantiles {
  /// μ, broadcast to the shape of a draw.
  public let mean: Tensor
  /// σ, as given.
  public let standardDeviation: Tensor

  /// A normal distribution with mean μ and standard deviation σ > 0 for every component.
  public init(mean: Tensor, standardDeviation: Tensor) {
    self.mean = mean.broadcast(to: mean.shape.broadcasting(with: standardDeviation.shape))
    self.standardDeviation = standardDeviation
  }

  /// A normal distribution with the same standard deviation for every component.
  public init(mean: Tensor, standardDeviation: Scalar) {
    self.init(mean: mean, standardDeviation: Tensor(standardDeviation))
  }

  /// The shape of a draw.
  public var shape: Shape { mean.shape }

  /// σ².
  public var variance: Tensor { standardDeviation.squared().broadcast(to: shape) }

  /// Σ log p over the last axis, summed in Double.
  public func logDensity(of value: Tensor) -> Tensor {
    RowFunction.normalLogDensity(value, mean, standardDeviation)
  }

  /// μ + σ ε with a standard normal ε.
  public func sample(using random: inout RandomStream) -> Tensor {
    mean + standardDeviation * random.normal(shape)
  }

  /// KL from another normal distribution: Σ log(σ′/σ) + (σ² + (μ − μ′)²)/2σ′² − ½.
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    guard let prior = prior as? Normal else { return nil }
    return RowFunction.normalDivergence(mean, standardDeviation, prior.mean, prior.standardDeviation)
  }

  /// Σ ½ log 2πe + log σ, summed in Double.
  public var entropy: Tensor { RowFunction.logNormalEntropy(.zeros(shape), standardDeviation) }

  /// μ + σ Φ⁻¹(probability).
  public func marginalQuantile(_ probability: Double) -> Tensor {
    (mean + standardDeviation * Scalar(SpecialFunctions.normalQuantile(probability))).detached
  }
}
