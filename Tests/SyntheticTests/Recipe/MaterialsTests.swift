import Foundation
import Scenes
import Synthetic
import TestSupport
import Tensors
import Testing

/// Materials that a library's file holds.
@Suite struct MaterialsTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let axis = SpectralAxis(
      wavelengths: (0..<50).map { 400 + 10 * Double($0) }, fwhm: [Double](repeating: 10, count: 50))
    let values = (0..<200).map { place -> Scalar in
      let (spectrum, band) = place.quotientAndRemainder(dividingBy: 50)
      return 0.1 + 0.1 * Scalar(spectrum) + 0.001 * Scalar(band)
    }
    let library = SpectralLibrary(
      names: ["Alunite GDS84", "Alunite GDS83", "Calcite WS272", "Old alunite"], spectra: Tensor([4, 50], values),
      axis: axis)
    try ENVIWriter().write(library, to: folder.appending(path: "own.sli"))
  }

  /// A scene of a recipe that stands beside the library.
  private func scene(_ minerals: String, sensor: String = "{grid: library}") throws -> Scene {
    defer { try? FileManager.default.removeItem(at: folder) }
    let yaml = """
      rows: 5
      columns: 6
      sensor: \(sensor)
      library: own.sli
      \(minerals.isEmpty ? "" : "minerals: \(minerals)")
      abundances: {field: dirichlet}
      """
    let file = folder.appending(path: "recipe.yaml")
    try Data(yaml.utf8).write(to: file)
    return try Recipe(contentsOf: file).scene()
  }

  @Test(arguments: [
    ("[alunite gds84, 3]", ["Alunite GDS84", "Calcite WS272"]), ("[WS272, old]", ["Calcite WS272", "Old alunite"]),
    ("", ["Alunite GDS84", "Alunite GDS83", "Calcite WS272", "Old alunite"]),
    ("[[Alunite GDS83, Alunite GDS84], calcite]", ["Alunite GDS83", "Calcite WS272"]),
  ]) func spectraAreFoundByNameAndNumber(minerals: String, names: [String]) throws {
    let scene = try scene(minerals)
    #expect(scene.truth?.names == names)
    #expect(scene.bands == 50)
    let first = try #require(scene.truth?.endmembers).spectra.scalars[0]
    let expected: Scalar = minerals.hasPrefix("[[") ? 0.15 : names[0] == "Calcite WS272" ? 0.3 : 0.1
    expectClose(Double(first), Double(expected), relative: 1e-6, because: "one rounding")
  }

  @Test func anotherInstrumentSeesTheLibraryAtItsOwnBands() throws {
    let scene = try scene("[1, 3]", sensor: "{start: 450, end: 850, count: 9, fwhm: 40}")
    #expect(scene.axis?.wavelengths == [450, 500, 550, 600, 650, 700, 750, 800, 850])
    // Straight lines stay what they are.
    let values = try #require(scene.truth?.endmembers).spectra.scalars[0..<9].map { Double($0) }
    expectClose(values, (0..<9).map { 0.105 + 0.005 * Double($0) }, relative: 1e-5, because: "a symmetric response")
  }

  @Test(arguments: [
    ("[alunite, calcite]", "{grid: library}", "minerals", "“alunite”, which could be Alunite GDS84, Alunite GDS83"),
    ("[quarz, calcite]", "{grid: library}", "minerals", "“quarz”"),
    ("[7, calcite]", "{grid: library}", "minerals", "“7”"),
    ("[1, 3]", "{grid: library, drop: [60]}", "sensor.drop", "60"),
    ("[1, 3]", "{grid: emit}", "sensor", "217 without (1, 2, 71,"),
  ]) func saysWhatALibraryLacks(minerals: String, sensor: String, field: String, found: String) throws {
    let error = #expect(throws: RecipeError.self) { try scene(minerals, sensor: sensor) }
    guard case .malformed(_, field, _, let text) = error, text.contains(found) else {
      Issue.record("found \(String(describing: error))")
      return
    }
  }
}
