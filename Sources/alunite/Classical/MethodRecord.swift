import Foundation
import Unmixing
import Yams

/// Everything that decided a result of a classical method, as `method.yaml` beside it.
struct MethodRecord: Encodable {
  /// The file's name.
  static let file = "method.yaml"

  private let run: ClassicalRun
  private let scene: String
  private let truth: String?
  private let endmembers: Int

  init(_ run: ClassicalRun, scene: String, truth: String?, endmembers: Int) {
    (self.run, self.scene, self.truth, self.endmembers) = (run, scene, truth, endmembers)
  }

  private enum Key: String, CodingKey {
    case method, scene, truth, extract, library, endmembers, seed, options, version
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(run.entry.id, forKey: .method)
    try values.encode(scene, forKey: .scene)
    try values.encodeIfPresent(truth, forKey: .truth)
    switch run.start {
    case .search(let entry, _): try values.encode(entry.id, forKey: .extract)
    case .library(_, let path): try values.encode(path, forKey: .library)
    }
    try values.encode(endmembers, forKey: .endmembers)
    try values.encode(run.seed, forKey: .seed)
    try run.options.encode(to: values.superEncoder(forKey: .options))
    try values.encode(RunDescription.currentVersion, forKey: .version)
  }

  /// The record as YAML.
  func yaml() throws -> String { try YAMLEncoder().encode(self) }
}
