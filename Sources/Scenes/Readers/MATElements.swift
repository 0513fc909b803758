import Foundation

/// The elements of a version 5 file, walked before a library sees them, compressed ones as they inflate: every one must
/// lie inside the one around it, nothing may declare more members than its bytes can hold, nesting has an end, and what
/// was compressed has the checksum that was written with it.
struct MATElements {
  private let file: InputFile
  private let isBigEndian: Bool
  private let memoryLimit: Int
  /// The members of cells and structures met so far.
  private var members = 0

  /// The deepest nesting of cells and structures that is read.
  private static let deepest = 32
  /// The most members of cells and structures in a file: the library keeps some hundred bytes for each.
  private static let mostMembers = 1 << 18

  private enum Kind {
    static let int32 = 5
    static let uint32 = 6
    static let matrix = 14
    static let compressed = 15
  }

  private enum Class {
    static let cells = 1
    static let structure = 2
    /// Classes that hold one array of numbers, characters or a sparse matrix.
    static let arrays = 4...15
    static let opaque = 17
  }

  private struct Tag {
    var kind: Int
    /// The number of bytes of the content.
    var length: Int
    /// The content, where it stands inside the tag.
    var inside: [UInt8]?
    /// The zeros that follow, so that the next element begins at a multiple of eight bytes of content.
    var padding: Int { inside != nil || kind == Kind.matrix ? 0 : (8 - length % 8) % 8 }
  }

  /// What a matrix begins with.
  private struct Head {
    var kind: Int
    var members = 1
    var extents: [Int] = []
  }

  private init(file: InputFile, isBigEndian: Bool, memoryLimit: Int) {
    self.file = file
    self.isBigEndian = isBigEndian
    self.memoryLimit = memoryLimit
  }

  /// Checks all elements; the number of variables.
  ///
  /// - Throws: ``SceneError/truncated(path:expectedBytes:foundBytes:)``,
  ///   ``SceneError/tooLarge(path:field:declared:limit:)`` or ``SceneError/malformed(path:field:expected:found:)``.
  static func check(_ file: InputFile, memoryLimit: Int) throws -> Int {
    let start = try file.start(upTo: MATSignature.headerLength)
    guard file.size > MATSignature.headerLength else {
      throw SceneError.malformed(
        path: file.path, field: "file", expected: "at least one variable", found: "\(file.size) bytes without any")
    }
    var elements = MATElements(file: file, isBigEndian: start[126] == 0x4D, memoryLimit: memoryLimit)
    var position = MATSignature.headerLength
    var count = 0
    while position < file.size {
      position = try elements.checkVariable(at: position)
      count += 1
    }
    return count
  }

  /// Checks the outermost element at a position; where the next one begins.
  private mutating func checkVariable(at position: Int) throws -> Int {
    let stream = FileStream(file, from: position)
    let tag = try tag(stream, before: file.size, isOutermost: true)
    let end = stream.position + tag.length
    switch tag.kind {
    case Kind.matrix: try checkMatrix(stream, tag.length, depth: 0)
    case Kind.compressed:
      let inflated = try InflatedStream(file, stream.position..<end)
      let most = checkedProduct([tag.length, InflatedStream.largestRatio]) ?? Int.max
      let inner = try self.tag(inflated, before: most, isOutermost: true)
      guard inner.kind == Kind.matrix else { throw notAMatrix(inner.kind) }
      try checkMatrix(inflated, inner.length, depth: 0)
      try inflated.finish()
    default: throw notAMatrix(tag.kind)
    }
    return end
  }

  /// The tag of the element that begins where the stream is; its content has to end before `limit`.
  private func tag(_ stream: any ByteStream, before limit: Int, isOutermost: Bool = false) throws -> Tag {
    guard stream.position + 8 <= limit else {
      throw SceneError.truncated(path: file.path, expectedBytes: stream.position + 8, foundBytes: limit)
    }
    let bytes = try stream.read(8)
    let words = words(bytes)
    // Up to four bytes of content may stand inside the tag.
    if words[0] >> 16 != 0 && !isOutermost {
      let length = words[0] >> 16
      guard length <= 4 else {
        throw SceneError.malformed(
          path: file.path, field: "an element", expected: "at most 4 bytes inside its tag", found: "\(length)")
      }
      return Tag(kind: words[0] & 0xFFFF, length: length, inside: Array(bytes[4..<(4 + length)]))
    }
    guard words[1] <= limit - stream.position else {
      // More than a compressed element can inflate to is a lie, more than a file holds may be its missing end.
      if stream is InflatedStream {
        throw SceneError.tooLarge(
          path: file.path, field: "a compressed variable", declared: "\(words[1]) bytes",
          limit: "the \(limit - stream.position) that can be there")
      }
      throw SceneError.truncated(path: file.path, expectedBytes: stream.position + words[1], foundBytes: limit)
    }
    return Tag(kind: words[0], length: words[1])
  }

  /// The content of an element with the zeros after it.
  private func content(_ tag: Tag, _ stream: any ByteStream, before limit: Int) throws -> [UInt8] {
    if let inside = tag.inside { return inside }
    let content = try stream.read(tag.length)
    try stream.skip(min(tag.padding, limit - stream.position))
    return content
  }

  private func skip(_ tag: Tag, _ stream: any ByteStream, before limit: Int) throws {
    if tag.inside == nil { try stream.skip(min(tag.length + tag.padding, limit - stream.position)) }
  }

  /// Flags, extents, a name; then the elements that hold the values.
  private mutating func checkMatrix(_ stream: any ByteStream, _ length: Int, depth: Int) throws {
    guard depth < Self.deepest else {
      throw SceneError.tooLarge(
        path: file.path, field: "cells", declared: "cells in cells", limit: "\(Self.deepest) deep")
    }
    // An empty cell is an element without content.
    if length == 0 { return }
    let limit = stream.position + length
    let head = try head(stream, before: limit)
    let holdsArray = Class.arrays.contains(head.kind)
    // A member of a cell is an element, a number or character at least a byte.
    guard head.members <= max(1, (limit - stream.position) / (holdsArray ? 1 : 8)) else {
      throw SceneError.tooLarge(
        path: file.path, field: "a variable", declared: "\(head.extents) members",
        limit: "\(limit - stream.position) bytes can hold")
    }
    // The library does not compare checksums, so even values that are not looked at are inflated once.
    if holdsArray && depth == 0 && stream is InflatedStream { return try stream.skip(limit - stream.position) }
    guard holdsArray || length <= memoryLimit / 8 else {
      throw SceneError.tooLarge(
        path: file.path, field: "cells", declared: "\(length) bytes", limit: "\(memoryLimit / 8)")
    }
    let fields = head.kind == Class.structure ? try fieldCount(stream, before: limit) : 1
    let isCounted = head.kind == Class.cells || head.kind == Class.structure
    try checkMembers(
      stream, before: limit, count: isCounted ? checkedProduct([head.members, fields]) ?? .max : nil, depth: depth)
  }

  private func head(_ stream: any ByteStream, before limit: Int) throws -> Head {
    let flags = try tag(stream, before: limit)
    guard flags.kind == Kind.uint32, flags.length == 8, flags.inside == nil else {
      throw SceneError.malformed(
        path: file.path, field: "a variable", expected: "8 bytes of flags",
        found: "\(flags.length) bytes of type \(flags.kind)")
    }
    var head = Head(kind: words(try stream.read(8))[0] & 0xFF)
    // What has no extents is never read.
    if head.kind == 0 || head.kind >= Class.opaque { return head }
    let extents = try tag(stream, before: limit)
    guard extents.kind == Kind.int32, extents.length <= 256 else {
      throw SceneError.malformed(
        path: file.path, field: "dimensions", expected: "at most 64 whole numbers",
        found: "\(extents.length) bytes of type \(extents.kind)")
    }
    head.extents = words(try content(extents, stream, before: limit))
    head.members = head.kind == 5 ? 1 : checkedProduct(head.extents) ?? .max
    try skip(try tag(stream, before: limit), stream, before: limit)
    return head
  }

  /// The number of fields of a structure, from the width of their names and the names.
  private func fieldCount(_ stream: any ByteStream, before limit: Int) throws -> Int {
    let number = try tag(stream, before: limit)
    let width = number.length == 4 ? words(try content(number, stream, before: limit))[0] : 0
    let names = try tag(stream, before: limit)
    try skip(names, stream, before: limit)
    guard width > 0, names.length % width == 0 else {
      throw SceneError.malformed(
        path: file.path, field: "a structure", expected: "names of fields of one width",
        found: "\(names.length) characters for a width of \(width)")
    }
    return names.length / width
  }

  /// The elements up to the end of a matrix; `count` of them are matrices, where that is known.
  private mutating func checkMembers(
    _ stream: any ByteStream, before limit: Int, count: Int?, depth: Int
  ) throws {
    var found = 0
    while count.map({ found < $0 }) ?? (limit - stream.position >= 8) {
      let tag = try tag(stream, before: limit)
      if tag.kind == Kind.matrix && tag.inside == nil {
        members += 1
        guard members <= Self.mostMembers else {
          throw SceneError.tooLarge(
            path: file.path, field: "cells", declared: "more members", limit: "\(Self.mostMembers) in a file")
        }
        try checkMatrix(stream, tag.length, depth: depth + 1)
      } else {
        guard count == nil else { throw notAMatrix(tag.kind) }
        try skip(tag, stream, before: limit)
      }
      found += 1
    }
    // A library goes on where the tag says that the matrix ends.
    try stream.skip(limit - stream.position)
  }

  private func notAMatrix(_ kind: Int) -> SceneError {
    .malformed(path: file.path, field: "an element", expected: "a variable", found: "type \(kind)")
  }

  /// 32-bit words; what is left over beyond the last whole one is left out.
  private func words(_ bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count / 4 * 4, by: 4).compactMap { place in
        bytes.baseAddress.map { Int(UInt32.read($0 + place, isBigEndian: isBigEndian)) }
      }
    }
  }
}
