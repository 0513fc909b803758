import Scenes
import Tensors

/// Which of a pixel's means an estimate shows.
public enum MeanKind: String, Sendable, CaseIterable {
  /// That of the distribution the network gives for the pixel, as in the papers.
  case network
  /// That of the draws its interval comes from.
  case posterior
}

extension TrainedModel {
  /// The estimate with the means of the draws that its intervals come from, and what follows from means: angles of
  /// reconstruction and spectra of the purest pixels.
  ///
  /// Of all point estimates the posterior mean has the least expected squared error where decoder and noise are right; the
  /// network's is what its weights make of the spectrum, and need not lie in the interval. Under a flat prior over many
  /// endmembers and much noise a network that was trained on scenes like this one knows more than that prior.
  ///
  /// - Parameter estimate: from ``refined(_:of:schedule:probabilities:at:observing:)`` or ``published(_:of:by:observing:)``.
  /// - Edge cases: pixels without an interval keep the network's mean, as do all where intervals are the network's.
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` for a scene of other bands.
  public func takingPosteriorMeans(_ estimate: Estimate, of scene: Scene) throws -> Estimate {
    try description.check(scene)
    guard let means = estimate.posteriorMean else { return estimate }
    var result = estimate
    (result.mean, result.raw, result.posteriorMean, result.means) = (means, nil, nil, .posterior)
    let pixels = scene.validPixels
    var angles = Tensor.zeros([scene.pixelCount])
    for start in stride(from: 0, to: pixels.count, by: 4096) {
      let tile = Array(pixels[start..<min(start + 4096, pixels.count)])
      let fit = reconstruction(of: means.gatheringRows(tile)).mean
      angles.setRows(tile, to: fit.angle(to: scene.spectra.gatheringRows(tile)))
    }
    result.reconstructionAngle = angles
    if !pixels.isEmpty { result.pureEndmembers = PurePixels(of: result, in: scene).endmembers }
    return result
  }
}

extension Estimate {
  /// The share of abundances whose mean lies outside their own 5–95 % interval, over valid pixels with an interval; `nil`
  /// without such quantiles or pixels.
  public var shareOfMeansOutside: Double? {
    guard let low = quantiles.first(where: { $0.probability == 0.05 }),
      let high = quantiles.first(where: { $0.probability == 0.95 })
    else { return nil }
    let (below, above, own, count) = (low.values.scalars, high.values.scalars, mean.scalars, endmemberCount)
    let places = validPixels.flatMap { $0 * count..<($0 + 1) * count }.filter { below[$0].isFinite }
    if places.isEmpty { return nil }
    return Double(places.count { own[$0] < below[$0] || own[$0] > above[$0] }) / Double(places.count)
  }

  /// Whose the means are, where intervals come from draws.
  package var remarkOnMeans: String? {
    guard let posterior, posterior != .amortised, let means else { return nil }
    if means == .posterior {
      return "means: those of the draws the intervals come from"
        + (withheld > 0 ? " (the network's for \(withheld) pixels without an interval)" : "")
    }
    guard let share = shareOfMeansOutside else { return nil }
    return "means: the network's, \(Numeral.short(100 * share)) % of them outside their own 5–95 % interval; "
      + "`alunite unmix --mean posterior` takes those of the draws"
  }
}
