import Foundation
import Tensors

/// Whether a scene looks like linear mixtures of given endmembers and independent noise.
///
/// Bands are divided by σ. What is orthogonal to the K − 1 differences of the endmembers is then noise alone, whatever the
/// abundances are, so three numbers have known distributions under the model, without any prior:
///
///     misfit    Σₙ ‖rₙ‖² / (n d)        χ² with n d degrees of freedom over n d,   d = bands − (K − 1)
///     pattern   largest eigenvalue of Σₙ rₙrₙᵀ / n        Tracy and Widom's law of white Wishart matrices
///     outside   share of pixels further from the simplex than χ² with K − 1 degrees allows with probability 0.001
///
/// The first sees noise of another size, the second errors that bands share (correlated noise, wrong or missing
/// endmembers, nonlinear mixing), the third endmembers that lie inside the data. A number counts against the model when it
/// is improbable, by 1 in 1000, and large enough to matter: 5 % of misfit, a quarter above the eigenvalue's edge, 1 % of
/// pixels.
///
/// The noise must be the sensor's: given, or the regression's (``NoiseEstimate/deviations(under:_:)``). Noise learned from
/// what mixtures leave over explains anything.
///
/// - Edge cases: with estimated noise a misfit below 1 is no news and does not count.
/// - Source: Johnson, *Bayesian model assessment using pivotal quantities*, Bayesian Analysis 2, 2007, for the use of
///   pivots; Johnstone, *On the distribution of the largest eigenvalue in principal components analysis*, Annals of
///   Statistics 29, 2001, for the second. The margins are ours.
public struct ModelCheck: Sendable, Codable, Equatable {
  /// Where σ comes from.
  public enum Noise: Sendable, Equatable {
    /// From the regression of every band on the others.
    case estimated
    /// Given, one number a band.
    case given([Double])
  }

  /// How many pixels were looked at.
  public let pixels: Int
  /// d, the directions of a residual.
  public let freedom: Int
  /// Whether σ was given.
  public let isNoiseGiven: Bool
  /// σ, one number a band.
  public let deviations: [Double]
  /// Σₙ ‖rₙ‖² / (n d): 1 under the model.
  public let misfit: Double
  /// (misfit − 1) over its standard deviation under the model.
  public let misfitScore: Double
  /// The largest eigenvalue over the largest that noise gives.
  public let leading: Double
  /// The same in units of Tracy and Widom's law, which exceeds 3.27 with probability 0.001.
  public let leadingScore: Double
  /// The eigenvector, one number a band: how residuals over σ are off together.
  public let pattern: [Double]
  /// The share of pixels outside the simplex.
  public let outside: Double
  /// How many standard deviations that is above 0.001.
  public let outsideScore: Double
  /// By how much the noise that a trained decoder has learned exceeds σ, as a root mean square; `nil` without one.
  public var learned: Double?

  /// Whether residuals are as large as the noise.
  public var hasRightNoise: Bool { !(isTooLarge || isTooSmall) }

  private var isTooLarge: Bool { misfitScore > 3.1 && misfit > 1.05 }
  private var isTooSmall: Bool { isNoiseGiven && misfitScore < -3.1 && misfit < 0.95 }

  /// Whether bands are independent of each other.
  public var hasIndependentBands: Bool { !(leadingScore > 3.27 && leading > 1.25) }

  /// Whether pixels lie between the endmembers.
  public var hasPixelsInside: Bool { !(outsideScore > 3.1 && outside > 0.01) }

  /// Whether nothing counts against the model.
  public var isExplained: Bool { hasRightNoise && hasIndependentBands && hasPixelsInside }

  /// What counts against the model, a phrase each.
  ///
  /// - Parameter wavelengths: of the bands in nanometres, to say where the pattern is strongest.
  public func findings(wavelengths: [Double]? = nil) -> [String] {
    let source = isNoiseGiven ? "the noise given" : "the scene's noise"
    func phrase(_ holds: Bool, _ text: @autoclosure () -> String) -> [String] { holds ? [] : [text()] }
    let strongest = pattern.indices.max { abs(pattern[$0]) < abs(pattern[$1]) } ?? 0
    let place = wavelengths.map { "\(Int($0[strongest].rounded())) nm" } ?? "band \(strongest + 1)"
    return phrase(!isTooLarge, "residuals are \(Numeral.short(misfit.squareRoot())) times \(source)")
      + phrase(!isTooSmall, "\(source) is \(Numeral.short(1 / misfit.squareRoot())) times the residuals")
      + phrase(
        hasIndependentBands,
        "bands are off together, along a pattern \(Numeral.short(leading)) times what noise gives, strongest at \(place)"
      )
      + phrase(
        hasPixelsInside, "\(Numeral.short((1000 * outside).rounded() / 10)) % of pixels lie outside the endmembers")
  }

  /// That a decoder's learned noise makes up for a poor mean.
  private var claim: String {
    guard let learned, learned > 1.5 else { return "" }
    return ". The decoder's own noise is \(Numeral.short(learned)) times the scene's"
  }

  /// A sentence on whether the model explains the scene, and where to look if not.
  public func verdict(wavelengths: [Double]? = nil) -> String {
    let noise = isNoiseGiven ? "the noise given" : "the noise that bands have when regressed on each other"
    if isExplained { return "model check: mixtures and \(noise) explain the scene" }
    return "model check: the model does not explain this scene: "
      + findings(wavelengths: wavelengths).joined(separator: "; ") + "; look at the residual scores" + claim
  }
}

extension ModelCheck {
  private enum Key: String, CodingKey {
    case pixels, freedom, isNoiseGiven, deviations, misfit, misfitScore, leading, leadingScore, pattern, outside
    case outsideScore, learned, isExplained, findings
  }

  /// Writes the numbers and what follows from them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(isExplained, forKey: .isExplained)
    try container.encode(findings(), forKey: .findings)
    try container.encode(pixels, forKey: .pixels)
    try container.encode(freedom, forKey: .freedom)
    try container.encode(isNoiseGiven, forKey: .isNoiseGiven)
    try container.encode(misfit, forKey: .misfit)
    try container.encode(misfitScore, forKey: .misfitScore)
    try container.encode(leading, forKey: .leading)
    try container.encode(leadingScore, forKey: .leadingScore)
    try container.encode(outside, forKey: .outside)
    try container.encode(outsideScore, forKey: .outsideScore)
    try container.encodeIfPresent(learned, forKey: .learned)
    try container.encode(pattern, forKey: .pattern)
    try container.encode(deviations, forKey: .deviations)
  }

  /// The numbers as a JSON object with sorted keys.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Numbers and phrases always encode.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// Reads what ``json`` wrote; `nil` for anything else.
  init?(json: String) {
    guard let check = try? JSONDecoder().decode(ModelCheck.self, from: Data(json.utf8)) else { return nil }
    self = check
  }

  /// Looks at spectra `[pixels, bands]` under endmembers `[endmembers, bands]`.
  ///
  /// - Returns: The check, and of every pixel the score (‖(x − Mâ)/σ‖² − d) / √(2d) of its best mixture: about normal under
  ///   the model, up to what the edge of the simplex adds.
  /// - Throws: ``UnmixingError`` where the noise cannot be estimated: as ``NoiseEstimate/init(of:isValid:)``.
  /// - Precondition: at least one pixel, and more bands than endmembers.
  public static func of(
    _ spectra: Tensor, under endmembers: Tensor, noise: Noise = .estimated
  ) throws -> (check: ModelCheck, scores: [Scalar]) {
    let deviations: [Double]
    switch noise {
    case .given(let given): deviations = given
    case .estimated: deviations = try NoiseEstimate(of: spectra).deviations(under: endmembers, spectra)
    }
    let space = ResidualSpace(endmembers: endmembers, deviations: deviations)
    var sums = ResidualSums(bands: endmembers.shape[1])
    for start in stride(from: 0, to: spectra.shape[0], by: 4096) {
      sums.add(spectra.detached.slice(along: 0, start..<min(start + 4096, spectra.shape[0])), space)
    }
    return (ModelCheck(sums, space, isNoiseGiven: noise != .estimated), sums.scores)
  }

  private init(_ sums: ResidualSums, _ space: ResidualSpace, isNoiseGiven: Bool) {
    let (n, d) = (Double(sums.pixels), Double(space.freedom))
    (pixels, freedom, self.isNoiseGiven, deviations) = (sums.pixels, space.freedom, isNoiseGiven, space.deviations)
    misfit = sums.squares / (n * d)
    misfitScore = (misfit - 1) / (2 / (n * d)).squareRoot()
    let pairs = SymmetricMatrix(sums.products.map { $0 / n }, size: space.deviations.count).eigenpairs()
    let root = max(n - 1, 1).squareRoot() + d.squareRoot()
    let edge = root * root / n
    let width = root / n * pow(1 / max(n - 1, 1).squareRoot() + 1 / d.squareRoot(), 1.0 / 3)
    leading = (pairs.values.first ?? 0) / edge
    leadingScore = ((pairs.values.first ?? 0) - edge) / width
    pattern = pairs.vectors.first ?? []
    outside = Double(sums.outside) / n
    outsideScore = (outside - 0.001) / (0.001 * 0.999 / n).squareRoot()
    learned = nil
  }
}
