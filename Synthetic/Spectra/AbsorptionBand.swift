import Foundation

/// One absorption of a material, a Gaussian on the logarithm of reflectance.
///
///     R(λ) = continuum(λ) · exp(−Σ s G(λ)),   G(λ) = exp(−4 ln 2 (u − u₀)² / w²),   s = −ln(1 − depth)
///
/// u is the wavelength, or the wavenumber for electronic transitions, whose shape is symmetric in energy.
/// An isolated band takes away the fraction `depth` of the continuum at its centre, and reflectance stays positive
/// whatever overlaps.
///
/// - Units: `center` and `width` in nanometres, `depth` in 0..<1.
/// - Source: Sunshine, Pieters & Pratt (1990), *Deconvolution of mineral absorption bands: an improved approach*,
///   JGR 95(B5).
package struct AbsorptionBand: Sendable, Equatable {
  /// The variable in which the band is symmetric.
  package enum Domain: Sendable {
    /// Vibrations: overtones and combinations of OH, H₂O, CO₃, NH₄, CH.
    case wavelength
    /// Electronic transitions: crystal fields and charge transfer.
    case energy
  }

  /// Where the band is deepest, in nanometres.
  package let center: Double
  /// Full width at half maximum of the Gaussian, in nanometres at the centre.
  package let width: Double
  /// The fraction of the continuum an isolated band takes away at its centre.
  package let depth: Double
  /// The variable in which the band is symmetric.
  package let domain: Domain

  /// A band that is symmetric in wavelength unless told otherwise.
  package init(_ center: Double, width: Double, depth: Double, in domain: Domain = .wavelength) {
    precondition(center > 0 && width > 0, "a band at \(center) nm, \(width) nm wide")
    precondition(depth >= 0 && depth < 1, "a band that takes away the fraction \(depth)")
    self.center = center
    self.width = width
    self.depth = depth
    self.domain = domain
  }

  /// −ln of the factor by which the band lowers reflectance at a wavelength.
  package func absorbance(at wavelength: Double) -> Double {
    let offset =
      switch domain {
      case .wavelength: (wavelength - center) / width
      case .energy: (center / wavelength - 1) * center / width
      }
    return -log1p(-depth) * exp(-4 * log(2) * offset * offset)
  }
}
