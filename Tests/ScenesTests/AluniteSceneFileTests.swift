import Foundation
import Scenes
import Tensors
import Testing

@Suite("Alunite's own scene files")
struct AluniteSceneFileTests {
  private var scene: Scene {
    var scene = rampScene()
    scene.axis = SpectralAxis(centers: [400, 500, 600, 700, 800], widths: nil, in: .nanometers)
    scene.georeference = [
      HeaderField("map info", "{UTM, 1, 1, 500000, 4000000, 20, 20, 11, North, WGS-84}"), HeaderField("x start", "3"),
    ]
    scene.sourceBands = [10, 11, 13, 17, 19]
    scene.truth = GroundTruth(
      abundances: Tensor([12, 2], (0..<24).map { Scalar($0) / 32 }),
      endmembers: SpectralLibrary(
        names: ["tree", "water"], spectra: Tensor([2, 5], (0..<10).map { Scalar($0) / 16 }), source: "made"))
    return scene
  }

  private func read(_ scene: Scene, _ edit: (inout ReadingOptions) throws -> Void) throws -> Scene {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("scene.h5")
      try SceneHDF5.write(scene, to: url)
      var options = ReadingOptions()
      try edit(&options)
      let scene = try Scene(contentsOf: url, options: options)
      checkScene(scene)
      return scene
    }
  }

  @Test("chosen and dropped bands are those of the true endmembers too, in the scene's file and in a second one")
  func truthBands() throws {
    let part = try read(scene) { $0.bands = [4, 1] }
    #expect(part.sourceBands == [19, 11])
    #expect(part.truth?.endmembers?.spectra.scalars == [4, 1, 9, 6].map { Scalar($0) / 16 })
    var constant = scene
    constant.spectra.withUnsafeMutableScalars { values in for pixel in 0..<12 { values[pixel * 5 + 2] = 0.25 } }
    let error = #expect(throws: SceneError.self) { try read(constant) { _ in } }
    guard case .constantBands(_, [2])? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let dropped = try read(constant) { $0.constantBands = .drop }
    #expect(dropped.sourceBands == [10, 11, 17, 19])
    #expect(dropped.truth?.endmembers?.spectra.scalars == [0, 1, 3, 4, 5, 6, 8, 9].map { Scalar($0) / 16 })
    #expect(try read(constant) { $0.constantBands = .keep }.bands == 5)
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("scene.h5")
      try SceneHDF5.write(scene, to: url)
      var options = ReadingOptions()
      options.bands = [4, 1]
      let truth = try GroundTruth.read(url, options: options, for: part)
      #expect(truth.endmembers?.spectra == part.truth?.endmembers?.spectra)
    }
  }

  @Test("a window moves the georeference with it and crops the truth")
  func window() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("scene.h5")
      try SceneHDF5.write(scene, to: url)
      var options = ReadingOptions()
      options.window = .init(rows: 1..<3, columns: 2..<4)
      let part = try Scene(contentsOf: url, options: options)
      let placed = Dictionary(uniqueKeysWithValues: part.georeference.map { ($0.key, $0.value) })
      #expect(placed["map info"]?.hasPrefix("{UTM, -1, 0, 500000") == true)
      #expect(placed["x start"] == "5")
      let truth = try GroundTruth.read(url, options: options, for: part)
      #expect(truth.abundances == part.truth?.abundances)
      #expect(truth.abundances.scalars == [12, 13, 14, 15, 20, 21, 22, 23].map { Scalar($0) / 32 })
    }
  }

  @Test("a scale, a unit and other wavelengths that are asked for are applied")
  func applied() throws {
    var large = scene
    large.spectra = large.spectra * 1_000
    #expect(try read(large) { _ in }.spectra == large.spectra)
    let scaled = try read(large) { $0.scale = .factor(1_000) }
    #expect(zip(scaled.spectra.scalars, scene.spectra.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(scaled.notes.contains { $0.field == "scale" })
    #expect(try read(large) { $0.scale = .maximum }.spectra.maximum().scalar == 1)
    // Numbers that were taken for nanometres are tenths of them.
    var near = scene
    near.axis = SpectralAxis(centers: [4_000, 5_000, 6_000, 7_000, 8_000], widths: nil, in: .nanometers)
    let axis = try read(near) { $0.wavelengthUnit = .angstroms }.axis
    #expect(axis?.wavelengths == [400, 500, 600, 700, 800] && axis?.sourceUnit == .angstroms)
    let listed = try withTemporaryDirectory { directory in
      let table = directory.appendingPathComponent("wavelengths.txt")
      try Data("0.4\n0.5\n0.6\n0.7\n0.8\n".utf8).write(to: table)
      return try read(near) { $0.wavelengthFile = table }
    }
    #expect(listed.axis?.sourceUnit == .micrometers && listed.axis?.wavelengths.last == 800)
  }

  @Test("options that say nothing about the file are refused by name")
  func refused() throws {
    let edits: [(String, (inout ReadingOptions) -> Void)] = [
      ("rows", { $0.rows = 4 }), ("columns", { $0.columns = 3 }), ("order", { $0.pixelOrder = .columnMajor }),
      ("wavelengths", { $0.wavelengthVariable = "wavelengths" }),
      ("abundance variable", { $0.abundanceVariable = "A" }), ("endmember variable", { $0.endmemberVariable = "M" }),
      ("name variable", { $0.nameVariable = "names" }), ("memory", { $0.memoryLimit = 400 }),
    ]
    for (name, edit) in edits {
      let error = try #require(throws: SceneError.self) { try read(scene, edit) }
      #expect(error.description.contains(name), "\(error)")
    }
    let same = try read(scene) { ($0.rows, $0.columns, $0.wavelengthVariable) = (3, 4, "wavelength") }
    #expect(same.axis?.wavelengths == scene.axis?.wavelengths)
  }

  @Test("spectra of another rank and impossible band numbers are errors, for every kind of reading")
  func damaged() throws {
    try withTemporaryDirectory { directory in
      let flat = directory.appendingPathComponent("flat.h5")
      let file = try HDF5File(creating: flat)
      try file.setAttribute("alunite_format", to: "scene")
      try file.setAttribute("alunite_version", to: Int64(1))
      try file.write([0.5, 0.25], to: "spectra")
      try file.write(Tensor.zeros([1, 2, 1]), to: "truth/abundances")
      try file.write(["a"], to: "truth/names")
      try file.close()
      #expect(throws: SceneError.self) { try Scene(contentsOf: flat) }
      #expect(throws: SceneError.self) { try GroundTruth.read(flat) }
      #expect(throws: SceneError.self) { try SpectralLibrary(contentsOf: flat) }
      for (place, sources) in [[0, 1, -2, 3, 4], [0, 1, 2, 3, 3], [0, 1, 2, 3, .max]].enumerated() {
        let url = directory.appendingPathComponent("\(place).h5")
        let file = try HDF5File(creating: url)
        try file.setAttribute("alunite_format", to: "scene")
        try file.setAttribute("alunite_version", to: Int64(1))
        try file.write(rampScene().spectra.reshaped(to: [3, 4, 5]), to: "spectra")
        try file.write([UInt8](repeating: 1, count: 12), dimensions: [3, 4], to: "valid")
        try file.write(sources.map { Int64($0) }, to: "source_bands")
        try file.close()
        let error = try #require(throws: SceneError.self) { try Scene(contentsOf: url) }
        #expect(error.description.contains("source_bands"))
      }
    }
  }
}
