import Foundation
import Scenes
import Synthetic
import TestSupport
import Testing

/// Materials from spectra as text, by name.
@Suite struct TextLibraryTests {
  /// A recipe's scene from a library that stands beside it.
  private func scene(_ files: [String: String], library: String, minerals: String, sensor: String) throws -> Scene {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let url = folder.appending(path: name)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    let yaml = """
      rows: 3
      columns: 4
      sensor: \(sensor)
      library: \(library)
      minerals: \(minerals)
      abundances: {field: dirichlet}
      """
    let file = folder.appending(path: "recipe.yaml")
    try Data(yaml.utf8).write(to: file)
    return try Recipe(contentsOf: file).scene()
  }

  private static let table =
    "wavelength (nm),Alunite GDS84,Calcite WS272\n"
    + (0..<40).map { "\(400 + 10 * $0),\(0.2 + 0.01 * Double($0)),\(0.9 - 0.01 * Double($0))\n" }.joined()

  /// One column under a title, over 40 or 30 channels.
  private static func spectrum(_ title: String, _ values: [Double]) -> String {
    "splib07a Record=7: \(title)\n" + values.map { " \($0)\n" }.joined()
  }

  @Test func aTableIsALibrary() throws {
    let scene = try scene(
      ["own.csv": Self.table], library: "own.csv", minerals: "[calcite, alunite]", sensor: "{grid: library}")
    #expect(scene.truth?.names == ["Calcite WS272", "Alunite GDS84"] && scene.bands == 40)
    let first = try #require(scene.truth?.endmembers).spectra.scalars[0]
    expectClose(Double(first), 0.9, relative: 1e-6, because: "one rounding")
  }

  @Test func aFolderOfTwoSpectrometersIsALibraryAtTheSensorsBands() throws {
    let files = [
      "usgs/splib07a_Wavelengths_BECK_.txt": Self.spectrum("BECK", (0..<40).map { 0.4 + 0.02 * Double($0) }),
      "usgs/splib07a_Wavelengths_ASD_.txt": Self.spectrum("ASD", (0..<30).map { 0.41 + 0.03 * Double($0) }),
      "usgs/M/splib07a_Alunite_BECKb_AREF.txt": Self.spectrum(
        "Alunite GDS84", (0..<40).map { (0.4 + 0.02 * Double($0)) / 2 }),
      "usgs/M/splib07a_Calcite_ASDFRa_AREF.txt": Self.spectrum(
        "Calcite WS272", (0..<30).map { 0.41 + 0.03 * Double($0) }),
    ]
    let scene = try scene(
      files, library: "usgs", minerals: "[alunite, calcite]",
      sensor: "{start: 500, end: 1000, count: 6, fwhm: 40}")
    let values = try #require(scene.truth?.endmembers).spectra.scalars.map { Double($0) }
    let places = (0..<6).map { 0.5 + 0.1 * Double($0) }
    expectClose(
      values, places.map { $0 / 2 } + places, relative: 2e-3,
      because: "straight lines; the ASD's channels lie unevenly about")
    let error = #expect(throws: SceneError.self) {
      try self.scene(files, library: "usgs", minerals: "[alunite, calcite]", sensor: "{grid: library}")
    }
    #expect("\(String(describing: error))".contains("choose spectra of one spectrometer"))
    let unknown = #expect(throws: RecipeError.self) {
      try self.scene(files, library: "usgs", minerals: "[alunit, gold]", sensor: "{grid: aviris}")
    }
    guard case .malformed(_, "minerals", _, let found)? = unknown else {
      Issue.record("\(String(describing: unknown))")
      return
    }
    #expect(found.contains("gold"))
  }
}
