import TestSupport
import Tensors
import Testing

@Suite struct EigenvaluesTests {
  @Test(arguments: [1, 2, 5, 30]) func theFactorsMultiplyToTheMatrix(_ size: Int) {
    let half = irregular([size, size])
    let a = half + half.transposed()
    let (values, vectors) = a.symmetricEigendecomposition()
    expectClose(
      (vectors * values).matrixProduct(vectors, transposingOther: true), a, absolute: roundings(1000),
      because: "LAPACK, values up to 60")
    expectClose(
      vectors.matrixProduct(vectors, transposingSelf: true), .identity(size), absolute: roundings(100),
      because: "LAPACK")
    #expect(zip(values.scalars, values.scalars.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func anExample() {
    let (values, vectors) = Tensor([2, 2], [2, 1, 1, 2]).symmetricEigendecomposition()
    expectClose(values, Tensor([1, 3]), relative: roundings(10), because: "LAPACK")
    let h = Scalar(0.5).squareRoot()
    expectClose(vectors, Tensor([2, 2], [h, h, -h, h]), absolute: roundings(10), because: "LAPACK")
  }

  @Test func gradientsAgreeWithFiniteDifferences() {
    let a = separated([4, 4])
    checkGradient(of: { $0.symmetricEigendecomposition().values }, at: a)
    checkGradient(of: { $0.symmetricEigendecomposition().vectors }, at: a, step: smallStep)
  }

  @Test func equalEigenvaluesHaveFiniteDerivatives() {
    var a = Tensor.identity(3)
    let (_, slope) = valueAndGradient(at: &a) {
      let (values, vectors) = $0.symmetricEigendecomposition()
      return (vectors * values.exp()).matrixProduct(vectors, transposingOther: true).sum()
    }
    #expect(slope.isFinite)
    #expect(Tensor([1, 1], [.nan]).symmetricEigendecomposition().values.scalars[0].isNaN)
  }
}
