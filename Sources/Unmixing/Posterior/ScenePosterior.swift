import Foundation
import Networks
import Probability
import Scenes
import Tensors

/// The posteriors of a scene's abundances under a trained decoder, by any of the ways there are.
///
///     p(a∣x) ∝ Π_b Normal(x_b; μ_b(a), σ_b²) · Dirichlet(a; α)
///
/// The noise σ_b is the larger of what the decoder has learnt and what the scene's residuals under it are worth, as in
/// ``TrainedModel/refined(_:of:schedule:observing:)``; of a nonlinear decoder residuals are taken at the posteriors' modes,
/// over at most 2,000 pixels.
public struct ScenePosterior: Sendable {
  /// The pixels there are posteriors of, in order.
  public let pixels: [Int]
  /// Whether the decoder is linear, so that Gibbs sampling is exact.
  public let isLinear: Bool

  private let model: TrainedModel
  private let patches: Patches
  private let target: any AbundanceTarget
  private let linear: LinearPosterior?
  private let spectra: Tensor
  private let start: Tensor
  private let rowOfPixel: [Int: Int]

  /// Pixels worked on together.
  static let block = 32
  private static let mostResiduals = 2000

  /// The posteriors of a scene.
  ///
  /// - Parameter estimate: what the network says of the scene; found out unless given.
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` for a decoder that is neither linear nor of independent
  ///   normal noise of each pixel by itself, and as ``TrainedModel/unmix(_:)``.
  public init(of model: TrainedModel, scene: Scene, estimate: Estimate? = nil) throws {
    guard model.hasPosteriors else {
      throw UnmixingError.configuration(
        field: "posterior",
        expected: "a method whose decoder gives every pixel a posterior",
        found: model.description.configuration.method)
    }
    let estimate = try estimate ?? model.unmix(scene)
    let scaled = model.description.scaling.applied(to: scene.spectra)
    let seen = model.description.configuration.model.fusion.applied(to: scaled, isValid: scene.isValid)
    self.model = model
    pixels = scene.validPixels
    rowOfPixel = Dictionary(uniqueKeysWithValues: pixels.enumerated().map { ($1, $0) })
    patches = Patches(
      of: seen, rows: scene.rows, columns: scene.columns, view: model.model.view, isValid: scene.isValid)
    spectra = scaled.gatheringRows(pixels)
    start = (estimate.raw ?? estimate.mean).gatheringRows(pixels)
    if let mixing = model.linearMixing {
      let posterior = model.linearPosterior(mixing, of: spectra)
      (linear, isLinear) = (posterior, true)
      target = LinearTarget(posterior, endmembers: mixing.endmembers, spectra: spectra)
    } else {
      (linear, isLinear) = (nil, false)
      target = Self.decoderTarget(model, spectra, start)
    }
  }

  /// The decoder's posterior, with noise no less than what it leaves over.
  private static func decoderTarget(_ model: TrainedModel, _ spectra: Tensor, _ start: Tensor) -> DecoderTarget {
    func decoder(_ network: some UnmixingModel) -> @Sendable (Tensor) -> Tensor {
      DecoderTarget.decoder(of: network, seed: model.description.seed)
    }
    let (count, bands) = (start.shape[1], spectra.shape[1])
    let learnt = model.decoderDeviations(bands)
    let concentration = model.priorConcentration(count)
    let decode = decoder(model.model)
    let first = DecoderTarget(
      concentration: concentration, spectra: spectra, deviations: learnt, decode: decode)
    let most = min(spectra.shape[0], mostResiduals)
    let chosen = (0..<most).map { $0 * spectra.shape[0] / most }
    var residuals: [Scalar] = []
    for begin in stride(from: 0, to: most, by: block) {
      let rows = Array(chosen[begin..<min(begin + block, most)])
      let fit = ModeFit(first, rows: rows, start: start.gatheringRows(rows))
      let modes = fit.places.flatMap { SimplexPoint($0).abundances.map { Scalar($0) } }
      residuals += (spectra.gatheringRows(rows) - decode(Tensor([rows.count, count], modes))).scalars
    }
    let noise = ResidualNoise(
      residuals: Tensor([most, bands], residuals), endmembers: count,
      largest: spectra.withUnsafeScalars { $0.reduce(0) { max($0, abs(Double($1))) } })
    return DecoderTarget(
      concentration: concentration, spectra: spectra,
      deviations: zip(learnt, noise.effectiveDeviations).map { max($0, $1) }, decode: decode)
  }

  /// Equally weighted draws of some pixels.
  ///
  /// - Parameters:
  ///   - kind: `amortised` draws from the network and says by k̂ how far that can be trusted; `refined` is Gibbs sampling
  ///     where the decoder is linear, else importance weights and NUTS where their k̂ is above 0.7; `nuts` serves any
  ///     decoder.
  ///   - pixels: of ``pixels``.
  ///   - observing: told how many of how many pixels are done; what it throws ends the work.
  public func draws(
    _ kind: PosteriorKind, of pixels: [Int], count: Int = 600, seed: UInt64,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> PosteriorDraws {
    var all: [PixelDraws] = []
    try forEachBlock(kind, of: pixels, count: count, seed: seed, observing: observing) { all += $1 }
    return PosteriorDraws(
      all, of: pixels, endmembers: target.count, draws: count,
      random: RandomPurpose.refinement.stream(seed: seed, index: 1 << 28))
  }

  /// Hands on the draws of pixels, block by block; Gibbs sampling makes at least `count` of each.
  func forEachBlock(
    _ kind: PosteriorKind, of pixels: [Int], count: Int = 0, seed: UInt64,
    observing: (_ done: Int, _ total: Int) throws -> Void,
    _ body: (_ pixels: [Int], _ draws: [PixelDraws]) throws -> Void
  ) throws {
    let rows = pixels.map { pixel -> Int in
      guard let row = rowOfPixel[pixel] else { preconditionFailure("pixel \(pixel) is masked or not of the scene") }
      return row
    }
    for begin in stride(from: 0, to: pixels.count, by: Self.block) {
      let part = begin..<min(begin + Self.block, pixels.count)
      try body(Array(pixels[part]), draws(kind, rows: Array(rows[part]), count, seed))
      try observing(part.upperBound, pixels.count)
    }
  }

  private func draws(_ kind: PosteriorKind, rows: [Int], _ wanted: Int, _ seed: UInt64) -> [PixelDraws] {
    switch kind {
    case .amortised:
      func drawn(_ network: some UnmixingModel) -> [PixelDraws] {
        NetworkDraws(patches, target, pixels: pixels).draws(
          of: network, rows: rows, random: RandomPurpose.inference.stream(seed: seed, index: 1 << 20))
      }
      return drawn(model.model)
    case .nuts: return chains(rows, start.gatheringRows(rows), seed)
    case .refined: return linear.map { gibbs($0, rows, wanted, seed) } ?? weighted(rows, seed)
    }
  }

  private func gibbs(_ posterior: LinearPosterior, _ rows: [Int], _ wanted: Int, _ seed: UInt64) -> [PixelDraws] {
    var random = RandomPurpose.refinement.stream(seed: seed)
    random.rows = rows.map { UInt32(pixels[$0]) }
    let summary = posterior.sample(
      spectra.gatheringRows(rows), schedule: .init(draws: max(wanted, 600)), probabilities: [], keepsDraws: true,
      random: random)
    let (count, all) = (target.count, (summary.draws ?? .zeros([0, rows.count, target.count])))
    let flat = all.scalars
    return rows.indices.map { row in
      let values = (0..<all.shape[0]).flatMap { draw -> [Double] in
        let place = (draw * rows.count + row) * count
        return flat[place..<place + count].map { Double($0) }
      }
      return PixelDraws(values: values, source: .gibbs)
    }
  }

  private func chains(_ rows: [Int], _ start: Tensor, _ seed: UInt64) -> [PixelDraws] {
    let random = RandomPurpose.chains.stream(seed: seed)
    return PixelChains(target: target, random: random, identities: pixels).draws(rows: rows, start: start)
  }

  /// Importance weights, and chains where those cannot be trusted.
  private func weighted(_ rows: [Int], _ seed: UInt64) -> [PixelDraws] {
    guard let target = target as? DecoderTarget else { return chains(rows, start.gatheringRows(rows), seed) }
    var random = RandomPurpose.refinement.stream(seed: seed)
    random.rows = rows.map { UInt32(pixels[$0]) }
    let fit = ModeFit(target, rows: rows, start: start.gatheringRows(rows))
    var found = WeightedSampler(target: target).draws(rows: rows, fit: fit, random: &random)
    let open = rows.indices.filter { !(found[$0].paretoShape <= ImportanceWeights.mostReliableShape) }
    if open.isEmpty { return found }
    let modes = Tensor(
      [open.count, target.count], open.flatMap { SimplexPoint(fit.places[$0]).abundances.map { Scalar($0) } })
    for (place, own) in zip(open, chains(open.map { rows[$0] }, modes, seed)) {
      let shape = found[place].paretoShape
      found[place] = own
      found[place].paretoShape = shape
    }
    return found
  }
}
