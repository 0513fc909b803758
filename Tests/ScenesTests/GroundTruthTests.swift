import Foundation
import Scenes
import Tensors
import Testing

/// Where a file states no abundances, there is no truth: never a true abundance of 0.
@Suite("Reference abundances")
struct GroundTruthTests {
  /// Fractions of two endmembers on 3 × 4 pixels, exact in single precision, except at three pixels.
  private static func fraction(_ pixel: Int, _ endmember: Int, none: Double) -> Double {
    switch pixel {
    case 1: none
    case 6: endmember == 1 ? .nan : 0.5
    case 8: 0
    default: endmember == 0 ? Double(pixel + 1) / 16 : 1 - Double(pixel + 1) / 16
    }
  }

  /// Checks that pixels 1, 6 and 8 are unknown and the others are what they were.
  private func check(_ truth: GroundTruth, sourceLocation: SourceLocation = #_sourceLocation) {
    let values = truth.abundances.scalars
    for pixel in 0..<12 {
      let row = Array(values[2 * pixel..<2 * pixel + 2])
      if [1, 6, 8].contains(pixel) {
        #expect(row.allSatisfy { $0.isNaN }, "pixel \(pixel): \(row)", sourceLocation: sourceLocation)
      } else {
        let expected = (0..<2).map { Scalar(Self.fraction(pixel, $0, none: 0)) }
        #expect(row == expected, "pixel \(pixel)", sourceLocation: sourceLocation)
      }
    }
    let note = truth.notes.first { $0.field == "pixels" }
    #expect(note?.found.contains("of 12") == true && note?.action.contains("not compared") == true)
  }

  private func raster(
    _ more: String = "data ignore value = -9999", _ edit: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> GroundTruth {
    var fixture = ENVIFixture(bands: 2) { line, sample, band in Self.fraction(line * 4 + sample, band, none: -9_999) }
    fixture.more = more
    return try withTemporaryDirectory { directory in
      var options = ReadingOptions()
      edit(&options)
      return try GroundTruth.read(fixture.write(in: directory), options: options, for: rampScene())
    }
  }

  @Test("pixels of an ENVI raster without abundances are unknown")
  func envi() throws {
    check(try raster())
  }

  @Test("what is said about a scene's bands does not touch a truth's endmembers")
  func optionsOfTheScene() throws {
    try withTemporaryDirectory { directory in
      let wavelengths = directory.appendingPathComponent("wavelengths.txt")
      try Data("400\n500\n600\n700\n800\n".utf8).write(to: wavelengths)
      let truth = try raster {
        $0.bands = [4, 0, 2]
        $0.wavelengthFile = wavelengths
        $0.constantBands = .drop
      }
      check(truth)
    }
  }

  @Test("an endmember that no pixel states leaves nothing to compare")
  func unknownEndmember() throws {
    let fixture = ENVIFixture(bands: 2) { line, sample, band in band == 1 ? .nan : Double(line * 4 + sample) / 16 }
    try withTemporaryDirectory { directory in
      let error = #expect(throws: SceneError.self) { try GroundTruth.read(fixture.write(in: directory)) }
      guard case .noValidPixels? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("pixels of an HDF5 dataset at its fill value are unknown, as floats and as scaled integers")
  func hdf5() throws {
    try withTemporaryDirectory { directory in
      let values = (0..<24).map { Self.fraction($0 / 2, $0 % 2, none: -9_999) }
      let floats = directory.appendingPathComponent("floats.h5")
      let file = try HDF5File(creating: floats)
      try file.write(Tensor([3, 4, 2], values.map { Scalar($0) }), to: "fractions")
      try file.setAttribute("_FillValue", of: "fractions", to: -9_999.0)
      try file.close()
      check(try GroundTruth.read(floats, for: rampScene()))

      // Sixteenths as whole numbers; a NaN has no whole number, so the fill value stands there.
      let integers = directory.appendingPathComponent("integers.nc")
      let scaled = try HDF5File(creating: integers)
      let stored = values.map { $0 == -9_999 || $0.isNaN ? -9_999 : Int64($0 * 16) }
      try scaled.write(stored, dimensions: [3, 4, 2], to: "fractions")
      try scaled.setAttribute("_FillValue", of: "fractions", to: -9_999.0)
      try scaled.setAttribute("scale_factor", of: "fractions", to: 1.0 / 16)
      try scaled.close()
      check(try GroundTruth.read(integers, for: rampScene()))
    }
  }

  @Test("pixels of a MATLAB matrix at a stated ignore value are unknown", arguments: MATFixture.Version.allCases)
  func matlab(version: MATFixture.Version) throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("a.mat"), version)
      // Columns are pixels, down the columns of the image.
      let values = (0..<24).map { Self.fraction($0 / 2 % 3 * 4 + $0 / 2 / 3, $0 % 2, none: -1) }
      fixture.add("A", [2, 12], values)
      var options = ReadingOptions()
      options.abundanceVariable = "A"
      options.ignoreValue = -1
      check(try GroundTruth.read(fixture.close(), options: options, for: rampScene()))
    }
  }

  @Test("a scene keeps a truth of its own size")
  func truthOfAScene() async {
    await #expect(processExitsWith: .failure) {
      var scene = rampScene()
      scene.truth = GroundTruth(abundances: Tensor.ones([11, 1]))
    }
    await #expect(processExitsWith: .failure) {
      var scene = rampScene()
      scene.truth = GroundTruth(abundances: Tensor.ones([12, 1]))
      scene.truth?.abundances = Tensor.zeros([13, 1])
    }
    var scene = rampScene()
    scene.truth = GroundTruth(abundances: Tensor.ones([12, 1]))
    scene.truth?.abundances = Tensor.zeros([12, 1])
    #expect(scene.truth?.abundances.shape == [scene.pixelCount, 1])
    scene.truth = nil
    #expect(scene.truth == nil)
  }
}
