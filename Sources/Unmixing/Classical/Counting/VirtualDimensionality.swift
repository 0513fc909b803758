import Foundation
import Scenes
import Tensors

/// The virtual dimensionality of Harsanyi, Farrand and Chang: in how many dimensions the mean stands out of the noise.
///
/// Sorted eigenvalues of the correlation Σ x xᵀ / n exceed those of the covariance where there is signal and equal them where
/// there is noise alone. Their difference is tested one by one at a false-alarm probability P, with the variance of
/// eigenvalue estimates:
///
///     zᵢ = λᵢ(correlation) − λᵢ(covariance),   σᵢ² = 2 (λᵢ(correlation)² + λᵢ(covariance)²) / n,   zᵢ > −Φ⁻¹(P) σᵢ
///
/// and the count is how many pass. The noise-whitened test (NWHFC) divides every band by its noise's standard deviation
/// first, so that all noise eigenvalues are alike.
///
/// - Edge cases: the test knows only what moves the mean, so it can count fewer than there are materials; without
///   whitening, bands with much noise pass for signal or hide it.
/// - Complexity: O(bands³) after O(pixels · bands²) for the moments.
/// - Source: Chang and Du, *Estimation of number of spectrally distinct signal sources in hyperspectral imagery*, IEEE
///   TGRS 42, 2004.
/// - Deviation: the whitening is by single bands, Σ n̂ n̂ᵀ taken for diagonal.
public struct VirtualDimensionality: Sendable {
  /// The number of dimensions that pass.
  public let count: Int
  /// zᵢ / σᵢ, in order of the eigenvalues, largest first.
  public let scores: [Double]
  /// The probability that a dimension of noise passes.
  public let falseAlarm: Double

  /// The dimensions of a scene with these moments; noise-whitened where `noise` is given.
  ///
  /// - Parameter falseAlarm: In (0, ½); the paper tries 10⁻³, 10⁻⁴ and 10⁻⁵.
  /// - Precondition: `falseAlarm` is in that range; as many bands in the noise as in the moments.
  init(_ scatter: Scatter, whitenedBy noise: NoiseEstimate? = nil, falseAlarm: Double = 1e-3) {
    precondition(falseAlarm > 0 && falseAlarm < 0.5, "a false-alarm probability of \(falseAlarm)")
    let bands = scatter.bands
    precondition(noise.map { $0.bands == bands } ?? true, "noise of \(noise?.bands ?? 0) bands for \(bands)")
    func eigenvalues(_ matrix: [Double]) -> [Double] {
      let sd = noise?.deviations
      let scaled = (0..<bands * bands).map { place in
        matrix[place] / (sd.map { $0[place / bands] * $0[place % bands] } ?? 1)
      }
      return SymmetricMatrix(scaled, size: bands).eigenpairs().values.map { max($0, 0) }
    }
    let (all, centred) = (eigenvalues(scatter.correlation.elements), eigenvalues(scatter.covariance))
    let pixels = Double(scatter.count)
    scores = zip(all, centred).map { all, centred in
      let deviation = (2 * (all * all + centred * centred) / pixels).squareRoot()
      return deviation > 0 ? (all - centred) / deviation : 0
    }
    let threshold = -SpecialFunctions.normalQuantile(falseAlarm)
    count = scores.count { $0 > threshold }
    self.falseAlarm = falseAlarm
  }

  /// The dimensions of the valid pixels of a scene; noise-whitened where `noise` is given.
  ///
  /// - Parameter falseAlarm: The probability that a dimension of noise passes, in (0, ½).
  /// - Precondition: as for `falseAlarm`; the scene has a valid pixel.
  public init(of scene: Scene, whitenedBy noise: NoiseEstimate? = nil, falseAlarm: Double = 1e-3) {
    self.init(
      Scatter(of: scene.spectra.detached, isValid: scene.isValid), whitenedBy: noise, falseAlarm: falseAlarm)
  }
}
