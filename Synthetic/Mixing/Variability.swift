import Foundation
import Tensors

/// How the spectrum of a material differs from pixel to pixel; every pixel and material draws its own.
///
/// With the endmember e and standard normal z:
///
///     scale:      eₙ = s e,       s = exp(τz − τ²/2)                        (ELMM)
///     bands:      eₙ(λ) = s(λ) e(λ),  log s a smooth random curve of deviation τ, E[s] = 1    (GLMM)
///     perturbed:  eₙ(λ) = max(0, e(λ) + τ z(λ))                             (PLMM)
///
/// The curve is Σⱼ wⱼ zⱼ φⱼ(λ), φ₀ = 1, φⱼ = √2 cos(πj u), u from 0 to 1 over the bands' range R, wⱼ² ∝ exp(−(πjℓ/R)²/2):
/// its correlation falls over the length ℓ.
///
/// - Source: Drumetz et al. (2016), IEEE TIP 25 (ELMM); Imbiriba, Borsoi & Bermudez (2018), ICASSP (GLMM); Thouvenin,
///   Dobigeon & Tourneret (2016), IEEE TSP 64 (PLMM).
public struct Variability: Sendable, Equatable {
  /// What varies.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The brightness of every material.
    case scale
    /// The brightness of every material, smoothly from band to band.
    case bands
    /// Every band by itself.
    case perturbed
  }

  /// What varies.
  public var kind: Kind
  /// τ: of log brightness, or of reflectance where bands vary by themselves.
  public var spread: Double
  /// ℓ in nanometres, of the kind `bands`.
  public var length: Double

  /// Spectra that vary by so much.
  public init(_ kind: Kind, spread: Double, length: Double = 300) {
    (self.kind, self.spread, self.length) = (kind, spread, length)
  }

  /// The most cosines of a curve.
  private static let mostWaves = 12

  /// What a pixel needs to vary a spectrum: functions over the bands, each multiplied by a random number of its own.
  struct Basis: Sendable {
    /// wⱼ φⱼ(λ) τ, `[waves, bands]`; empty when bands vary by themselves.
    let functions: [[Scalar]]
    /// Half the variance of log s at every band.
    let correction: [Scalar]
    /// How many random numbers a spectrum takes.
    let deviates: Int
  }

  func basis(at wavelengths: [Double]) -> Basis {
    let bands = wavelengths.count
    switch kind {
    case .perturbed: return Basis(functions: [], correction: [], deviates: bands)
    case .scale:
      return Basis(
        functions: [[Scalar](repeating: Scalar(spread), count: bands)],
        correction: [Scalar](repeating: Scalar(spread * spread / 2), count: bands), deviates: 1)
    case .bands:
      let functions = waves(at: wavelengths)
      let correction = (0..<bands).map { band in
        functions.reduce(Scalar(0)) { sum, function in sum + function[band] * function[band] } / 2
      }
      return Basis(functions: functions, correction: correction, deviates: functions.count)
    }
  }

  /// τ wⱼ φⱼ(λ), those that are not negligible.
  private func waves(at wavelengths: [Double]) -> [[Scalar]] {
    let low = wavelengths.min() ?? 0
    let range = max((wavelengths.max() ?? 1) - low, .leastNormalMagnitude)
    let powers = (0..<Self.mostWaves).map { wave in
      let decay = Double.pi * Double(wave) * length / range
      return exp(-decay * decay / 2)
    }
    let total = powers.reduce(0, +)
    return powers.enumerated().filter { $0.element > 1e-12 * total }.map { wave, power -> [Scalar] in
      let amplitude = spread * (power / total).squareRoot() * (wave == 0 ? 1 : 2.0.squareRoot())
      return wavelengths.map { Scalar(amplitude * cos(Double.pi * Double(wave) * ($0 - low) / range)) }
    }
  }

  /// - Throws: ``RecipeError`` when a parameter is out of range.
  func validate() throws {
    try require((0...1).contains(spread), "variability.spread", "a number from 0 to 1", "\(spread)")
    try require(
      length > 0 && length <= 100_000, "variability.length", "nanometres above 0 and up to 100000", "\(length)")
  }
}

extension Variability: Codable {
  /// Reads `kind` and `spread`, and `length` of the kind `bands`, 300 when absent.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["kind", "spread", "length"])
    self.init(
      try fields.choice("kind"), spread: try fields.value("spread", "a number"),
      length: try fields.optional("length", "a number of nanometres") ?? 300)
    if kind != .bands, fields.has("length") {
      throw fields.malformed("length", expected: "nothing unless kind is bands")
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecipeFields.Key.self)
    try container.encode(kind, forKey: "kind")
    try container.encode(spread, forKey: "spread")
    if kind == .bands { try container.encode(length, forKey: "length") }
  }
}
