import Tensors
import TestSupport
import Testing

@Suite struct SymmetricMatrixTests {
  /// A matrix with eigenvalues 4⁰ … 4⁻ⁿ, far further apart than Float sees.
  private func graded(_ size: Int) -> SymmetricMatrix {
    let basis = irregular([size, size], salt: 3).qrDecomposition().q.doubles
    let values = (0..<size).map { index in (0..<index).reduce(1.0) { value, _ in value / 4 } }
    var elements = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        elements[row * size + column] = (0..<size).reduce(0) {
          $0 + basis[row * size + $1] * values[$1] * basis[column * size + $1]
        }
      }
    }
    return SymmetricMatrix(elements, size: size)
  }

  @Test func inverseUndoesTheMatrix() throws {
    let matrix = graded(12)
    let inverse = try #require(matrix.inverse())
    for row in 0..<12 {
      for column in 0..<12 {
        let sum = (0..<12).reduce(0.0) { $0 + matrix[row, $1] * inverse[$1, column] }
        expectClose(sum, row == column ? 1 : 0, absolute: 1e-8, because: "a condition of 4¹¹ costs seven digits of 16")
      }
    }
  }

  @Test func eigenpairsMakeTheMatrix() {
    let matrix = graded(14)
    let (values, vectors) = matrix.eigenpairs()
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    for row in 0..<14 {
      for column in 0..<14 {
        let sum = (0..<14).reduce(0.0) { $0 + values[$1] * vectors[$1][row] * vectors[$1][column] }
        expectClose(sum, matrix[row, column], absolute: 1e-14, because: "rounding of elements of the order of 1")
      }
    }
    #expect(vectors.allSatisfy { ($0.max() ?? 0) >= -($0.min() ?? 0) })
  }

  @Test func hasNoInverseWhereItIsNotPositive() {
    #expect(SymmetricMatrix([1, 2, 2, 1], size: 2).inverse() == nil)
    #expect(SymmetricMatrix([1, 1, 1, 1], size: 2).inverse() == nil)
    let raised = SymmetricMatrix([1, 1, 1, 1], size: 2).addingToDiagonal(1).inverse()
    let expected: [Double] = [2.0 / 3, -1.0 / 3, -1.0 / 3, 2.0 / 3]
    expectClose(raised?.elements ?? [], expected, absolute: 1e-15, because: "rounding")
  }
}
