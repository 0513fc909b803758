import Foundation
import Scenes
import Unmixing
import Yams

/// What decided a result of trained models, as `method.yaml` beside it.
struct UnmixRecord: Encodable {
  /// The runs whose models were used.
  let runs: [String]
  let scene: String
  /// Where the intervals come from; `nil` where there are none.
  let posterior: String?
  /// Whose the means are.
  let mean: String?
  let version: String

  init(runs: [String], scene: String, estimate: Estimate) {
    self.runs = runs.map { URL(fileURLWithPath: $0).path }
    self.scene = URL(fileURLWithPath: scene).path
    (posterior, mean) = (estimate.posterior?.rawValue, estimate.means?.rawValue)
    version = RunDescription.currentVersion
  }

  /// Writes the record into a result's directory.
  func write(to directory: URL) throws -> [ResultPlace.File] {
    try RunFolder.write(YAMLEncoder().encode(self), to: directory.appendingPathComponent(MethodRecord.file))
    return [(MethodRecord.file, "what decided the result")]
  }
}
