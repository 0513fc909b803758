import Foundation
import Probability
import Scenes
import Tensors

/// Whether a sampler is right where a scene has its pixels, and not only over the prior.
///
///     a ~ p(a∣x),   x′ = Σₖ aₖ mₖ + σ ε,   a₁ … a_L ~ p(a∣x, x′)
///
/// for pixels x of the scene: a is a draw from the posterior that is tested, x′ another measurement of the same pixel. Given
/// x, the pair (a, x′) is drawn jointly, so a ranks uniformly among draws from the posterior that has seen both, which is
/// that of linear mixing with twice the products. Errors that cancel over the prior, or sit where it puts no weight, show.
///
/// - Source: Säilynoja, Schmitt, Bürkner and Vehtari, *Posterior SBC: simulation-based calibration checking conditional on
///   data*, arXiv 2502.03279, 2025.
public struct PosteriorSBC: Sendable {
  private let posterior: LinearPosterior
  private let endmembers: Tensor
  private let spectra: Tensor

  /// A test of a posterior on spectra `[pixels, bands]` of a scene, in the units of its endmembers.
  ///
  /// - Precondition: at least one spectrum; the noise of the posterior is known.
  public init(of posterior: LinearPosterior, under endmembers: Tensor, on spectra: Tensor) {
    precondition(spectra.shape[0] > 0 && posterior.sampler.noise == .known, "\(spectra.shape[0]) spectra")
    (self.posterior, self.endmembers, self.spectra) = (posterior, endmembers.detached, spectra.detached)
  }

  /// Ranks `simulations` draws, over the scene's pixels at equal distances, or all of them several times.
  public func calibration(
    names: [String], simulations: Int, seed: UInt64, schedule: SimplexGibbs.Schedule = SimplexGibbs.Schedule(),
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> PosteriorCalibration {
    let joint = SimplexGibbs(
      gram: posterior.sampler.gram.map { 2 * $0 }, concentration: posterior.sampler.concentration)
    let pair = LinearSimulation(
      endmembers: endmembers, deviations: posterior.deviations, concentration: posterior.sampler.concentration
    ).nearestPair
    var first = RandomPurpose.simulation.stream(seed: seed, index: 1 << 26)
    var noise = RandomPurpose.simulation.stream(seed: seed, index: 1 << 27)
    var second = RandomPurpose.refinement.stream(seed: seed)
    let scale = Tensor(posterior.deviations.map { Scalar($0) })
    return try PosteriorCalibration(
      of: "refined, given the scene", names: names, gram: joint.gram, pair: pair, pixels: simulations, seed: seed,
      block: { range in
        let rows = range.map { UInt32($0) }
        (first.rows, noise.rows, second.rows) = (rows, rows, rows)
        let seen = spectra.gatheringRows(range.map { pixel(of: $0, simulations) })
        let truths = posterior.sample(
          seen, schedule: .init(warmup: 300, draws: 1), probabilities: [], random: first
        ).last
        let again = truths.matrixProduct(endmembers) + noise.normal([range.count, posterior.bands]) * scale
        let products = zip(posterior.products(of: seen), posterior.products(of: again)).map { $0 + $1 }
        let draws = joint.sample(
          products: products, start: posterior.mostLikely((seen + again) * 0.5), schedule: schedule, keepsDraws: true,
          random: second
        ).draws
        return .init(truths: truths, products: products, draws: draws ?? .zeros([0, range.count, posterior.count]))
      }, observing: observing)
  }

  private func pixel(of simulation: Int, _ simulations: Int) -> Int {
    let count = spectra.shape[0]
    return simulations > count ? simulation % count : simulation * count / simulations
  }
}

extension TrainedModel {
  /// The test of what ``refined(_:of:schedule:probabilities:at:observing:)`` draws from, on a scene.
  ///
  /// - Throws: ``UnmixingError`` for a decoder that is not linear, or a scene that does not suit it.
  public func posteriorSBC(on scene: Scene) throws -> PosteriorSBC {
    _ = try simulation()
    try description.check(scene)
    guard let mixing = linearMixing, !scene.validPixels.isEmpty else {
      throw UnmixingError.missing(
        field: "valid pixels", neededFor: "a test of the posterior", remedy: "all of \(scene.name) is masked")
    }
    let spectra = description.scaling.applied(to: scene.spectra).gatheringRows(scene.validPixels)
    return PosteriorSBC(of: linearPosterior(mixing, of: spectra), under: mixing.endmembers, on: spectra)
  }
}
