internal import CSystem
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
    InterruptedOutput.clear(targets)
    for target in targets { try checkTarget(target, overwriting: overwriting, directory: false) }
    try withPrivateDirectory(for: first) { directory in
      let partial = targets.map { directory.appendingPathComponent($0.lastPathComponent) }
      try body(partial)
      for (file, target) in zip(partial, targets) { try synchronize(file, for: target) }
      if targets.count == 1 || !overwriting {
        for (file, target) in zip(partial, targets) { try move(file, to: target, overwriting: overwriting) }
      } else {
        try replace(targets, with: partial, aside: directory)
      }
      try synchronize(first.deletingLastPathComponent(), for: first)
    }
  }

  package static func writeDirectory(_ target: URL, overwriting: Bool, _ body: (URL) throws -> Void) throws {
    let target = target.absoluteURL
    let lock = try OutputLock(on: target)
    defer { withExtendedLifetime(lock) {} }
    InterruptedOutput.clear([target])
    try checkTarget(target, overwriting: overwriting, directory: true)
    try withPrivateDirectory(for: target) { directory in
      let partial = directory.appendingPathComponent("new")
      guard mkdir(partial.path, 0o777) == 0 else { throw failure(target) }
      try body(partial)
      try synchronizeTree(partial, for: target)
      try place(partial, at: target, overwriting: overwriting, aside: InterruptedOutput.old(target, in: directory))
      try synchronize(target.deletingLastPathComponent(), for: target)
    }
  }

  /// Puts several files where older ones may be. Readers look for the last: it leaves first and comes last, so that it
  /// never stands beside a file of the other generation. If that fails, the older ones are put back.
  private static func replace(_ targets: [URL], with files: [URL], aside directory: URL) throws {
    var moved: [(old: URL, target: URL)] = []
    do {
      for target in targets.reversed() {
        let old = InterruptedOutput.old(target, in: directory)
        if rename(target.path, old.path) == 0 {
          moved.append((old, target))
        } else if errno != ENOENT {
          throw failure(target)
        }
      }
      for (file, target) in zip(files, targets) { try move(file, to: target, overwriting: true) }
    } catch {
      // What is no longer among the new files stands at its target.
      for (file, target) in zip(files, targets) where access(file.path, F_OK) != 0 { unlink(target.path) }
      for (old, target) in moved.reversed() { rename(old.path, target.path) }
      throw error
    }
  }

  /// Puts the new directory at the target, in one step where the system can; an old one ends up in the private directory.
  private static func place(_ new: URL, at target: URL, overwriting: Bool, aside old: URL) throws {
    if alu_rename_new(new.path, target.path) == 0 { return }
    if errno == EEXIST {
      guard overwriting else { throw SceneError.alreadyExists(path: target.path) }
      if alu_exchange(new.path, target.path) == 0 { return }
    }
    guard errno == EINVAL || errno == ENOSYS else { throw failure(target) }
    // Some file systems know no such steps: then nothing stands at the target for a moment.
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
    var template = Array("\(parent)/\(InterruptedOutput.prefix(target))XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw failure(target) }
    let directory = URL(fileURLWithPath: string(template), isDirectory: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
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
