import Tensors

/// The memory that reading some values takes at its peak, checked before any of it is asked for.
struct MemoryNeed {
  var path: String
  var field: String
  /// What the file says of its size, for the message.
  var declared: String
  /// The number of values.
  var count: Int

  /// - Parameters:
  ///   - bytesEach: the bytes of each value before it is in a tensor.
  ///   - tensors: how many tensors of all values there are at a time.
  /// - Throws: ``SceneError/tooLarge(path:field:declared:limit:)``.
  func check(bytesEach: Int = 0, tensors: Int, limit: Int) throws {
    let needed = checkedProduct([count, bytesEach + tensors * MemoryLayout<Scalar>.size])
    guard let needed, needed <= limit else {
      let need = needed.map(Self.text) ?? "more than can be counted"
      throw SceneError.tooLarge(
        path: path, field: field, declared: declared,
        limit: "the \(Self.text(limit)) of memory that are allowed hold: reading needs \(need)")
    }
  }

  private static func text(_ bytes: Int) -> String {
    bytes < 10_000_000 ? "\(bytes) bytes" : "\((bytes + 999_999) / 1_000_000) MB"
  }
}
