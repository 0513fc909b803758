import Foundation

/// A picture of 8-bit red, green and blue, and its encoding as a PNG file.
///
/// - Shapes: `pixels` has three bytes a pixel, row by row from the top.
/// - Source: ISO/IEC 15948, *Portable Network Graphics*.
package struct PNGImage: Sendable {
  /// Three bytes a pixel.
  package struct Color: Equatable, Hashable, Sendable {
    /// Red, green and blue, 0…255.
    package let red: UInt8, green: UInt8, blue: UInt8

    /// A colour of sRGB.
    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// Paper.
    package static let white = Color(255, 255, 255)
    /// Ink.
    package static let black = Color(0, 0, 0)
    /// What stands where there is no measurement.
    package static let gray = Color(160, 160, 160)
  }

  /// The number of columns.
  package let width: Int
  /// The number of rows.
  package let height: Int
  private var pixels: [UInt8]

  /// A picture of one colour.
  package init(width: Int, height: Int, filledWith color: Color = .white) {
    precondition(width > 0 && height > 0, "a picture of \(width) × \(height)")
    self.width = width
    self.height = height
    pixels = []
    pixels.reserveCapacity(width * height * 3)
    for _ in 0..<width * height { pixels += [color.red, color.green, color.blue] }
  }

  /// The colour of a place; writing outside the picture does nothing.
  package subscript(x: Int, y: Int) -> Color {
    get {
      let start = (y * width + x) * 3
      return Color(pixels[start], pixels[start + 1], pixels[start + 2])
    }
    set {
      guard x >= 0, x < width, y >= 0, y < height else { return }
      let start = (y * width + x) * 3
      (pixels[start], pixels[start + 1], pixels[start + 2]) = (newValue.red, newValue.green, newValue.blue)
    }
  }

  /// Fills a rectangle.
  package mutating func fill(x: Range<Int>, y: Range<Int>, with color: Color) {
    for row in y { for column in x { self[column, row] = color } }
  }

  /// Draws a straight line one pixel wide, ends included.
  package mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), in color: Color) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      let x = Double(start.x) + share * Double(end.x - start.x)
      let y = Double(start.y) + share * Double(end.y - start.y)
      self[Int(x.rounded()), Int(y.rounded())] = color
    }
  }

  /// The bytes of a PNG file.
  package var encoded: [UInt8] {
    var header = Self.bytes(UInt32(width)) + Self.bytes(UInt32(height))
    header += [8, 2, 0, 0, 0]
    var lines: [UInt8] = []
    lines.reserveCapacity(height * (width * 3 + 1))
    for row in 0..<height {
      lines.append(0)
      lines += pixels[row * width * 3..<(row + 1) * width * 3]
    }
    let data = ImageDeflater.stream(of: lines, distances: [3, width * 3 + 1])
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + Self.chunk("IHDR", header) + Self.chunk("IDAT", data) + Self.chunk("IEND", [])
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return bytes(UInt32(content.count)) + body + bytes(cyclicRedundancy(body))
  }

  private static func bytes(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) }
  }

  private static func cyclicRedundancy(_ content: [UInt8]) -> UInt32 {
    let table = (0..<256).map { (byte: UInt32) -> UInt32 in
      var value = byte
      for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
      return value
    }
    var remainder = ~UInt32(0)
    for byte in content { remainder = table[Int((remainder ^ UInt32(byte)) & 255)] ^ (remainder >> 8) }
    return ~remainder
  }
}
