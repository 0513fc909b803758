import Foundation

/// An ENVI cube of 8 × 8 pixels and 10 bands with values from 0.1 to 0.9, written field by field so that any can be wrong.
struct SmallCube {
  /// Header fields in order; a test replaces or removes some.
  var header: [(key: String, value: String)] = [
    ("samples", "8"), ("lines", "8"), ("bands", "10"), ("header offset", "0"), ("data type", "4"),
    ("interleave", "bip"), ("byte order", "0"),
  ]
  /// The samples, pixel by pixel.
  var samples: [Float] = (0..<640).map { index in
    // Any fixed irregular numbers will do.
    0.1 + 0.8 * Float((index &* 2_654_435_761 & 0xFFFF)) / 65_535
  }

  /// The cube with one header field replaced, added, or removed.
  func with(_ key: String, _ value: String?) -> SmallCube {
    var result = self
    result.header.removeAll { $0.key == key }
    if let value { result.header.append((key, value)) }
    return result
  }

  /// The cube with every sample changed.
  func mapping(_ change: (_ index: Int, _ sample: Float) -> Float) -> SmallCube {
    var result = self
    result.samples = samples.enumerated().map { change($0, $1) }
    return result
  }

  /// Writes `name.hdr` and, unless told otherwise, `name.img`.
  func write(_ name: String, in workspace: Workspace, withData: Bool = true) throws {
    let lines = header.map { "\($0.key) = \($0.value)\n" }
    try workspace.write("ENVI\n" + lines.joined(), to: "\(name).hdr")
    if withData { try samples.withUnsafeBytes { try Data($0).write(to: workspace.url("\(name).img")) } }
  }
}
