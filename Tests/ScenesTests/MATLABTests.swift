import Foundation
import Scenes
import Tensors
import Testing

@Suite("MATLAB files")
struct MATLABTests {
  /// 3 rows × 4 columns × 5 bands, all samples different and below 1.
  private static func sample(_ row: Int, _ column: Int, _ band: Int) -> Double {
    0.1 + Double(row * 40 + column * 8 + band) / 256
  }

  /// The samples in the order of nested loops, the first range fastest.
  private func values(_ order: (_ row: Int, _ column: Int, _ band: Int) -> [Int], _ extents: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: 60)
    for row in 0..<3 {
      for column in 0..<4 {
        for band in 0..<5 {
          let place = order(row, column, band)
          var position = 0
          for axis in extents.indices.reversed() { position = position * extents[axis] + place[axis] }
          result[position] = Self.sample(row, column, band)
        }
      }
    }
    return result
  }

  private var listed: [Double] { values({ [$2, $0 + 3 * $1] }, [5, 12]) }
  private var cube: [Double] { values({ [$0, $1, $2] }, [3, 4, 5]) }

  private func check(_ scene: Scene, sourceLocation: SourceLocation = #_sourceLocation) {
    checkScene(scene, sourceLocation: sourceLocation)
    #expect(scene.rows == 3 && scene.columns == 4 && scene.bands == 5, sourceLocation: sourceLocation)
    let expected = (0..<60).map { Scalar(Self.sample($0 / 20, $0 / 5 % 4, $0 % 5)) }
    #expect(scene.spectra.scalars == expected, sourceLocation: sourceLocation)
  }

  private func scene(
    _ version: MATFixture.Version = .five, _ edit: (inout ReadingOptions) -> Void = { _ in },
    _ fill: (MATFixture) -> Void
  ) throws -> Scene {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"), version)
      fill(fixture)
      var options = ReadingOptions()
      edit(&options)
      return try Scene(contentsOf: fixture.close(), options: options)
    }
  }

  @Test(
    "a list of pixels, bands × pixels with nRow and nCol, is read column by column",
    arguments: MATFixture.Version.allCases)
  func bandsByPixels(version: MATFixture.Version) throws {
    check(
      try scene(version) {
        $0.add("V", [5, 12], listed)
        $0.add("nRow", 3)
        $0.add("nCol", 4)
      })
  }

  @Test("pixels × bands, three dimensions in either order, and stated rows give the same scene")
  func otherLayouts() throws {
    check(
      try scene {
        $0.add("Y", [12, 5], values({ [$0 + 3 * $1, $2] }, [12, 5]))
        $0.add("lines", 3)
        $0.add("cols", 4)
      })
    check(try scene(.seven3) { $0.add("data", [3, 4, 5], cube) })
    check(
      try scene(.fiveCompressed, { ($0.rows, $0.columns) = (3, 4) }) {
        $0.add("data", [5, 3, 4], values({ [$2, $0, $1] }, [5, 3, 4]))
      })
    check(try scene(.five, { $0.rows = 3 }) { $0.add("Y", [5, 12], listed) })
    check(
      try scene(.five, { ($0.rows, $0.columns, $0.pixelOrder) = (3, 4, .rowMajor) }) {
        $0.add("Y", [5, 12], values({ [$2, $0 * 4 + $1] }, [5, 12]))
      })
  }

  @Test("a vector as long as one axis says which axis is bands")
  func vectorsDecide() throws {
    let scene = try scene {
      $0.add("data", [5, 3, 4], values({ [$2, $0, $1] }, [5, 3, 4]))
      $0.add("wavelength_nm", [1, 5], [400.0, 500, 600, 700, 800])
    }
    check(scene)
    #expect(scene.axis?.wavelengths == [400, 500, 600, 700, 800])
    #expect(!scene.notes.contains { $0.severity == .warning })
  }

  @Test("the order of a list of pixels is a guess unless it is stated; other arrays are counted in words")
  func toldGuesses() throws {
    let guessed = try scene {
      $0.add("V", [5, 12], listed)
      $0.add("M", [5, 2], endmembers)
      $0.add("nRow", 3)
      $0.add("nCol", 4)
    }
    #expect(guessed.notes.contains { $0.severity == .warning && $0.action.contains("column by column") })
    #expect(guessed.notes.contains { $0.found == "1 other array: M (5×2)" })
    let stated = try scene(.five, { ($0.rows, $0.columns, $0.pixelOrder) = (3, 4, .columnMajor) }) {
      $0.add("V", [5, 12], listed)
    }
    check(stated)
    #expect(!stated.notes.contains { $0.action.contains("column by column") })
  }

  @Test("extents that fit nothing, or fit several ways, are errors that say what to state")
  func refusals() throws {
    #expect(throws: SceneError.self) { try scene { $0.add("Y", [5, 12], listed) } }
    #expect(throws: SceneError.self) {
      try scene(.five, { ($0.rows, $0.columns) = (5, 5) }) { $0.add("Y", [5, 12], listed) }
    }
    let error = #expect(throws: SceneError.self) {
      try scene {
        $0.add("noisy", [3, 4, 5], cube)
        $0.add("clean", [3, 4, 5], cube)
      }
    }
    guard case .ambiguous(_, _, let candidates, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(candidates.count == 2)
    check(
      try scene(.five, { $0.variable = "clean" }) {
        $0.add("noisy", [3, 4, 5], cube.map { $0 / 2 })
        $0.add("clean", [3, 4, 5], cube)
      })
    #expect(throws: SceneError.self) {
      try scene(.five, { $0.variable = "none" }) { $0.add("Y", [3, 4, 5], cube) }
    }
    #expect(throws: SceneError.self) { try scene { $0.add("name", cells: ["a", "b"]) } }
  }

  @Test("an image whose rows are stated wrongly is not passed over for the matrix beside it")
  func misstatedRows() throws {
    let error = #expect(throws: SceneError.self) {
      try scene(.five, { $0.rows = 6 }) {
        $0.add("Y", [3, 4, 5], cube)
        $0.add("M", [12, 2], (0..<24).map { 0.1 + Double($0) / 64 })
      }
    }
    guard case .malformed(_, "Y", let expected, "3×4×5")? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(expected.hasPrefix("6 rows"))
  }

  @Test("integers are divided by the scale that the file states, and the note says so")
  func scales() throws {
    let stored = cube.map { Int16(($0 * 5_000).rounded()) }
    let read = try scene {
      $0.add("Y", [3, 4, 5], stored)
      $0.add("maxValue", 5_000)
    }
    #expect(read.value(2, 3, 4) == Scalar(Double(stored[59]) / 5_000))
    #expect(read.notes.contains { $0.field == "maxValue" && $0.severity == .warning })
    #expect(throws: SceneError.self) { try scene { $0.add("Y", [3, 4, 5], stored) } }
    let whole = try scene(.five, { $0.scale = .maximum }) {
      $0.add("Y", [3, 4, 5], stored)
      $0.add("maxValue", 5_000)
    }
    #expect(whole.spectra.maximum().scalar == 1)
    let reflectance = try scene {
      $0.add("Y", [3, 4, 5], cube)
      $0.add("maxValue", 5_000)
    }
    check(reflectance)
  }

  /// Fractions of two endmembers in 12 pixels, pixel n = row + 3 column.
  private let abundances = (0..<12).flatMap { [Double($0) / 11, 1 - Double($0) / 11] }
  private let endmembers = [0.1, 0.2, 0.3, 0.4, 0.5, 0.9, 0.8, 0.7, 0.6, 0.5]

  private func checkTruth(_ truth: GroundTruth, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(truth.names == ["tree", "water"], sourceLocation: sourceLocation)
    #expect(truth.abundances.shape == [12, 2], sourceLocation: sourceLocation)
    for pixel in 0..<12 {
      let place = pixel / 4 + 3 * (pixel % 4)
      #expect(truth.abundances[pixel].scalars[0] == Scalar(Double(place) / 11), sourceLocation: sourceLocation)
    }
    #expect(truth.endmembers?.spectra.scalars == endmembers.map { Scalar($0) }, sourceLocation: sourceLocation)
  }

  @Test(
    "abundances and endmembers are found by extents and content, in any orientation and version",
    arguments: MATFixture.Version.allCases)
  func truths(version: MATFixture.Version) throws {
    let scene = rampScene()
    try withTemporaryDirectory { directory in
      let usual = MATFixture(directory.appendingPathComponent("a.mat"), version)
      usual.add("A", [2, 12], abundances)
      usual.add("M", [5, 2], endmembers)
      usual.add("cood", cells: ["1-tree", "#2 water"])
      checkTruth(try GroundTruth.read(usual.close(), for: scene))

      let turned = MATFixture(directory.appendingPathComponent("b.mat"), version)
      turned.add("A", [12, 2], (0..<24).map { abundances[$0 % 12 * 2 + $0 / 12] })
      turned.add("E", [2, 5], (0..<10).map { endmembers[$0 % 2 * 5 + $0 / 2] })
      turned.add("M", 2)
      turned.add("mask", [3, 4], [Double](repeating: 1, count: 12))
      turned.add("names", cells: ["tree", "water"])
      checkTruth(try GroundTruth.read(turned.close(), for: scene))
    }
  }

  @Test("a scene's own file may hold its truth; several are not chosen from")
  func innerTruth() throws {
    let one = try scene {
      $0.add("Y", [5, 12], listed)
      $0.add("A", [2, 12], abundances)
      $0.add("M", [5, 2], endmembers)
      $0.add("nRow", 3)
      $0.add("nCol", 4)
      $0.add("cood", cells: ["tree", "water"])
    }
    check(one)
    checkTruth(try #require(one.truth))
    let two = try scene {
      $0.add("Y", [3, 4, 5], cube)
      $0.add("A4", [2, 12], abundances)
      $0.add("A5", [2, 12], abundances)
    }
    #expect(two.truth == nil)
    #expect(two.notes.contains { $0.field == "truth" })
  }

  @Test("endmembers over all bands of a sensor are reduced to the scene's by the list of selected bands")
  func selectedBands() throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("a.mat"))
      fixture.add("A", [2, 12], abundances)
      fixture.add("M", [7, 2], (0..<14).map { Double($0) / 20 })
      fixture.add("slctBnds", [1, 5], [2.0, 3, 4, 6, 7])
      let truth = try GroundTruth.read(fixture.close(), for: rampScene())
      let expected = [1, 2, 3, 5, 6, 8, 9, 10, 12, 13].map { Scalar(Double($0) / 20) }
      #expect(truth.endmembers?.spectra.scalars == expected)
    }
  }

  @Test("the scene's choice of bands is that of the endmembers, in its own file and in a second one")
  func chosenBands() throws {
    let scene = try scene(.five, { $0.bands = [0, 1, 3] }) {
      $0.add("Y", [3, 4, 5], cube)
      $0.add("A", [2, 12], abundances)
      $0.add("M", [5, 2], endmembers)
    }
    let expected = [0.1, 0.2, 0.4, 0.9, 0.8, 0.6].map { Scalar($0) }
    #expect(scene.truth?.endmembers?.spectra.scalars == expected)
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("a.mat"))
      fixture.add("A", [2, 12], abundances)
      fixture.add("M", [5, 2], endmembers)
      fixture.add("short", [2, 2], [0.1, 0.2, 0.3, 0.4])
      let url = fixture.close()
      var options = ReadingOptions()
      options.bands = [0, 1, 3]
      let truth = try GroundTruth.read(url, options: options, for: scene)
      #expect(truth.endmembers?.spectra.scalars == expected)
      // A matrix that was named and has too few bands is an error, not a trap.
      options.endmemberVariable = "short"
      #expect(throws: SceneError.self) { try GroundTruth.read(url, options: options, for: rampScene()) }
    }
  }

  @Test("a window crops the truth of a second file")
  func croppedTruth() throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("a.mat"))
      fixture.add("A", [2, 12], abundances)
      var options = ReadingOptions()
      (options.rows, options.columns) = (3, 4)
      options.window = .init(rows: 1..<3, columns: 2..<4)
      let truth = try GroundTruth.read(fixture.close(), options: options, for: rampScene(rows: 2, columns: 2))
      // Places 1 + 3 · 2, 1 + 3 · 3, 2 + 3 · 2, 2 + 3 · 3 of the list.
      let places: [Double] = [7, 10, 8, 11]
      #expect(truth.abundances.scalars == places.flatMap { [Scalar($0 / 11), Scalar(1 - $0 / 11)] })
    }
  }

  @Test("a laboratory's matrix with names in character codes gives spectra, wavelengths and widths")
  func library() throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("lib.mat"))
      let columns: [[Double]] = [
        [0.4, 0.5, 0.6], [0.01, 0.01, 0.02], [1, 2, -1.23e34], [0.1, 0.2, -1.23e34], [0.3, 0.4, 0.5],
      ]
      fixture.add("datalib", [3, 5], columns.flatMap { $0 })
      let names = ["Wavelengths in microns", "Resolution in microns", "Data = channel number", "Alunite", "Quartz"]
      let width = 24
      let codes = names.map { Array($0.utf8) + [UInt8](repeating: 32, count: width - $0.utf8.count) }
      fixture.add("names", [5, width], (0..<(5 * width)).map { Double(codes[$0 % 5][$0 / 5]) })
      let library = try SpectralLibrary(contentsOf: fixture.close())
      #expect(library.names == ["Alunite", "Quartz"])
      #expect(library.axis?.wavelengths == [400, 500, 600])
      #expect(library.axis?.fwhm == [10, 10, 20])
      #expect(library.completeBands == [0, 1])
      #expect(library.spectra[1].scalars == [0.3, 0.4, 0.5])
    }
  }

  @Test("no truncation of a file crashes or reads half", arguments: MATFixture.Version.allCases)
  func truncation(version: MATFixture.Version) throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"), version)
      fixture.add("Y", [3, 4, 5], cube)
      if version != .seven3 { fixture.add("cood", cells: ["tree", "water"]) }
      let url = fixture.close()
      let bytes = try Data(contentsOf: url)
      for count in stride(from: 0, to: bytes.count, by: version == .seven3 ? 7 : 1) {
        try bytes.prefix(count).write(to: url)
        do { check(try Scene(contentsOf: url)) } catch is SceneError {}
      }
    }
  }

  @Test("an element that claims more than the file holds is refused")
  func bombs() throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"))
      fixture.add("Y", [3, 4, 5], cube)
      let url = fixture.close()
      var bytes = try Data(contentsOf: url)
      // The first element's length follows the header and the type.
      bytes.replaceSubrange(132..<136, with: [0xFF, 0xFF, 0xFF, 0x7F])
      try bytes.write(to: url)
      let error = #expect(throws: SceneError.self) { try Scene(contentsOf: url) }
      guard case .truncated? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("cells that declare more members than their bytes can hold are refused")
  func cellBombs() throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"))
      fixture.add("cood", cells: ["tree", "water"])
      fixture.add("Y", [3, 4, 5], cube)
      let url = fixture.close()
      check(try Scene(contentsOf: url))
      var bytes = try Data(contentsOf: url)
      // Header, the element's tag, flags (16 bytes), the extents' tag: then 2 × 1.
      bytes.replaceSubrange(160..<164, with: [0xFF, 0xFF, 0xFF, 0x0F])
      try bytes.write(to: url)
      let error = #expect(throws: SceneError.self) { try Scene(contentsOf: url) }
      guard case .tooLarge? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }
}
