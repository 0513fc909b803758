import Foundation
import Unmixing

/// JSON that programs read from standard output.
enum JSONText {
  /// A value as JSON with two spaces of indentation and sorted keys.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// A text between quotes.
  static func quoted(_ text: String) -> String { text.quotedForJSON }
}
