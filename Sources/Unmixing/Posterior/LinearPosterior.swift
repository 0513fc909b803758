import Foundation
import Probability
import Tensors

/// The exact posterior of abundances when endmembers and noise are known and mixing is linear.
///
///     p(a∣x) ∝ exp(−½ Σ_b (x_b − Σₖ aₖ m_kb)² / σ_b²) Πₖ aₖ^(αₖ − 1)   on the simplex
///
/// Bands are whitened by σ_b; spectra and endmembers are centred at the endmembers' mean, which changes nothing on the
/// simplex and keeps digits where endmembers are alike. Draws are those of ``Probability/SimplexGibbs``.
///
/// - Shapes: endmembers `[endmembers, bands]`, spectra `[pixels, bands]`.
/// - Units: one for spectra, endmembers and σ.
/// - Edge cases: where endmembers are alike, or more than bands, the posterior is as wide as the prior along what cannot be
///   told apart: it stays proper, since the simplex is bounded.
public struct LinearPosterior: Sendable {
  /// The number of endmembers.
  public let count: Int
  /// The number of bands.
  public let bands: Int
  /// What draws.
  public let sampler: SimplexGibbs
  /// The standard deviation σ of the noise, one number a band.
  public let deviations: [Double]
  private let endmembers: [Double]
  private let centre: [Double]

  /// A posterior.
  ///
  /// - Parameters:
  ///   - concentration: α of the Dirichlet prior; all 1 unless given.
  ///   - noise: unknown noise is σ times an unknown number for every pixel, with `bands` observations.
  /// - Precondition: 1 to ``Probability/SimplexGibbs/mostComponents`` finite endmembers, positive finite deviations.
  public init(
    endmembers spectra: Tensor, deviations: [Double], concentration: [Double]? = nil, noise: SimplexGibbs.Noise = .known
  ) {
    let (count, bands) = (spectra.shape[0], spectra.shape[1])
    precondition(
      deviations.count == bands && deviations.allSatisfy { $0 > 0 && $0.isFinite },
      "\(deviations.count) deviations for \(bands) bands, the least \(deviations.min() ?? 0)")
    var rows = spectra.scalars.map { Double($0) }
    let centre = (0..<bands).map { band in (0..<count).reduce(0) { $0 + rows[$1 * bands + band] } / Double(count) }
    for index in rows.indices { rows[index] -= centre[index % bands] }
    let gram = (0..<count * count).map { place -> Double in
      let (i, j) = (place / count * bands, place % count * bands)
      return (0..<bands).reduce(0) { $0 + rows[i + $1] * rows[j + $1] / (deviations[$1] * deviations[$1]) }
    }
    (self.count, self.bands, self.deviations, self.centre) = (count, bands, deviations, centre)
    endmembers = rows
    sampler = SimplexGibbs(gram: gram, concentration: concentration, noise: noise)
  }

  /// Mᵀ(x − m̄)/σ² of every spectrum, `[pixels, endmembers]` row-major.
  public func products(of spectra: Tensor) -> [Double] {
    let directions = endmembers.indices.map { index -> Double in
      let deviation = deviations[index % bands]
      return endmembers[index] / (deviation * deviation)
    }
    let offsets = (0..<count).map { k in
      (0..<bands).reduce(0) { $0 + directions[k * bands + $1] * centre[$1] }
    }
    return Projection.coordinates(of: spectra.detached, along: directions, offsets: offsets)
  }

  /// ‖(x − m̄)/σ‖² of every spectrum.
  public func squares(of spectra: Tensor) -> [Double] {
    spectra.withUnsafeScalars { values in
      (0..<spectra.shape[0]).map { pixel in
        var sum = 0.0
        for band in 0..<bands {
          let distance = (Double(values[pixel * bands + band]) - centre[band]) / deviations[band]
          sum += distance * distance
        }
        return sum
      }
    }
  }

  /// The abundances with the largest likelihood: least squares on the simplex with bands weighted by 1/σ².
  public func mostLikely(_ spectra: Tensor) -> Tensor {
    let weights = Tensor(deviations.map { Scalar(1 / $0) })
    let mean = Tensor(centre.map { Scalar($0) })
    let rows = Tensor([count, bands], endmembers.map { Scalar($0) }) * weights
    return SimplexLeastSquares(endmembers: rows).solve((spectra.detached - mean) * weights)
  }

  /// Chains for every spectrum, from ``mostLikely(_:)`` unless said otherwise.
  ///
  /// - Parameter random: its `rows` name the pixels, so that what is drawn for a pixel does not depend on the tile.
  public func sample(
    _ spectra: Tensor, start: Tensor? = nil, schedule: SimplexGibbs.Schedule = SimplexGibbs.Schedule(),
    probabilities: [Double] = TrainedModel.probabilities, keepsDraws: Bool = false, random: RandomStream
  ) -> SimplexSummary {
    precondition(
      spectra.rank == 2 && spectra.shape[1] == bands, "spectra of shape \(spectra.shape) for \(bands) bands")
    return sampler.sample(
      products: products(of: spectra), squares: sampler.noise == .known ? [] : squares(of: spectra),
      start: start ?? mostLikely(spectra), schedule: schedule, probabilities: probabilities, keepsDraws: keepsDraws,
      random: random)
  }
}
