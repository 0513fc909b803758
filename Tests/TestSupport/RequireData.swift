import Foundation
import Testing

/// The file below the folder that the environment variable `ALUNITE_DATA` names, if both exist.
///
/// In a test: `let url = try #require(dataFile("samson/samson_1.mat"))`, guarded by the trait `.requiresData(…)`.
package func dataFile(_ relativePath: String) -> URL? {
  guard let folder = ProcessInfo.processInfo.environment["ALUNITE_DATA"], !folder.isEmpty else { return nil }
  let url = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(relativePath)
  return FileManager.default.fileExists(atPath: url.path) ? url : nil
}

extension Trait where Self == ConditionTrait {
  /// Skips the test, naming what is missing, unless every file lies below the folder `ALUNITE_DATA` names.
  package static func requiresData(
    _ relativePaths: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) -> Self {
    let missing = relativePaths.filter { dataFile($0) == nil }
    return .enabled(
      if: missing.isEmpty, "needs \(missing.joined(separator: ", ")) below ALUNITE_DATA",
      sourceLocation: sourceLocation)
  }
}
