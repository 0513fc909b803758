import Foundation
import Probability
import Scenes
import Tensors

/// Unmixing by draws from the exact posterior: linear mixing on the simplex, given endmembers, with a Dirichlet prior.
///
///     x = Σₖ aₖ mₖ + n,   n_b ~ Normal(0, σ_b²),   a ~ Dirichlet(α, …, α)
///
/// Abundances are posterior means; with them come standard deviations, quantiles and a draw. The noise is taken from what
/// the best mixtures leave over, band by band, with its correlation (``ResidualNoise``); or from the regression of every
/// band on the others (``NoiseEstimate``); or it is drawn, one standard deviation for each pixel, with a prior
/// that counts as one band whose residual is typical of the scene.
///
/// - Units: endmembers in the scene's reflectance.
/// - Edge cases: the regression sees the sensor's noise alone, and `sampled` takes what is left over for independent from
///   band to band. Where endmembers do not explain a scene to within its noise, the intervals of both are too narrow; that
///   `residual` is the default was decided by the coverage of the benchmark scenes' abundances. Masked pixels get zeros.
/// - Source: Dobigeon, Moussaoui, Coulon, Tourneret and Hero, IEEE TSP 57, 2009, with endmembers known.
/// - Deviation: see ``Probability/SimplexGibbs``; the paper's noise is one deviation for the scene. Jeffreys' prior of it
///   leaves no proper posterior of a pixel that is an exact mixture, as every pixel taken for an endmember is: near it the
///   density grows as the residual's norm to the power −bands.
public struct GibbsUnmixing: ClassicalMethod {
  /// Where the noise comes from.
  public enum NoiseSource: String, Codable, Sendable, CaseIterable {
    /// What the best mixtures do not explain of a band, over the scene, with the residuals' correlation.
    case residual
    /// What other bands do not explain of a band, over the scene.
    case regression
    /// One unknown deviation for each pixel, the same in all bands.
    case sampled
  }

  /// What shapes it.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.raw
    /// Where the noise comes from.
    public var noise = NoiseSource.residual
    /// α of the Dirichlet prior.
    public var concentration = 1.0
    /// Sweeps before the first draw; chains begin at the most likely abundances.
    public var warmup = 100
    /// The draws kept of each pixel.
    public var draws = 600
    /// Sweeps from one draw to the next.
    public var thinning = 1

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self), "noise": words(NoiseSource.self)]

    /// Refuses what cannot be computed.
    public func check() throws {
      try require(concentration > 0 && concentration.isFinite, "concentration", "a positive number", concentration)
      try require((0...1_000_000).contains(warmup), "warmup", "0 … 1000000", warmup)
      try require((2...1_000_000).contains(draws), "draws", "2 … 1000000", draws)
      try require((1...10_000).contains(thinning), "thinning", "1 … 10000", thinning)
      // Sweeps are counted with 32 bits; beyond, random numbers would come again.
      let sweeps = warmup + draws * thinning
      try require(sweeps <= Int(UInt32.max), "thinning", "no more than \(UInt32.max) sweeps with draws", sweeps)
    }
  }

  private let options: Options
  private let endmembers: any EndmemberExtractor
  private let seed: UInt64

  /// Gibbs sampling with its options.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed: UInt64) {
    (self.options, self.endmembers, self.seed) = (options, endmembers, seed)
  }

  /// Posterior means, deviations and quantiles of every valid pixel, the endmembers, and the reconstruction's angle.
  ///
  /// - Throws: ``UnmixingError`` when the endmembers do not suit the scene, or the noise cannot be estimated from it.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let library = try endmembers.endmembers(of: scene)
    let allowed = 1...SimplexGibbs.mostComponents
    if !allowed.contains(library.count) {
      throw UnmixingError.endmemberCount(
        requested: library.count, allowed: allowed, reason: "draws on the simplex by exchanges of all pairs")
    }
    let pixels = scene.validPixels
    let scaling = FittedScaling(options.spectra, to: scene.spectra.gatheringRows(pixels))
    let spectra = scaling.applied(to: scene.spectra.detached).gatheringRows(pixels)
    let mixed = scaling.applied(to: library.spectra)
    let posterior = LinearPosterior(
      endmembers: mixed, deviations: try deviations(spectra, mixed),
      concentration: [Double](repeating: options.concentration, count: library.count),
      noise: options.noise == .sampled
        ? .unknown(observations: Double(scene.bands), shape: 0.5, rate: 0.5) : .known)
    var random = RandomPurpose.refinement.stream(seed: seed)
    var maps = RefinedMaps(pixels: scene.pixelCount, endmembers: library.count)
    let schedule = SimplexGibbs.Schedule(
      warmup: options.warmup, draws: options.draws, thinning: options.thinning)
    for start in stride(from: 0, to: pixels.count, by: 4096) {
      let tile = start..<min(start + 4096, pixels.count)
      random.rows = pixels[tile].map { UInt32($0) }
      maps.add(
        posterior.sample(spectra.slice(along: 0, tile), schedule: schedule, random: random), at: Array(pixels[tile]))
      try progress(tile.upperBound, pixels.count)
    }
    var estimate = maps.added(
      to: Estimate(linear: maps.mean, of: scene, by: library, scaling: options.spectra), at: pixels)
    (estimate.means, estimate.posteriorMean) = (.posterior, nil)
    return estimate.checked(spectra, under: mixed, at: pixels)
  }

  private func deviations(_ spectra: Tensor, _ endmembers: Tensor) throws -> [Double] {
    switch options.noise {
    case .regression:
      let found = try NoiseEstimate(of: spectra).deviations
      // A noise-free scene gives the rounding of its numbers, with which one cannot divide.
      let least = 1e-6 * Double(endmembers.scalars.map { abs($0) }.max() ?? 1)
      return found.map { max($0, max(least, 1e-12)) }
    case .residual: return ResidualNoise(of: spectra, under: endmembers).effectiveDeviations
    case .sampled:
      // The scale of the prior, which is relative to the guess.
      let found = ResidualNoise(of: spectra, under: endmembers).deviations
      let typical = (found.reduce(0) { $0 + $1 * $1 } / Double(found.count)).squareRoot()
      return [Double](repeating: typical, count: found.count)
    }
  }
}
