import CSystem
import Foundation

/// A version 5 file put together byte by byte, as the format's own library would never write it.
enum MATBytes {
  static let header =
    Array("MATLAB 5.0 MAT-file, made".utf8) + [UInt8](repeating: 0x20, count: 99) + [0, 1, 0x49, 0x4D]

  static func word(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) } }

  static func element(_ kind: Int, _ content: [UInt8], declaring length: Int? = nil) -> [UInt8] {
    word(kind) + word(length ?? content.count) + content
      + [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
  }

  /// What every matrix begins with: flags, extents, name.
  static func start(_ kind: Int, _ dimensions: [Int], _ name: String) -> [UInt8] {
    element(6, word(kind) + word(0)) + element(5, dimensions.flatMap(word)) + element(1, Array(name.utf8))
  }

  static func matrix(_ kind: Int, _ dimensions: [Int], _ name: String, _ body: [UInt8]) -> [UInt8] {
    element(14, start(kind, dimensions, name) + body)
  }

  static func doubles(_ name: String, _ dimensions: [Int], _ values: [Double]) -> [UInt8] {
    matrix(6, dimensions, name, element(9, values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } }))
  }

  static func structure(_ name: String, _ fields: [(String, [UInt8])]) -> [UInt8] {
    let names = fields.flatMap { Array($0.0.utf8) + [UInt8](repeating: 0, count: 8 - $0.0.utf8.count) }
    return matrix(2, [1, 1], name, [5, 0, 4, 0] + word(8) + element(1, names) + fields.flatMap(\.1))
  }

  /// Structures in structures, without the copies that nesting calls would make.
  static func nested(structures depth: Int) -> [UInt8] {
    let field: [UInt8] = [5, 0, 4, 0] + word(8) + element(1, Array("inner".utf8) + [0, 0, 0])
    return nested(depth, start(2, [1, 1], "") + field)
  }

  static func nested(cells depth: Int) -> [UInt8] { nested(depth, start(1, [1, 1], "")) }

  private static func nested(_ depth: Int, _ start: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for level in 0..<depth {
      bytes += word(14) + word((depth - level) * (start.count + 8)) + start
    }
    return bytes + word(14) + word(0)
  }

  /// The element in a compressed one.
  static func compressed(_ element: [UInt8]) -> [UInt8] {
    var length = compressBound(uLong(element.count))
    var packed = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&packed, &length, element, uLong(element.count), 9) == Z_OK else { return [] }
    // A compressed element is not padded.
    return word(15) + word(Int(length)) + packed.prefix(Int(length))
  }

  static func file(_ elements: [UInt8]..., in directory: URL) throws -> URL {
    let url = directory.appendingPathComponent("made.mat")
    try Data(header + elements.flatMap { $0 }).write(to: url)
    return url
  }
}
