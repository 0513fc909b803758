import TestSupport
import Tensors
import Testing

@Suite struct SingularValuesTests {
  static let shapes: [Shape] = [[1, 1], [3, 3], [5, 3], [3, 5], [4, 1], [1, 4], [40, 12]]

  @Test(arguments: shapes) func theFactorsMultiplyToTheMatrix(_ shape: Shape) {
    let a = irregular(shape)
    let (u, s, vt) = a.singularValueDecomposition()
    let count = min(shape[0], shape[1])
    expectClose((u * s).matrixProduct(vt), a, absolute: roundings(200), because: "LAPACK, values up to 30")
    expectClose(
      u.matrixProduct(u, transposingSelf: true), .identity(count), absolute: roundings(100), because: "LAPACK")
    expectClose(
      vt.matrixProduct(vt, transposingOther: true), .identity(count), absolute: roundings(100), because: "LAPACK")
    #expect(zip(s.scalars, s.scalars.dropFirst()).allSatisfy { $0 >= $1 } && s.scalars.allSatisfy { $0 >= 0 })
    #expect(a.singularValues() == s)
  }

  @Test func anExample() {
    let (u, s, vt) = Tensor([2, 2], [0, 2, -3, 0]).singularValueDecomposition()
    expectClose(s, Tensor([3, 2]), relative: roundings(10), because: "LAPACK")
    expectClose(u, Tensor([2, 2], [0, 1, 1, 0]), absolute: roundings(10), because: "LAPACK")
    expectClose(vt, Tensor([2, 2], [-1, 0, 0, 1]), absolute: roundings(10), because: "LAPACK")
  }

  @Test(arguments: [[3, 3], [5, 3], [3, 5]] as [Shape]) func gradientsAgreeWithFiniteDifferences(_ shape: Shape) {
    let a = separated(shape)
    checkGradient(of: { $0.singularValues() }, at: a)
    checkGradient(of: { $0.singularValueDecomposition().u }, at: a, step: smallStep)
    checkGradient(of: { $0.singularValueDecomposition().vt }, at: a, step: smallStep)
    checkGradient(
      of: {
        let (u, s, vt) = $0.singularValueDecomposition()
        return (u * s.exp()).matrixProduct(vt)
      }, at: a, step: smallStep)
  }

  @Test func theNuclearNormHasDerivativeUVt() {
    var a = irregular([4, 3])
    let (u, _, vt) = a.singularValueDecomposition()
    let (_, slope) = valueAndGradient(at: &a) { $0.singularValues().sum() }
    expectClose(slope, u.matrixProduct(vt), absolute: roundings(10), because: "rounding")
  }

  @Test func equalAndZeroValuesHaveFiniteDerivatives() {
    for matrix in [Tensor.identity(3), .zeros([3, 2]), .ones([3, 3])] {
      var a = matrix
      let (_, slope) = valueAndGradient(at: &a) {
        let (u, s, vt) = $0.singularValueDecomposition()
        return (u * s).matrixProduct(vt).squared().sum() + s.sum()
      }
      #expect(slope.isFinite)
    }
  }

  @Test func infinitiesGiveNaNWithoutLAPACK() {
    for shape in [Shape([2, 3]), [40, 30]] {
      var a = irregular(shape)
      a.withUnsafeMutableScalars { $0[4] = .infinity }
      let (u, s, vt) = a.singularValueDecomposition()
      for part in [u, s, vt] { #expect(part.scalars.allSatisfy { $0.isNaN }) }
    }
  }

  @Test func nansComeThrough() {
    let (u, s, vt) = Tensor([2, 2], [1, .nan, 0, 1]).singularValueDecomposition()
    #expect((u.scalars + s.scalars + vt.scalars).allSatisfy { $0.isNaN })
  }

  @Test func emptyMatricesHaveNone() {
    let (u, s, vt) = Tensor.zeros([3, 0]).singularValueDecomposition()
    #expect(u.shape == [3, 0] && s.shape == [0] && vt.shape == [0, 0])
  }
}
