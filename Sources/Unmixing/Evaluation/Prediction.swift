import Scenes
import Tensors

/// What a method says about a scene, in the form in which it is compared with the truth.
///
/// - Shapes: `abundances` is `[pixels, endmembers]`, `reconstruction` is `[pixels, bands]`, pixels numbered as in
///   the scene.
/// - Edge cases: rows of masked pixels are never read and may hold anything.
public struct Prediction: Sendable {
  /// Estimated fractions.
  public var abundances: Tensor
  /// Estimated spectra, in the order of the abundances.
  public var endmembers: SpectralLibrary?
  /// One name per estimated endmember.
  public var names: [String]
  /// The spectra the method would expect to measure.
  public var reconstruction: Tensor?
  /// How sure the method is of each abundance.
  public var marginals: PosteriorMarginals?

  /// A prediction; `names` default to those of the endmembers, or to numbers.
  ///
  /// - Precondition: as many endmembers and names as `abundances` has columns.
  public init(
    abundances: Tensor, endmembers: SpectralLibrary? = nil, names: [String]? = nil, reconstruction: Tensor? = nil,
    marginals: PosteriorMarginals? = nil
  ) {
    precondition(abundances.rank == 2, "abundances of shape \(abundances.shape)")
    let count = abundances.shape[1]
    self.abundances = abundances.detached
    self.endmembers = endmembers
    self.names = names ?? endmembers?.names ?? (0..<count).map { "Endmember \($0 + 1)" }
    self.reconstruction = reconstruction?.detached
    self.marginals = marginals
    precondition(self.names.count == count, "\(self.names.count) names for abundances of shape \(abundances.shape)")
    precondition(
      endmembers.map { $0.count == count } ?? true,
      "\(endmembers?.count ?? 0) endmembers for abundances of shape \(abundances.shape)")
  }

  /// The number of estimated endmembers.
  public var count: Int { abundances.shape[1] }
}
