import Foundation

/// The text of a header that is being written, strictly as ENVI defines it.
struct ENVIHeaderText {
  private(set) var lines = ["ENVI"]

  init(description: String) {
    lines.append("description = {\(Self.plain(description, comma: ","))}")
  }

  mutating func set(_ key: String, _ value: String) {
    lines.append("\(key) = \(value)")
  }

  /// A list, on one line. A comma inside an item would part it, so it becomes a semicolon.
  mutating func list(_ key: String, _ items: [String]) {
    set(key, "{\(items.map { Self.plain($0, comma: ";") }.joined(separator: ", "))}")
  }

  mutating func layout(samples: Int, lines: Int, bands: Int, _ interleave: ENVIWriter.Interleave) {
    set("samples", "\(samples)")
    set("lines", "\(lines)")
    set("bands", "\(bands)")
    numbers(fileType: "ENVI Standard", interleave)
  }

  /// The fields that say how numbers are stored: 32-bit floats, little endian, from the first byte on.
  mutating func numbers(fileType: String, _ interleave: ENVIWriter.Interleave) {
    set("header offset", "0")
    set("file type", fileType)
    set("data type", "4")
    set("interleave", interleave.rawValue)
    set("byte order", "0")
  }

  /// Wavelengths and widths in the unit their source used.
  mutating func axis(_ axis: SpectralAxis?) {
    guard let axis else { return }
    set("wavelength units", axis.sourceUnit.rawValue)
    list("wavelength", axis.sourceCenters.map(Numbers.text))
    if let widths = axis.sourceWidths { list("fwhm", widths.map(Numbers.text)) }
    if let good = axis.isGood { list("bbl", good.map { $0 ? "1" : "0" }) }
  }

  mutating func copy(_ fields: [HeaderField]) {
    for field in fields { set(field.key, field.value) }
  }

  func write(to url: URL) throws {
    let file = try OutputFile(url)
    try file.write(lines.joined(separator: "\n") + "\n")
    try file.close()
  }

  private static func plain(_ text: String, comma: String) -> String {
    String(
      text.map { character in
        if character.isNewline { return " " }
        switch character {
        case "{": return "("
        case "}": return ")"
        default: return character
        }
      }
    ).replacing(",", with: comma)
  }
}
