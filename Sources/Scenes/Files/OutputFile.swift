import Foundation

/// A new file being written; every call is checked and names the path.
package final class OutputFile {
  let path: String
  private let descriptor: Int32
  private var isOpen = true

  /// Makes the file, which must not exist; a symbolic link of that name is not followed.
  package init(_ url: URL) throws {
    path = url.path
    descriptor = url.withUnsafeFileSystemRepresentation { name in
      name.map { open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666) } ?? -1
    }
    guard descriptor >= 0 else { throw SceneError.cannotWrite(path: path, reason: systemError()) }
  }

  deinit { if isOpen { Glibc.close(descriptor) } }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SceneError.cannotWrite(path: path, reason: systemError()) }
      done += count
    }
  }

  /// Appends a text as UTF-8.
  package func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Closes the file; some file systems only now say that the disk is full.
  package func close() throws {
    isOpen = false
    guard Glibc.close(descriptor) == 0 else { throw SceneError.cannotWrite(path: path, reason: systemError()) }
  }
}
