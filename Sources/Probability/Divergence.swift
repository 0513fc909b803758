import Tensors

/// How the distance of a posterior from its prior is measured in an objective.
public enum Divergence: String, Codable, Sendable, CaseIterable {
  /// KL(q ‖ p): the objective is the evidence lower bound.
  case kullbackLeibler

  /// For a pair of Dirichlet distributions, the divergence of the unnormalised gamma variates behind them.
  ///
  ///     Σ_k log Γ(β_k) − log Γ(α_k) + (α_k − β_k) ψ(α_k)
  ///
  /// It is the divergence between products of Gamma(α_k, 1) and Gamma(β_k, 1). By the data-processing inequality it is
  /// never below the Dirichlets' own, so that the objective stays a lower bound, though a looser one. The difference is
  /// KL(Gamma(α₀, 1) ‖ Gamma(β₀, 1)), a function of the total concentrations alone: with α₀ held fixed both
  /// divergences have the same gradient. Every other pair is measured by ``kullbackLeibler``.
  ///
  /// - Source: Joo et al., *Dirichlet Variational Autoencoder*, Pattern Recognition 107 (2020), Eq. 4; used by the
  ///   latent Dirichlet autoencoders for unmixing.
  /// - Deviation: ψ is exact; a published form with log x − 1/2x in its place is far off below 1.
  case multiGamma

  /// The divergence of `posterior` from `prior` in nats, one number for each row.
  ///
  /// - Parameter draw: A draw from the posterior with its history, for pairs without a closed form.
  public func callAsFunction(
    of posterior: any ReparameterizedDistribution, from prior: any Density, at draw: Draw
  ) -> Tensor {
    switch self {
    case .kullbackLeibler: posterior.divergence(from: prior, at: draw)
    case .multiGamma: Self.multiGamma(posterior, prior) ?? posterior.divergence(from: prior, at: draw)
    }
  }

  /// The same at the value of a draw, which may have been rounded to the edge of its support.
  public func callAsFunction(
    of posterior: any ReparameterizedDistribution, from prior: any Density, at sample: Tensor
  ) -> Tensor {
    self(of: posterior, from: prior, at: Draw(sample))
  }

  /// The divergence by formula, where there is one.
  func closedForm(of posterior: any ReparameterizedDistribution, from prior: any Density) -> Tensor? {
    switch self {
    case .kullbackLeibler: posterior.closedFormDivergence(from: prior)
    case .multiGamma: Self.multiGamma(posterior, prior) ?? posterior.closedFormDivergence(from: prior)
    }
  }

  private static func multiGamma(_ posterior: any Density, _ prior: any Density) -> Tensor? {
    guard let posterior = posterior as? Dirichlet, let prior = prior as? Dirichlet else { return nil }
    return RowFunction.gammaDivergence(posterior.concentration, Tensor(1), prior.concentration, Tensor(1))
  }
}
