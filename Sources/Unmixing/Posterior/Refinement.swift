import Foundation
import Probability
import Scenes
import Tensors

/// Where an estimate's intervals come from.
public enum PosteriorKind: String, Sendable, CaseIterable {
  /// A distribution the network gives for each pixel: fast, and too narrow where two endmembers are alike.
  case amortised
  /// Draws from the exact posterior under the decoder's endmembers and noise.
  case refined

  /// What is said of it wherever intervals are shown.
  var remark: String {
    switch self {
    case .amortised: "amortised, by the network alone; too narrow where endmembers are alike"
    case .refined: "refined, by draws from the exact posterior of linear mixing"
    }
  }
}

extension TrainedModel {
  /// The decoder as a linear mixture, if it is one.
  public var linearMixing: LinearMixing? { model.linearMixing }

  /// Where the intervals come from unless said otherwise: the refined posterior where there is one.
  public var usualPosterior: PosteriorKind { linearMixing == nil ? .amortised : .refined }

  /// The estimate with standard deviations, quantiles and a draw from the exact posterior of the decoder.
  ///
  /// Posteriors a network gives are of a family that cannot hold the correlation of two similar endmembers, however well it
  /// is trained; their intervals are then a fraction of what they should be. Under a linear decoder the exact posterior can
  /// be drawn from. The means stay those of the network.
  ///
  /// The noise of a band is the larger of what the decoder has learnt and what the scene's residuals under the decoder's
  /// endmembers are worth, ``ResidualNoise/effectiveDeviations``: a scene that the endmembers do not explain, or explain
  /// with errors that bands share, widens the intervals. Spectra are scaled as in training: where each is divided by its
  /// norm, σ is that of scaled spectra, the same for dark pixels and bright ones. That the endmembers themselves are only
  /// estimates is not counted.
  ///
  /// - Parameters:
  ///   - schedule: how long chains are; they begin at ``LinearPosterior/mostLikely(_:)``.
  ///   - probabilities: of the quantiles.
  ///   - chosen: the pixels to draw for; all valid ones unless given. Their noise is that of all in any case.
  ///   - observing: told how many of how many pixels are done.
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` for a decoder that is not linear, what `observing`
  ///   throws, and as ``unmix(_:)``.
  public func refined(
    _ estimate: Estimate, of scene: Scene, schedule: SimplexGibbs.Schedule = SimplexGibbs.Schedule(),
    probabilities: [Double] = TrainedModel.probabilities, at chosen: [Int]? = nil,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Estimate {
    guard let mixing = linearMixing else {
      throw UnmixingError.configuration(
        field: "posterior", expected: "amortised: the decoder of \(description.configuration.method) is not linear",
        found: "refined")
    }
    try description.check(scene)
    let scaled = description.scaling.applied(to: scene.spectra)
    let posterior = refinedPosterior(of: scaled.gatheringRows(scene.validPixels), mixing)
    let pixels = chosen ?? scene.validPixels
    var random = RandomPurpose.refinement.stream(seed: description.seed)
    var maps = RefinedMaps(
      pixels: scene.pixelCount, endmembers: mixing.endmembers.shape[0], probabilities: probabilities)
    for start in stride(from: 0, to: pixels.count, by: 4096) {
      let tile = start..<min(start + 4096, pixels.count)
      random.rows = pixels[tile].map { UInt32($0) }
      let summary = posterior.sample(
        scaled.gatheringRows(Array(pixels[tile])), schedule: schedule, probabilities: probabilities, random: random)
      maps.add(summary, at: Array(pixels[tile]))
      try observing(tile.upperBound, pixels.count)
    }
    return maps.added(to: estimate)
  }

  /// The posterior that refinement draws from, for scaled spectra of a scene: noise is the larger of what the decoder has
  /// learned and what the scene's residuals are worth.
  func refinedPosterior(of spectra: Tensor, _ mixing: LinearMixing) -> LinearPosterior {
    let residual = ResidualNoise(of: spectra, under: mixing.endmembers).effectiveDeviations
    return LinearPosterior(
      endmembers: mixing.endmembers,
      deviations: zip(mixing.deviation.scalars, residual).map { max(Double($0), $1) },
      concentration: priorConcentration(mixing.endmembers.shape[0]))
  }

  /// The estimate with a check of the decoder's linear mixing against the scene's own noise, and the score of every pixel;
  /// as it is where the decoder is not linear or the noise cannot be estimated.
  public func checked(_ estimate: Estimate, of scene: Scene) throws -> Estimate {
    guard let mixing = linearMixing else { return estimate }
    try description.check(scene)
    let pixels = scene.validPixels
    let spectra = description.scaling.applied(to: scene.spectra).gatheringRows(pixels)
    var result = estimate.checked(spectra, under: mixing.endmembers, at: pixels)
    if let own = result.check?.deviations {
      let ratios = zip(mixing.deviation.scalars, own).map { Double($0) / $1 }
      result.check?.learned = (ratios.reduce(0) { $0 + $1 * $1 } / Double(ratios.count)).squareRoot()
    }
    return result
  }

  /// α of the model's prior where that is a Dirichlet, else 1.
  func priorConcentration(_ count: Int) -> [Double] {
    guard let prior = model.prior as? Dirichlet else { return [Double](repeating: 1, count: count) }
    return prior.concentration.broadcast(to: [count]).scalars.map { Double($0) }
  }
}

extension Estimate {
  /// The estimate with a check of linear mixing, where the scene's noise can be estimated.
  ///
  /// - Parameter pixels: those the spectra `[pixels.count, bands]` belong to.
  func checked(_ spectra: Tensor, under endmembers: Tensor, at pixels: [Int]) -> Estimate {
    guard endmembers.shape[1] > endmembers.shape[0],
      let found = try? ModelCheck.of(spectra, under: endmembers)
    else { return self }
    var (result, scores) = (self, Tensor.zeros([isValid.count]))
    scores.setRows(pixels, to: Tensor([pixels.count], found.scores))
    (result.check, result.residualScore) = (found.check, scores)
    return result
  }
}
