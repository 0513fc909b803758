import Foundation
import Probability
import Scenes
import Tensors

/// Draws from the posteriors of some pixels, kept one by one, by chains that know nothing of each other.
public struct KeptDraws: Sendable {
  /// The pixels, from 0.
  public let pixels: [Int]
  /// Abundances, `[chains, draws, pixels, endmembers]`.
  public let abundances: Tensor
  /// log p(a, x) up to a constant of the pixel, `[chains, draws, pixels]`.
  public let logDensity: Tensor
  /// The spectra the posteriors have seen, as the model scales them, `[pixels, bands]`.
  public let spectra: Tensor

  /// Chains over each of these spectra: the first starts at the most likely abundances, others at draws from the prior, so
  /// that split-R̂ can tell whether they have met.
  init(
    of posterior: LinearPosterior, _ spectra: Tensor, at pixels: [Int], chains: Int, draws: Int, random: RandomStream
  ) {
    let (count, products) = (posterior.count, posterior.products(of: spectra))
    var all: [Tensor] = []
    for chain in 0..<chains {
      var own = RandomStream(seed: random.seed, stream: random.stream, index: UInt32(chain) << 22)
      var starts = RandomStream(seed: random.seed, stream: random.stream, index: UInt32(chain) << 22 + 1 << 21)
      (own.rows, starts.rows) = (pixels.map { UInt32($0) }, pixels.map { UInt32($0) })
      let prior = Dirichlet(
        concentration: Tensor(posterior.sampler.concentration.map { Scalar($0) }).broadcast(to: [pixels.count, count]))
      let start = chain == 0 ? posterior.mostLikely(spectra) : prior.sample(using: &starts)
      let summary = posterior.sample(
        spectra, start: start, schedule: .init(draws: draws), probabilities: [], keepsDraws: true, random: own)
      all.append((summary.draws ?? .zeros([draws, pixels.count, count])).expandingDimension(at: 0))
    }
    abundances = .concatenated(all, along: 0)
    logDensity = Tensor(
      [chains, draws, pixels.count], posterior.logDensities(of: abundances.scalars, products, pixels: pixels.count))
    (self.pixels, self.spectra) = (pixels, spectra)
  }
}

extension LinearPosterior {
  /// c·a − ½ aᵀG a + Σ (α − 1) log a of every row of abundances, whose pixels repeat.
  fileprivate func logDensities(of abundances: [Scalar], _ products: [Double], pixels: Int) -> [Scalar] {
    let (gram, alpha) = (sampler.gram, sampler.concentration)
    return (0..<abundances.count / count).map { row -> Scalar in
      let pixel = row % pixels
      var value = 0.0
      for i in 0..<count {
        let own = Double(abundances[row * count + i])
        var mixed = 0.0
        for j in 0..<count { mixed += gram[i * count + j] * Double(abundances[row * count + j]) }
        value += own * (products[pixel * count + i] - 0.5 * mixed)
        if alpha[i] != 1 { value += (alpha[i] - 1) * log(max(own, 1e-30)) }
      }
      return Scalar(value)
    }
  }
}

extension TrainedModel {
  /// Draws from the refined posteriors of some valid pixels of a scene.
  ///
  /// - Parameters:
  ///   - chosen: the pixels, from 0.
  ///   - draws: of each chain.
  /// - Throws: ``UnmixingError`` for a decoder that is not linear, a scene that does not suit it, or a masked pixel.
  public func keptDraws(of scene: Scene, at chosen: [Int], chains: Int = 4, draws: Int) throws -> KeptDraws {
    _ = try simulation()
    try description.check(scene)
    if let masked = chosen.first(where: { !scene.isValid.indices.contains($0) || !scene.isValid[$0] }) {
      throw UnmixingError.mismatch(
        field: "pixels to keep draws of", expected: "valid ones of \(scene.pixelCount)", found: "\(masked)")
    }
    guard let mixing = linearMixing, !chosen.isEmpty else {
      throw UnmixingError.mismatch(field: "pixels to keep draws of", expected: "at least one", found: "none")
    }
    let scaled = description.scaling.applied(to: scene.spectra)
    return KeptDraws(
      of: linearPosterior(mixing, of: scaled.gatheringRows(scene.validPixels)), scaled.gatheringRows(chosen),
      at: chosen, chains: chains, draws: draws, random: RandomPurpose.refinement.stream(seed: description.seed))
  }
}
