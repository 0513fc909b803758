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
  /// The angle of each reconstruction from its pixel in radians, `[pixels]`, where the reconstruction itself was not kept.
  public var reconstructionAngles: Tensor?
  /// One draw from the posterior of the abundances, `[pixels, endmembers]`, to be judged beside `abundances`.
  public var draw: Tensor?
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

  /// What an estimate says: its means and one draw, and of its posterior a Dirichlet α = mean · Σα where it has a total
  /// concentration and intervals of the network, otherwise its quantiles. Pixels without an interval have no posterior.
  public init(_ estimate: Estimate) {
    let quantiles = estimate.quantiles.isEmpty ? nil : PosteriorMarginals.quantiles(estimate.quantiles)
    // A total concentration is what the network claims, whatever the intervals come from.
    let isNetworks = estimate.posterior == nil || estimate.posterior == .amortised
    let isUnknown = estimate.deviation.map { Evaluation.finiteRows($0).map { !$0 } } ?? []
    let total = isNetworks ? estimate.totalConcentration?.replacingRows(where: isUnknown, with: .nan) : nil
    self.init(
      abundances: estimate.mean, endmembers: estimate.endmembers, names: estimate.names,
      marginals: total.map { total in
        .dirichlet(concentration: estimate.mean * total.reshaped(to: [total.count, 1]))
      } ?? quantiles)
    draw = estimate.draw?.detached
    reconstructionAngles = estimate.reconstructionAngle?.detached
  }

  /// The number of estimated endmembers.
  public var count: Int { abundances.shape[1] }
}
