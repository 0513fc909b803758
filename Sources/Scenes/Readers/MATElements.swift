import Foundation

/// The elements of a version 5 file, walked before a library sees them: every one must lie inside the one around it, and
/// no cell or structure may declare more members than its bytes can hold.
struct MATElements {
  private let file: InputFile
  private let isBigEndian: Bool

  /// The deepest nesting of cells and structures that is read.
  private static let deepest = 32

  private enum Kind {
    static let matrix = 14
    static let compressed = 15
  }

  private struct Element {
    var kind: Int
    /// Where the content lies.
    var content: Range<Int>
    /// Where the next element begins.
    var end: Int
  }

  /// - Throws: ``SceneError/truncated(path:expectedBytes:foundBytes:)`` or
  ///   ``SceneError/tooLarge(path:field:declared:limit:)``.
  static func check(_ file: InputFile) throws {
    let start = try file.start(upTo: MATSignature.headerLength)
    let elements = MATElements(file: file, isBigEndian: start[126] == 0x4D)
    var position = MATSignature.headerLength
    guard position < file.size else {
      throw SceneError.malformed(
        path: file.path, field: "file", expected: "at least one variable", found: "\(file.size) bytes without any")
    }
    while position < file.size {
      let element = try elements.element(at: position, before: file.size, isOutermost: true)
      if element.kind == Kind.matrix { try elements.checkMatrix(element, depth: 0) }
      position = element.end
    }
  }

  /// The element that starts at a position; it has to end before `limit`.
  private func element(at position: Int, before limit: Int, isOutermost: Bool = false) throws -> Element {
    guard position + 8 <= limit else {
      throw SceneError.truncated(path: file.path, expectedBytes: position + 8, foundBytes: limit)
    }
    let words = try words(in: position..<(position + 8))
    // Up to four bytes of content may stand inside the tag.
    if words[0] >> 16 != 0 && !isOutermost {
      return Element(
        kind: words[0] & 0xFFFF, content: (position + 4)..<(position + 4 + min(4, words[0] >> 16)), end: position + 8)
    }
    let end = position + 8 + words[1]
    guard end <= limit else {
      throw SceneError.truncated(path: file.path, expectedBytes: end, foundBytes: limit)
    }
    let padded = words[0] == Kind.compressed ? end : min(limit, (end + 7) / 8 * 8)
    return Element(kind: words[0], content: (position + 8)..<end, end: padded)
  }

  /// Flags, extents, a name; then, for cells and structures, their members.
  private func checkMatrix(_ matrix: Element, depth: Int) throws {
    guard depth < Self.deepest else {
      throw SceneError.tooLarge(
        path: file.path, field: "cells", declared: "cells in cells", limit: "\(Self.deepest) deep")
    }
    // An empty cell is an element without content.
    if matrix.content.isEmpty { return }
    let limit = matrix.content.upperBound
    let flags = try element(at: matrix.content.lowerBound, before: limit)
    guard flags.content.count >= 4 else { return }
    let kind = try words(in: flags.content.prefix(4))[0] & 0xFF
    // 1, 2 and 3 are cells, structures and objects; the others hold numbers, whose size is checked when they are read.
    guard (1...3).contains(kind) else { return }
    let extents = try element(at: flags.end, before: limit)
    guard extents.content.count <= 256 else {
      throw SceneError.tooLarge(
        path: file.path, field: "dimensions", declared: "\(extents.content.count / 4)", limit: "64")
    }
    let dimensions = try words(in: extents.content)
    let name = try element(at: extents.end, before: limit)
    let members = checkedProduct(dimensions)
    guard let members, members <= max(1, (limit - name.end) / 8) else {
      throw SceneError.tooLarge(
        path: file.path, field: "cells", declared: "\(dimensions) members", limit: "\(limit - name.end) bytes can hold")
    }
    guard kind == 1 else { return }
    var position = name.end
    for _ in 0..<members {
      let cell = try element(at: position, before: limit)
      if cell.kind == Kind.matrix { try checkMatrix(cell, depth: depth + 1) }
      position = cell.end
    }
  }

  /// 32-bit words of the file; what is left over beyond the last whole one is left out.
  private func words(in range: Range<Int>) throws -> [Int] {
    let bytes = try file.bytes(in: range)
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count / 4 * 4, by: 4).compactMap { place in
        bytes.baseAddress.map { Int(UInt32.read($0 + place, isBigEndian: isBigEndian)) }
      }
    }
  }
}
