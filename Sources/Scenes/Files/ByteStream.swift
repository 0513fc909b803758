internal import CSystem
import Foundation

/// Bytes that are gone through once, forwards.
protocol ByteStream: AnyObject {
  /// How many bytes were gone through, or where in the file they are.
  var position: Int { get }
  func read(_ count: Int) throws -> [UInt8]
  func skip(_ count: Int) throws
}

/// The bytes of a file from some place on.
final class FileStream: ByteStream {
  private(set) var position: Int
  private let file: InputFile

  init(_ file: InputFile, from position: Int) {
    self.file = file
    self.position = position
  }

  func read(_ count: Int) throws -> [UInt8] {
    let bytes = try file.bytes(in: position..<(position + count))
    position += count
    return bytes
  }

  func skip(_ count: Int) { position += count }
}

/// What a deflated part of a file inflates to, never more than a window of it at a time.
///
/// - Source: RFC 1950.
final class InflatedStream: ByteStream {
  /// How many bytes one deflated byte can become at most.
  static let largestRatio = 1_032

  private(set) var position = 0
  private let file: InputFile
  private var remaining: Range<Int>
  private let state: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ file: InputFile, _ range: Range<Int>) throws {
    self.file = file
    remaining = range
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    input = .allocate(capacity: 65_536)
    guard inflateInit_(state, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw SceneError.cannotRead(path: file.path, reason: "zlib does not start")
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    input.deallocate()
  }

  func read(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      try inflate(into: UnsafeMutableBufferPointer(rebasing: buffer.prefix(count)))
      written = count
    }
  }

  func skip(_ count: Int) throws {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { window in
      var left = count
      while left > 0 {
        let part = min(left, window.count)
        try inflate(into: UnsafeMutableBufferPointer(rebasing: window.prefix(part)))
        left -= part
      }
    }
  }

  /// Goes on to the end of the stream, which closes with a checksum of all that came before.
  ///
  /// - Throws: ``SceneError/malformed(path:field:expected:found:)`` when the checksum differs, or the stream goes on or
  ///   ends where its range does not.
  func finish() throws {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { window in
      var status = Z_OK
      while status != Z_STREAM_END {
        if state.pointee.avail_in == 0 && !remaining.isEmpty { try refill() }
        state.pointee.next_out = window.baseAddress
        state.pointee.avail_out = UInt32(window.count)
        status = CSystem.inflate(state, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END else { throw damaged }
      }
    }
    // Some writers fill up to a multiple of eight bytes.
    guard remaining.isEmpty, state.pointee.avail_in < 8 else { throw damaged }
  }

  private var damaged: SceneError {
    .malformed(
      path: file.path, field: "a compressed variable", expected: "deflated data whose checksum is right",
      found: "damaged data")
  }

  /// Fills the whole buffer.
  private func inflate(into buffer: UnsafeMutableBufferPointer<UInt8>) throws {
    state.pointee.next_out = buffer.baseAddress
    state.pointee.avail_out = UInt32(buffer.count)
    while state.pointee.avail_out > 0 {
      if state.pointee.avail_in == 0 && !remaining.isEmpty { try refill() }
      let status = CSystem.inflate(state, Z_NO_FLUSH)
      if state.pointee.avail_out == 0 { break }
      guard status == Z_OK else {
        // Neither more to come nor damage: the stream is shorter than its elements say.
        if status == Z_STREAM_END || status == Z_BUF_ERROR {
          let found = position + buffer.count - Int(state.pointee.avail_out)
          throw SceneError.truncated(path: file.path, expectedBytes: position + buffer.count, foundBytes: found)
        }
        throw damaged
      }
    }
    position += buffer.count
  }

  private func refill() throws {
    let count = min(remaining.count, input.count)
    try file.read(at: remaining.lowerBound, into: UnsafeMutableRawBufferPointer(input)[..<count])
    remaining = (remaining.lowerBound + count)..<remaining.upperBound
    state.pointee.next_in = input.baseAddress
    state.pointee.avail_in = UInt32(count)
  }
}
