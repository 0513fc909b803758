/// The extents of a tensor, outermost axis first. A shape without dimensions is a single number's.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extent of every axis, outermost first.
  public let dimensions: [Int]
  /// The product of the dimensions: how many numbers a tensor of this shape holds.
  public let count: Int

  /// A shape with these dimensions, none of which may be negative.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a dimension is negative: \(dimensions)")
    self.dimensions = dimensions
    self.count = dimensions.reduce(1, *)
  }

  /// A shape with these dimensions.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The extent of an axis; a negative axis counts from the last, −1.
  public subscript(axis: Int) -> Int { dimensions[positive(axis)] }

  /// The dimensions as `[2, 3]`.
  public var description: String { "\(dimensions)" }

  /// The axis counted from the first, for one that may be counted from the last.
  func positive(_ axis: Int) -> Int {
    let position = axis < 0 ? axis + rank : axis
    precondition(position >= 0 && position < rank, "axis \(axis) of a tensor of shape \(self)")
    return position
  }

  /// Splits the shape around an axis: `[outer, middle, inner]` with the axis in the middle.
  func split(around axis: Int) -> (outer: Int, middle: Int, inner: Int) {
    let axis = positive(axis)
    return (dimensions[..<axis].reduce(1, *), dimensions[axis], dimensions[(axis + 1)...].reduce(1, *))
  }

  /// This shape with another extent for one axis.
  func replacing(_ axis: Int, with extent: Int) -> Shape {
    var result = dimensions
    result[positive(axis)] = extent
    return Shape(result)
  }

  /// The shape both broadcast to: aligned at the last axis, an extent of 1 stretches (NumPy's rule).
  func broadcast(with other: Shape) -> Shape {
    if self == other { return self }
    let rank = max(self.rank, other.rank)
    let padded = { (shape: Shape) in [Int](repeating: 1, count: rank - shape.rank) + shape.dimensions }
    return Shape(
      zip(padded(self), padded(other)).map { a, b in
        precondition(a == b || a == 1 || b == 1, "shapes \(self) and \(other) do not broadcast")
        return a == 1 ? b : a
      })
  }
}
