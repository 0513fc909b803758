import Foundation
import Scenes
import Tensors

/// An ENVI pair written byte by byte, independently of the package's own writer.
struct ENVIFixture {
  var samples = 4
  var lines = 3
  var bands = 5
  var type = 4
  var interleave = "bsq"
  var isBigEndian = false
  var offset = 0
  /// Lines added to the header.
  var more = ""
  /// The stored number of a sample.
  var value: (_ line: Int, _ sample: Int, _ band: Int) -> Double = { line, sample, band in
    Double(1 + line * 40 + sample * 7 + band)
  }

  var header: String {
    """
    ENVI
    samples = \(samples)
    lines = \(lines)
    bands = \(bands)
    header offset = \(offset)
    data type = \(type)
    interleave = \(interleave)
    byte order = \(isBigEndian ? 1 : 0)
    \(more)
    """
  }

  var data: [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: offset)
    func add(_ line: Int, _ sample: Int, _ band: Int) { bytes += encoded(value(line, sample, band)) }
    switch interleave {
    case "bsq":
      for band in 0..<bands { for line in 0..<lines { for sample in 0..<samples { add(line, sample, band) } } }
    case "bil":
      for line in 0..<lines { for band in 0..<bands { for sample in 0..<samples { add(line, sample, band) } } }
    default:
      for line in 0..<lines { for sample in 0..<samples { for band in 0..<bands { add(line, sample, band) } } }
    }
    return bytes
  }

  private func encoded(_ value: Double) -> [UInt8] {
    let little: [UInt8] =
      switch type {
      case 1: bytes(of: UInt8(value))
      case 2: bytes(of: Int16(value))
      case 3: bytes(of: Int32(value))
      case 4: bytes(of: Float(value))
      case 5: bytes(of: value)
      case 12: bytes(of: UInt16(value))
      case 13: bytes(of: UInt32(value))
      case 14: bytes(of: Int64(value))
      default: bytes(of: UInt64(value))
      }
    return isBigEndian ? little.reversed() : little
  }

  private func bytes<Number>(of number: Number) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

  /// Writes `name.img` and `name.hdr`; the header's address.
  @discardableResult
  func write(in directory: URL, name: String = "cube", data extension: String = "img") throws -> URL {
    let header = directory.appendingPathComponent("\(name).hdr")
    try Data(self.header.utf8).write(to: header)
    try Data(data).write(to: directory.appendingPathComponent("\(name).\(`extension`)"))
    return header
  }
}

/// Options that take stored numbers as they are.
var asStored: ReadingOptions {
  var options = ReadingOptions()
  options.scale = .factor(1)
  return options
}
