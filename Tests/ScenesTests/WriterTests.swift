import Foundation
import Scenes
import Tensors
import Testing

@Suite("Writers")
struct WriterTests {
  private var scene: Scene {
    var scene = rampScene()
    scene.isValid[6] = false
    scene.spectra.withUnsafeMutableScalars { values in for band in 0..<5 { values[6 * 5 + band] = 0 } }
    scene.axis = SpectralAxis(
      centers: [0.4, 0.45, 0.5123456, 1.1, 2.5], widths: [0.01, 0.011, 0.012, 0.013, 0.014], in: .micrometers,
      isGood: [true, true, true, true, true])
    scene.georeference = [HeaderField("map info", "{UTM, 1.000, 1.000, 5e5, 4e6, 2.0e+01, 20, 11, North, WGS-84}")]
    scene.notes = [Note(.warning, field: "byte order", found: "missing", action: "read as 0", remedy: "say it")]
    scene.truth = GroundTruth(
      abundances: Tensor([12, 2], (0..<24).map { Scalar($0) / 32 }),
      endmembers: SpectralLibrary(
        names: ["tree, big", "water"], spectra: Tensor([2, 5], (0..<10).map { Scalar($0) / 16 }), axis: scene.axis,
        source: "made"))
    return scene
  }

  @Test("a cube is read back as it was written, whatever the interleave", arguments: ENVIWriter.Interleave.allCases)
  func cube(interleave: ENVIWriter.Interleave) throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("out.img")
      let scene = scene
      try ENVIWriter(interleave: interleave).write(scene, to: url)
      let back = try Scene(contentsOf: url)
      checkScene(back)
      #expect(back.spectra == scene.spectra)
      #expect(back.isValid == scene.isValid)
      #expect(back.axis == scene.axis)
      #expect(back.georeference == scene.georeference)
      #expect(!back.notes.contains { $0.severity == .warning })
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
      #expect(names == ["out.hdr", "out.img"])
      #expect(throws: SceneError.self) { try ENVIWriter().write(scene, to: url) }
      try ENVIWriter(interleave: .bsq, overwriting: true).write(scene, to: url)
      #expect(try Scene(contentsOf: url).spectra == scene.spectra)
    }
  }

  @Test("wavelengths and widths stand on one line each, in the source's unit")
  func headerText() throws {
    try withTemporaryDirectory { directory in
      try ENVIWriter().write(scene, to: directory.appendingPathComponent("out.hdr"))
      let text = try String(contentsOf: directory.appendingPathComponent("out.hdr"), encoding: .utf8)
      #expect(text.contains("\nwavelength = {0.4, 0.45, 0.5123456, 1.1, 2.5}\n"))
      #expect(text.contains("\nfwhm = {0.01, 0.011, 0.012, 0.013, 0.014}\n"))
      #expect(text.contains("\nwavelength units = Micrometers\n"))
      #expect(text.hasPrefix("ENVI\n"))
    }
  }

  @Test("named bands are read back as reference abundances; commas in names do not part them")
  func raster() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("abundances.img")
      let values = Tensor([12, 2], (0..<24).map { Scalar($0) / 32 })
      try ENVIWriter(interleave: .bsq).write(
        values, bandNames: ["tree, big", "water {deep}"], rows: 3, columns: 4, description: "two {fractions}\nof 1",
        to: url)
      let truth = try GroundTruth.read(url, for: rampScene())
      #expect(truth.abundances == values)
      #expect(truth.names == ["tree; big", "water (deep)"])
      #expect(throws: SceneError.self) { try GroundTruth.read(url, for: rampScene(rows: 4, columns: 3)) }
    }
  }

  @Test("a spectral library is read back with its deleted channels")
  func library() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("lib.sli")
      let spectra = Tensor([2, 3], [0.125, .nan, 0.375, 0.5, 0.625, 0.75])
      let axis = SpectralAxis(wavelengths: [400, 500.5, 600])
      try ENVIWriter().write(SpectralLibrary(names: ["a = b", "c"], spectra: spectra, axis: axis), to: url)
      let back = try SpectralLibrary(contentsOf: url)
      #expect(back.names == ["a = b", "c"])
      #expect(back.axis == axis)
      #expect(back.completeBands == [0, 2])
      #expect(back.spectra.scalars.map(\.bitPattern) == spectra.scalars.map(\.bitPattern))
      #expect(throws: SceneError.self) { try Scene(contentsOf: url) }
    }
  }

  @Test("Alunite's own file gives back everything", arguments: [nil, 1, 9])
  func ownFormat(compression: Int?) throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("scene.h5")
      let scene = scene
      try SceneHDF5.write(scene, to: url, compression: compression)
      let back = try Scene(contentsOf: url)
      checkScene(back)
      #expect(back.name == scene.name && back.format == scene.format)
      #expect(back.spectra == scene.spectra && back.isValid == scene.isValid)
      #expect(back.axis == scene.axis && back.georeference == scene.georeference)
      #expect(back.notes == scene.notes)
      #expect(back.sourceBands == scene.sourceBands)
      let truth = try #require(back.truth)
      #expect(truth.abundances == scene.truth?.abundances)
      #expect(truth.names == ["tree, big", "water"])
      #expect(truth.endmembers?.spectra == scene.truth?.endmembers?.spectra)
      #expect(try GroundTruth.read(url, for: scene).abundances == truth.abundances)
      #expect(try SpectralLibrary(contentsOf: url).names == truth.names)
      #expect(throws: SceneError.self) { try SceneHDF5.write(scene, to: url) }
      var options = ReadingOptions()
      options.bands = [4, 1]
      options.window = .init(rows: 0..<2, columns: 1..<3)
      let part = try Scene(contentsOf: url, options: options)
      #expect(part.sourceBands == [4, 1] && part.pixelCount == 4)
      #expect(part.value(1, 0, 0) == scene.value(1, 1, 4))
      // Spectra of the truth follow the bands of the scene, whichever file they are asked from.
      let kept = scene.truth?.endmembers?.selecting(bands: [4, 1]).spectra
      #expect(part.truth?.endmembers?.spectra == kept)
      options.window = nil
      let narrow = try Scene(contentsOf: url, options: options)
      #expect(try GroundTruth.read(url, for: narrow).endmembers?.spectra == kept)
    }
  }

  @Test("a newer version of the own file is refused by its number")
  func newerVersion() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("scene.h5")
      let file = try HDF5File(creating: url)
      try file.setAttribute("alunite_format", to: "scene")
      try file.setAttribute("alunite_version", to: Int64(2))
      try file.close()
      let error = #expect(throws: SceneError.self) { try Scene(contentsOf: url) }
      #expect(error?.description.contains("2") == true)
    }
  }

  @Test("a foreign HDF5 file is read by dataset, with its wavelengths, fill value and flags")
  func foreign() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("granule.nc")
      let file = try HDF5File(creating: url)
      var values = rampScene().spectra.reshaped(to: [3, 4, 5])
      values.withUnsafeMutableScalars { for band in 0..<5 { $0[band] = -9_999 } }
      try file.write(values, to: "reflectance")
      try file.setAttribute("_FillValue", of: "reflectance", to: -9_999.0)
      try file.write([400.0, 500, 600, 700, 800], to: "sensor_band_parameters/wavelengths")
      try file.write([8.0, 8, 8, 8, 8], to: "sensor_band_parameters/fwhm")
      try file.write([1, 1, 1, 0, 1] as [UInt8], to: "sensor_band_parameters/good_wavelengths")
      try file.setAttribute("units", of: "sensor_band_parameters/wavelengths", to: "nm")
      try file.write(Tensor.zeros([3, 4]), to: "location/lon")
      try file.close()
      var options = ReadingOptions()
      options.variable = "reflectance"
      for options in [options, ReadingOptions()] {
        let scene = try Scene(contentsOf: url, options: options)
        checkScene(scene)
        #expect(scene.rows == 3 && scene.columns == 4 && scene.sourceBands == [0, 1, 2, 4])
        #expect(scene.validPixels == Array(1..<12))
        #expect(scene.axis?.wavelengths == [400, 500, 600, 800] && scene.axis?.fwhm == [8, 8, 8, 8])
        #expect(scene.value(2, 1, 3) == rampScene().value(2, 1, 4))
      }
      options.variable = "location/none"
      #expect(throws: SceneError.self) { try Scene(contentsOf: url, options: options) }
    }
  }
}
