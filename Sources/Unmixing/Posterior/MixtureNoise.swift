import Foundation
import Tensors

extension NoiseEstimate {
  /// σ where spectra are mixtures of these endmembers: the regression's, less what noise in the other bands adds to it.
  ///
  ///     σ_b² = σ̂_b² (1 − h_b),   h_b = w_bᵀ (C⁻¹ + W Wᵀ)⁻¹ w_b,   W = M/σ̂,  C = Σ a aᵀ / n
  ///
  /// exact for the population by Woodbury's identity, since 1/Θ_bb = σ_b²/(1 − h_b). Without it the noise of B bands is too
  /// large by about K/B.
  ///
  /// - Parameter spectra: the pixels, of which at most 4096 tell C.
  public func deviations(under endmembers: Tensor, _ spectra: Tensor) -> [Double] {
    let count = endmembers.shape[0]
    let least = 1e-6 * max(endmembers.scalars.map { Double(abs($0)) }.max() ?? 0, 1e-6)
    let raw = deviations.map { max($0, least) }
    let weights = Tensor(raw.map { Scalar(1 / $0) })
    let rows = endmembers.detached * weights
    let step = (spectra.shape[0] + 4095) / 4096
    let some = Array(stride(from: 0, to: spectra.shape[0], by: step))
    let abundances = SimplexLeastSquares(endmembers: rows).solve(spectra.detached.gatheringRows(some) * weights)
    let moments = Scatter(of: abundances).correlation.addingToDiagonal(1e-9)
    let gram = rows.scalars.map { Double($0) }.gramMatrix(rows: count)
    guard let inverse = moments.inverse(),
      let shrunk = SymmetricMatrix(zip(inverse.elements, gram).map { $0 + $1 }, size: count).inverse()
    else { return raw }
    let flat = rows.scalars.map { Double($0) }
    return raw.indices.map { band in
      var leverage = 0.0
      for i in 0..<count {
        for j in 0..<count { leverage += flat[i * bands + band] * shrunk[i, j] * flat[j * bands + band] }
      }
      return max(raw[band] * (1 - min(max(leverage, 0), 0.9)).squareRoot(), least)
    }
  }
}
