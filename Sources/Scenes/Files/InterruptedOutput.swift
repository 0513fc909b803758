import Foundation

/// What a killed writer left beside an output: a private directory, perhaps with the older output in it.
///
/// Whoever calls this holds the output's lock, so nobody is writing it.
enum InterruptedOutput {
  /// How the names of an output's private directories begin; six more characters follow.
  static func prefix(_ target: URL) -> String { ".\(target.lastPathComponent).partial-" }

  /// Where the older output is kept while it is being replaced.
  static func old(_ target: URL, in directory: URL) -> URL {
    directory.appendingPathComponent("old.\(target.lastPathComponent)")
  }

  /// Puts an older output back if its last file is not where it should be, and removes the private directories.
  static func clear(_ targets: [URL]) {
    guard let first = targets.first, let last = targets.last else { return }
    let parent = first.deletingLastPathComponent()
    let prefix = prefix(first)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    for name in names where name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 6 {
      let directory = parent.appendingPathComponent(name)
      if access(old(last, in: directory).path, F_OK) == 0 && access(last.path, F_OK) != 0 {
        // Killed between taking the old output away and bringing the last of the new one: the old one is the output.
        for target in targets { rename(old(target, in: directory).path, target.path) }
      }
      try? FileManager.default.removeItem(at: directory)
    }
  }
}
