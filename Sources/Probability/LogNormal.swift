import Foundation
import Tensors

/// Independent positive components whose logarithms are normal: an illumination scale, a gain.
///
///     log p(x) = Σ −½ ((log x − μ)/σ)² − log σ − ½ log 2π − log x
///     E[x] = exp(μ + σ²/2),   Var[x] = (exp(σ²) − 1) exp(2μ + σ²)
///
/// - Shapes: `location` (μ) and `scale` (σ > 0) broadcast to `[rows, event]`.
/// - Units: e^μ, the median, has the unit of the value; σ has none.
/// - Edge cases: A value of 0 is scored as the least normal `Scalar`, with derivative 0; a negative one gives NaN.
public struct LogNormal: LogarithmicDistribution, EntropicDistribution, MarginalQuantiles {
  /// μ, the mean of the logarithm, broadcast to the shape of a draw.
  public let location: Tensor
  /// σ, the standard deviation of the logarithm, as given.
  public let scale: Tensor

  /// A log-normal distribution.
  public init(location: Tensor, scale: Tensor) {
    self.location = location.broadcast(to: location.shape.broadcasting(with: scale.shape))
    self.scale = scale
  }

  /// The shape of a draw.
  public var shape: Shape { location.shape }

  /// exp(μ + σ²/2).
  public var mean: Tensor { (location + scale.squared() * 0.5).exp() }

  /// (exp(σ²) − 1) exp(2μ + σ²).
  public var variance: Tensor { scale.squared().expm1() * mean * mean }

  /// log p of positive numbers.
  public func logDensity(of value: Tensor) -> Tensor {
    logDensity(atLogarithm: value.log().clamped(from: Scalar(Foundation.log(Double(Scalar.leastNormalMagnitude)))))
  }

  /// log p(x) at x = exp(logarithm), summed in Double.
  public func logDensity(atLogarithm logarithm: Tensor) -> Tensor {
    RowFunction.logNormalLogDensityAtLogarithm(logarithm, location, scale)
  }

  /// μ + σ ε with a standard normal ε.
  public func sampleLogarithm(using random: inout RandomStream) -> Tensor { normal.sample(using: &random) }

  /// KL from another log-normal distribution: that of the normal distributions of the logarithms.
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    (prior as? LogNormal).flatMap { normal.closedFormDivergence(from: $0.normal) }
  }

  /// Σ μ + log σ + ½ log 2πe.
  public var entropy: Tensor { RowFunction.logNormalEntropy(location, scale) }

  /// exp(μ + σ Φ⁻¹(probability)).
  public func marginalQuantile(_ probability: Double) -> Tensor { normal.marginalQuantile(probability).exp() }

  private var normal: Normal { Normal(mean: location, standardDeviation: scale) }
}
