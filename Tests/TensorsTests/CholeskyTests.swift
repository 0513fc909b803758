import Foundation
import TestSupport
import Tensors
import Testing

@Suite struct CholeskyTests {
  /// A well conditioned positive definite matrix.
  private func positive(_ size: Int) -> Tensor {
    let half = irregular([size, size], in: -1...1)
    return half.matrixProduct(half, transposingOther: true) + 2 * Tensor.identity(size)
  }

  @Test(arguments: [1, 2, 5, 30]) func theFactorMultipliesToTheMatrix(_ size: Int) throws {
    let a = positive(size)
    let factor = try a.choleskyFactor()
    expectClose(
      factor.matrixProduct(factor, transposingOther: true), a, absolute: roundings(200),
      because: "LAPACK, entries to 30")
    for row in 0..<size { #expect(factor[row].scalars[(row + 1)...].allSatisfy { $0 == 0 }) }
  }

  @Test func anExample() throws {
    #expect(try Tensor([2, 2], [4, 2, 2, 10]).choleskyFactor() == Tensor([2, 2], [2, 0, 1, 3]))
    expectClose(
      try Tensor([2, 2], [4, 2, 2, 10]).logDeterminant().scalar, Foundation.log(Scalar(36)), relative: roundings(10),
      because: "two logarithms are added")
  }

  @Test func gradientsAgreeWithFiniteDifferences() throws {
    let a = positive(4)
    try checkGradient(of: { try $0.choleskyFactor() }, at: a, step: smallStep)
    try checkGradient(of: { try $0.logDeterminant() }, at: a, step: smallStep)
    try checkGradient(
      of: { try $0[0].choleskyFactor().solvingCholesky($0[1]) }, at: [a, irregular([4, 2])], step: smallStep)
    checkGradient(of: { $0.diagonal() }, at: a)
  }

  @Test func theErrorNamesThePivot() {
    #expect(throws: DecompositionError.notPositiveDefinite(pivot: 1, size: 3)) {
      try Tensor([3, 3], [1, 2, 0, 2, 1, 0, 0, 0, 1]).choleskyFactor()
    }
    #expect(throws: DecompositionError.notFinite(shape: [1, 1])) { try Tensor([1, 1], [.nan]).choleskyFactor() }
    let error = DecompositionError.notPositiveDefinite(pivot: 1, size: 3)
    #expect("\(error)" == "a matrix of shape [3, 3] is not positive definite: pivot 1 is not positive")
    #expect(
      "\(DecompositionError.singular(pivot: 0, size: 2))" == "a matrix of shape [2, 2] is singular: pivot 0 is zero")
  }

  @Test func logDeterminantsDoNotOverflow() throws {
    let value = try (1e30 * Tensor.identity(20)).logDeterminant().scalar
    expectClose(Double(value), 20 * log(1e30), relative: roundings(10), because: "20 rounded terms")
    #expect(try Tensor.zeros([0, 0]).logDeterminant().scalar == 0)
  }
}
