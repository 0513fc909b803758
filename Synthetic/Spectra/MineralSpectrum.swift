import Foundation

/// The reflectance of a material as a smooth continuum with absorption bands.
///
///     R(λ) = C(λ) · exp(−Σ_b s_b G_b(λ))
///
/// C is a monotone cubic through a few points; the bands are ``AbsorptionBand``s. Band positions and widths come from
/// the literature each material names, continua and depths are typical of fine-grained laboratory samples. The curves
/// are meant to be as alike and as different as the real materials are, not to replace a measured library.
///
/// - Units: nanometres; reflectance in 0…1, exclusive. Defined from 350 to 2600 nm, constant continuum beyond.
package struct MineralSpectrum: Sendable {
  /// The name recipes use, in lower case with hyphens.
  package let name: String
  /// The name for people and reports.
  package let title: String
  /// Where the band positions come from.
  package let source: String
  /// The absorptions.
  package let bands: [AbsorptionBand]
  private let continuum: MonotoneCubic

  /// A material from the points of its continuum, (nanometres, reflectance), and its bands.
  init(
    _ name: String, _ title: String, continuum: [(Double, Double)], bands: [AbsorptionBand], source: String
  ) {
    precondition(continuum.allSatisfy { $0.1 > 0 && $0.1 < 1 }, "the continuum of \(name) leaves (0, 1)")
    self.name = name
    self.title = title
    self.source = source
    self.bands = bands
    self.continuum = MonotoneCubic(through: continuum.map { (x: $0.0, y: $0.1) })
  }

  /// Reflectance at a wavelength in nanometres.
  package func reflectance(at wavelength: Double) -> Double {
    continuum(wavelength) * exp(-bands.reduce(0) { $0 + $1.absorbance(at: wavelength) })
  }

  /// Reflectance as a channel with a Gaussian response of full width `fwhm` sees it.
  ///
  /// Five-point Gauss–Hermite quadrature, exact for polynomials up to degree nine over the response.
  package func reflectance(at center: Double, fwhm: Double) -> Double {
    let deviation = fwhm / (8 * log(2)).squareRoot()
    return zip(Self.nodes, Self.weights).reduce(0) { sum, rule in
      sum + rule.1 * reflectance(at: center + rule.0 * deviation)
    }
  }

  /// Abscissas of the rule for the weight exp(−z²/2)/√(2π), in standard deviations.
  private static let nodes = [-2.856970013872806, -1.355626179974266, 0, 1.355626179974266, 2.856970013872806]
  private static let weights = [
    0.011257411327720689, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.011257411327720689,
  ]
}

extension MineralSpectrum {
  /// Every material Alunite can make, in groups of kin.
  package static let all: [MineralSpectrum] =
    sulfates + clays + micasAndFeldspars + silicates + carbonatesAndBorates + ironOxides + surfaces + manMade

  /// The material of that name.
  package static func named(_ name: String) -> MineralSpectrum? { all.first { $0.name == name } }
}

/// A vibrational band, symmetric in wavelength.
func vibration(_ center: Double, _ width: Double, _ depth: Double) -> AbsorptionBand {
  AbsorptionBand(center, width: width, depth: depth)
}

/// An electronic band, symmetric in energy.
func electronic(_ center: Double, _ width: Double, _ depth: Double) -> AbsorptionBand {
  AbsorptionBand(center, width: width, depth: depth, in: .energy)
}
