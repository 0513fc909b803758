import Foundation
import Scenes

extension OutputFile {
  /// Makes a file of a text.
  package static func write(_ text: String, to url: URL) throws {
    let file = try OutputFile(url)
    try file.write(text)
    try file.close()
  }

  /// Makes a file of bytes.
  package static func write(_ bytes: [UInt8], to url: URL) throws {
    let file = try OutputFile(url)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.close()
  }
}
