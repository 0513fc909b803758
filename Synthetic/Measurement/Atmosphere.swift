import Foundation
import Tensors

/// What an imperfect correction of the atmosphere leaves in reflectance: every spectrum is multiplied by
///
///     t(λ) = (λ / 1000 nm)^−α · exp(−s Σ_b d_b exp(−(λ − c_b)² / 2σ_b²))
///
/// with the water vapour's bands at 820, 940, 1140, 1380 and 1880 nm and oxygen's at 760 nm. The amount s is 1 on average
/// and varies from pixel to pixel, s = exp(τz − τ²/2), as vapour and elevation do.
///
/// - Source: band positions of water vapour and oxygen: Gao, Montes, Davis & Goetz (2009), *Atmospheric correction
///   algorithms for hyperspectral remote sensing data of land and ocean*, Remote Sensing of Environment 113. Relative depths
///   are rounded to what such residuals look like.
public struct Atmosphere: Sendable, Equatable {
  /// The optical depth left at 940 nm; negative where the correction overshot.
  public var waterVapour: Double
  /// τ, the relative spread of the amount from pixel to pixel.
  public var spread: Double
  /// α: haze that was left makes short wavelengths brighter.
  public var haze: Double

  /// A residual of that depth.
  public init(waterVapour: Double, spread: Double = 0, haze: Double = 0) {
    (self.waterVapour, self.spread, self.haze) = (waterVapour, spread, haze)
  }

  /// Centre and deviation in nanometres, and depth relative to that at 940 nm.
  private static let bands: [(center: Double, deviation: Double, depth: Double)] = [
    (760, 4, 0.6), (820, 12, 0.3), (940, 20, 1), (1140, 25, 1.2), (1380, 35, 4), (1880, 45, 4),
  ]

  /// Σ_b d_b G_b(λ), with the depth at 940 nm set.
  package func opticalDepth(at wavelength: Double) -> Double {
    waterVapour
      * Self.bands.reduce(0) { sum, band in
        let z = (wavelength - band.center) / band.deviation
        return sum + band.depth * exp(-z * z / 2)
      }
  }

  /// Multiplies spectra `[pixels, bands]`.
  func apply(to spectra: inout Tensor, at wavelengths: [Double], seed: UInt64) {
    let depths = wavelengths.map { Scalar(opticalDepth(at: $0)) }
    let slope = wavelengths.map { Scalar(pow($0 / 1000, -haze)) }
    let (pixels, bands) = (spectra.shape[0], spectra.shape[1])
    let spread = spread
    spectra.withUnsafeMutableScalars { values in
      let values = Shared(values.baseAddress)
      parallelRanges(pixels, length: pixelsPerChunk) { chunk in
        guard let values = values.pointer else { return }
        var random = Purpose.atmosphere.stream(seed: seed)
        random.rows = chunk.identities
        let draws = random.normal([chunk.count, 1]).scalars
        for place in 0..<chunk.count {
          let amount = Scalar(exp(spread * Double(draws[place]) - spread * spread / 2))
          let row = values + (chunk.lowerBound + place) * bands
          for band in 0..<bands { row[band] *= slope[band] * exp(-amount * depths[band]) }
        }
      }
    }
  }

  /// - Throws: ``RecipeError`` when a parameter is out of range.
  func validate() throws {
    try require((-1...1).contains(waterVapour), "atmosphere.waterVapour", "a number from -1 to 1", "\(waterVapour)")
    try require((0...2).contains(spread), "atmosphere.spread", "a number from 0 to 2", "\(spread)")
    try require((-4...4).contains(haze), "atmosphere.haze", "a number from -4 to 4", "\(haze)")
  }
}

extension Atmosphere: Codable {
  /// Reads `waterVapour`, and `spread` and `haze`, 0 when absent.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["waterVapour", "spread", "haze"])
    self.init(
      waterVapour: try fields.value("waterVapour", "a number"),
      spread: try fields.optional("spread", "a number") ?? 0, haze: try fields.optional("haze", "a number") ?? 0)
  }
}
