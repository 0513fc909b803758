import Foundation
import Networks
import Probability
import Scenes
import Tensors

extension TrainedModel {
  /// The decoder as a linear mixture, if it is one.
  public var linearMixing: LinearMixing? { model.linearMixing }

  /// Whether pixels have posteriors one can draw from: the decoder is linear, or makes independent normal bands of each
  /// pixel by itself, under a Dirichlet prior.
  public var hasPosteriors: Bool {
    if let linearMixing { return (2...SimplexGibbs.mostComponents).contains(linearMixing.endmembers.shape[0]) }
    return model.view != .scene && model.prior is Dirichlet && decoderDeviation != nil
      && (2...SimplexGibbs.mostComponents).contains(model.endmemberCount)
  }

  /// Where the intervals come from unless said otherwise: the refined posterior where there is one.
  public var usualPosterior: PosteriorKind { hasPosteriors ? .refined : .amortised }

  /// σ of the decoder's bands; `nil` for a decoder without.
  private var decoderDeviation: Tensor? {
    func deviation<Model: UnmixingModel>(_ model: Model) -> Tensor? {
      var (model, pass) = (model, Pass(.inference, random: RandomPurpose.generation.stream(seed: description.seed)))
      let centre = Tensor(repeating: 1 / Scalar(model.endmemberCount), [1, model.endmemberCount])
      return model.reconstruction(from: centre, in: &pass).standardDeviation
    }
    return deviation(model)
  }

  /// σ of every band.
  func decoderDeviations(_ bands: Int) -> [Double] {
    (decoderDeviation ?? .ones([])).broadcast(to: [1, bands]).scalars.map { Double($0) }
  }

  /// The posterior of linear mixing of scaled spectra, with noise no less than what their best mixtures leave over.
  func linearPosterior(_ mixing: LinearMixing, of spectra: Tensor) -> LinearPosterior {
    let residual = ResidualNoise(of: spectra, under: mixing.endmembers).effectiveDeviations
    return LinearPosterior(
      endmembers: mixing.endmembers, deviations: zip(mixing.deviation.scalars, residual).map { max(Double($0), $1) },
      concentration: priorConcentration(mixing.endmembers.shape[0]))
  }

  /// The estimate with standard deviations, quantiles and a draw from the posterior under the decoder.
  ///
  /// Posteriors a network gives are of a family that cannot hold the correlation of two similar endmembers, however well it
  /// is trained; their intervals are then a fraction of what they should be. Under a linear decoder the exact posterior can
  /// be drawn from by Gibbs sampling; under others as ``published(_:of:by:observing:)`` does. The means stay
  /// those of the network; ``takingPosteriorMeans(_:of:)`` replaces them.
  ///
  /// The noise of a band is the larger of what the decoder has learnt and what the scene's residuals under the decoder's
  /// endmembers are worth, ``ResidualNoise/effectiveDeviations``: a scene that the endmembers do not explain, or explain
  /// with errors that bands share, widens the intervals. Spectra are scaled as in training: where each is divided by its
  /// norm, σ is that of scaled spectra, the same for dark pixels and bright ones. That the endmembers themselves are only
  /// estimates is not counted.
  ///
  /// - Parameters:
  ///   - schedule: how long Gibbs chains are; they begin at ``LinearPosterior/mostLikely(_:)``.
  ///   - probabilities: of the quantiles.
  ///   - chosen: the pixels to draw for; all valid ones unless given, and others have no interval. Their noise is that of
  ///     all in any case.
  ///   - observing: told how many of how many pixels are done.
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` for a decoder without posteriors, what `observing`
  ///   throws, and as ``unmix(_:)``.
  public func refined(
    _ estimate: Estimate, of scene: Scene, schedule: SimplexGibbs.Schedule = SimplexGibbs.Schedule(),
    probabilities: [Double] = TrainedModel.probabilities, at chosen: [Int]? = nil,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Estimate {
    guard let mixing = linearMixing else {
      precondition(
        probabilities == TrainedModel.probabilities && chosen == nil,
        "other quantiles and pixels than usual need a linear decoder")
      return try published(estimate, of: scene, by: .refined, observing: observing)
    }
    try description.check(scene)
    let scaled = description.scaling.applied(to: scene.spectra)
    let posterior = linearPosterior(mixing, of: scaled.gatheringRows(scene.validPixels))
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
    return maps.added(to: estimate, at: pixels)
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

  /// The estimate with the intervals of a kind of posterior, and only where they can be trusted.
  ///
  /// A pixel has an interval where the weights or chains it comes from pass their checks; of `amortised`, where weights from
  /// the network's posterior to that under the decoder have a k̂ of at most 0.7. Elsewhere standard deviation and quantiles
  /// are NaN. Means stay those of the network.
  ///
  /// - Throws: as ``refined(_:of:schedule:observing:)``.
  public func published(
    _ estimate: Estimate, of scene: Scene, by kind: PosteriorKind,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Estimate {
    if kind == .refined && linearMixing != nil { return try refined(estimate, of: scene, observing: observing) }
    try description.check(scene)
    let posterior = try ScenePosterior(of: self, scene: scene, estimate: estimate)
    var maps = PublishedMaps(pixels: scene.pixelCount, endmembers: estimate.endmemberCount)
    try posterior.forEachBlock(kind, of: posterior.pixels, seed: description.seed, observing: observing) {
      pixels, draws in
      maps.add(draws, at: pixels)
    }
    return maps.added(to: estimate, kind)
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
