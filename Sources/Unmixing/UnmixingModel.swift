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

  /// q(a∣x) for what the model sees of n pixels.
  mutating func posterior(of sight: Sight, in pass: inout Pass) -> Posterior

  /// p(x∣a) for abundances `[n, endmembers]`.
  mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction

  /// Σₖ αₖ of a Dirichlet posterior, `[n]`: how much evidence it claims. `nil` for other families.
  static func totalConcentration(of posterior: Posterior) -> Tensor?

  /// Abundances as they are reported, of those the network computes; `[n, endmembers]` to the same.
  func readout(of abundances: Tensor) -> Tensor

  /// The spectra of pure materials, `[endmembers, bands]`, in the model's scaling.
  func endmembers(in pass: inout Pass) -> Tensor

  /// The decoder as a linear mixture in the model's scaling, if it is one: its posterior can then be drawn from exactly.
  var linearMixing: LinearMixing? { get }

  /// Ends a training step: puts weights back where they may be, and lets go of what the step computed.
  mutating func finishStep()
}

extension UnmixingModel {
  /// No total concentration, for a posterior that is not a Dirichlet.
  public static func totalConcentration(of posterior: Posterior) -> Tensor? { nil }

  /// The abundances themselves.
  public func readout(of abundances: Tensor) -> Tensor { abundances }

  /// What the decoder makes of one-hot abundances.
  public func endmembers(in pass: inout Pass) -> Tensor {
    var model = self
    let count = endmemberCount
    let oneHot = Tensor([count, count], (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 })
    return model.reconstruction(from: oneHot, in: &pass).mean
  }

  /// Not known to be linear.
  public var linearMixing: LinearMixing? { nil }

  /// Nothing: every weight is free.
  public mutating func finishStep() {}
}

/// A network that can be built from options and what is known of a scene, and so be asked for by name.
public protocol PublishedModel: UnmixingModel {
  /// What shapes it.
  associatedtype Options: ModelOptions

  /// A model with fresh weights.
  ///
  /// - Throws: ``UnmixingError`` when options and scene do not go together.
  init(_ options: Options, _ facts: ModelFacts, using random: inout RandomStream) throws
}

/// What a model sees of n pixels.
public struct Sight: Sendable {
  /// `[n, bands]` in the view `.pixel`, `[n, side, side, bands]` in `.window`, `[1, rows, columns, bands]` in `.scene`.
  public let spectra: Tensor
  /// Of a whole scene the n pixels that are not masked, in order; `nil` where none is masked, and in the other views.
  public let validPixels: [Int]?

  /// What a model sees.
  public init(_ spectra: Tensor, validPixels: [Int]? = nil) {
    self.spectra = spectra
    self.validPixels = validPixels
  }
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

  /// A spectrum and what it is scored under, which may be unnormalised.
  public init(_ mean: Tensor, density: any Density) {
    self.mean = mean
    standardDeviation = nil
    self.density = density
  }
}
