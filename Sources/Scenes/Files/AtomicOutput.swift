import Foundation

/// Writes a file so that it appears complete or not at all.
///
/// `body` gets a place of the same name in a private directory beside the target (so on the same file system). When it
/// returns, the file is synchronised, renamed to the target, and the directory synchronised. If anything fails, the
/// partial output is removed and whatever stood at the target is untouched.
///
/// - Throws: what `body` throws; ``SceneError/alreadyExists(path:)`` unless `overwriting`;
///   ``SceneError/locked(path:holder:)`` when another writer is at it; ``SceneError/cannotWrite(path:reason:)``,
///   also when a symbolic link or a directory stands at the target.
public func writeAtomically(to url: URL, overwriting: Bool = false, _ body: (URL) throws -> Void) throws {
  try AtomicOutput.write([url], overwriting: overwriting) { try body($0[0]) }
}

/// Writes a directory so that it appears complete or not at all; `body` gets an empty directory to fill.
///
/// An existing directory is replaced only when `overwriting`; it is moved aside first and removed last.
///
/// - Throws: as ``writeAtomically(to:overwriting:_:)``.
public func writeDirectoryAtomically(
  to url: URL, overwriting: Bool = false, _ body: (URL) throws -> Void
) throws {
  try AtomicOutput.writeDirectory(url, overwriting: overwriting, body)
}

package enum AtomicOutput {
  /// Writes several files that belong together; they appear in the order given, so the one readers look for is last.
  package static func write(_ targets: [URL], overwriting: Bool, _ body: ([URL]) throws -> Void) throws {
    let targets = targets.map(\.absoluteURL)
    guard let first = targets.first else { return }
    let lock = try OutputLock(on: first)
    defer { withExtendedLifetime(lock) {} }
    for target in targets { try checkTarget(target, overwriting: overwriting, directory: false) }
    try withPrivateDirectory(for: first) { directory in
      let partial = targets.map { directory.appendingPathComponent($0.lastPathComponent) }
      try body(partial)
      for (file, target) in zip(partial, targets) { try synchronize(file, for: target) }
      // A new first file beside an old last one would look complete.
      if overwriting && targets.count > 1 { unlink(targets[targets.count - 1].path) }
      for (file, target) in zip(partial, targets) { try move(file, to: target, overwriting: overwriting) }
      try synchronize(first.deletingLastPathComponent(), for: first)
    }
  }

  package static func writeDirectory(_ target: URL, overwriting: Bool, _ body: (URL) throws -> Void) throws {
    let target = target.absoluteURL
    let lock = try OutputLock(on: target)
    defer { withExtendedLifetime(lock) {} }
    try checkTarget(target, overwriting: overwriting, directory: true)
    try withPrivateDirectory(for: target) { directory in
      let partial = directory.appendingPathComponent("new")
      guard mkdir(partial.path, 0o777) == 0 else { throw failure(target) }
      try body(partial)
      try synchronizeTree(partial, for: target)
      try exchange(partial, with: target, aside: directory.appendingPathComponent("old"))
      try synchronize(target.deletingLastPathComponent(), for: target)
    }
  }

  /// Puts the new directory at the target; an old one ends up in the private directory.
  private static func exchange(_ new: URL, with target: URL, aside old: URL) throws {
    let replaces = rename(target.path, old.path) == 0
    if !replaces && errno != ENOENT { throw failure(target) }
    guard rename(new.path, target.path) == 0 else {
      let error = failure(target)
      if replaces { rename(old.path, target.path) }
      throw error
    }
  }

  private static func checkTarget(_ target: URL, overwriting: Bool, directory: Bool) throws {
    var status = stat()
    guard lstat(target.path, &status) == 0 else {
      if errno == ENOENT { return }
      throw failure(target)
    }
    switch status.st_mode & S_IFMT {
    case S_IFLNK: throw SceneError.cannotWrite(path: target.path, reason: "a symbolic link stands there")
    case S_IFDIR where !directory: throw SceneError.cannotWrite(path: target.path, reason: "a directory stands there")
    case S_IFREG where directory: throw SceneError.cannotWrite(path: target.path, reason: "a file stands there")
    default: if !overwriting { throw SceneError.alreadyExists(path: target.path) }
    }
  }

  /// A directory only this user can enter, beside the target; removed with its contents at the end.
  private static func withPrivateDirectory(for target: URL, _ body: (URL) throws -> Void) throws {
    let parent = target.deletingLastPathComponent().path
    let prefix = ".\(target.lastPathComponent).partial-"
    removeLeftovers(parent, prefix, of: target)
    var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw failure(target) }
    let directory = URL(fileURLWithPath: string(template), isDirectory: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
  }

  /// Partial outputs of killed writers; the caller holds the lock, so nobody is writing them.
  private static func removeLeftovers(_ parent: String, _ prefix: String, of target: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 6 {
      // Killed between moving the old directory aside and the new one in: the old one is the output.
      if access(target.path, F_OK) != 0 { rename("\(parent)/\(name)/old", target.path) }
      try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
    }
  }

  private static func move(_ file: URL, to target: URL, overwriting: Bool) throws {
    if overwriting {
      guard rename(file.path, target.path) == 0 else { throw failure(target) }
      return
    }
    // A second name, unlike a renaming, never replaces what another program put there meanwhile.
    if link(file.path, target.path) == 0 { return }
    if errno == EEXIST { throw SceneError.alreadyExists(path: target.path) }
    guard errno == EPERM || errno == ENOTSUP || errno == ENOSYS || errno == EMLINK else { throw failure(target) }
    try checkTarget(target, overwriting: false, directory: false)
    guard rename(file.path, target.path) == 0 else { throw failure(target) }
  }

  private static func synchronizeTree(_ directory: URL, for target: URL) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      let item = directory.appendingPathComponent(name)
      var status = stat()
      guard lstat(item.path, &status) == 0 else { throw failure(target) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try synchronizeTree(item, for: target)
      case S_IFREG: try synchronize(item, for: target)
      default: break
      }
    }
    try synchronize(directory, for: target)
  }

  private static func synchronize(_ item: URL, for target: URL) throws {
    let descriptor = open(item.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(target) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(target) }
  }

  private static func failure(_ target: URL) -> SceneError {
    .cannotWrite(path: target.path, reason: systemError())
  }
}
