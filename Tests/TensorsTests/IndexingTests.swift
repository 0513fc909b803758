import Tensors
import TestSupport
import Testing

@Suite struct IndexingTests {
  @Test func slicesAreRanges() {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(x.slice(along: 1, 1..<3) == Tensor([2, 2], [2, 3, 5, 6]))
    #expect(x.slice(along: -2, 1..<2) == Tensor([1, 3], [4, 5, 6]))
    #expect(x.slice(along: 0, 0..<2) == x && x.slice(along: 1, 1..<1).shape == [2, 0])
    #expect(x[1] == Tensor([4, 5, 6]) && x[0][2].scalar == 3)
  }

  @Test func gradientsOfSlices() {
    let x = irregular([3, 4, 2])
    checkGradient(of: { $0.slice(along: 1, 1..<3) }, at: x)
    checkGradient(of: { $0.slice(along: 0, 2..<3) }, at: x)
    checkGradient(of: { $0.slice(along: -1, 0..<0) }, at: x)
    checkGradient(of: { $0[1] * $0[2] }, at: x)
    checkGradient(of: { $0.slice(along: 1, 0..<2) * $0.slice(along: 1, 2..<4) }, at: x)
    // Overlapping slices beside other uses, before and after.
    checkGradient(
      of: { x in
        let squares = x.squared().sum()
        return x.slice(along: 1, 0..<3).squared().sum() + squares + x.slice(along: 1, 1..<4).exp().sum() + x.exp().sum()
      }, at: x)
  }

  @Test func gatheredRowsMayRepeat() {
    let x = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
    #expect(x.gatheringRows([2, 0, 2]) == Tensor([3, 2], [5, 6, 1, 2, 5, 6]))
    #expect(x.gatheringRows([]).shape == [0, 2])
    #expect(Tensor([7, 8]).gatheringRows([1]) == Tensor([8]))
    checkGradient(of: { $0.gatheringRows([2, 0, 2]) }, at: x)
    checkGradient(of: { $0.gatheringRows([]) }, at: x)
  }

  @Test func scatteringUndoesGathering() {
    let x = Tensor([2, 2], [1, 2, 3, 4])
    #expect(x.scatteringRows(to: [3, 1], count: 4) == Tensor([4, 2], [0, 0, 3, 4, 0, 0, 1, 2]))
    #expect(x.scatteringRows(to: [0, 0], count: 1) == Tensor([1, 2], [4, 6]))
    #expect(x.scatteringRows(to: [3, 1], count: 4).gatheringRows([3, 1]) == x)
    checkGradient(of: { $0.scatteringRows(to: [3, 1], count: 4) }, at: x)
  }

  @Test func columnsArePicked() {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(x.gatheringColumns([2, 0]) == Tensor([2, 2], [3, 1, 6, 4]))
    #expect(x.gatheringColumns([]).shape == [2, 0])
    checkGradient(of: { $0.gatheringColumns([2, 0]) }, at: x)
  }
}
