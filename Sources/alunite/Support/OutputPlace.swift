import Foundation
import Scenes

/// Whether an output may be written where the user wants it, asked before the work and not after.
enum OutputPlace {
  /// Refuses a file that exists, unless overwriting was asked for, and a place that cannot be written to.
  static func check(file: URL, overwrite: Bool) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory) {
      if isDirectory.boolValue { throw SceneError.cannotWrite(path: file.path, reason: "a directory stands there") }
      if !overwrite { throw SceneError.alreadyExists(path: file.path) }
    }
    try checkParent(of: file)
  }

  /// Refuses a directory that holds anything, unless overwriting was asked for and this command made it: then it holds
  /// a file called `marker`. An empty one counts as absent.
  ///
  /// - Returns: Whether something stands there that is to be replaced.
  @discardableResult
  static func check(directory: URL, marker: String, overwrite: Bool) throws -> Bool {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory) else {
      try checkParent(of: directory)
      return false
    }
    if !isDirectory.boolValue { throw SceneError.cannotWrite(path: directory.path, reason: "a file stands there") }
    try checkParent(of: directory)
    let content = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    if content.isEmpty { return true }
    if !overwrite { throw SceneError.alreadyExists(path: directory.path) }
    if !content.contains(marker) { throw WorldFault.foreignDirectory(path: directory.path, marker: marker) }
    return true
  }

  private static func checkParent(of target: URL) throws {
    let parent = target.deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: parent, isDirectory: &isDirectory) else {
      throw SceneError.cannotWrite(path: target.path, reason: "the directory \(parent) does not exist")
    }
    if !isDirectory.boolValue { throw SceneError.cannotWrite(path: target.path, reason: "\(parent) is no directory") }
    guard access(parent, W_OK) == 0 else {
      throw SceneError.cannotWrite(path: target.path, reason: String(cString: strerror(errno)))
    }
  }
}
