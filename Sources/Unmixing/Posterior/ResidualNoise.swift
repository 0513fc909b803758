import Foundation
import Scenes
import Tensors

/// How far spectra are from their best linear mixtures, band by band: noise, and whatever else the mixtures miss.
///
///     σ_b² = Σₙ r_nb² / n · B/(B − K + 1),   r = x − Σₖ âₖ mₖ,   â by least squares on the simplex
///
/// The factor makes up for the K − 1 directions that the abundances use up.
///
/// What mixtures miss is seldom independent from band to band: variable materials, nonlinear mixing and illumination bend
/// whole spectra. Along a smooth direction, such as the difference of two endmembers, residuals then add up instead of
/// averaging out. With the residuals' correlation matrix R (over bands divided by their σ) and its eigenvalues λ, the
/// variance along a direction that is spread as the residuals are is Σλ²/Σλ, and not 1: see ``inflation``.
///
/// Of independent noise the fit leaves R = (1 − P) B/(B − K + 1), P the projection on the directions it used up, so that the
/// inflation is 1: made scenes have 1.000, and 1.05 where σ differs from band to band. Of other noise it is no more than
/// a step in the right direction: on made scenes of 4 endmembers and 100 bands intervals of 90 % hold 80 % of the truths where
/// residuals are correlated over 30 nm, 71 % over 200 nm, 60 % where half of the noise is, or where pixels differ in gain by
/// 3 %, and 70 % where smooth curves change the endmembers by 3 %. Without it they hold from 0 to 57 %.
///
/// - Edge cases: no deviation is less than 10⁻⁶ of the largest reflectance of an endmember, about the resolution of single
///   precision, so that spectra which are exact mixtures have a posterior.
/// - Complexity: O(pixels · bands²).
public struct ResidualNoise: Sendable {
  /// σ, one number a band.
  public let deviations: [Double]
  /// By how much the variance along a typical direction of the residuals exceeds that of independent bands,
  ///
  ///     max(1, (B − K + 1) (tr R² − B²/n) / B²)
  ///
  /// where tr R² is less what n independent pixels would give by chance. 1 for independent noise. Dividing the log
  /// likelihood by it widens posteriors by its root: a composite likelihood with its information matched on average.
  ///
  /// - Source: Varin, Reid and Firth, *An overview of composite likelihood methods*, Statistica Sinica 21, 2011,
  ///   for why and by what such likelihoods are scaled; that the residuals' own spread stands for that of the directions
  ///   asked about is our choice, since along those directions the fit has removed them.
  public let inflation: Double

  /// σ √inflation: what the noise of independent bands would have to be for a posterior as wide as this one ought to be.
  public var effectiveDeviations: [Double] { deviations.map { $0 * inflation.squareRoot() } }

  /// The residuals of spectra `[pixels, bands]` under endmembers `[endmembers, bands]`.
  ///
  /// - Precondition: at least one spectrum.
  public init(of spectra: Tensor, under endmembers: Tensor) {
    let (count, bands, pixels) = (endmembers.shape[0], endmembers.shape[1], spectra.shape[0])
    let least = 1e-6 * max(endmembers.scalars.map { Double(abs($0)) }.max() ?? 0, 1e-6)
    let problem = SimplexLeastSquares(endmembers: endmembers)
    var products = [Double](repeating: 0, count: bands * bands)
    // Block by block: the reconstruction of a whole scene is as large as the scene.
    for start in stride(from: 0, to: pixels, by: 4096) {
      let block = spectra.detached.slice(along: 0, start..<min(start + 4096, pixels))
      let moments = Scatter(of: block - problem.solve(block).matrixProduct(endmembers))
      for place in products.indices {
        let mean = moments.mean[place / bands] * moments.mean[place % bands]
        products[place] += (moments.covariance[place] + mean) * Double(moments.count) / Double(pixels)
      }
    }
    self.init(products: products, endmembers: count, pixels: pixels, least: least)
  }

  /// What any decoder leaves over, `[pixels, bands]`, with abundances fitted to each spectrum.
  ///
  /// - Parameter largest: the largest reflectance, to whose last digits spectra are known.
  init(residuals: Tensor, endmembers count: Int, largest: Double) {
    let (pixels, bands) = (residuals.shape[0], residuals.shape[1])
    let moments = Scatter(of: residuals)
    let products = (0..<bands * bands).map { place in
      moments.covariance[place] + moments.mean[place / bands] * moments.mean[place % bands]
    }
    self.init(products: products, endmembers: count, pixels: pixels, least: 1e-6 * max(largest, 1e-6))
  }

  /// From the mean products of the residuals of two bands, `[bands, bands]`.
  private init(products: [Double], endmembers count: Int, pixels: Int, least: Double) {
    let bands = Int(Double(products.count).squareRoot().rounded())
    let squares = (0..<bands).map { products[$0 * bands + $0] }
    let free = Double(max(1, bands - count + 1))
    deviations = squares.map { max(($0 * Double(bands) / free).squareRoot(), least) }
    // Bands that are explained to the last digit have no correlation.
    let scales = squares.map { $0 > least * least ? 1 / $0.squareRoot() : 0 }
    var trace = 0.0
    for place in products.indices {
      let correlation = products[place] * scales[place / bands] * scales[place % bands]
      trace += correlation * correlation
    }
    let used = Double(scales.count { $0 > 0 })
    let chance = used * used / Double(max(1, pixels))
    inflation = used > 0 ? max(1, free * (trace - chance) / (used * used)) : 1
  }
}
