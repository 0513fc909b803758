import Foundation

/// The text of an ENVI header as keys and values, whoever wrote it.
///
/// Tolerated, with a note wherever something had to be guessed: a byte-order mark, CR or LF or both, comments, upper
/// case, `_` or several spaces in keys, `[ ]` or `( )` for `{ }`, lists over many lines, trailing commas, empty values,
/// repeated keys, misspelt keys, a missing first line.
struct ENVIHeader {
  /// The longest header that is read, in bytes.
  static let longest = 16 << 20

  let path: String
  /// Values by normalised key. Lists keep their text without the braces.
  private(set) var values: [String: String] = [:]
  /// Every field as written, in order, for copying.
  private(set) var fields: [HeaderField] = []
  private(set) var notes: [Note] = []

  init(contentsOf url: URL) throws {
    let file = try InputFile(url)
    guard file.size <= Self.longest else {
      throw SceneError.tooLarge(
        path: file.path, field: "header", declared: "\(file.size) bytes", limit: "\(Self.longest)")
    }
    try self.init(try file.bytes(in: 0..<file.size), path: file.path)
  }

  init(_ bytes: [UInt8], path: String) throws {
    self.path = path
    guard !bytes.prefix(65_536).contains(0) else {
      throw SceneError.malformed(path: path, field: "header", expected: "text", found: "binary data")
    }
    let lines = Self.lines(of: bytes)
    var start = lines.firstIndex { !$0.isEmpty } ?? 0
    if start < lines.count, lines[start].uppercased().hasPrefix("ENVI"), !lines[start].contains("=") {
      start += 1
    } else {
      note(.warning, "first line", "no `ENVI`", "read as an ENVI header nevertheless")
    }
    try parse(lines, from: start)
    guard !values.isEmpty else {
      throw SceneError.malformed(path: path, field: "header", expected: "lines `key = value`", found: "none")
    }
  }

  private static func lines(of bytes: [UInt8]) -> [String] {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let text = String(decoding: bytes[start...], as: UTF8.self)
    return text.split(omittingEmptySubsequences: false) { $0.isNewline }
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private mutating func parse(_ lines: [String], from start: Int) throws {
    var position = start
    while position < lines.count {
      let line = lines[position]
      position += 1
      if line.isEmpty || line.hasPrefix(";") { continue }
      guard let equals = line.firstIndex(of: "=") else {
        note(.information, "header line \(position)", "`\(line.prefix(60))` has no `=`", "skipped")
        continue
      }
      let spelling = line[..<equals].trimmingCharacters(in: .whitespaces)
      let start = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      guard !spelling.isEmpty else { continue }
      if let opening = start.first, let closing = Self.closing(opening, of: spelling) {
        let list = try self.list(spelling, start, opening, closing, lines, &position)
        set(spelling, list, written: "{\(list)}")
        if opening != "{" { note(.information, spelling, "a list in `\(opening) \(closing)`", "read as `{ }`") }
      } else {
        set(spelling, start, written: start)
      }
    }
  }

  /// Other brackets than braces only count where a list is due: `description = (old) cube` is a text.
  private static func closing(_ opening: Character, of spelling: String) -> Character? {
    let plain = normalized(spelling)
    switch opening {
    case "{": return "}"
    case "[" where lists.contains(aliases[plain] ?? plain): return "]"
    case "(" where lists.contains(aliases[plain] ?? plain): return ")"
    default: return nil
    }
  }

  private static let lists: Set = [
    "wavelength", "fwhm", "bbl", "band names", "spectra names", "map info", "data gain values", "data offset values",
    "data reflectance gain values", "data reflectance offset values",
  ]

  /// The inside of a list that may go on over the next lines; brackets inside it must balance.
  private func list(
    _ key: String, _ start: String, _ opening: Character, _ closing: Character, _ lines: [String],
    _ position: inout Int
  ) throws -> String {
    var depth = 0
    var inside = ""
    var line = start
    while true {
      for character in line {
        if character == opening {
          depth += 1
          if depth == 1 { continue }
        } else if character == closing {
          depth -= 1
          if depth == 0 { return inside.trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        inside.append(character)
      }
      repeat {
        guard position < lines.count else {
          throw SceneError.malformed(
            path: path, field: key, expected: "a list closed by `\(closing)`", found: "the end of the header")
        }
        line = lines[position]
        position += 1
      } while line.hasPrefix(";")
      inside.append("\n")
    }
  }

  private mutating func set(_ spelling: String, _ value: String, written: String) {
    let plain = Self.normalized(spelling)
    let key = Self.aliases[plain] ?? plain
    if key != plain { note(.warning, spelling, "not a key of ENVI", "read as `\(key)`") }
    if value.isEmpty {
      note(.information, key, "empty", "treated as absent")
      return
    }
    if let earlier = values[key], earlier != value {
      note(.warning, key, "given twice, `\(earlier.prefix(40))` and `\(value.prefix(40))`", "the last one counts")
      fields.removeAll { $0.key == key }
    }
    values[key] = value
    fields.append(HeaderField(key, written))
  }

  /// Lower case, single spaces, no underscores.
  static func normalized(_ key: String) -> String {
    key.lowercased().split { $0 == " " || $0 == "\t" || $0 == "_" }.joined(separator: " ")
  }

  private static let aliases = [
    "offset": "header offset", "headeroffset": "header offset", "datatype": "data type", "byteorder": "byte order",
    "interleaving": "interleave", "nsamples": "samples", "nlines": "lines", "nbands": "bands",
    "number of bands": "bands", "wavelengths": "wavelength", "wavelenght": "wavelength", "wavelenghts": "wavelength",
    "wavelength unit": "wavelength units", "wavelengths units": "wavelength units",
    "wavelengths unit": "wavelength units", "wavelenght units": "wavelength units", "bad bands": "bbl",
    "bad band list": "bbl", "nodata": "data ignore value", "no data value": "data ignore value",
    "nodata value": "data ignore value", "data ignore values": "data ignore value", "ignore value": "data ignore value",
    "scale factor": "reflectance scale factor", "reflectance scale factors": "reflectance scale factor",
    "spectral names": "spectra names", "spectrum names": "spectra names", "band name": "band names",
    "filetype": "file type", "mapinfo": "map info",
  ]

  mutating func note(
    _ severity: Note.Severity, _ field: String, _ found: String, _ action: String, remedy: String? = nil
  ) {
    notes.append(Note(severity, field: field, found: found, action: action, remedy: remedy))
  }
}

extension ENVIHeader {
  /// A word: quotation marks and a comment after `;` taken off.
  func word(_ key: String) -> String? {
    guard let value = values[key]?.split(separator: ";", omittingEmptySubsequences: false).first else { return nil }
    let word = value.trimmingCharacters(in: CharacterSet.whitespacesAndNewlines.union(["\"", "'"]))
    return word.isEmpty ? nil : word
  }

  /// A whole number.
  func integer(_ key: String) throws -> Int? {
    guard let word = word(key) else { return nil }
    guard let value = Numbers.integer(word) else {
      throw SceneError.malformed(path: path, field: key, expected: "a whole number", found: "`\(word.prefix(60))`")
    }
    return value
  }

  /// A number.
  func double(_ key: String) throws -> Double? {
    guard let word = word(key) else { return nil }
    guard let value = Numbers.double(word) else {
      throw SceneError.malformed(path: path, field: key, expected: "a number", found: "`\(word.prefix(60))`")
    }
    return value
  }

  /// Numbers between commas or spaces.
  func doubles(_ key: String) throws -> [Double]? {
    guard let text = values[key] else { return nil }
    let items = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
    return try items.map { item in
      guard let value = Numbers.double(item) else {
        throw SceneError.malformed(path: path, field: key, expected: "numbers", found: "`\(item.prefix(60))`")
      }
      return value
    }
  }

  /// Texts between commas, without the space around them. A trailing comma adds nothing.
  func texts(_ key: String) -> [String]? {
    guard let text = values[key] else { return nil }
    var items = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: CharacterSet.whitespacesAndNewlines.union(["\"", "'"])) }
    if items.last == "" { items.removeLast() }
    return items
  }
}
