import Foundation
import Scenes
import Tensors
import Testing

@Suite("ENVI spectral libraries")
struct ENVILibraryTests {
  private func read(
    _ values: [Double], type: Int = 4, more: String = "", _ edit: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> SpectralLibrary {
    try withTemporaryDirectory { directory in
      var fixture = ENVIFixture(samples: 3, lines: values.count / 3, bands: 1, type: type) { line, sample, _ in
        values[line * 3 + sample]
      }
      fixture.more = "file type = ENVI Spectral Library\n\(more)"
      var options = ReadingOptions()
      edit(&options)
      return try SpectralLibrary(contentsOf: fixture.write(in: directory, data: "sli"), options: options)
    }
  }

  private func check(
    _ library: SpectralLibrary, _ expected: [Scalar], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = library.spectra.scalars
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    let areEqual = zip(found, expected).allSatisfy { $1.isNaN ? $0.isNaN : abs($0 - $1) < 1e-6 }
    #expect(areEqual, "\(found)", sourceLocation: sourceLocation)
  }

  @Test("large values are no deleted channels: without a scale they are refused, with one they are divided")
  func scales() throws {
    let error = #expect(throws: SceneError.self) { try read([10, 20, 30, 40, 50, -1.23e34]) }
    guard case .unstatedScale(_, 30, 50)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    check(try read([10, 20, 30, 40, 50, -1.23e34]) { $0.scale = .factor(100) }, [0.1, 0.2, 0.3, 0.4, 0.5, .nan])
    check(
      try read(
        [1_000, 2_000, 3_000, 4_000, 5_000, -9_999], type: 2,
        more: "reflectance scale factor = 10000\ndata ignore value = -9999"), [0.1, 0.2, 0.3, 0.4, 0.5, .nan])
    // One specular peak does not make a library one of per cents.
    check(try read([0.1, 0.2, 0.3, 12, 0.5, 0.6]), [0.1, 0.2, 0.3, 12, 0.5, 0.6])
  }

  @Test("gains, offsets and bad bands of the header count, and the library says so")
  func header() throws {
    let library = try read(
      [1, 2, 3, 4, 5, 6],
      more: """
        data gain values = {0.1, 0.2, 0.1}
        data offset values = {0.5, 0, 0.25}
        reflectance scale factor =
        wavelength units = Nanometers
        wavelength = {400, 500, 600}
        bbl = {1, 0, 1}
        """)
    check(library, [0.6, .nan, 0.55, 0.9, .nan, 0.85])
    #expect(library.completeBands == [0, 2])
    #expect(library.axis?.isGood == [true, false, true])
    #expect(library.notes.contains { $0.field == "scale" } && library.notes.contains { $0.field == "bbl" })
    let two = try read(
      [1_000, 2_000, 3_000],
      more: "reflectance scale factor = 10000\ndata gain values = {1e-3, 1e-3, 1e-3}\nbbl = {1, 0, 1}"
    ) { $0.keepsBadBands = true }
    check(two, [0.1, 0.2, 0.3])
    #expect(two.notes.contains { $0.field == "data gain values" && $0.action == "not applied" })
  }

  @Test("a raster of abundances is read by its own header, whatever was said about the scene's bands")
  func raster() throws {
    try withTemporaryDirectory { directory in
      let fixture = ENVIFixture(bands: 2) { line, sample, band in
        let share = Double(line * 4 + sample) / 16
        return band == 0 ? share : 1 - share
      }
      let url = try fixture.write(in: directory, name: "abundances")
      var options = ReadingOptions()
      options.bands = [4, 1]
      options.ignoreValue = 0.25
      options.wavelengthUnit = .micrometers
      let table = directory.appendingPathComponent("wavelengths.txt")
      try Data("400\n500\n600\n700\n800\n".utf8).write(to: table)
      options.wavelengthFile = table
      let truth = try GroundTruth.read(url, options: options, for: rampScene())
      #expect(truth.abundances.scalars.count == 24)
      #expect(truth.abundances.scalars.prefix(10).elementsEqual([0, 16, 1, 15, 2, 14, 3, 13, 4, 12].map { $0 / 16 }))
      options.abundanceVariable = "A"
      let error = #expect(throws: SceneError.self) { try GroundTruth.read(url, options: options, for: rampScene()) }
      #expect(error?.description.contains("abundance variable") == true)
    }
  }
}
