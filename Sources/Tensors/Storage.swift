internal import CKernels

/// The memory of a tensor: aligned to 64 bytes, shared until written to, recycled when released.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Scalar>
  let count: Int

  private var bytes: Int { max(count, 1) * MemoryLayout<Scalar>.stride }

  /// Room for `count` numbers, which are whatever was there before.
  init(uninitialized count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Scalar>.stride
    guard let memory = alu_take(bytes) else { preconditionFailure("no memory for \(bytes) bytes") }
    pointer = memory.assumingMemoryBound(to: Scalar.self)
  }

  deinit {
    alu_give(pointer, bytes)
  }

  /// A storage with the same numbers.
  func copy() -> Storage {
    let copy = Storage(uninitialized: count)
    copy.pointer.update(from: pointer, count: count)
    return copy
  }
}
