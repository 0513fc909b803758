import Foundation
import Scenes
import Tensors
import Testing
import Unmixing

/// An estimate comes back from its file as it was, and its rasters are what other programs read.
struct EstimateFileTests {
  private static let names = ["rock", "leaf, green", "water"]

  /// Three endmembers on 4 × 5 pixels, two of them masked; every number is a fraction with an exact Float.
  private static func example() -> (estimate: Estimate, scene: Scene) {
    let (rows, columns, bands) = (4, 5, 6)
    let isValid = (0..<20).map { $0 != 3 && $0 != 17 }
    let spectra = Tensor([20, bands], (0..<120).map { Scalar($0 % 7 + 1) / 8 })
    let axis = SpectralAxis(wavelengths: (0..<bands).map { 400 + 50 * Double($0) }, sourceUnit: .micrometers)
    let scene = Scene(
      name: "field", rows: rows, columns: columns, spectra: spectra, isValid: isValid, axis: axis,
      georeference: [HeaderField("map info", "{UTM, 1, 1, 500000, 4000000, 30, 30, 11, North}")])
    func map(_ offset: Int) -> Tensor {
      Tensor([20, 3], (0..<60).map { isValid[$0 / 3] ? Scalar(($0 * 5 + offset) % 16) / 16 : 0 })
    }
    let library = SpectralLibrary(
      names: names, spectra: Tensor([3, bands], (0..<18).map { Scalar($0) / 32 }), axis: axis, source: "test")
    var estimate = Estimate(names: names, of: scene, mean: map(0), endmembers: library)
    estimate.deviation = map(1)
    estimate.draw = map(2)
    estimate.quantiles = zip([0.05, 0.5, 0.95], [3, 4, 5]).map { Estimate.Quantile(probability: $0, values: map($1)) }
    estimate.totalConcentration = map(6).slice(along: 1, 0..<1).reshaped(to: [20])
    estimate.reconstructionAngle = map(7).slice(along: 1, 0..<1).reshaped(to: [20])
    return (estimate, scene)
  }

  private func withDirectory(_ body: (URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("estimate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
  }

  @Test func everyMapComesBack() throws {
    try withDirectory { directory in
      let (estimate, _) = Self.example()
      let url = directory.appendingPathComponent("estimate.h5")
      try EstimateFile(estimate, sceneName: "field", method: "test", isLabelled: true, sourceBands: [2, 3, 4, 7, 8, 9])
        .write(to: url)
      let file = try EstimateFile(contentsOf: url)
      let read = file.estimate
      #expect(file.isLabelled && file.sourceBands == [2, 3, 4, 7, 8, 9])
      #expect(file.sceneName == "field" && file.method == "test")
      #expect(read.names == estimate.names && read.rows == 4 && read.columns == 5 && read.isValid == estimate.isValid)
      #expect(read.mean.scalars == estimate.mean.scalars)
      #expect(read.deviation?.scalars == estimate.deviation?.scalars)
      #expect(read.draw?.scalars == estimate.draw?.scalars)
      #expect(read.quantiles.map(\.probability) == [0.05, 0.5, 0.95])
      #expect(read.quantiles.map(\.values.scalars) == estimate.quantiles.map(\.values.scalars))
      #expect(read.totalConcentration?.scalars == estimate.totalConcentration?.scalars)
      #expect(read.reconstructionAngle?.scalars == estimate.reconstructionAngle?.scalars)
      #expect(read.endmembers?.spectra.scalars == estimate.endmembers?.spectra.scalars)
      #expect(read.endmembers?.axis == estimate.endmembers?.axis)
    }
  }

  @Test func whatAMethodDoesNotGiveIsAbsent() throws {
    try withDirectory { directory in
      let (_, scene) = Self.example()
      let url = directory.appendingPathComponent("estimate.h5")
      let point = Estimate(names: Self.names, of: scene, mean: .zeros([20, 3]))
      try EstimateFile(point, sceneName: "field", method: "point").write(to: url)
      let file = try EstimateFile(contentsOf: url)
      let read = file.estimate
      #expect(!file.isLabelled && file.sourceBands == nil)
      #expect(read.deviation == nil && read.draw == nil && read.quantiles.isEmpty && read.endmembers == nil)
    }
  }

  @Test func otherFilesAreRefused() throws {
    try withDirectory { directory in
      let url = directory.appendingPathComponent("other.h5")
      try SceneHDF5.write(Self.example().scene, to: url)
      #expect(throws: UnmixingError.self) { try EstimateFile(contentsOf: url) }
    }
  }

  @Test func rastersCarryNamesMaskAndPlace() throws {
    try withDirectory { directory in
      let (estimate, scene) = Self.example()
      let written = try EstimateFolder(estimate, of: scene, method: "test").write(to: directory)
      #expect(
        written.map(\.file) == [
          "estimate.h5", "abundances.img", "abundances-sd.img", "abundances-q05.img", "abundances-q50.img",
          "abundances-q95.img", "total-concentration.img", "reconstruction-angle.img", "effective-number.img",
          "endmembers.csv", "endmembers.sli", "abundance-maps.png",
        ])
      let raster = try Scene(contentsOf: directory.appendingPathComponent("abundances.img"))
      #expect(raster.rows == 4 && raster.columns == 5 && raster.bands == 3)
      #expect(raster.isValid == estimate.isValid)
      #expect(raster.spectra.scalars == estimate.mean.scalars)
      #expect(raster.georeference == scene.georeference)
      let header = try String(contentsOf: directory.appendingPathComponent("abundances.hdr"), encoding: .utf8)
      #expect(header.contains("map info = {UTM, 1, 1, 500000, 4000000, 30, 30, 11, North}"))
    }
  }

  @Test func endmembersComeAsTableAndLibrary() throws {
    try withDirectory { directory in
      let (estimate, scene) = Self.example()
      _ = try EstimateFolder(estimate, of: scene, method: "test").write(to: directory)
      let table = try String(contentsOf: directory.appendingPathComponent("endmembers.csv"), encoding: .utf8)
      let rows = try #require(CommaSeparated.rows(of: table))
      #expect(rows.first == ["wavelength (nm)"] + Self.names)
      #expect(rows.dropFirst().map { Double($0[0]) } == [400, 450, 500, 550, 600, 650])
      // Band 2 of endmember 1 is the entry 1 · 6 + 2.
      #expect(rows[3][2] == "0.25")
      let library = try SpectralLibrary(contentsOf: directory.appendingPathComponent("endmembers.sli"))
      #expect(library.count == 3 && library.bands == 6)
      #expect(library.spectra.scalars == estimate.endmembers?.spectra.scalars)
    }
  }

  @Test func mapsAreOnePicture() throws {
    try withDirectory { directory in
      let (estimate, scene) = Self.example()
      _ = try EstimateFolder(estimate, of: scene, method: "test").write(to: directory)
      let bytes = try [UInt8](Data(contentsOf: directory.appendingPathComponent("abundance-maps.png")))
      let picture = try PNGReader(bytes)
      // Every column of 5 pixels is enlarged 48 times; three maps stand beside a scale.
      #expect(picture.width > 3 * 5 * 48 && picture.height > 2 * 4 * 48)
      let colors = Set((0..<picture.height).flatMap { y in (0..<picture.width).map { picture[$0, y] } })
      #expect(colors.contains(.gray), "masked pixels are grey")
      #expect(colors.contains(ColorMap.table[0]), "an abundance of 0 has the first colour")
    }
  }

  @Test func endmembersCanBeReordered() {
    let (estimate, _) = Self.example()
    let turned = estimate.reordered([2, 0, 1])
    #expect(turned.names == ["water", "rock", "leaf, green"])
    #expect(turned.mean.slice(along: 1, 0..<1).scalars == estimate.mean.slice(along: 1, 2..<3).scalars)
    #expect(turned.endmembers?.spectra[1].scalars == estimate.endmembers?.spectra[0].scalars)
  }
}
