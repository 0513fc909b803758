import Networks
import Probability
import Scenes
import Tensors

/// What the latent-Dirichlet variational autoencoders share: all but the encoder.
///
///     q(a∣x) = Dirichlet(α(x)),   p(x∣a) = Normal(μ(a), diag σ²),   p(a) = Dirichlet(α₀, …, α₀)
///
/// The family of q is that of the head: the papers' Dirichlet, or a logistic-normal distribution.
///
/// - Source: Mantripragada & Qureshi, *Hyperspectral Pixel Unmixing With Latent Dirichlet Variational Autoencoder*,
///   IEEE TGRS 62, 2024, Eqs. 1–5.
protocol LDVAE: PublishedModel where Posterior == Head.Posterior, Options == LDVAEOptions {
  associatedtype Head: AbundanceHead
  var options: LDVAEOptions { get }
  var head: Head { get }
  var decoder: SpectrumDecoder { get set }
  /// What the head makes a posterior of, `[n, Head.inputs(for: endmembers)]`.
  mutating func features(of patches: Tensor, in pass: inout Pass) -> Tensor
}

extension LDVAE {
  /// Keeps the reconstruction's deviation between its bounds.
  public mutating func finishStep() { decoder.finishStep() }

  /// The symmetric Dirichlet prior.
  public var prior: any Density {
    Dirichlet(concentration: Tensor(repeating: Scalar(options.priorConcentration), [endmemberCount]))
  }

  /// The head's distribution.
  public mutating func posterior(of sight: Sight, in pass: inout Pass) -> Head.Posterior {
    head.posterior(features(of: sight.spectra, in: &pass))
  }

  /// Normal(μ(a), diag σ²).
  public mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    Reconstruction(decoder(abundances))
  }

  /// The decoder, unless it is a perceptron.
  public var linearMixing: LinearMixing? { decoder.linearMixing }

  /// Σₖ αₖ of a Dirichlet.
  public static func totalConcentration(of posterior: Head.Posterior) -> Tensor? {
    Head.totalConcentration(of: posterior)
  }
}
