import Foundation
import Tensors

/// Brightness that varies from pixel to pixel, as slopes and shadows make it: every spectrum is multiplied by
///
///     s = exp(τ z − τ²/2),   z ~ N(0, 1),   E[s] = 1
///
/// with z independent from pixel to pixel, or a Matérn field of ν = 3/2.
public struct Illumination: Sendable, Equatable {
  /// τ, the standard deviation of log brightness.
  public var spread: Double
  /// θ of the Matérn field in pixels; 0 for independent pixels.
  public var length: Double

  /// Brightness of that spread, independent from pixel to pixel unless a length is given.
  public init(spread: Double, length: Double = 0) { (self.spread, self.length) = (spread, length) }

  /// One factor per pixel.
  package func scales(rows: Int, columns: Int, seed: UInt64) -> [Scalar] {
    let deviates: [Scalar]
    if length > 0 {
      let embedding = CirculantEmbedding(
        of: MaternCovariance(smoothness: 1.5, length: length), rows: rows, columns: columns)
      deviates = embedding.fields(seed: seed, stream: Purpose.illumination.rawValue, pair: 0).first
    } else {
      var random = Purpose.illumination.stream(seed: seed)
      deviates = random.normal([rows * columns, 1]).scalars
    }
    return deviates.map { Scalar(exp(spread * Double($0) - spread * spread / 2)) }
  }

  /// - Throws: ``RecipeError`` when the parameters are out of range.
  func validate() throws {
    try require((0...2).contains(spread), "illumination.spread", "a number from 0 to 2", "\(spread)")
    try require((0...10_000).contains(length), "illumination.length", "pixels from 0 to 10000", "\(length)")
  }
}

extension Illumination: Codable {
  /// Reads `spread`, and `length`, 0 when absent.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["spread", "length"])
    self.init(
      spread: try fields.value("spread", "a number"),
      length: try fields.optional("length", "a number of pixels") ?? 0)
  }
}
