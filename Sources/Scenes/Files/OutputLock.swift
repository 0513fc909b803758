import Foundation

/// The right to write one output, held by one writer at a time: `.<name>.lock` beside it, locked by the system and
/// naming its holder. A lock left by a killed process does not count.
package final class OutputLock {
  /// The output that is locked.
  package let output: URL
  private let lockPath: String
  private let descriptor: Int32

  /// Takes the lock or fails at once.
  ///
  /// - Throws: ``SceneError/locked(path:holder:)`` or ``SceneError/cannotWrite(path:reason:)``.
  package init(on output: URL) throws {
    self.output = output
    lockPath = output.deletingLastPathComponent().path + "/.\(output.lastPathComponent).lock"
    descriptor = try Self.acquire(lockPath, output.path)
    let holder = "process \(getpid())\n"
    ftruncate(descriptor, 0)
    _ = holder.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit {
    // Removed while still locked, so nobody can have taken this very file meanwhile.
    unlink(lockPath)
    close(descriptor)
  }

  private static func acquire(_ lockPath: String, _ output: String) throws -> Int32 {
    for _ in 0..<1_000 {
      let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { throw SceneError.cannotWrite(path: output, reason: "lock: \(systemError())") }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let code = errno
        let holder = self.holder(descriptor)
        close(descriptor)
        if code == EINTR { continue }
        if code == EWOULDBLOCK { throw SceneError.locked(path: output, holder: holder) }
        throw SceneError.cannotWrite(path: output, reason: "lock: \(systemError(code))")
      }
      if isCurrent(descriptor, lockPath) { return descriptor }
      close(descriptor)
    }
    throw SceneError.locked(path: output, holder: "several processes at once")
  }

  /// Whether the locked file still is the one of that name: its last holder may have removed it in between.
  private static func isCurrent(_ descriptor: Int32, _ lockPath: String) -> Bool {
    var held = stat()
    var named = stat()
    return fstat(descriptor, &held) == 0 && lstat(lockPath, &named) == 0 && held.st_ino == named.st_ino
      && held.st_dev == named.st_dev
  }

  private static func holder(_ descriptor: Int32) -> String {
    var text = [CChar](repeating: 0, count: 64)
    let count = pread(descriptor, &text, 63, 0)
    return count > 1 ? string(text).trimmingCharacters(in: .whitespacesAndNewlines) : "another process"
  }
}
