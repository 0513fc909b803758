/// How the numbers of an ENVI data file lie, from its header, checked.
struct ENVILayout {
  /// The order of the numbers: by band, by line, or by pixel.
  enum Interleave: String { case bsq, bil, bip }

  /// The number types of ENVI that are read, by code.
  enum DataType: Int {
    case uint8 = 1
    case int16 = 2
    case int32 = 3
    case float32 = 4
    case float64 = 5
    case uint16 = 12
    case uint32 = 13
    case int64 = 14
    case uint64 = 15

    var isInteger: Bool { self != .float32 && self != .float64 }

    var size: Int {
      switch self {
      case .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .float64, .int64, .uint64: 8
      }
    }
  }

  let samples: Int
  let lines: Int
  let bands: Int
  let type: DataType
  let interleave: Interleave
  let isBigEndian: Bool
  let offset: Int
  /// The number of bytes of the numbers, without the offset.
  let byteCount: Int
  let isLibrary: Bool

  init(_ header: inout ENVIHeader) throws {
    let required = ["samples", "lines", "bands", "data type"].filter { header.word($0) == nil }
    guard required.isEmpty else {
      throw SceneError.missing(
        path: header.path, field: required.map { "`\($0)`" }.joined(separator: ", "), remedy: "add it to the header")
    }
    samples = try Self.extent(header, "samples")
    lines = try Self.extent(header, "lines")
    bands = try Self.extent(header, "bands")
    type = try Self.type(&header)
    isLibrary = header.word("file type")?.lowercased().contains("spectral library") ?? false
    interleave = try Self.interleave(&header, isFlat: bands == 1)
    isBigEndian = try Self.isBigEndian(&header, type)
    offset = try header.integer("header offset") ?? 0
    guard offset >= 0 else {
      throw SceneError.malformed(path: header.path, field: "header offset", expected: "0 or more", found: "\(offset)")
    }
    guard let bytes = checkedProduct([samples, lines, bands, type.size]), bytes <= Int.max - offset else {
      throw SceneError.tooLarge(
        path: header.path, field: "size", declared: "\(samples) samples × \(lines) lines × \(bands) bands",
        limit: "\(Int.max) bytes")
    }
    byteCount = bytes
    try Self.refuseOtherFiles(header)
  }

  /// The extents, for messages.
  var declared: String { "\(samples) samples × \(lines) lines × \(bands) bands" }

  private static func extent(_ header: ENVIHeader, _ key: String) throws -> Int {
    let value = try header.integer(key) ?? 0
    guard value > 0 else {
      throw SceneError.malformed(path: header.path, field: key, expected: "1 or more", found: "\(value)")
    }
    return value
  }

  private static func type(_ header: inout ENVIHeader) throws -> DataType {
    let word = (header.word("data type") ?? "").lowercased()
    if let code = Numbers.integer(word.prefix { !$0.isWhitespace && $0 != "(" }) {
      if let type = DataType(rawValue: code) { return type }
      let isComplex = code == 6 || code == 9
      throw SceneError.unsupported(
        path: header.path, field: "data type", found: "\(code)\(isComplex ? " (complex)" : "")",
        remedy: "1, 2, 3, 4, 5, 12, 13, 14 and 15 are")
    }
    guard let type = names[word.filter { $0.isLetter || $0.isNumber }] else {
      throw SceneError.malformed(
        path: header.path, field: "data type", expected: "a code of ENVI", found: "`\(word.prefix(40))`")
    }
    header.note(.warning, "data type", "`\(word)`", "read as code \(type.rawValue)")
    return type
  }

  private static let names: [String: DataType] = [
    "byte": .uint8, "uint8": .uint8, "int16": .int16, "int": .int16, "int32": .int32, "long": .int32,
    "float": .float32, "float32": .float32, "single": .float32, "double": .float64, "float64": .float64,
    "uint16": .uint16, "uint": .uint16, "uint32": .uint32, "ulong": .uint32, "int64": .int64, "uint64": .uint64,
  ]

  private static func interleave(_ header: inout ENVIHeader, isFlat: Bool) throws -> Interleave {
    guard let word = header.word("interleave") else {
      if isFlat { return .bsq }
      throw SceneError.missing(path: header.path, field: "`interleave`", remedy: "add bsq, bil or bip to the header")
    }
    let spelling = word.lowercased().filter(\.isLetter)
    if let value = Interleave(rawValue: spelling) { return value }
    let long: [String: Interleave] = [
      "bandsequential": .bsq, "bandinterleavedbyline": .bil, "bandinterleavedbypixel": .bip,
    ]
    guard let value = long[spelling] else {
      throw SceneError.malformed(
        path: header.path, field: "interleave", expected: "bsq, bil or bip", found: "`\(word.prefix(40))`")
    }
    header.note(.information, "interleave", "`\(word)`", "read as \(value.rawValue)")
    return value
  }

  private static func isBigEndian(_ header: inout ENVIHeader, _ type: DataType) throws -> Bool {
    guard let word = header.word("byte order")?.lowercased() else {
      if type.size > 1 {
        header.note(
          .warning, "byte order", "missing", "read as 0, little endian", remedy: "add `byte order = 0` or 1")
      }
      return false
    }
    switch word {
    case "0", "0.0": return false
    case "1", "1.0": return true
    case "little", "little endian", "lsf", "intel", "host (intel)":
      header.note(.information, "byte order", "`\(word)`", "read as 0")
      return false
    case "big", "big endian", "msf", "ieee", "network", "network (ieee)":
      header.note(.information, "byte order", "`\(word)`", "read as 1")
      return true
    default:
      throw SceneError.malformed(
        path: header.path, field: "byte order", expected: "0 or 1", found: "`\(word.prefix(40))`")
    }
  }

  /// Kinds of file whose numbers do not lie in one plain block.
  private static func refuseOtherFiles(_ header: ENVIHeader) throws {
    let fileType = header.word("file type")?.lowercased() ?? "envi standard"
    let isPlain = fileType.contains("envi") && !fileType.contains("meta") && !fileType.contains("virtual")
    guard isPlain || fileType == "unknown" || fileType == "standard" else {
      throw SceneError.unsupported(
        path: header.path, field: "file type", found: "`\(fileType)`", remedy: "export it as ENVI Standard")
    }
    if try header.integer("file compression") ?? 0 != 0 {
      throw SceneError.unsupported(
        path: header.path, field: "file compression", found: "on", remedy: "export the file without compression")
    }
    for key in ["major frame offsets", "minor frame offsets"] {
      if try header.doubles(key)?.contains(where: { $0 != 0 }) ?? false {
        throw SceneError.unsupported(
          path: header.path, field: key, found: "not zero", remedy: "export the file without frame offsets")
      }
    }
  }
}
