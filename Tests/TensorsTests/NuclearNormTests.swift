import TestSupport
import Tensors
import Testing

/// The nuclear norm is the sum of singular values, and its derivative is U Vᵀ.
@Suite struct NuclearNormTests {
  static let shapes: [Shape] = [[1, 1], [3, 3], [9, 3], [3, 9], [200, 6], [70, 66]]

  @Test(arguments: shapes) func isTheSumOfTheSingularValues(_ shape: Shape) {
    let a = irregular(shape)
    expectClose(
      a.nuclearNorm(), a.singularValues().sum(), relative: Scalar.self == Double.self ? 1e-12 : 1e-5,
      because: "rounding of LAPACK, whose values are compared")
  }

  @Test(arguments: shapes.dropLast()) func theDerivativeIsUVt(_ shape: Shape) {
    var a = irregular(shape)
    let (u, _, vt) = a.singularValueDecomposition()
    let (_, slope) = valueAndGradient(at: &a) { $0.nuclearNorm() }
    let digits = Scalar.self == Double.self ? 1e-9 : 2e-4
    expectClose(slope, u.matrixProduct(vt), absolute: digits, because: "LAPACK's vectors of nearby singular values")
  }

  @Test func gradientsAgreeWithFiniteDifferences() {
    checkGradient(of: { $0.nuclearNorm() }, at: irregular([7, 3]))
    checkGradient(of: { $0.squared().nuclearNorm() }, at: separated([3, 5]))
  }

  @Test func anExample() {
    // Columns (3, 4) and (0, 0): one singular value 5, with the derivative u vᵀ of its own pair alone.
    var a = Tensor([2, 2], [3, 0, 4, 0])
    let (value, slope) = valueAndGradient(at: &a) { $0.nuclearNorm() }
    expectClose(value, 5, relative: 1e-6, because: "Float rounding")
    expectClose(slope, Tensor([2, 2], [0.6, 0, 0.8, 0]), absolute: 1e-6, because: "Float rounding")
  }

  @Test func aMatrixOfZerosHasNormAndDerivativeZero() {
    var a = Tensor.zeros([4, 2])
    let (value, slope) = valueAndGradient(at: &a) { $0.nuclearNorm() }
    #expect(value == 0 && slope == .zeros([4, 2]))
  }

  @Test func nansComeThrough() {
    var a = Tensor([2, 2], [1, .nan, 0, 1])
    let (value, slope) = valueAndGradient(at: &a) { $0.nuclearNorm() }
    #expect(value.isNaN && slope.scalars.allSatisfy(\.isNaN))
  }
}
