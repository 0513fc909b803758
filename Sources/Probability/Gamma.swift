import Tensors

/// Independent positive gamma components.
///
///     log p(x) = Σ α log β − log Γ(α) + (α − 1) log x − β x
///     E[x] = α/β,   Var[x] = α/β²
///
/// - Shapes: `concentration` (α > 0) and `rate` (β > 0) broadcast to `[rows, event]`.
/// - Units: β has the inverse unit of the value; α has none.
/// - Edge cases: A value of 0 is scored as the least normal `Scalar`; partial derivatives are held within ±10³⁰.
/// - Source: Marsaglia & Tsang, *A Simple Method for Generating Gamma Variables*, ACM TOMS 26 (2000), for the draws;
///   Figurnov, Mohamed & Mnih, *Implicit Reparameterization Gradients* (2018), for their derivatives.
public struct Gamma: LogarithmicDistribution, EntropicDistribution, MarginalQuantiles {
  /// α, broadcast to the shape of a draw.
  public let concentration: Tensor
  /// β, as given.
  public let rate: Tensor

  /// A gamma distribution with concentration (shape) α and rate β.
  public init(concentration: Tensor, rate: Tensor) {
    self.concentration = concentration.broadcast(to: concentration.shape.broadcasting(with: rate.shape))
    self.rate = rate
  }

  /// The shape of a draw.
  public var shape: Shape { concentration.shape }

  /// α/β.
  public var mean: Tensor { concentration / rate }

  /// α/β².
  public var variance: Tensor { mean / rate }

  /// log p of positive numbers, in Double inside.
  public func logDensity(of value: Tensor) -> Tensor { RowFunction.gammaLogDensity(value, concentration, rate) }

  /// log p(x) at x = exp(logarithm).
  public func logDensity(atLogarithm logarithm: Tensor) -> Tensor {
    RowFunction.gammaLogDensityAtLogarithm(logarithm, concentration, rate)
  }

  /// The logarithm of a draw.
  public func sampleLogarithm(using random: inout RandomStream) -> Tensor {
    .logGammaDraw(concentration: concentration, using: &random) - rate.log()
  }

  /// KL from another gamma distribution.
  ///
  ///     (α − α′) ψ(α) − log Γ(α) + log Γ(α′) + α′ log(β/β′) + α (β′/β − 1)
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    guard let prior = prior as? Gamma else { return nil }
    return RowFunction.gammaDivergence(concentration, rate, prior.concentration, prior.rate)
  }

  /// Σ α − log β + log Γ(α) + (1 − α) ψ(α), in Double inside.
  public var entropy: Tensor { RowFunction.gammaEntropy(concentration, rate) }

  /// P⁻¹(α, probability)/β with the regularised incomplete gamma function P.
  public func marginalQuantile(_ probability: Double) -> Tensor {
    let rates = rate.broadcast(to: shape).scalars
    let quantiles = zip(concentration.scalars, rates).map { concentration, rate in
      Scalar(
        SpecialFunctions.inverseRegularizedGammaP(a: Double(concentration), p: probability) / Double(rate))
    }
    return Tensor(shape, quantiles)
  }
}
