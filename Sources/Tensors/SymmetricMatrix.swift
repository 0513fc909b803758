/// A symmetric matrix in Double, whatever `Scalar` is: what covariances of spectra need, whose eigenvalues lie further
/// apart than Float can see.
package struct SymmetricMatrix: Sendable {
  /// The number of rows and columns.
  package let size: Int
  /// Row by row, both triangles.
  package var elements: [Double]

  /// A matrix given row by row, of which the lower triangle counts.
  ///
  /// - Precondition: `elements` holds `size · size` finite numbers.
  package init(_ elements: [Double], size: Int) {
    precondition(elements.count == size * size, "\(elements.count) numbers for a matrix of size \(size)")
    precondition(elements.allSatisfy(\.isFinite), "a symmetric matrix with a number that is not finite")
    self.size = size
    self.elements = elements
    mirrorLowerTriangle()
  }

  /// The element in a row and a column.
  package subscript(row: Int, column: Int) -> Double { elements[row * size + column] }

  /// Σᵢ aᵢᵢ
  package var trace: Double { (0..<size).reduce(0) { $0 + elements[$1 * size + $1] } }

  /// The elements on the diagonal.
  package var diagonal: [Double] { (0..<size).map { elements[$0 * size + $0] } }

  /// The matrix with the same number added to every element of the diagonal.
  package func addingToDiagonal(_ number: Double) -> SymmetricMatrix {
    var result = self
    for index in 0..<size { result.elements[index * size + index] += number }
    return result
  }

  /// A⁻¹; `nil` where the matrix is not positive definite to rounding.
  ///
  /// - Complexity: O(size³).
  package func inverse() -> SymmetricMatrix? {
    var result = self
    let outcome = result.elements.withUnsafeMutableBufferPointer { a in
      a.baseAddress.map { BLAS.inverse(size: size, double: $0) } ?? 0
    }
    guard outcome == 0, result.elements.allSatisfy(\.isFinite) else { return nil }
    result.mirrorLowerTriangle()
    return result
  }

  /// Eigenvalues, largest first, and eigenvectors of length 1, one a row, each with its largest component positive.
  ///
  /// - Complexity: O(size³).
  package func eigenpairs() -> (values: [Double], vectors: [[Double]]) {
    var (columns, values) = (elements, [Double](repeating: 0, count: size))
    let outcome = columns.withUnsafeMutableBufferPointer { a in
      values.withUnsafeMutableBufferPointer { values in
        guard let a = a.baseAddress, let values = values.baseAddress else { return 0 }
        return BLAS.eigenvalues(size: size, double: a, values: values)
      }
    }
    precondition(outcome == 0, "the eigenvalues of a finite symmetric matrix did not converge")
    let vectors = (0..<size).reversed().map { place in
      let vector = (0..<size).map { columns[$0 * size + place] }
      let extreme = vector.max { abs($0) < abs($1) } ?? 0
      return extreme < 0 ? vector.map { -$0 } : vector
    }
    return (values.reversed(), vectors)
  }

  private mutating func mirrorLowerTriangle() {
    for row in 0..<size {
      for column in 0..<row { elements[column * size + row] = elements[row * size + column] }
    }
  }
}
