import Tensors

/// A number as files store it, in either byte order.
protocol StoredNumber: Sendable {
  static func read(_ bytes: UnsafeRawPointer, isBigEndian: Bool) -> Self
  /// The nearest ``Scalar``.
  var scalar: Scalar { get }
  /// The nearest `Double`.
  var double: Double { get }
}

extension StoredNumber where Self: FixedWidthInteger {
  @inline(__always)
  static func read(_ bytes: UnsafeRawPointer, isBigEndian: Bool) -> Self {
    let value = bytes.loadUnaligned(as: Self.self)
    return isBigEndian ? Self(bigEndian: value) : Self(littleEndian: value)
  }

  @inline(__always)
  var scalar: Scalar { Scalar(self) }
  @inline(__always)
  var double: Double { Double(self) }
}

extension Int8: StoredNumber {}
extension UInt8: StoredNumber {}
extension Int16: StoredNumber {}
extension Int32: StoredNumber {}
extension UInt16: StoredNumber {}
extension UInt32: StoredNumber {}
extension Int64: StoredNumber {}
extension UInt64: StoredNumber {}

extension Float: StoredNumber {
  @inline(__always)
  static func read(_ bytes: UnsafeRawPointer, isBigEndian: Bool) -> Float {
    Float(bitPattern: UInt32.read(bytes, isBigEndian: isBigEndian))
  }

  @inline(__always)
  var scalar: Scalar { Scalar(self) }
  @inline(__always)
  var double: Double { Double(self) }
}

extension Double: StoredNumber {
  @inline(__always)
  static func read(_ bytes: UnsafeRawPointer, isBigEndian: Bool) -> Double {
    Double(bitPattern: UInt64.read(bytes, isBigEndian: isBigEndian))
  }

  @inline(__always)
  var scalar: Scalar { Scalar(self) }
  @inline(__always)
  var double: Double { Double(self) }
}
