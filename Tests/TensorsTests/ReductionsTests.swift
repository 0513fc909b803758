import Tensors
import TestSupport
import Testing

@Suite struct ReductionsTests {
  static let shapes: [(Shape, [Int])] = [
    ([4], [0]), ([2, 3], [0]), ([2, 3], [-1]), ([2, 3, 4], [1]), ([2, 3, 4], [0, 2]), ([2, 3, 4], [-3, 1]),
    ([2, 3, 4], [0, 1, 2]), ([2, 1, 4], [1]), ([1], [0]), ([5, 17], [-1]), ([3, 300], [0]), ([2, 3, 2, 2], [1, 3]),
    ([2, 3, 2, 2], [0, 1, -1]),
  ]

  @Test(arguments: shapes.indices) func sumsAreThoseOfALoop(_ position: Int) {
    let (shape, axes) = Self.shapes[position]
    let x = irregular(shape)
    let expected = naive(x, axes)
    let kept = x.sum(along: axes, keepingDimensions: true)
    #expect(kept.shape == expected.shape)
    expectClose(kept, expected, absolute: 1e-6, because: "rounded once per run of axes, in Float")
    #expect(x.sum(along: axes).shape.dimensions == kept.dimensionsWithout(axes))
    #expect(x.sum(along: axes).scalars == kept.scalars)
  }

  @Test(arguments: shapes.indices) func gradientsAgreeWithFiniteDifferences(_ position: Int) {
    let (shape, axes) = Self.shapes[position]
    let x = irregular(shape, in: 0.5...2)
    checkGradient(of: { $0.sum(along: axes) }, at: x)
    checkGradient(of: { $0.sum(along: axes, keepingDimensions: true).squared() }, at: x)
  }

  @Test func wholeReductionsAgreeWithTheirDefinitions() {
    let x = irregular([3, 5], in: 0.5...2)
    let numbers = x.doubles
    let mean = numbers.reduce(0, +) / 15
    expectClose(Double(x.sum().scalar), 15 * mean, relative: 1e-7, because: "rounded once")
    expectClose(Double(x.mean().scalar), mean, relative: 2e-7, because: "rounded twice")
    #expect(x.maximum().scalar == x.scalars.max())
    let deviations = numbers.map { ($0 - mean) * ($0 - mean) }
    let variance = deviations.reduce(0, +) / 15
    expectClose(Double(x.variance(along: 0, 1).scalar), variance, relative: 1e-6, because: "15 Float terms")
    let squares = numbers.map { $0 * $0 }.reduce(0, +)
    expectClose(Double(x.squaredNorm(along: 0, 1).scalar), squares, relative: 1e-6, because: "15 Float terms")
    expectClose(Double(x.norm(along: 0, 1).scalar), squares.squareRoot(), relative: 1e-6, because: "15 Float terms")
  }

  @Test func gradientsOfDerivedReductions() {
    let x = irregular([3, 5], in: 0.5...2)
    checkGradient(of: { $0.sum() }, at: x)
    checkGradient(of: { $0.mean().squared() }, at: x)
    checkGradient(of: { $0.mean(along: 0) }, at: x)
    checkGradient(of: { $0.mean(along: -1, keepingDimensions: true) }, at: x)
    checkGradient(of: { $0.variance(along: -1) }, at: x)
    checkGradient(of: { $0.variance(along: 0, keepingDimensions: true) }, at: x)
    checkGradient(of: { $0.squaredNorm(along: 1) }, at: x)
    checkGradient(of: { $0.norm(along: 1) }, at: x)
    checkGradient(of: { $0.norm(along: 0, keepingDimensions: true) }, at: x)
    // The largest are further apart than the differences reach.
    let apart = Tensor([3, 5], [1, 5, 2, 9, 3, 8, 0, 4, 2, 6, 3, 7, 1, 5, 4])
    checkGradient(of: { $0.maximum(along: 1) }, at: apart, step: 1e-2)
    checkGradient(of: { $0.maximum(along: 0, keepingDimensions: true) }, at: apart, step: 1e-2)
    checkGradient(of: { $0.maximum() }, at: apart, step: 1e-2)
  }

  @Test func aZeroVectorsNormHasDerivativeZero() {
    var point = Tensor([2, 2], [0, 0, 3, 4])
    let (value, slope) = valueAndGradient(at: &point) { ($0.norm(along: 1) * 100).sum() }
    #expect(value == 500)
    expectClose(slope, Tensor([2, 2], [0, 0, 60, 80]), relative: 1e-6, because: "a few roundings")
  }

  @Test func theFirstOfEqualMaximaTakesTheDerivative() {
    var point = Tensor([2, 3], [1, 5, 5, 2, 2, 0])
    let (value, slope) = valueAndGradient(at: &point) { $0.maximum(along: 1).sum() }
    #expect(value == 7 && slope == Tensor([2, 3], [0, 1, 0, 1, 0, 0]))
  }

  @Test func maximaLetNaNThrough() {
    let value = Tensor([2, 3], [1, .nan, 7, 1, 2, 3]).maximum(along: 1).scalars
    #expect(value[0].isNaN && value[1] == 3)
    #expect(Tensor([2, 3], [1, 4, 7, 1, 2, 3]).maximum(along: 0).scalars == [1, 4, 7])
  }

  @Test func emptyTensorsSumToZero() {
    #expect(Tensor.zeros([0]).sum().scalar == 0)
    #expect(Tensor.zeros([2, 0]).sum(along: 1) == Tensor([0, 0]))
    #expect(Tensor.zeros([0, 3]).sum(along: 0) == Tensor([0, 0, 0]))
    #expect(Tensor.zeros([0, 3]).sum(along: 1).shape == [0])
    #expect(Tensor.zeros([0]).mean().scalar.isNaN)
    checkGradient(of: { $0[0].sum(along: 1) * $0[1] }, at: [Tensor.zeros([2, 0]), Tensor([1, 2])])
  }

  @Test func longSumsKeepTheirDigits() {
    // A Float accumulator would stop growing at 2²⁴.
    let count = (1 << 24) + 4096
    #expect(Tensor.ones([count]).sum().scalar == Scalar(count))
    let columns = Tensor.ones([1 << 18, 3]).sum(along: 0)
    #expect(columns == Tensor(repeating: Scalar(1 << 18), [3]))
  }

  private func naive(_ x: Tensor, _ axes: [Int]) -> Tensor {
    let shape = x.shape
    let reduced = Set(axes.map { $0 < 0 ? $0 + shape.rank : $0 })
    let kept = Shape(shape.dimensions.indices.map { reduced.contains($0) ? 1 : shape[$0] })
    var sums = [Double](repeating: 0, count: kept.count)
    for (flat, number) in x.scalars.enumerated() {
      var (rest, target, step) = (flat, 0, 1)
      for axis in (0..<shape.rank).reversed() {
        if !reduced.contains(axis) {
          target += rest % shape[axis] * step
          step *= shape[axis]
        }
        rest /= shape[axis]
      }
      sums[target] += Double(number)
    }
    return Tensor(kept, sums.map { Scalar($0) })
  }
}

extension Tensor {
  fileprivate func dimensionsWithout(_ axes: [Int]) -> [Int] {
    let removed = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    return shape.dimensions.indices.filter { !removed.contains($0) }.map { shape.dimensions[$0] }
  }
}
