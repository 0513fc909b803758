import Foundation
import Scenes
import Unmixing

/// What a user says a result is.
enum ResultSource {
  /// The file of a result of `alunite unmix`.
  case estimate(URL)
  /// A run of `alunite train`.
  case run(RunFolder)

  /// - Throws: ``SceneError/cannotOpen(path:reason:)`` or ``WorldFault/noRun(path:reason:)`` where it is neither.
  init(_ path: String) throws {
    let url = URL(fileURLWithPath: path)
    let file = url.appendingPathComponent(EstimateFolder.marker)
    if FileManager.default.fileExists(atPath: file.path) {
      self = .estimate(file)
    } else if RunFolder(url).exists {
      self = .run(RunFolder(url))
    } else if !FileManager.default.fileExists(atPath: url.path) {
      throw SceneError.cannotOpen(path: url.path, reason: "No such file or directory")
    } else {
      throw WorldFault.noRun(
        path: url.path,
        reason: "holds neither \(EstimateFolder.marker) of alunite unmix nor \(RunFolder.marker) of alunite train")
    }
  }
}
