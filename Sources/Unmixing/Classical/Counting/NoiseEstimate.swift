import Foundation
import Scenes
import Tensors

/// The noise of every band, as what the other bands do not explain of it.
///
///     x_b = Σ_{j ≠ b} β_bj x_j + w_b,   β by least squares over the pixels
///
/// Neighbouring bands of a spectrometer see almost the same signal, and their noise is almost independent; what is left of
/// a band after regression on all others is therefore noise. All of it follows from the bands' correlations S = Σ x xᵀ / n:
/// with Θ = S⁻¹ and D its diagonal the residuals of all regressions together are w = D⁻¹ Θ x, and
///
///     variance of w_b = 1 / Θ_bb,   Σ w wᵀ / n = D⁻¹ Θ D⁻¹
///
/// - Units: reflectance.
/// - Edge cases: noise that bands share (stripes, calibration) is taken for signal. With p bands the regressions use up
///   p − 1 of n pixels, for which ``deviations`` are corrected and ``covariance`` is not. A scene without noise gives the
///   rounding of its numbers.
/// - Complexity: O(pixels · bands²) once, O(bands³).
/// - Source: Roger and Arnold, *Reliably estimating the noise in AVIRIS hyperspectral images*, Int. J. Remote Sensing 17,
///   1996, for the idea; Bioucas-Dias and Nascimento, *Hyperspectral subspace identification*, IEEE TGRS 46, 2008,
///   for all bands at once.
/// - Deviation: a ridge of 10⁻¹² of the mean power keeps bands that determine each other exactly finite; the paper inverts
///   without one, its authors' program with one of 10⁻⁶ / n.
public struct NoiseEstimate: Sendable {
  /// The standard deviation of the noise in every band, corrected for the degrees of freedom the regression uses.
  public let deviations: [Double]
  /// Σ w wᵀ / n of the regressions' residuals, row by row, `[bands, bands]`.
  public let covariance: [Double]
  /// S = Σ x xᵀ / n, row by row, `[bands, bands]`.
  public let correlation: [Double]
  /// Σ x̂ x̂ᵀ / n of what the regressions explain, x̂ = x − w, row by row, `[bands, bands]`.
  public let signalCorrelation: [Double]
  /// How many pixels were counted.
  public let pixels: Int

  /// The number of bands.
  public var bands: Int { deviations.count }

  /// The ratio of the scene's power to that of its noise, 10 log₁₀( tr S / Σ_b σ_b² ) in decibels; infinite without noise.
  public var signalToNoise: Double {
    let power = (0..<bands).reduce(0) { $0 + correlation[$1 * bands + $1] }
    let noise = deviations.reduce(0) { $0 + $1 * $1 }
    return noise > 0 ? 10 * log10(power / noise) : .infinity
  }

  /// The noise in the valid pixels of a scene.
  ///
  /// - Throws: as ``init(of:isValid:)``.
  public init(of scene: Scene) throws { try self.init(of: scene.spectra, isValid: scene.isValid) }

  /// The noise in spectra `[pixels, bands]`.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` where there are fewer than two bands or not more valid
  ///   pixels than bands; ``UnmixingError/notFinite(field:count:first:)``.
  public init(of spectra: Tensor, isValid: [Bool]? = nil) throws {
    let spectra = spectra.detached
    let bands = spectra.shape[1]
    let valid = isValid ?? [Bool](repeating: true, count: spectra.shape[0])
    try Self.check(spectra, valid)
    let scatter = Scatter(of: spectra, isValid: valid)
    let correlation = scatter.correlation
    let inverse = Self.inverse(of: correlation)
    let precisions = inverse.diagonal
    let freedom = Double(scatter.count) / Double(scatter.count - bands + 1)
    deviations = precisions.map { (freedom / $0).squareRoot() }
    covariance = (0..<bands * bands).map { place in
      inverse.elements[place] / (precisions[place / bands] * precisions[place % bands])
    }
    // x − w = (1 − D⁻¹Θ) x, so its correlation is S − 2 D⁻¹ + D⁻¹ Θ D⁻¹.
    var signal = zip(correlation.elements, covariance).map { $0 + $1 }
    for band in 0..<bands { signal[band * bands + band] -= 2 / precisions[band] }
    (self.correlation, signalCorrelation, pixels) = (correlation.elements, signal, scatter.count)
  }

  private static func check(_ spectra: Tensor, _ isValid: [Bool]) throws {
    precondition(spectra.rank == 2 && spectra.shape[0] == isValid.count, "spectra of shape \(spectra.shape)")
    let (bands, count) = (spectra.shape[1], isValid.count { $0 })
    if bands < 2 {
      throw UnmixingError.mismatch(field: "bands", expected: "at least 2, to explain one by others", found: "\(bands)")
    }
    if count <= bands {
      throw UnmixingError.mismatch(
        field: "valid pixels", expected: "more than the \(bands) bands, to estimate their noise", found: "\(count)")
    }
    let known = Evaluation.finiteRows(spectra)
    let lost = isValid.indices.filter { isValid[$0] && !known[$0] }
    if let first = lost.first {
      throw UnmixingError.notFinite(field: "spectra of valid pixels", count: lost.count, first: first)
    }
  }

  /// (S + ridge)⁻¹ with the smallest ridge, from 10⁻¹² of the mean power in steps of ten, for which it exists.
  private static func inverse(of correlation: SymmetricMatrix) -> SymmetricMatrix {
    let power = max(correlation.trace / Double(correlation.size), .leastNormalMagnitude)
    var ridge = 1e-12 * power
    while true {
      if let inverse = correlation.addingToDiagonal(ridge).inverse() { return inverse }
      ridge *= 10
    }
  }
}

extension Scatter {
  /// Σ x xᵀ / n, without taking the mean away.
  var correlation: SymmetricMatrix {
    var elements = covariance
    for row in 0..<bands {
      for column in 0..<bands { elements[row * bands + column] += mean[row] * mean[column] }
    }
    return SymmetricMatrix(elements, size: bands)
  }
}
