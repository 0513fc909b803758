import Foundation
import Unmixing

/// A figure over several runs.
struct Spread: Encodable {
  /// The figures by seed.
  let values: [UInt64: Double]
  let mean: Double
  /// The sample standard deviation, of one run none.
  let deviation: Double?
  let least: Double
  let most: Double

  private enum CodingKeys: String, CodingKey { case values, mean, deviation = "sd", least = "min", most = "max" }

  /// `nil` without a figure.
  init?(_ values: [UInt64: Double]) {
    let numbers = values.sorted { $0.key < $1.key }.map(\.value)
    guard let least = numbers.min(), let most = numbers.max() else { return nil }
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    (self.values, self.mean, self.least, self.most) = (values, mean, least, most)
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // Equal figures have a mean that is rounded.
    deviation = numbers.count > 1 ? (least == most ? 0 : (squares / (count - 1)).squareRoot()) : nil
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Dictionary(uniqueKeysWithValues: values.map { ("\($0.key)", $0.value) }), forKey: .values)
    try container.encode(mean, forKey: .mean)
    try container.encodeIfPresent(deviation, forKey: .deviation)
    try container.encode(least, forKey: .least)
    try container.encode(most, forKey: .most)
  }

  /// `0.0287 ± 0.0012`.
  var text: String { Numeral.short(mean) + (deviation.map { " ± \(Self.brief(isRounding($0) ? 0 : $0))" } ?? "") }

  /// Whether a deviation is less than single precision tells of the mean.
  private func isRounding(_ deviation: Double) -> Bool { deviation < abs(mean) * 6e-8 }

  /// `0.0270 – 0.0301`.
  var range: String { "\(Numeral.short(least)) – \(Numeral.short(most))" }

  /// Two digits tell a deviation.
  static func brief(_ value: Double) -> String { value == 0 ? "0" : String(format: "%.2g", value) }
}
