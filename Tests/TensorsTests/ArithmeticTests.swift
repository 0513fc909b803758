import Tensors
import TestSupport
import Testing

@Suite struct ArithmeticTests {
  /// Pairs of shapes with what they broadcast to.
  static let patterns: [(Shape, Shape, Shape)] = [
    ([], [], []), ([3], [], [3]), ([], [2, 3], [2, 3]), ([1], [3], [3]), ([2, 3], [3], [2, 3]),
    ([2, 3], [2, 1], [2, 3]), ([2, 1], [1, 3], [2, 3]), ([2, 1, 3], [4, 1], [2, 4, 3]),
    ([2, 1, 3, 1], [1, 4, 1, 5], [2, 4, 3, 5]), ([3, 1, 1, 2], [3, 2, 2, 2], [3, 2, 2, 2]), ([1, 1], [3], [1, 3]),
    ([0], [1], [0]), ([2, 0], [1, 1], [2, 0]), ([0, 3], [3], [0, 3]), ([1, 1, 1], [1], [1, 1, 1]),
  ]

  typealias Operation = @Sendable (Tensor, Tensor) -> Tensor
  static let operations: [(name: String, tensor: Operation, number: @Sendable (Scalar, Scalar) -> Scalar)] = [
    ("+", { $0 + $1 }, { $0 + $1 }), ("-", { $0 - $1 }, { $0 - $1 }), ("*", { $0 * $1 }, { $0 * $1 }),
    ("/", { $0 / $1 }, { $0 / $1 }), ("maximum", { $0.maximum(with: $1) }, { max($0, $1) }),
    ("minimum", { $0.minimum(with: $1) }, { min($0, $1) }),
  ]

  @Test(arguments: patterns.indices) func valuesFollowNumPyBroadcasting(_ position: Int) {
    let (left, right, expected) = Self.patterns[position]
    let (a, b) = (irregular(left, in: 0.5...2), irregular(right, in: 0.5...2, salt: 1))
    for (name, operation, number) in Self.operations {
      let value = operation(a, b)
      #expect(value.shape == expected, "\(name)")
      #expect(value.scalars == naive(a, b, expected, number), "\(name) of \(left) and \(right)")
    }
  }

  @Test(arguments: patterns.indices) func gradientsFollowTheDefinition(_ position: Int) {
    let (left, right, _) = Self.patterns[position]
    let point = [irregular(left, in: 0.5...2), irregular(right, in: 2.5...3, salt: 1)]
    for (_, operation, _) in Self.operations {
      checkGradient(of: { operation($0[0], $0[1]) }, at: point)
      checkGradient(of: { operation($0[1], $0[0]) }, at: point)
    }
  }

  @Test func numbersStandForRankZeroTensors() {
    let x = irregular([5], in: 0.5...2)
    let two = Tensor(2)
    #expect(x + 2 == x + two && 2 + x == two + x && x - 2 == x - two && 2 - x == two - x)
    #expect(x * 2 == x * two && 2 * x == two * x && x / 2 == x / two && 2 / x == two / x)
    #expect(x.maximum(with: 1.25) == x.maximum(with: Tensor(1.25)))
    #expect(x.minimum(with: 1.25) == x.minimum(with: Tensor(1.25)))
  }

  @Test func numbersHaveTheSameGradients() {
    let x = irregular([5], in: 0.5...2)
    let operations: [@Sendable (Tensor) -> Tensor] = [
      { $0 + 2 }, { 2 + $0 }, { $0 - 2 }, { 2 - $0 }, { $0 * 3 }, { 3 * $0 }, { $0 / 3 }, { 3 / $0 }, { -$0 },
      { $0.maximum(with: 1) }, { $0.minimum(with: 1) },
    ]
    for operation in operations { checkGradient(of: { operation($0) }, at: x) }
  }

  @Test func compoundAssignmentsAreTheirOperators() {
    var x = Tensor([1, 2])
    x += Tensor([1, 1])
    x *= Tensor(3)
    x -= Tensor([0, 1])
    x /= Tensor(2)
    x += 1
    x *= 2
    x -= 1
    x /= 4
    #expect(x == Tensor([1.75, 2.25]))
  }

  @Test func tiesSendTheDerivativeLeft() {
    var point = [Tensor([1, 2]), Tensor([1, 2])]
    let (_, largest) = valueAndGradient(at: &point) { $0[0].maximum(with: $0[1]).sum() }
    let (_, smallest) = valueAndGradient(at: &point) { $0[0].minimum(with: $0[1]).sum() }
    #expect(largest == [Tensor([1, 1]), Tensor([0, 0])] && smallest == largest)
  }

  @Test func nansComeThroughMaximumAndMinimum() {
    let (a, b) = (Tensor([.nan, 1, .nan]), Tensor([1, .nan, .nan]))
    #expect(a.maximum(with: b).scalars.allSatisfy { $0.isNaN })
    #expect(a.minimum(with: b).scalars.allSatisfy { $0.isNaN })
  }

  @Test func anOperandMayStandOnBothSides() {
    checkGradient(of: { $0 * $0 }, at: irregular([4]))
    checkGradient(of: { $0 / $0 + $0 - $0 * $0 }, at: irregular([4], in: 1...2))
  }

  private func naive(
    _ a: Tensor, _ b: Tensor, _ shape: Shape, _ number: (Scalar, Scalar) -> Scalar
  ) -> [Scalar] {
    (0..<shape.count).map { flat in
      var rest = flat
      var places = [Int](repeating: 0, count: shape.rank)
      for axis in (0..<shape.rank).reversed() {
        places[axis] = rest % shape[axis]
        rest /= shape[axis]
      }
      let element = { (tensor: Tensor) -> Scalar in
        let own = places.suffix(tensor.rank)
        let offset = zip(tensor.shape.dimensions, own).reduce(0) { $0 * $1.0 + ($1.0 == 1 ? 0 : $1.1) }
        return tensor.scalars[offset]
      }
      return number(element(a), element(b))
    }
  }
}
