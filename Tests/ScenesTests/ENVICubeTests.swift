import Foundation
import Scenes
import Tensors
import Testing

@Suite("ENVI cubes")
struct ENVICubeTests {
  @Test(
    "every order, interleave and type gives the same cube, bit for bit",
    arguments: [false, true], [1, 2, 3, 4, 5, 12, 13, 14, 15])
  func allTypes(isBigEndian: Bool, type: Int) throws {
    for interleave in ["bsq", "bil", "bip"] {
      try withTemporaryDirectory { directory in
        let fixture = ENVIFixture(
          type: type, interleave: interleave, isBigEndian: isBigEndian, offset: type == 2 ? 13 : 0)
        let scene = try Scene(contentsOf: fixture.write(in: directory), options: asStored)
        checkScene(scene)
        #expect(scene.rows == 3 && scene.columns == 4 && scene.bands == 5)
        for row in 0..<3 {
          for column in 0..<4 {
            for band in 0..<5 { #expect(scene.value(row, column, band) == Scalar(fixture.value(row, column, band))) }
          }
        }
      }
    }
  }

  @Test("a cube of several blocks is read like a small one", arguments: ["bsq", "bil", "bip"])
  func manyBlocks(interleave: String) throws {
    try withTemporaryDirectory { directory in
      // 70 × 40 pixels are three blocks of 1024 pixels; 19 bands are two groups of eight and a rest.
      let fixture = ENVIFixture(samples: 40, lines: 70, bands: 19, interleave: interleave) { line, sample, band in
        Double(line * 1_000 + sample * 20 + band) + 1
      }
      let scene = try Scene(contentsOf: fixture.write(in: directory), options: asStored)
      let expected = (0..<70).flatMap { line in
        (0..<40).flatMap { sample in (0..<19).map { Scalar(fixture.value(line, sample, $0)) } }
      }
      #expect(scene.spectra.scalars == expected)
    }
  }

  @Test("a window holds the same samples as the whole", arguments: ["bsq", "bil", "bip"])
  func windows(interleave: String) throws {
    try withTemporaryDirectory { directory in
      var fixture = ENVIFixture(samples: 6, lines: 5, bands: 3, interleave: interleave)
      fixture.more = "map info = {UTM, 1.0, 1.0, 500000, 4000000, 20, 20, 11, North, WGS-84}\nx start = 3"
      let url = try fixture.write(in: directory)
      let whole = try Scene(contentsOf: url, options: asStored)
      var options = asStored
      options.window = .init(rows: 1..<4, columns: 2..<6)
      let part = try Scene(contentsOf: url, options: options)
      checkScene(part)
      for row in 0..<3 {
        for column in 0..<4 {
          for band in 0..<3 { #expect(part.value(row, column, band) == whole.value(row + 1, column + 2, band)) }
        }
      }
      let placed = Dictionary(uniqueKeysWithValues: part.georeference.map { ($0.key, $0.value) })
      #expect(placed["map info"]?.hasPrefix("{UTM, -1, 0, 500000") == true)
      #expect(placed["x start"] == "5")
      #expect(whole.georeference.first?.value == "{UTM, 1.0, 1.0, 500000, 4000000, 20, 20, 11, North, WGS-84}")
      options.window = .init(rows: 1..<6, columns: 2..<6)
      #expect(throws: SceneError.self) { try Scene(contentsOf: url, options: options) }
    }
  }

  @Test("either file of the pair may be named", arguments: ["img", "dat", "bsq", "raw", "hyspex", "RAW"])
  func eitherFile(suffix: String) throws {
    try withTemporaryDirectory { directory in
      let header = try ENVIFixture().write(in: directory, data: suffix)
      let data = directory.appendingPathComponent("cube.\(suffix)")
      #expect(
        try Scene(contentsOf: header, options: asStored).spectra
          == Scene(contentsOf: data, options: asStored).spectra)
    }
  }

  @Test("`x` with `x.hdr`, and `x.img` with `x.img.hdr`, are pairs")
  func otherPairs() throws {
    try withTemporaryDirectory { directory in
      let fixture = ENVIFixture()
      for name in ["plain", "double.img"] {
        let data = directory.appendingPathComponent(name)
        let header = directory.appendingPathComponent("\(name).hdr")
        try Data(fixture.data).write(to: data)
        try Data(fixture.header.utf8).write(to: header)
        #expect(try Scene(contentsOf: data, options: asStored).bands == 5)
        #expect(try Scene(contentsOf: header, options: asStored).bands == 5)
      }
    }
  }

  @Test("a header that promises more than the file holds is refused with both sizes")
  func truncatedData() throws {
    try withTemporaryDirectory { directory in
      let header = try ENVIFixture().write(in: directory)
      let data = directory.appendingPathComponent("cube.img")
      try Data(repeating: 1, count: 239).write(to: data)
      let error = #expect(throws: SceneError.self) { try Scene(contentsOf: header, options: asStored) }
      #expect(error == .truncated(path: data.path, expectedBytes: 240, foundBytes: 239))
    }
  }

  @Test("no truncation of a header crashes, and none reads a cube of other extents")
  func truncatedHeader() throws {
    try withTemporaryDirectory { directory in
      var fixture = ENVIFixture()
      fixture.more = "wavelength units = Nanometers\nwavelength = {400, 500,\n 600, 700, 800}\nbbl = {1, 1, 0, 1, 1}"
      let header = try fixture.write(in: directory)
      let bytes = Data(fixture.header.utf8)
      for count in 0..<bytes.count {
        try bytes.prefix(count).write(to: header)
        do {
          let scene = try Scene(contentsOf: header, options: asStored)
          checkScene(scene)
          #expect(scene.rows == 3 && scene.columns == 4, "\(count) bytes")
          // Without its end the list of bad bands may be missing, never shorter.
          #expect([[0, 1, 2, 3, 4], [0, 1, 3, 4]].contains(scene.sourceBands), "\(count) bytes")
          #expect(scene.axis.map { [400.0, 500, 600, 700, 800].starts(with: $0.wavelengths.prefix(2)) } ?? true)
          #expect(scene.value(2, 3, scene.bands - 1) == Scalar(fixture.value(2, 3, 4)))
        } catch is SceneError {}
      }
    }
  }

  @Test("options that say nothing about an ENVI file are refused by name, not ignored")
  func foreignOptions() throws {
    try withTemporaryDirectory { directory in
      let header = try ENVIFixture().write(in: directory)
      let edits: [(String, (inout ReadingOptions) -> Void)] = [
        ("variable", { $0.variable = "V" }), ("wavelength variable", { $0.wavelengthVariable = "w" }),
        ("abundance variable", { $0.abundanceVariable = "A" }), ("endmember variable", { $0.endmemberVariable = "M" }),
        ("name variable", { $0.nameVariable = "n" }),
        ("rows", { $0.rows = 4 }), ("columns", { $0.columns = 3 }), ("order", { $0.pixelOrder = .columnMajor }),
        ("rows", { $0.rows = 0 }), ("columns", { $0.columns = -1 }), ("memory", { $0.memoryLimit = 0 }),
      ]
      for (name, edit) in edits {
        var options = asStored
        edit(&options)
        let error = try #require(throws: SceneError.self) { try Scene(contentsOf: header, options: options) }
        #expect(error.description.contains(name), "\(error)")
      }
      var options = asStored
      (options.rows, options.columns, options.pixelOrder) = (3, 4, .rowMajor)
      #expect(try Scene(contentsOf: header, options: options).bands == 5)
    }
  }

  @Test("a cube that needs more memory than is allowed is refused with both figures; a window of it may be read")
  func memory() throws {
    try withTemporaryDirectory { directory in
      let header = try ENVIFixture().write(in: directory)
      var options = asStored
      // Twice 60 values: the cube and a choice of its bands.
      let needed = 2 * 60 * MemoryLayout<Scalar>.size
      options.memoryLimit = needed
      #expect(try Scene(contentsOf: header, options: options).bands == 5)
      options.memoryLimit = needed - 1
      let error = try #require(throws: SceneError.self) { try Scene(contentsOf: header, options: options) }
      let text = error.description
      #expect(text.contains("cube.hdr") && text.contains("\(needed) bytes") && text.contains("\(needed - 1) bytes"))
      options.window = .init(rows: 0..<2, columns: 0..<4)
      #expect(try Scene(contentsOf: header, options: options).rows == 2)
    }
  }

  @Test("a named pipe is refused, not waited for", .timeLimit(.minutes(1)))
  func pipe() throws {
    try withTemporaryDirectory { directory in
      let pipe = directory.appendingPathComponent("pipe.img")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      let error = #expect(throws: SceneError.self) { try Scene(contentsOf: pipe) }
      #expect(error == .cannotOpen(path: pipe.path, reason: "it is not a regular file"))
    }
  }

  @Test("declared sizes beyond the machine are refused before memory is asked for")
  func bombs() throws {
    try withTemporaryDirectory { directory in
      for extent in ["2147483647", "9007199254740991", "1e15", "99999999999999999999"] {
        let header = directory.appendingPathComponent("bomb.hdr")
        let text = """
          ENVI
          samples = \(extent)
          lines = \(extent)
          bands = \(extent)
          data type = 5
          interleave = bip
          byte order = 0
          """
        try Data(text.utf8).write(to: header)
        try Data([0]).write(to: directory.appendingPathComponent("bomb.img"))
        #expect(throws: SceneError.self) { try Scene(contentsOf: header) }
      }
    }
  }
}
