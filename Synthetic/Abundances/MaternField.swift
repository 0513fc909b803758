import Foundation
import Tensors

/// Fractions from one independent Gaussian field per material, with a Matérn or a spherical covariance.
///
/// - Source: Matérn (1960), *Spatial Variation*; the rule ``Rule/dominantKeepsValue`` is that of the synthesis tool box
///   *Hyperspectral Imagery Synthesis (EIAs)* of the Computational Intelligence Group, University of the Basque Country.
public struct MaternField: Sendable, Equatable {
  /// How field values become fractions.
  public enum Rule: String, Sendable, Codable, CaseIterable {
    /// Fields are scaled to 0…1 over the image. The largest value v of a pixel becomes that material's fraction, and the
    /// other values are scaled to share 1 − v; where they are all zero, the largest becomes one.
    case dominantKeepsValue
    /// The softmax of the standardised fields times ``MaternField/sharpness``.
    case softmax
  }

  /// The shape of the fields' covariance.
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// See ``MaternField/smoothness``; ν = ½ is the exponential.
    case matern
    /// Linear at first and exactly zero from θ on.
    case spherical
  }

  /// The shape of the fields' covariance.
  public var shape: Shape
  /// ν of a Matérn covariance: ½ is rough (exponential covariance), larger is smoother.
  public var smoothness: Double
  /// θ, in pixels.
  public var length: Double
  /// How field values become fractions.
  public var rule: Rule
  /// What the softmax multiplies the fields with: 0 mixes evenly, 10 is nearly pure almost everywhere.
  public var sharpness: Double

  /// Fields of ν = 1 and θ = 10 pixels under ``Rule/dominantKeepsValue``, unless told otherwise.
  public init(
    shape: Shape = .matern, smoothness: Double = 1, length: Double = 10, rule: Rule = .dominantKeepsValue,
    sharpness: Double = 3
  ) {
    self.shape = shape
    (self.smoothness, self.length, self.rule, self.sharpness) = (smoothness, length, rule, sharpness)
  }

  /// The fractions, `[pixels, endmembers]`, and a remark when the fields' covariance is not exact.
  func abundances(
    rows: Int, columns: Int, endmembers: Int, seed: UInt64
  ) -> (fractions: Tensor, remarks: [String]) {
    let embedding =
      switch shape {
      case .matern:
        CirculantEmbedding(
          of: MaternCovariance(smoothness: smoothness, length: length), rows: rows, columns: columns)
      case .spherical: CirculantEmbedding(of: SphericalCovariance(length: length), rows: rows, columns: columns)
      }
    let fields = Self.fields(of: embedding, count: endmembers, seed: seed)
    let remarks =
      embedding.clippedShare > 0
      ? ["the fields lack the share \(embedding.clippedShare) of their variance: θ is large for the image"] : []
    return (fractions(of: fields), remarks)
  }

  /// Independent fields of unit variance, two from each transform.
  private static func fields(of embedding: CirculantEmbedding, count: Int, seed: UInt64) -> [[Scalar]] {
    let pairs = (0..<(count + 1) / 2).flatMap { pair -> [[Scalar]] in
      let (first, second) = embedding.fields(seed: seed, stream: Purpose.field.rawValue, pair: UInt32(pair))
      return [first, second]
    }
    return Array(pairs.prefix(count))
  }

  /// Applies the rule pixel by pixel.
  private func fractions(of fields: [[Scalar]]) -> Tensor {
    let (endmembers, pixels) = (fields.count, fields[0].count)
    let ranges = fields.map { (low: Double($0.min() ?? 0), high: Double($0.max() ?? 1)) }
    return Tensor(uninitialized: [pixels, endmembers]) { target in
      let target = Shared(target.baseAddress)
      parallelRanges(pixels, length: pixelsPerChunk) { chunk in
        guard let target = target.pointer else { return }
        for pixel in chunk {
          let values = (0..<endmembers).map { Double(fields[$0][pixel]) }
          let fractions: [Double]
          switch rule {
          case .softmax: fractions = softmax(values.map { $0 * sharpness })
          case .dominantKeepsValue:
            fractions = Self.keepingDominant(
              zip(values, ranges).map { $1.high > $1.low ? ($0 - $1.low) / ($1.high - $1.low) : 1 })
          }
          for k in 0..<endmembers { target[pixel * endmembers + k] = Scalar(fractions[k]) }
        }
      }
    }
  }

  /// The largest value stays, the others share what it leaves of one.
  package static func keepingDominant(_ values: [Double]) -> [Double] {
    let dominant = values.indices.max { values[$0] < values[$1] } ?? 0
    let others = values.reduce(0, +) - values[dominant]
    let scale = others > 0 ? (1 - values[dominant]) / others : 0
    var fractions = values.map { $0 * scale }
    fractions[dominant] = others > 0 ? values[dominant] : 1
    return fractions
  }

  /// - Throws: ``RecipeError`` when the parameters are out of range.
  func validate() throws {
    try require(
      (0.1...10).contains(smoothness), "abundances.smoothness", "a number from 0.1 to 10", "\(smoothness)")
    try require(
      length > 0 && length <= 10_000, "abundances.length", "pixels above 0 and up to 10000", "\(length)")
    try require((0...100).contains(sharpness), "abundances.sharpness", "a number from 0 to 100", "\(sharpness)")
  }
}

extension MaternField: Codable {
  static let fields = ["covariance", "smoothness", "length", "rule", "sharpness"]

  /// Reads the parameters, each of which has a default; `sharpness` belongs to the rule `softmax` only.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["field"] + Self.fields)
    self.init(
      shape: try fields.choice("covariance", default: .matern),
      smoothness: try fields.optional("smoothness", "a number") ?? 1,
      length: try fields.optional("length", "a number of pixels") ?? 10,
      rule: try fields.choice("rule", default: .dominantKeepsValue),
      sharpness: try fields.optional("sharpness", "a number") ?? 3)
    if shape != .matern, fields.has("smoothness") {
      throw fields.malformed("smoothness", expected: "nothing unless covariance is matern")
    }
    if rule != .softmax, fields.has("sharpness") {
      throw fields.malformed("sharpness", expected: "nothing unless rule is softmax")
    }
  }

  /// Writes every parameter that the rule uses.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecipeFields.Key.self)
    try container.encode(shape, forKey: "covariance")
    if shape == .matern { try container.encode(smoothness, forKey: "smoothness") }
    try container.encode(length, forKey: "length")
    try container.encode(rule, forKey: "rule")
    if rule == .softmax { try container.encode(sharpness, forKey: "sharpness") }
  }
}
