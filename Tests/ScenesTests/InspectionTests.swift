import Foundation
import Scenes
import Tensors
import Testing

@Suite("Inspection")
struct InspectionTests {
  @Test("doubts are grouped by field, warnings first, remedies once")
  func grouping() {
    let notes = [
      Note(.information, field: "scale", found: "a", action: "b"),
      Note(.warning, field: "byte order", found: "c", action: "d", remedy: "r"),
      Note(.information, field: "scale", found: "e", action: "f", remedy: "s"),
      Note(.information, field: "byte order", found: "g", action: "h", remedy: "r"),
    ]
    let findings = Inspection.findings(notes)
    #expect(findings.map(\.field) == ["byte order", "scale"])
    #expect(findings[0].severity == .warning && findings[0].remedies == ["r"])
    #expect(findings[0].remarks == ["c; d", "g; h"])
    #expect(findings[1].remarks == ["a; b", "e; f"])
  }

  @Test("a summary counts what the scene holds")
  func summary() {
    var scene = rampScene()
    scene.isValid[0] = false
    scene.axis = SpectralAxis(centers: [0.9, 0.8, 0.7, 0.6, 0.5], widths: nil, in: .micrometers)
    let summary = scene.summary
    #expect(summary.rows == 3 && summary.columns == 4 && summary.bands == 5 && summary.validPixels == 11)
    #expect(summary.wavelengths == 500...900 && summary.wavelengthUnit == .micrometers)
    #expect(summary.values.minimum == Double(scene.value(0, 1, 0)))
    #expect(summary.values.maximum == Double(scene.value(2, 3, 4)))
    #expect(summary.values.median == Double(scene.value(1, 2, 2)))
  }

  @Test("formats are told by their first bytes before their extension")
  func detection() throws {
    try withTemporaryDirectory { directory in
      let wrong = directory.appendingPathComponent("scene.mat")
      try SceneHDF5.write(rampScene(), to: wrong)
      #expect(try Scene(contentsOf: wrong).spectra == rampScene().spectra)
      let text = directory.appendingPathComponent("notes.doc")
      try Data("hello".utf8).write(to: text)
      let error = #expect(throws: SceneError.self) { try Scene(contentsOf: text) }
      #expect(error == .unrecognizedFormat(path: text.path, known: SceneFormats.names))
      #expect(throws: SceneError.self) { try Scene(contentsOf: directory) }
      let none = directory.appendingPathComponent("none.hdr")
      #expect(throws: SceneError.self) { try Scene(contentsOf: none) }
    }
  }
}
