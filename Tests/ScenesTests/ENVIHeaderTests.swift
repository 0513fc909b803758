import Foundation
import Scenes
import Tensors
import Testing

/// A header as someone wrote it, and what has to come of it.
struct OddHeader: CustomTestStringConvertible, Sendable {
  enum Outcome: Sendable {
    /// The cube is read, with a note about this field if one is named.
    case reads(noting: String?)
    /// An error naming this field.
    case fails(String)
  }

  var name: String
  var text: String
  var outcome: Outcome
  var testDescription: String { name }

  /// The usual header with some lines exchanged.
  init(_ name: String, _ changes: [String: String?] = [:], adding more: String = "", _ outcome: Outcome) {
    self.name = name
    self.outcome = outcome
    let usual = [
      ("first", "ENVI"), ("samples", "samples = 4"), ("lines", "lines = 3"), ("bands", "bands = 5"),
      ("header offset", "header offset = 0"), ("data type", "data type = 4"), ("interleave", "interleave = bsq"),
      ("byte order", "byte order = 0"),
    ]
    let lines = usual.compactMap { key, line in changes.keys.contains(key) ? changes[key] ?? nil : line }
    text = (lines + [more]).joined(separator: "\n")
  }

  init(_ name: String, text: String, _ outcome: Outcome) {
    (self.name, self.text, self.outcome) = (name, text, outcome)
  }
}

private let plain = OddHeader("", [:], .reads(noting: nil)).text

private let readable: [OddHeader] = [
  OddHeader("as ENVI writes it", [:], .reads(noting: nil)),
  OddHeader("CR LF", text: plain.replacing("\n", with: "\r\n"), .reads(noting: nil)),
  OddHeader("CR", text: plain.replacing("\n", with: "\r"), .reads(noting: nil)),
  OddHeader("byte-order mark", text: "\u{FEFF}" + plain, .reads(noting: nil)),
  OddHeader("lower case first line", ["first": "envi"], .reads(noting: nil)),
  OddHeader("no first line", ["first": nil], .reads(noting: "first line")),
  OddHeader("upper case keys", text: plain.replacing("samples", with: "SAMPLES"), .reads(noting: nil)),
  OddHeader("underscores", ["data type": "data_type = 4"], .reads(noting: nil)),
  OddHeader("double spaces", ["data type": "  data   type   =   4  "], .reads(noting: nil)),
  OddHeader("no spaces", ["samples": "samples=4"], .reads(noting: nil)),
  OddHeader("tabs", ["samples": "samples\t=\t4"], .reads(noting: nil)),
  OddHeader("comment lines", adding: "; made by hand\n;samples = 9", .reads(noting: nil)),
  OddHeader("comment after a value", ["samples": "samples = 4 ; columns"], .reads(noting: nil)),
  OddHeader("blank lines", adding: "\n\n\n", .reads(noting: nil)),
  OddHeader("a line without `=`", adding: "nonsense", .reads(noting: "header line 9")),
  OddHeader("`offset` for `header offset`", ["header offset": "offset = 0"], .reads(noting: "offset")),
  OddHeader("no header offset", ["header offset": nil], .reads(noting: nil)),
  OddHeader("no byte order", ["byte order": nil], .reads(noting: "byte order")),
  OddHeader("byte order in words", ["byte order": "byte order = Intel"], .reads(noting: "byte order")),
  OddHeader("interleave in upper case", ["interleave": "interleave = BSQ"], .reads(noting: nil)),
  OddHeader("interleave in words", ["interleave": "interleave = Band Sequential"], .reads(noting: "interleave")),
  OddHeader("quoted interleave", ["interleave": "interleave = \"bsq\""], .reads(noting: nil)),
  OddHeader("type in words", ["data type": "data type = float32"], .reads(noting: "data type")),
  OddHeader("type with its name", ["data type": "data type = 4 (Float)"], .reads(noting: nil)),
  OddHeader("whole numbers with a point", ["samples": "samples = 4.0"], .reads(noting: nil)),
  OddHeader("empty description", adding: "description = {}", .reads(noting: "description")),
  OddHeader("braces in the description", adding: "description = {a {b} c = 4}", .reads(noting: nil)),
  OddHeader("parentheses in plain text", adding: "description = (old) cube", .reads(noting: nil)),
  OddHeader("equals signs in a list", adding: "band names = {a=1, b=2,\n c = 3, d, e}", .reads(noting: nil)),
  OddHeader("empty ignore value", adding: "data ignore value =", .reads(noting: "data ignore value")),
  OddHeader("empty wavelengths", adding: "wavelength = {}", .reads(noting: "wavelength")),
  OddHeader("a key twice", adding: "samples = 9\nsamples = 4", .reads(noting: "samples")),
  OddHeader("file type with a comment", adding: "file type = ENVI Standard ; yes", .reads(noting: nil)),
]

private let refused: [OddHeader] = [
  OddHeader("empty file", text: "", .fails("header")),
  OddHeader("only the first line", text: "ENVI\n", .fails("header")),
  OddHeader("no samples, no lines", ["samples": nil, "lines": nil], .fails("`samples`, `lines`")),
  OddHeader("no interleave", ["interleave": nil], .fails("`interleave`")),
  OddHeader("unknown interleave", ["interleave": "interleave = bqs"], .fails("interleave")),
  OddHeader("complex numbers", ["data type": "data type = 6"], .fails("data type")),
  OddHeader("double complex numbers", ["data type": "data type = 9"], .fails("data type")),
  OddHeader("no such type", ["data type": "data type = 7"], .fails("data type")),
  OddHeader("unknown byte order", ["byte order": "byte order = 2"], .fails("byte order")),
  OddHeader("no samples", ["samples": "samples = 0"], .fails("samples")),
  OddHeader("negative lines", ["lines": "lines = -3"], .fails("lines")),
  OddHeader("half a band", ["bands": "bands = 4.5"], .fails("bands")),
  OddHeader("hexadecimal", ["samples": "samples = 0x4"], .fails("samples")),
  OddHeader("negative offset", ["header offset": "header offset = -1"], .fails("header offset")),
  OddHeader("list without end", adding: "wavelength = {400, 500", .fails("wavelength")),
  OddHeader("too few wavelengths", adding: "wavelength = {400, 500}", .fails("wavelength")),
  OddHeader("words for wavelengths", adding: "wavelength = {a, b, c, d, e}", .fails("wavelength")),
  OddHeader(
    "negative wavelength", adding: "wavelength units = nm\nwavelength = {400, -5, 600, 700, 800}",
    .fails("wavelength")),
  OddHeader("too many flags", adding: "bbl = {1, 1, 1, 1, 1, 1}", .fails("bbl")),
  OddHeader("words for flags", adding: "bbl = {1, 1, maybe, 1, 1}", .fails("bbl")),
  OddHeader("no good band", adding: "bbl = {0, 0, 0, 0, 0}", .fails("bbl")),
  OddHeader("too few gains", adding: "data gain values = {1, 2}", .fails("data gain values")),
  OddHeader("zero scale", adding: "reflectance scale factor = 0", .fails("reflectance scale factor")),
  OddHeader("compressed", adding: "file compression = 1", .fails("file compression")),
  OddHeader("frame offsets", adding: "major frame offsets = {4, 0}", .fails("major frame offsets")),
  OddHeader("another kind of file", adding: "file type = TIFF", .fails("file type")),
  OddHeader("nested numbers", adding: "wavelength = {400, {500}, 600, 700, 800}", .fails("wavelength")),
]

@Suite("ENVI headers")
struct ENVIHeaderTests {
  @Test("odd headers are read, with a note where something was guessed", arguments: readable)
  func reads(_ odd: OddHeader) throws {
    guard case .reads(let field) = odd.outcome else { return }
    let scene = try read(odd)
    #expect(scene.rows == 3 && scene.columns == 4 && scene.bands == 5)
    if let field { #expect(scene.notes.contains { $0.field == field }, "\(scene.notes)") }
  }

  @Test("headers that contradict themselves are refused by the name of the field", arguments: refused)
  func refuses(_ odd: OddHeader) throws {
    guard case .fails(let field) = odd.outcome else { return }
    let error = try #require(throws: SceneError.self) { try read(odd) }
    #expect(error.description.contains(field), "\(error)")
  }

  private func read(_ odd: OddHeader, _ edit: (inout ReadingOptions) -> Void = { _ in }) throws -> Scene {
    try withTemporaryDirectory { directory in
      let header = directory.appendingPathComponent("odd.hdr")
      try Data(odd.text.utf8).write(to: header)
      try Data(ENVIFixture().data).write(to: directory.appendingPathComponent("odd.img"))
      var options = asStored
      edit(&options)
      return try Scene(contentsOf: header, options: options)
    }
  }

  @Test(
    "wavelengths in every unit become nanometres",
    arguments: [
      ("Nanometers", "400, 500, 600, 700, 800", "10, 10, 10, 10, 10"),
      ("Micrometers", "0.4, 0.5, 0.6, 0.7, 0.8", "0.01, 0.01, 0.01, 0.01, 0.01"),
      ("um", "0.4\n0.5 0.6, 0.7 0.8,", "0.01, 0.01, 0.01, 0.01, 0.01"),
      ("Angstroms", "4000, 5D3, 6.0e3, +7000, 8000.", "100, 100, 100, 100, 100"),
      ("Unknown", "0.4, 0.5, 0.6, 0.7, 0.8", "0.01, 0.01, 0.01, 0.01, 0.01"),
    ])
  func units(unit: String, centers: String, widths: String) throws {
    let more = "wavelength units = \(unit)\nwavelength = {\(centers)}\nfwhm = {\(widths)}"
    let scene = try read(OddHeader("", adding: more, .reads(noting: nil)))
    let axis = try #require(scene.axis)
    // A product of two correctly rounded numbers: 1 ulp of 800 is 1.1e-13.
    #expect(zip(axis.wavelengths, [400, 500, 600, 700, 800]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(axis.fwhm?.allSatisfy { abs($0 - 10) < 1e-12 } == true)
    #expect(scene.notes.contains { $0.field == "wavelength units" } == (unit == "Unknown"))
  }

  @Test(
    "wavelengths that contradict their unit are read as stated, with a warning that says what they look like",
    arguments: [
      ("Nanometers", "0.4, 0.5, 0.6, 0.7, 1.1", "Micrometers"),
      ("Micrometers", "400, 500, 600, 700, 800", "Nanometers"),
      ("Nanometers", "400, 500, 600, 700, 800", nil), ("Micrometers", "8, 9, 10, 11, 12", nil),
      ("Wavenumber", "1e4, 8e3, 5e3, 4e3, 2e3", nil),
    ] as [(String, String, String?)])
  func contradictions(unit: String, centers: String, looks: String?) throws {
    let more = "wavelength units = \(unit)\nwavelength = {\(centers)}"
    let odd = OddHeader("", adding: more, .reads(noting: nil))
    let scene = try read(odd)
    let note = scene.notes.first { $0.field == "wavelength units" && $0.severity == .warning }
    #expect((note != nil) == (looks != nil))
    if let looks { #expect(note?.found.contains("look like \(looks)") == true) }
  }

  @Test("wavenumbers turn widths too: Δλ = λ Δν̃ / ν̃")
  func wavenumbers() throws {
    let more = "wavelength units = Wavenumber\nwavelength = {1e4, 8e3, 5e3, 4e3, 2e3}\nfwhm = {10, 10, 10, 10, 10}"
    let axis = try #require(try read(OddHeader("", adding: more, .reads(noting: nil))).axis)
    #expect(axis.wavelengths == [1_000, 1_250, 2_000, 2_500, 5_000])
    // 1000 nm × 10 / 10000 = 1 nm.
    #expect(axis.fwhm?.first == 1)
    #expect(axis.sourceCenters == [1e4, 8e3, 5e3, 4e3, 2e3])
    #expect(axis.sourceWidths == [10, 10, 10, 10, 10])
  }

  @Test(
    "bad bands are left out however they are flagged, or kept on request",
    arguments: [
      "{1, 1, 0, 1, 0}", "{1.0, 1.0, 0.0, 1.0, 0.0}", "{true, true, false, True, FALSE}", "[1, 1, 0, 1, 0]",
      "{1 1 0 1 0}",
    ])
  func badBands(list: String) throws {
    let odd = OddHeader("", adding: "bbl = \(list)", .reads(noting: nil))
    let scene = try read(odd)
    #expect(scene.bands == 3)
    #expect(scene.sourceBands == [0, 1, 3])
    #expect(scene.notes.contains { $0.field == "bbl" })
    #expect(scene.value(1, 2, 2) == Scalar(ENVIFixture().value(1, 2, 3)))
    #expect(try read(odd) { $0.keepsBadBands = true }.bands == 5)
  }
}
