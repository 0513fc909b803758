import Foundation
import Scenes

/// The run that an unfinished one replaces: its files, kept in a folder of the new run until that is finished.
struct ReplacedRun {
  private static let name = "replaced"
  /// The new run.
  private let folder: RunFolder

  /// The run that `folder` replaces, if it does.
  init(in folder: RunFolder) { self.folder = folder }

  private var url: URL { folder.url.appendingPathComponent(Self.name, isDirectory: true) }
  private var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// Keeps an old run by second names of its files, which cost no space; of one that was never finished, the run that it
  /// was to replace.
  func keep(_ old: RunFolder) throws {
    let before = ReplacedRun(in: old)
    let source = before.exists ? before.url : old.url
    let manager = FileManager.default
    for path in try manager.subpathsOfDirectory(atPath: source.path) {
      let (item, copy) = (source.appendingPathComponent(path), url.appendingPathComponent(path))
      var isDirectory: ObjCBool = false
      guard manager.fileExists(atPath: item.path, isDirectory: &isDirectory), !isDirectory.boolValue else { continue }
      try manager.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      // Where the file system knows no second names, a copy does.
      if link(item.path, copy.path) != 0 { try manager.copyItem(at: item, to: copy) }
    }
  }

  /// Puts the old run back in place of the new one, which is removed; only removes it where there was none.
  func restore() throws {
    let manager = FileManager.default
    let aside = folder.url.deletingLastPathComponent()
      .appendingPathComponent(".\(folder.url.lastPathComponent).restored", isDirectory: true)
    let restores = exists
    if restores { try manager.moveItem(at: url, to: aside) }
    try manager.removeItem(at: folder.url)
    if restores { try manager.moveItem(at: aside, to: folder.url) }
  }

  /// Lets go of the old run.
  func discard() { try? FileManager.default.removeItem(at: url) }
}
