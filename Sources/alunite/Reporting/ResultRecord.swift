import Foundation
import Scenes
import Unmixing

/// What a result's directory tells about how it was made, as far as it does.
struct ResultRecord {
  /// The scene's place.
  let scenePath: String?
  /// The truth's place, where it was a file of its own.
  let truthPath: String?
  /// The resolved options.
  let configuration: String
  /// The version that made it.
  let version: String?
  /// The objective after every iteration.
  let curve: ReportSubject.Curve?
  private let folder: URL

  init(of folder: URL) throws {
    self.folder = folder
    let file = folder.appendingPathComponent("method.yaml")
    let text = try? String(contentsOf: file, encoding: .utf8)
    let tree = try text.map { try SettingTree(yaml: $0, file: file.path) }
    scenePath = tree?["scene"]?.shown
    truthPath = tree?["truth"]?.shown
    version = tree?["version"]?.shown
    configuration = text ?? "not kept with the result"
    let numbers = Self.objective(folder.appendingPathComponent("objective.csv"))
    curve =
      numbers.count < 2
      ? nil
      : ReportSubject.Curve(
        title: "Objective", hint: "The objective after every iteration.", across: "iteration", values: numbers)
  }

  /// The last column below the head.
  private static func objective(_ url: URL) -> [Double] {
    guard let text = try? String(contentsOf: url, encoding: .utf8), let rows = CommaSeparated.rows(of: text) else {
      return []
    }
    return rows.dropFirst().compactMap { $0.last.flatMap(Double.init) }
  }

  /// The scene with its truth, by what is said now or was kept with the result.
  ///
  /// - Throws: ``WorldFault/noRun(path:reason:)`` where neither names a scene, ``UnmixingError`` when it is of another
  ///   size.
  func scene(_ choices: ReportSubject.Choices, rows: Int, columns: Int) throws -> Scene {
    guard let path = choices.scene ?? scenePath else {
      throw WorldFault.noRun(path: folder.path, reason: "does not tell which scene it is of; name it with --scene")
    }
    let input = InputScene(reading: choices.reading, quiet: choices.quiet)
    let scene = try input.scene(path, truth: choices.truth ?? truthPath)
    if (scene.rows, scene.columns) != (rows, columns) {
      throw UnmixingError.mismatch(
        field: "size of \(path)", expected: "\(rows) × \(columns) pixels, as in the result",
        found: "\(scene.rows) × \(scene.columns)")
    }
    return scene
  }
}
