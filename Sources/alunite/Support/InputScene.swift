import Foundation
import Scenes

/// Reads scenes and truths for the commands and says what was guessed.
struct InputScene {
  /// How files are read.
  let reading: ReadingOptions
  /// Whether guesses are told.
  let quiet: Bool
  /// How a truth in a file of its own is read, where that is not as the scene is.
  var readingOfTruth: ReadingOptions?

  /// A scene with its truth: from a file of its own, or from the scene's.
  ///
  /// Variables of a truth are looked up where the truth is.
  func scene(_ path: String, truth truthPath: String?) throws -> Scene {
    let isOwn = truthPath == nil
    var scene = try Scene(
      contentsOf: URL(fileURLWithPath: path), options: isOwn ? reading : reading.withoutTruth)
    tell(scene.notes.filter { isOwn || $0.field != "truth" }, about: path)
    if let truthPath {
      scene.truth = try truth(truthPath, for: scene)
    }
    return scene
  }

  /// True abundances for a scene.
  func truth(_ path: String, for scene: Scene) throws -> GroundTruth {
    let truth = try GroundTruth.read(URL(fileURLWithPath: path), options: readingOfTruth ?? reading, for: scene)
    tell(truth.notes, about: path)
    guard truth.abundances.shape[0] == scene.pixelCount else {
      throw SceneError.malformed(
        path: path, field: "pixels of the true abundances",
        expected: "\(scene.pixelCount), \(scene.rows) rows × \(scene.columns) columns of \(scene.name)",
        found: "\(truth.abundances.shape[0])")
    }
    return truth
  }

  /// Says the guesses on standard error, all of one file together.
  private func tell(_ notes: [Note], about path: String) {
    let warnings = notes.filter { $0.severity == .warning }
    if quiet || warnings.isEmpty { return }
    Console.note("\(path): guessed")
    for note in warnings { Console.raw("  \(note)\n") }
  }
}
