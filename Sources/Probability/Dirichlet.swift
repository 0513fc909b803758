import Tensors

/// A distribution over points of the simplex: abundances that are not negative and sum to one.
///
///     log p(a) = log Γ(α₀) + Σ_k (α_k − 1) log a_k − log Γ(α_k),   α₀ = Σ_k α_k
///     E[a_k] = α_k/α₀,   Var[a_k] = E[a_k] (1 − E[a_k]) / (α₀ + 1)
///
/// Log densities, divergences and their derivatives are computed in Double and rounded once: at α₀ = 10⁶ they are right
/// to 10⁻⁵ nats or half a unit in the last place, whichever is larger. Draws are made of log-gamma variates and stay in
/// logarithms until the end, so that a draw at α = 10⁻³ lies at a vertex and is never the centre or NaN.
///
/// - Shapes: `concentration` is `[rows, k]`, or `[k]` for one distribution that every row shares.
/// - Edge cases: A component a_k = 0 is scored as the least normal `Scalar`, and partial derivatives are held within
///   ±10³⁰; score a draw of a sparse distribution as a ``Draw``, by its logarithm, where nothing is clamped.
///   α_k ≤ 0 and NaN give NaN. Σ a_k = 1 is not checked. Below α_k ≈ 10⁻¹² derivatives reach the ±10³⁰.
/// - Source: Ng, Tian & Tang, *Dirichlet and Related Distributions*, ch. 2.
public struct Dirichlet: LogarithmicDistribution, EntropicDistribution, MarginalQuantiles {
  /// How gamma variates, and so draws, are made.
  public enum Sampler: Sendable {
    /// Marsaglia and Tsang's rejection with implicit derivatives: draws and gradients follow the distribution exactly.
    case exact
    /// log γ = (log u + log Γ(α + 1))/α, the inverse distribution function near 0. Good for α < 1 and poor for α ≫ 1.
    ///
    /// - Source: Joo et al., *Dirichlet Variational Autoencoder*, Pattern Recognition 107 (2020); it is what the
    ///   latent Dirichlet autoencoders for unmixing use.
    case inverseCDF
  }

  /// α, as given.
  public let concentration: Tensor
  /// How draws are made.
  public let sampler: Sampler

  /// A Dirichlet distribution with concentrations α_k > 0.
  public init(concentration: Tensor, sampler: Sampler = .exact) {
    precondition(concentration.rank > 0, "a concentration needs an axis of components")
    self.concentration = concentration
    self.sampler = sampler
  }

  /// The shape of a draw.
  public var shape: Shape { concentration.shape }

  /// α₀ = Σ_k α_k, one number for each row.
  public var totalConcentration: Tensor { concentration.sum(along: -1) }

  /// α/α₀.
  public var mean: Tensor { concentration / concentration.sum(along: -1, keepingDimensions: true) }

  /// α_k (α₀ − α_k) / α₀² (α₀ + 1).
  public var variance: Tensor {
    let total = concentration.sum(along: -1, keepingDimensions: true)
    return mean * (others / total) / (total + 1)
  }

  /// E[log a_k] = ψ(α_k) − ψ(α₀), in Double inside.
  public var meanLogarithm: Tensor {
    RowFunction.betaMeanLogarithm(concentration.expandingDimension(at: -1), others.expandingDimension(at: -1))
  }

  /// log p of points on the simplex.
  public func logDensity(of value: Tensor) -> Tensor { RowFunction.dirichletLogDensity(value, concentration) }

  /// log p at softmax(logarithm): logarithms that are off by a constant in a row are normalised, in Double.
  public func logDensity(atLogarithm logarithm: Tensor) -> Tensor {
    RowFunction.dirichletLogDensityAtLogits(logarithm, concentration)
  }

  /// A point of the simplex: softmax of log-gamma variates.
  public func sample(using random: inout RandomStream) -> Tensor { logGammas(using: &random).softmax() }

  /// A point of the simplex with its logarithms.
  public func draw(using random: inout RandomStream) -> Draw {
    let logits = logGammas(using: &random)
    return Draw(value: logits.softmax(), logarithm: logits.logSoftmax())
  }

  /// The logarithm of a draw, finite where the draw itself rounds to 0.
  public func sampleLogarithm(using random: inout RandomStream) -> Tensor { logGammas(using: &random).logSoftmax() }

  /// KL from another Dirichlet distribution.
  ///
  ///     log Γ(α₀) − Σ log Γ(α_k) − log Γ(β₀) + Σ log Γ(β_k) + Σ (α_k − β_k)(ψ(α_k) − ψ(α₀))
  public func closedFormDivergence(from prior: any Density) -> Tensor? {
    guard let prior = prior as? Dirichlet else { return nil }
    return RowFunction.dirichletDivergence(concentration, prior.concentration)
  }

  /// −KL from the uniform distribution on the simplex, whose log density is log Γ(k).
  public var entropy: Tensor { RowFunction.dirichletEntropy(concentration) }

  /// Quantiles of the components, which are Beta(α_k, α₀ − α_k).
  public func marginalQuantile(_ probability: Double) -> Tensor {
    let own = concentration.scalars.map { Double($0) }
    let width = shape[-1]
    // Added up rather than taken as α₀ − α_k, which would lose the digits of small neighbours.
    let others = own.indices.map { place -> Double in
      let row = place - place % width
      return (row..<row + width).reduce(0) { $1 == place ? $0 : $0 + own[$1] }
    }
    return Beta.quantiles(probability, own, others, shape)
  }

  /// α₀ − α_k, added up rather than subtracted, which would lose the digits of small neighbours.
  private var others: Tensor {
    let width = shape[-1]
    let rows = concentration.reshaped(to: [shape.count / max(width, 1), width])
    return rows.matrixProduct(.ones([width, width]) - .identity(width)).reshaped(to: shape)
  }

  private func logGammas(using random: inout RandomStream) -> Tensor {
    switch sampler {
    case .exact: .logGammaDraw(concentration: concentration, using: &random)
    case .inverseCDF: .logGammaDrawInverseCDF(concentration: concentration, using: &random)
    }
  }
}
