import TestSupport
import Tensors
import Testing

@Suite struct OrthogonalizationTests {
  @Test(arguments: [[1, 1], [4, 4], [6, 3], [3, 6], [50, 8]] as [Shape])
  func theFactorsMultiplyToTheMatrix(_ shape: Shape) {
    let a = irregular(shape)
    let (q, r) = a.qrDecomposition()
    let count = min(shape[0], shape[1])
    expectClose(q.matrixProduct(r), a, absolute: roundings(100), because: "LAPACK")
    expectClose(
      q.matrixProduct(q, transposingSelf: true), .identity(count), absolute: roundings(100), because: "LAPACK")
    for row in 0..<count { #expect(r[row].scalars[..<row].allSatisfy { $0 == 0 } && r[row].scalars[row] >= 0) }
  }

  @Test func anExample() {
    let (q, r) = Tensor([2, 2], [3, 1, 4, 2]).qrDecomposition()
    expectClose(q, Tensor([2, 2], [0.6, -0.8, 0.8, 0.6]), absolute: roundings(10), because: "LAPACK")
    expectClose(r, Tensor([2, 2], [5, 2.2, 0, 0.4]), absolute: roundings(10), because: "LAPACK")
  }

  @Test(arguments: [[3, 3], [5, 3], [3, 5]] as [Shape]) func gradientsAgreeWithFiniteDifferences(_ shape: Shape) {
    let a = separated(shape)
    checkGradient(of: { $0.qrDecomposition().q }, at: a, step: smallStep)
    checkGradient(of: { $0.qrDecomposition().r }, at: a, step: smallStep)
  }

  @Test func nansComeThrough() {
    let (q, r) = Tensor([2, 2], [1, .nan, 0, 1]).qrDecomposition()
    #expect((q.scalars + r.scalars).allSatisfy { $0.isNaN })
  }
}
