import Scenes
import Tensors

/// Hyperspectral signal identification by minimum error: how many dimensions of a scene hold more signal than noise.
///
/// With the noise n̂ of ``NoiseEstimate``, the signal x̂ = x − n̂ and the eigenvectors eᵢ of Σ x̂ x̂ᵀ / n, taking dimension i
/// into the signal subspace changes the mean squared error by
///
///     cᵢ = −eᵢᵀ Ry eᵢ + 2 eᵢᵀ Rn eᵢ,   Ry = Σ x xᵀ / n,   Rn = diag(Σ n̂ n̂ᵀ / n)
///
/// and the dimensions with cᵢ < 0 are the signal's. No threshold is chosen.
///
/// - Edge cases: counts a mean spectrum as a dimension, so a scene of K linearly mixed materials without shade has K.
///   Nonlinear mixing, variability and adjacency add dimensions that are no materials.
/// - Complexity: as ``NoiseEstimate``, and O(bands³).
/// - Source: Bioucas-Dias and Nascimento, *Hyperspectral subspace identification*, IEEE TGRS 46, 2008.
/// - Deviation: Rn is raised by 10⁻¹⁰ of the signal's mean power, as the authors' program does, so that rounding is no
///   signal where there is no noise.
public struct HySime: Sendable {
  /// The number of signal dimensions.
  public let count: Int
  /// cᵢ, in increasing order.
  public let costs: [Double]
  /// The signal subspace, an orthonormal vector a row, that with the least cost first, `[count, bands]`.
  public let basis: [[Double]]

  /// The dimensions of the signal whose noise this is.
  public init(_ noise: NoiseEstimate) {
    let bands = noise.bands
    let signal = SymmetricMatrix(noise.signalCorrelation, size: bands)
    let floor = max(signal.trace, 0) / Double(bands) * 1e-10
    let variances = (0..<bands).map { noise.covariance[$0 * bands + $0] + floor }
    let all = SymmetricMatrix(noise.correlation, size: bands)
    let ranked = signal.eigenpairs().vectors.map { vector in
      let noisy = zip(vector, variances).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      return (cost: 2 * noisy - all.quadraticForm(vector), vector: vector)
    }.sorted { $0.cost < $1.cost }
    costs = ranked.map(\.cost)
    count = costs.count { $0 < 0 }
    basis = ranked.prefix(count).map(\.vector)
  }
}

extension SymmetricMatrix {
  /// vᵀ A v
  func quadraticForm(_ vector: [Double]) -> Double {
    (0..<size).reduce(0) { sum, row in
      var product = 0.0
      for column in 0..<size { product += elements[row * size + column] * vector[column] }
      return sum + vector[row] * product
    }
  }
}
