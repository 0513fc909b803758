import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct SoftmaxTests {
  static let shapes: [(Shape, Int)] = [
    ([4], -1), ([2, 3], 1), ([2, 3], 0), ([2, 3, 4], 1), ([3, 1], -1), ([1], 0), ([2, 40], -1), ([0, 3], -1),
  ]

  @Test(arguments: shapes.indices) func gradientsAgreeWithFiniteDifferences(_ position: Int) {
    let (shape, axis) = Self.shapes[position]
    let x = irregular(shape)
    checkGradient(of: { $0.softmax(along: axis) }, at: x)
    checkGradient(of: { $0.logSoftmax(along: axis) }, at: x)
    checkGradient(of: { $0.logSumExp(along: axis) }, at: x)
    checkGradient(of: { $0.logSumExp(along: axis, keepingDimensions: true) }, at: x)
  }

  @Test(arguments: [1, 3, 16, 40, 700, 1500]) func valuesAgreeWithTheDefinition(_ width: Int) {
    let x = irregular([3, width], in: -5...5)
    let exponentials = x.scalars.map { exp(Double($0)) }
    let totals = (0..<3).map { row in exponentials[row * width..<(row + 1) * width].reduce(0, +) }
    let expected = exponentials.enumerated().map { Scalar($1 / totals[$0 / width]) }
    expectClose(
      x.softmax(), Tensor([3, width], expected), relative: 7.5e-7, because: "a shift rounded near 10, then three ulps")
    expectClose(
      x.logSoftmax(), Tensor([3, width], expected.map { Scalar(log(Double($0))) }), absolute: 5e-7, relative: 3e-7,
      because: "the shift rounds to 1 ulp of 10")
    expectClose(
      x.logSumExp(), Tensor(totals.map { Scalar(log($0)) }), absolute: 2e-7, relative: 3e-7, because: "rounded once")
  }

  @Test func equalLogitsShareEqually() {
    for logit: Scalar in [0, 88, -88, 1e4, -1e4, 1e30] {
      for width in [1, 3, 7, 64] {
        let value = Tensor(repeating: logit, [2, width]).softmax()
        let share = 1 / Scalar(width)
        #expect(value.scalars.allSatisfy { abs($0 - share) <= share.ulp }, "\(width) logits of \(logit)")
      }
    }
  }

  @Test func largeLogitsDoNotOverflow() {
    let x = Tensor([3, 2], [1e4, -1e4, 88, -88, -1e4, -1e4 + 1])
    let value = x.softmax().scalars
    #expect(value[0] == 1 && value[1] == 0 && value[2] == 1 && value.allSatisfy { $0.isFinite })
    expectClose(value[4], Scalar(1 / (1 + M_E)), relative: 1e-6, because: "a few roundings")
    #expect(Array(x.logSoftmax().scalars[0..<2]) == [0, -2e4])
    #expect(Array(x.logSumExp().scalars[0..<2]) == [1e4, 88])
  }

  @Test func infiniteLogits() {
    let x = Tensor([4, 2], [-.infinity, 1, -.infinity, -.infinity, .infinity, 1, .nan, 1])
    let (softmax, logarithm, total) = (x.softmax().scalars, x.logSoftmax().scalars, x.logSumExp().scalars)
    #expect(Array(softmax[..<2]) == [0, 1] && softmax[2...].allSatisfy { $0.isNaN })
    #expect(Array(logarithm[..<2]) == [-.infinity, 0] && logarithm[2...].allSatisfy { $0.isNaN })
    #expect(total[0] == 1 && total[1] == -.infinity && total[2] == .infinity && total[3].isNaN)
  }

  @Test func infiniteLogitsHaveFiniteDerivatives() {
    var x = Tensor([4, 2], [-.infinity, 1, -.infinity, -.infinity, .infinity, 1, .infinity, .infinity])
    let (_, slope) = valueAndGradient(at: &x) { ($0.logSumExp() * Tensor([1, 2, 3, 4])).sum() }
    #expect(slope == Tensor([4, 2], [0, 1, 0, 0, 3, 0, 2, 2]))
    var y = Tensor([-.infinity, 1, 2])
    let (_, share) = valueAndGradient(at: &y) { ($0.softmax() * Tensor([3, 1, 2])).sum() }
    #expect(share.scalars[0] == 0 && share.scalars.allSatisfy { $0.isFinite })
  }
}
