internal import CSystem

/// Bytes made fewer, as web browsers and most programs can undo it.
///
/// - Source: RFC 1950 (the frame) and 1951 (deflate), by zlib.
package enum ZlibStream {
  /// A zlib stream of some bytes.
  ///
  /// - Parameter level: 1 (fast) to 9 (small).
  package static func compressed(_ bytes: [UInt8], level: Int32 = 9) -> [UInt8] {
    precondition((1...9).contains(level), "compression \(level) is not 1…9")
    var size = compressBound(uLong(bytes.count))
    let bound = Int(size)
    return Array(unsafeUninitializedCapacity: bound) { buffer, count in
      let outcome = compress2(buffer.baseAddress, &size, bytes, uLong(bytes.count), level)
      // The buffer is as large as zlib asks for, so only memory can lack.
      precondition(outcome == Z_OK, "zlib failed with \(outcome)")
      count = Int(size)
    }
  }
}
