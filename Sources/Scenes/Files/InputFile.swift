import Foundation

/// A regular file opened for reading, closed when the value goes away. Every read checks what the system says.
final class InputFile {
  let path: String
  /// The number of bytes the file holds.
  let size: Int
  private let descriptor: Int32

  init(_ url: URL) throws {
    path = url.path
    descriptor = url.withUnsafeFileSystemRepresentation { name in
      // A named pipe must not make anybody wait for its writer.
      name.map { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) } ?? -1
    }
    guard descriptor >= 0 else { throw SceneError.cannotOpen(path: path, reason: systemError()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = systemError()
      close(descriptor)
      throw SceneError.cannotOpen(path: path, reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      throw SceneError.cannotOpen(path: path, reason: isDirectory ? "it is a directory" : "it is not a regular file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The first bytes, fewer if the file is shorter.
  func start(upTo count: Int) throws -> [UInt8] {
    try bytes(in: 0..<min(count, size))
  }

  /// These bytes of the file.
  func bytes(in range: Range<Int>) throws -> [UInt8] {
    try Array(unsafeUninitializedCapacity: range.count) { buffer, written in
      try read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer).prefix(range.count))
      written = range.count
    }
  }

  /// Fills the buffer with the bytes that start at `offset`.
  ///
  /// - Throws: ``SceneError/truncated(path:expectedBytes:foundBytes:)`` if the file ends first.
  func read(at offset: Int, into buffer: Slice<UnsafeMutableRawBufferPointer>) throws {
    let target = UnsafeMutableRawBufferPointer(rebasing: buffer)
    var done = 0
    while done < target.count {
      let count = pread(descriptor, target.baseAddress.map { $0 + done }, target.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw SceneError.cannotRead(path: path, reason: systemError()) }
      if count == 0 {
        throw SceneError.truncated(path: path, expectedBytes: offset + target.count, foundBytes: offset + done)
      }
      done += count
    }
  }
}

/// The system's words for the last failed call.
func systemError(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

/// The product of sizes a file declares, or `nil` when it does not fit an `Int` or a factor is negative.
func checkedProduct(_ factors: [Int]) -> Int? {
  factors.reduce(1 as Int?) { product, factor in
    guard let product, factor >= 0 else { return nil }
    let (result, overflow) = product.multipliedReportingOverflow(by: factor)
    return overflow ? nil : result
  }
}
