/// An array of numbers with a shape, as a value: copies share memory until one of them is written to.
///
/// Numbers lie in row-major order, the last index running fastest. A tensor that was computed from the parameters
/// of a model inside ``valueAndGradient(at:of:)`` remembers how (it *is tracked*); every other tensor is only numbers.
public struct Tensor: Sendable {
  /// The extents of the axes.
  public let shape: Shape
  var storage: Storage
  let node: Node?

  init(_ shape: Shape, _ storage: Storage, _ node: Node? = nil) {
    precondition(shape.count == storage.count, "shape \(shape) does not fit \(storage.count) numbers")
    self.shape = shape
    self.storage = storage
    self.node = node
  }

  /// A tensor whose numbers `fill` writes, all of them; what is not written is undefined.
  public init(uninitialized shape: Shape, _ fill: (UnsafeMutableBufferPointer<Scalar>) throws -> Void) rethrows {
    let storage = Storage(uninitialized: shape.count)
    try fill(UnsafeMutableBufferPointer(start: storage.pointer, count: shape.count))
    self.init(shape, storage)
  }

  /// A single number, of shape `[]`.
  public init(_ value: Scalar) {
    self.init(repeating: value, [])
  }

  /// A vector.
  public init(_ values: [Scalar]) {
    self.init([values.count], values)
  }

  /// The numbers of a tensor in row-major order.
  public init(_ shape: Shape, _ values: [Scalar]) {
    precondition(shape.count == values.count, "shape \(shape) does not fit \(values.count) numbers")
    self.init(uninitialized: shape) { _ = $0.initialize(from: values) }
  }

  /// The same number everywhere.
  public init(repeating value: Scalar, _ shape: Shape) {
    self.init(uninitialized: shape) { $0.initialize(repeating: value) }
  }

  /// Zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape) }

  /// Ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape) }

  /// How many numbers there are.
  public var count: Int { shape.count }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// All numbers in row-major order.
  public var scalars: [Scalar] { withUnsafeScalars { Array($0) } }

  /// The number of a tensor that holds just one.
  public var scalar: Scalar {
    precondition(count == 1, "a tensor of shape \(shape) is not a single number")
    return storage.pointer[0]
  }

  /// Whether the tensor remembers how it was computed.
  public var isTracked: Bool { node != nil }

  /// The same numbers without their history: a constant for differentiation.
  public var detached: Tensor { node == nil ? self : Tensor(shape, storage) }

  /// Lends the numbers, in row-major order, for reading.
  public func withUnsafeScalars<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: storage.pointer, count: count))
  }

  /// Lends the numbers for writing, copying them first if they are shared. The tensor loses its history.
  public mutating func withUnsafeMutableScalars<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    if node != nil { self = detached }
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    return try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first numbers.
  public var description: String {
    let shown = withUnsafeScalars { $0.prefix(12).map { "\($0)" } }.joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(count > 12 ? ", …" : ""))"
  }
}

extension Tensor: Equatable {
  /// The same shape and the same numbers (so a tensor with a NaN equals none).
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape
      && left.withUnsafeScalars { a in right.withUnsafeScalars { b in zip(a, b).allSatisfy { $0 == $1 } } }
  }
}
