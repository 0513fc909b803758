import Foundation
import Scenes
import Tensors
import Testing

@Suite("Spectra as text")
struct TextFormatTests {
  private func read(
    _ text: String, name: String = "spectra.csv", _ edit: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> SpectralLibrary {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent(name)
      try Data(text.utf8).write(to: url)
      var options = ReadingOptions()
      edit(&options)
      return try SpectralLibrary(contentsOf: url, options: options)
    }
  }

  private func expect(_ library: SpectralLibrary, _ expected: [Scalar], _ location: SourceLocation = #_sourceLocation) {
    let found = library.spectra.scalars
    let areEqual = found.count == expected.count && zip(found, expected).allSatisfy { $1.isNaN ? $0.isNaN : $0 == $1 }
    #expect(areEqual, "\(found)", sourceLocation: location)
  }

  @Test("a table has a column for every spectrum, under its name")
  func table() throws {
    let library = try read("wavelength (nm),Alunite,\"Kaolin, wet\"\n400.5,0.25,0.5\n500,0.125,0.75\n600,,1e-1\n")
    #expect(library.names == ["Alunite", "Kaolin, wet"])
    #expect(library.axis?.wavelengths == [400.5, 500, 600] && library.axis?.sourceUnit == .nanometers)
    expect(library, [0.25, 0.125, .nan, 0.5, 0.75, 0.1])
    #expect(library.completeBands == [0, 1])
  }

  @Test("a table is read as text although the header of another file has its name")
  func besideHeader() throws {
    try withTemporaryDirectory { directory in
      let table = directory.appendingPathComponent("endmembers.csv")
      try Data("wavelength (nm),Alunite,Muscovite\n400,0.25,0.5\n500,0.125,0.75\n".utf8).write(to: table)
      let header = "ENVI\nsamples = 2\nlines = 2\nbands = 1\ndata type = 4\ninterleave = bsq\nbyte order = 0\n"
      try Data(header.utf8).write(to: directory.appendingPathComponent("endmembers.hdr"))
      let library = try SpectralLibrary(contentsOf: table, options: ReadingOptions())
      #expect(library.names == ["Alunite", "Muscovite"])
      expect(library, [0.25, 0.125, 0.5, 0.75])
    }
  }

  @Test("numbers of bands are no wavelengths, and micrometres are told by their heading or their size")
  func axes() throws {
    #expect(try read("band,a,b\n1,0.25,0.5\n2,0.125,0.75\n").axis == nil)
    #expect(try read("wavelength (um);a\n0.4;0.25\n0.5;0.125\n").axis?.wavelengths == [400, 500])
    let guessed = try read("0.4 0.25\n0.5 0.125\n", name: "soil.txt")
    #expect(guessed.axis?.wavelengths == [400, 500] && guessed.names == ["soil"])
    #expect(guessed.notes.contains { $0.severity == .warning && $0.field == "wavelength units" })
    #expect(
      try read("4000 0.25\n5000 0.125\n", name: "soil.txt") { $0.wavelengthUnit = .angstroms }.axis?.wavelengths == [
        400, 500,
      ])
  }

  @Test("lines of text above two columns are a title, and deviations are left out")
  func columns() throws {
    let text =
      "# measured in May\nA soil of the north\nwavelength\treflectance\tstandard deviation\n400\t0.25\t0.01\n500\t0.5\t0.02\n"
    let library = try read(text, name: "north.txt")
    #expect(library.names == ["north"])
    expect(library, [0.25, 0.5])
    let bare = try read("400 0.25 0.01\n500 0.5 0.02\n", name: "north.txt")
    expect(bare, [0.25, 0.5])
    #expect(bare.notes.contains { $0.field == "column 3" && $0.severity == .warning })
  }

  @Test("columns without headings are numbered, unless the first goes up and down as no wavelengths do")
  func nameless() throws {
    let library = try read("400,0.25,0.5,0.75\n500,0.125,0.5,1\n")
    #expect(library.names == ["Spectrum 1", "Spectrum 2", "Spectrum 3"] && library.axis?.wavelengths == [400, 500])
    #expect(library.notes.contains { $0.field == "names" && $0.severity == .warning })
    // Detectors that overlap step back once in twelve bands.
    let steps = [400, 410, 420, 430, 440, 450, 445, 455, 465, 475, 485, 495]
    #expect(try read(steps.map { "\($0),1,2,3\n" }.joined()).bands == 12)
    let spectra = #expect(throws: SceneError.self) { try read("0.3,0.1\n0.5,0.2\n0.4,0.3\n0.6,0.2\n0.2,0.1\n") }
    guard case .malformed(_, "first column", _, "numbers that rise 2 times and fall 2 times")? = spectra else {
      Issue.record("\(String(describing: spectra))")
      return
    }
  }

  /// A library unpacked as the U.S. Geological Survey packs its own.
  private func survey(_ body: (URL) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let chapter = directory.appendingPathComponent("ChapterM_Minerals")
      try FileManager.default.createDirectory(at: chapter, withIntermediateDirectories: true)
      func write(_ name: String, _ title: String, _ values: [Double], in folder: URL = directory) throws {
        let lines = ["splib07a Record=\(title)"] + values.map { String(format: " %.7e", $0) }
        try Data((lines.joined(separator: "\r\n") + "\r\n").utf8).write(to: folder.appendingPathComponent(name))
      }
      let beckman = (0..<30).map { 0.4 + 0.02 * Double($0) }, field = (0..<30).map { 0.41 + 0.02 * Double($0) }
      let nicolet = (0..<40).map { 0.35 + 0.02 * Double($0) }
      try write("splib07a_Wavelengths_BECK_Beckman_0.2-3.0_microns.txt", "1: Wavelengths", beckman)
      try write("splib07a_Wavelengths_ASD_0.35-2.5_microns.txt", "2: Wavelengths", field)
      try write("splib07a_Wavelengths_NIC4_Nicolet.txt", "3: Wavelengths", nicolet)
      try write("splib07a_Bandpass_(FWHM)_BECK_Beckman_in_microns.txt", "4: Bandpass", beckman.map { _ in 0.02 })
      let dip = [-1.23e34] + (1..<30).map { 0.3 + 0.01 * Double($0) }
      try write("splib07a_Alunite_GDS83_BECKb_AREF.txt", "50: Alunite GDS83  Na63  BECKb AREF", dip, in: chapter)
      try write("splib07a_Calcite_WS272_ASDFRa_AREF.txt", "51: Calcite WS272 ASDFRa AREF", field, in: chapter)
      let long = nicolet.map { $0 / 2 }
      try write("splib07a_Quartz_NIC4a_RREF.txt", "52: Quartz NIC4a RREF", long, in: chapter)
      try body(directory)
    }
  }

  @Test("a spectrum of one column finds its wavelengths and widths, and deleted channels are none")
  func companions() throws {
    try survey { directory in
      let file = directory.appendingPathComponent("ChapterM_Minerals/splib07a_Alunite_GDS83_BECKb_AREF.txt")
      let library = try SpectralLibrary(contentsOf: file)
      #expect(library.names == ["Alunite GDS83 Na63 BECKb AREF"])
      let axis = try #require(library.axis)
      #expect(axis.count == 30 && abs(axis.wavelengths[0] - 400) < 1e-9 && abs(axis.wavelengths[29] - 980) < 1e-6)
      #expect(axis.fwhm?.allSatisfy { abs($0 - 20) < 1e-9 } == true)
      #expect(library.completeBands == Array(1..<30))
    }
  }

  @Test("a folder lists its spectra and reads those of several spectrometers at common channels")
  func folder() throws {
    try survey { directory in
      let folder = try SpectrumFolder(contentsOf: directory)
      #expect(
        folder.names == ["Alunite GDS83 Na63 BECKb AREF", "Calcite WS272 ASDFRa AREF", "Quartz NIC4a RREF"])
      let axis = SpectralAxis(wavelengths: [500, 600, 700], fwhm: [20, 20, 20])
      let library = try folder.library(of: [2, 1], at: axis)
      #expect(library.names == ["Quartz NIC4a RREF", "Calcite WS272 ASDFRa AREF"])
      // Straight lines through 1 and 0.5 times the wavelength in micrometres.
      for (value, expected) in zip(library.spectra.scalars, [0.25, 0.3, 0.35, 0.5, 0.6, 0.7]) {
        #expect(abs(Double(value) - expected) < 1e-6)
      }
      // Their own bands are not the same.
      let error = #expect(throws: SceneError.self) { try folder.library(of: [0, 2]) }
      guard
        case .malformed(
          let path, "wavelengths", _, "40 others; choose spectra of one spectrometer, or a sensor to resample them to")? =
          error
      else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(path.hasSuffix("splib07a_Quartz_NIC4a_RREF.txt"))
    }
  }

  @Test("wavelengths that two files could be are asked for, and none at all leave the bands without")
  func doubt() throws {
    try survey { directory in
      let chapter = directory.appendingPathComponent("ChapterM_Minerals")
      let nameless = chapter.appendingPathComponent("unknown.txt")
      try Data((0..<30).map { "0.\($0 + 10)\n" }.joined().utf8).write(to: nameless)
      let error = #expect(throws: SceneError.self) { try SpectralLibrary(contentsOf: nameless) }
      guard case .ambiguous(_, "wavelengths", let candidates, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(candidates.count == 2)
    }
    let alone = try read("0.25\n0.5\n", name: "alone.txt")
    #expect(alone.axis == nil && alone.notes.contains { $0.field == "wavelengths" && $0.severity == .warning })
  }

  @Test("every fault names the file, the field, what was expected and what was found")
  func faults() throws {
    let cases: [(text: String, field: String, expected: String, found: String)] = [
      ("", "lines", "columns of numbers", "an empty file"), ("hello\n", "lines", "columns of numbers", "`hello`"),
      ("400,0.25\n500,x\n", "line 2", "2 numbers", "`500,x`"), ("400,0.25\n500,0.5,1\n", "line 2", "2 numbers", "3"),
      ("x (nm),a\n-400,0.25\n500,0.5\n", "first column", "positive numbers", "-400.0"),
      ("a (nm),error\n400,0.25\n500,0.5\n", "columns", "spectra", "deviations alone"),
    ]
    for (text, field, expected, found) in cases {
      let error = #expect(throws: SceneError.self) { try read(text) }
      guard case .malformed(let path, field, expected, found)? = error, path.hasSuffix("/spectra.csv") else {
        Issue.record("\(text): \(String(describing: error))")
        continue
      }
    }
    let scene = #expect(throws: SceneError.self) {
      try withTemporaryDirectory { directory in
        let url = directory.appendingPathComponent("scene.csv")
        try Data("400,0.25\n".utf8).write(to: url)
        return try Scene(contentsOf: url)
      }
    }
    guard case .unsupported(_, "the content", "text", _)? = scene else {
      Issue.record("\(String(describing: scene))")
      return
    }
    #expect(throws: SceneError.self) { try withTemporaryDirectory { try SpectrumFolder(contentsOf: $0) } }
  }
}
