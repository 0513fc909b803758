import Foundation
import Scenes

/// The directory of a benchmark.
struct BenchmarkFolder {
  /// The file that makes a directory a benchmark: the plan it was last made by.
  static let marker = "plan.yaml"

  let url: URL
  /// Whether there was no directory before.
  let isNew: Bool
  /// The scenes as the runs read them.
  var scenes: URL { url.appendingPathComponent("scenes") }
  /// One directory a run.
  var runs: URL { url.appendingPathComponent("runs") }

  /// Makes the directory, or takes the one of an earlier benchmark.
  ///
  /// - Throws: ``WorldFault/foreignDirectory(path:marker:)`` for a directory of something else.
  init(_ path: String, plan: String) throws {
    url = URL(fileURLWithPath: path)
    try OutputPlace.check(directory: url, marker: Self.marker, overwrite: true)
    isNew = !FileManager.default.fileExists(atPath: url.path)
    for directory in [url, scenes, runs] {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }
    try RunFolder.write(plan, to: url.appendingPathComponent(Self.marker))
  }

  /// Removes a directory that was new and has not seen a run.
  func discard() {
    if isNew { try? FileManager.default.removeItem(at: url) }
  }

  /// Writes the result in every form.
  func write(_ result: BenchmarkResult) throws {
    let tables = ResultTables(result)
    let texts = [
      "md": tables.markdown, "csv": tables.csv, "tex": tables.latex, "json": try JSONText.text(result) + "\n",
    ]
    for (ending, text) in texts { try RunFolder.write(text, to: url.appendingPathComponent("table.\(ending)")) }
  }
}
