import Networks
import Probability
import Scenes
import Tensors

/// What the latent-Dirichlet variational autoencoders share: all but the encoder.
///
///     q(a∣x) = Dirichlet(α(x)),   p(x∣a) = Normal(μ(a), diag σ²),   p(a) = Dirichlet(α₀, …, α₀)
///
/// - Source: Mantripragada & Qureshi, *Hyperspectral Pixel Unmixing With Latent Dirichlet Variational Autoencoder*,
///   IEEE TGRS 62, 2024, Eqs. 1–5.
protocol LDVAE: PublishedModel where Posterior == Dirichlet, Options == LDVAEOptions {
  var options: LDVAEOptions { get }
  var decoder: SpectrumDecoder { get set }
  /// α(x), `[n, endmembers]`.
  mutating func concentration(of patches: Tensor, in pass: inout Pass) -> Tensor
}

extension LDVAE {
  /// Keeps the reconstruction's deviation between its bounds.
  public mutating func finishStep() { decoder.finishStep() }

  /// The symmetric Dirichlet prior.
  public var prior: any Density {
    Dirichlet(concentration: Tensor(repeating: Scalar(options.priorConcentration), [endmemberCount]))
  }

  /// Dirichlet(α(x)).
  public mutating func posterior(of sight: Sight, in pass: inout Pass) -> Dirichlet {
    Dirichlet(
      concentration: concentration(of: sight.spectra, in: &pass),
      sampler: options.sampler == .exact ? .exact : .inverseCDF)
  }

  /// Normal(μ(a), diag σ²).
  public mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    Reconstruction(decoder(abundances))
  }

  /// The decoder, unless it is a perceptron.
  public var linearMixing: LinearMixing? { decoder.linearMixing }

  /// Σₖ αₖ.
  public static func totalConcentration(of posterior: Dirichlet) -> Tensor? {
    posterior.concentration.sum(along: -1)
  }
}
