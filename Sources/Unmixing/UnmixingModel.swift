import Networks
import Probability
import Scenes
import Tensors

/// A probabilistic unmixing method: a guide q(a∣x), a reconstruction p(x∣a) and a prior p(a) over abundances.
///
/// Every network here is one, with its own training penalties written as unnormalised priors and its own loss as a
/// likelihood; a deterministic autoencoder is the case in which the guide is a ``Delta``.
///
/// - Shapes: for a batch of n pixels abundances are `[n, endmembers]`, spectra `[n, bands]`, densities `[n]`.
public protocol UnmixingModel: StatefulModule {
  /// The family of q(a∣x).
  associatedtype Posterior: ReparameterizedDistribution

  /// How much of the scene the guide sees around a pixel.
  var view: View { get }

  /// The number of endmembers.
  var endmemberCount: Int { get }

  /// p(a), which may be unnormalised.
  var prior: any Density { get }

  /// q(a∣x) for what the model sees of n pixels, as ``Patches/batch(_:)`` gives it.
  mutating func posterior(of patches: Tensor, in pass: inout Pass) -> Posterior

  /// p(x∣a) for abundances `[n, endmembers]`.
  mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction

  /// Σₖ αₖ of a Dirichlet posterior, `[n]`: how much evidence it claims. `nil` for other families.
  static func totalConcentration(of posterior: Posterior) -> Tensor?
}

extension UnmixingModel {
  /// No total concentration, for a posterior that is not a Dirichlet.
  public static func totalConcentration(of posterior: Posterior) -> Tensor? { nil }
}

/// p(x∣a): the density of a spectrum, and the spectrum it is centred on.
public struct Reconstruction: Sendable {
  /// The expected spectrum, `[n, bands]`.
  public let mean: Tensor
  /// The standard deviation of every band, broadcastable to `mean`; `nil` where the density has none.
  public let standardDeviation: Tensor?
  /// What spectra are scored under.
  public let density: any Density

  /// Independent normal bands.
  public init(_ normal: Normal) {
    mean = normal.mean
    standardDeviation = normal.standardDeviation
    density = normal
  }
}
