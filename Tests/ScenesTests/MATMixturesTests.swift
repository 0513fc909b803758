import Foundation
import Scenes
import Tensors
import Testing

/// What is said about arrays that are abundances, nearly are, or belong to another scene.
@Suite("Abundances in MATLAB files")
struct MATMixturesTests {
  /// Fractions of two endmembers in 12 pixels, pixel n = row + 3 column, with one of them changed.
  private func list(_ change: (inout [Double]) -> Void = { _ in }) -> [Double] {
    var values = (0..<12).flatMap { [Double($0) / 11, 1 - Double($0) / 11] }
    change(&values)
    return values
  }

  /// The same with the endmembers as the last of three axes.
  private func image(_ list: [Double]) -> [Double] { (0..<24).map { list[$0 % 12 * 2 + $0 / 12] } }

  private func truth(
    for scene: Scene = rampScene(), edit: (inout ReadingOptions) -> Void = { _ in }, _ fill: (MATFixture) -> Void
  ) throws -> GroundTruth {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("truth.mat"))
      fill(fixture)
      var options = ReadingOptions()
      edit(&options)
      return try GroundTruth.read(fixture.close(), options: options, for: scene)
    }
  }

  private func message(_ fill: (MATFixture) -> Void) throws -> String {
    try #require(throws: SceneError.self) { try truth(fill) }.description
  }

  @Test("a pixel without a label leaves an array what it is, as a list, as an image and in the scene's own file")
  func missingLabel() throws {
    // Place 4 is row 1, column 1: pixel 5.
    let holed = list { $0[8] = .nan }
    let own = try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"))
      fixture.add("Y", [3, 4, 5], (0..<60).map { 0.1 + Double($0) / 256 })
      fixture.add("A", [2, 12], holed)
      return try #require(try Scene(contentsOf: fixture.close()).truth)
    }
    for truth in [try truth { $0.add("A", [2, 12], holed) }, try truth { $0.add("A", [3, 4, 2], image(holed)) }, own] {
      #expect(truth.abundances.shape == [12, 2])
      for pixel in 0..<12 {
        let row = truth.abundances[pixel].scalars
        let place = Double(pixel / 4 + 3 * (pixel % 4))
        #expect(pixel == 5 ? row.allSatisfy(\.isNaN) : row[0] == Scalar(place / 11), "pixel \(pixel): \(row)")
      }
    }
  }

  @Test("a number that cannot be a fraction is named with its pixel")
  func faults() throws {
    // Place 7 is row 1, column 2.
    let negative = try message { $0.add("A", [2, 12], list { ($0[14], $0[15]) = (-0.25, 1.25) }) }
    #expect(
      negative.contains("A (2×12): expected fractions of at least 0, found -0.25 in row 2, column 3 (counted from 1)"))
    let cube = try message { $0.add("abundances", [3, 4, 2], image(list { ($0[14], $0[15]) = (-0.25, 1.25) })) }
    #expect(cube.contains("-0.25 in row 2, column 3"))
    let sums = try message { $0.add("A", [2, 12], list { $0[0...9] = [0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0] }) }
    #expect(
      sums.contains("found a sum of 0.5 in row 1, column 1 (counted from 1), one of 5 such pixels of 12"), "\(sums)")
    // In the scene's own file it does not keep the scene from being read.
    let scene = try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"))
      fixture.add("Y", [3, 4, 5], (0..<60).map { 0.1 + Double($0) / 256 })
      fixture.add("A", [2, 12], list { $0[14] = -0.25 })
      return try Scene(contentsOf: fixture.close())
    }
    #expect(scene.truth == nil)
    #expect(scene.notes.contains { $0.severity == .warning && $0.found.contains("-0.25 in row 2, column 3") })
  }

  @Test("abundances of another scene are told by both sizes")
  func otherSizes() throws {
    let long = (0..<40).flatMap { [Double($0) / 39, 1 - Double($0) / 39] }
    // Whatever the array is called.
    for name in ["A", "cropB_A2"] {
      let list = try message { $0.add(name, [2, 40], long) }
      #expect(list.contains("\(name) (2×40): expected 12 pixels, 3 rows × 4 columns, found 40 pixels"), "\(list)")
      let turned = try message { $0.add(name, [4, 3, 2], image(self.list())) }
      #expect(
        turned.contains("expected 3 rows × 4 columns × endmembers, found 4 × 3 × 2: rows and columns"), "\(turned)")
    }
    let named = try #require(throws: SceneError.self) {
      try truth(edit: { $0.abundanceVariable = "B" }) { $0.add("B", [2, 40], long) }
    }
    #expect(named.description.contains("expected 12 pixels, 3 rows × 4 columns, found 40 pixels"))
    #expect(
      try message { $0.add("other", [7, 2], list { $0.removeLast(10) }) }.contains("an array of abundances is missing"))
  }

  @Test("endmembers over other bands than the scene's leave a warning")
  func otherBands() throws {
    let truth = try truth {
      $0.add("A", [2, 12], list())
      $0.add("M", [7, 2], (0..<14).map { Double($0) / 20 + 0.01 })
    }
    #expect(truth.endmembers == nil)
    let note = try #require(truth.notes.first { $0.field == "endmembers" })
    #expect(note.severity == .warning && note.found.contains("M (7×2)") && note.found.contains("5 bands"))
  }

  @Test("a scene of one pixel has abundances, too")
  func onePixel() throws {
    try withTemporaryDirectory { directory in
      let fixture = MATFixture(directory.appendingPathComponent("scene.mat"))
      fixture.add("Y", [1, 1, 20], (0..<20).map { 0.1 + Double($0) / 256 })
      let scene = try Scene(contentsOf: fixture.close())
      checkScene(scene)
      #expect(scene.rows == 1 && scene.columns == 1 && scene.bands == 20)
      #expect(scene.value(0, 0, 19) == Scalar(0.1 + 19.0 / 256))
      #expect(try truth(for: scene) { $0.add("A", [2, 1], [0.25, 0.75]) }.abundances.scalars == [0.25, 0.75])
    }
  }
}
