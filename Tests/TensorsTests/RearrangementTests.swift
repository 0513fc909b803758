import Tensors
import TestSupport
import Testing

@Suite struct RearrangementTests {
  @Test func reshapingKeepsTheOrder() {
    let x = irregular([2, 6])
    #expect(x.reshaped(to: [3, 4]).scalars == x.scalars)
    #expect(
      x.reshaped(-1, 4).shape == [3, 4] && x.reshaped(12).shape == [12] && x.reshaped(2, -1, 1).shape == [2, 6, 1])
    checkGradient(of: { $0.reshaped(to: [3, 4]) * irregular([3, 4]) }, at: x)
  }

  @Test(arguments: [
    [0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1], [0, 3, 1, 2], [0, 2, 1, 3], [1, 2, 3, 0],
  ])
  func permutingMovesEveryElement(_ order: [Int]) {
    for shape: Shape in [[2, 3, 4, 5], [2, 1, 3, 1], [1, 17, 1, 18], [2, 0, 3, 1], [1, 1, 1, 1]] {
      let x = irregular(shape)
      let moved = x.permuted(order)
      #expect(moved.shape.dimensions == order.map { shape[$0] })
      #expect(moved.scalars == naive(x, order), "\(shape) in order \(order)")
    }
    checkGradient(of: { $0.permuted(order) }, at: irregular([2, 3, 2, 4]))
  }

  @Test func transposingExchangesRowsAndColumns() {
    #expect(Tensor([2, 3], [1, 2, 3, 4, 5, 6]).transposed() == Tensor([3, 2], [1, 4, 2, 5, 3, 6]))
    let x = irregular([37, 53])
    #expect(x.transposed().transposed() == x)
    checkGradient(of: { $0.transposed() }, at: irregular([3, 4]))
  }

  @Test func broadcastingRepeats() {
    #expect(Tensor([2, 1], [1, 2]).broadcast(to: [2, 3]) == Tensor([2, 3], [1, 1, 1, 2, 2, 2]))
    #expect(Tensor([1, 2]).broadcast(to: [3, 2]) == Tensor([3, 2], [1, 2, 1, 2, 1, 2]))
    #expect(Tensor(7).broadcast(to: [2, 0]).shape == [2, 0])
    let x = irregular([2, 1, 3, 1])
    #expect(x.broadcast(to: [4, 2, 5, 3, 2]) == x + Tensor.zeros([4, 2, 5, 3, 2]))
    checkGradient(of: { $0.broadcast(to: [4, 2, 5, 3, 2]) }, at: x)
    checkGradient(of: { $0.broadcast(to: [3]) }, at: Tensor(2))
  }

  @Test func axesOfOneComeAndGo() {
    let x = irregular([2, 3])
    #expect(x.expandingDimension(at: 0).shape == [1, 2, 3] && x.expandingDimension(at: -1).shape == [2, 3, 1])
    #expect(x.expandingDimension(at: 1).shape == [2, 1, 3] && x.expandingDimension(at: 1).squeezed(at: -2) == x)
    checkGradient(of: { $0.expandingDimension(at: 1).squeezed(at: 1) }, at: x)
  }

  @Test func concatenationAppends() {
    let (a, b) = (Tensor([2, 1], [1, 2]), Tensor([2, 2], [3, 4, 5, 6]))
    #expect(Tensor.concatenated([a, b], along: 1) == Tensor([2, 3], [1, 3, 4, 2, 5, 6]))
    #expect(Tensor.concatenated([a, b], along: -1).shape == [2, 3])
    #expect(Tensor.concatenated([b, b, Tensor.zeros([0, 2])]).shape == [4, 2])
    checkGradient(of: { Tensor.concatenated($0, along: 1) }, at: [a, b, a])
    checkGradient(of: { Tensor.concatenated([$0, b, $0 * 2], along: 1) }, at: a)
  }

  @Test func stackingAddsAnAxis() {
    let (a, b) = (Tensor([1, 2]), Tensor([3, 4]))
    #expect(Tensor.stacked([a, b]) == Tensor([2, 2], [1, 2, 3, 4]))
    #expect(Tensor.stacked([a, b], along: -1) == Tensor([2, 2], [1, 3, 2, 4]))
    checkGradient(of: { Tensor.stacked($0, along: 1) }, at: [a, b])
  }

  private func naive(_ x: Tensor, _ order: [Int]) -> [Scalar] {
    let target = order.map { x.shape[$0] }
    return (0..<x.count).map { flat in
      var rest = flat
      var places = [Int](repeating: 0, count: x.rank)
      for axis in (0..<x.rank).reversed() {
        places[order[axis]] = rest % target[axis]
        rest /= target[axis]
      }
      return x.scalars[zip(x.shape.dimensions, places).reduce(0) { $0 * $1.0 + $1.1 }]
    }
  }
}
