/// All eigenpairs of a small symmetric matrix by Jacobi's rotations.
///
/// - Source: Golub and Van Loan, *Matrix Computations*, 4th edition, §8.5.
package struct SymmetricJacobi: Sendable {
  /// Eigenvalues, largest first.
  package let values: [Double]
  /// One eigenvector a row.
  package let vectors: [[Double]]

  /// The eigenpairs of a `[size, size]` matrix given row by row.
  package init(_ matrix: [Double], size: Int) {
    precondition(matrix.count == size * size, "\(matrix.count) numbers for a matrix of size \(size)")
    var a = matrix
    var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
    let total = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 {
      var off = 0.0
      for p in 0..<size {
        for q in 0..<size where q > p {
          off += a[p * size + q] * a[p * size + q]
          Self.rotate(&a, &vectors, p, q, size)
        }
      }
      if off <= 1e-32 * total { break }
    }
    let order = (0..<size).sorted { (a[$0 * size + $0], $1) > (a[$1 * size + $1], $0) }
    values = order.map { a[$0 * size + $0] }
    self.vectors = order.map { vectors[$0] }
  }

  /// Makes element (p, q) zero.
  private static func rotate(_ a: inout [Double], _ vectors: inout [[Double]], _ p: Int, _ q: Int, _ size: Int) {
    let element = a[p * size + q]
    if element == 0 { return }
    let ratio = (a[q * size + q] - a[p * size + p]) / (2 * element)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    for k in 0..<size {
      let (x, y) = (a[k * size + p], a[k * size + q])
      (a[k * size + p], a[k * size + q]) = (cosine * x - sine * y, sine * x + cosine * y)
    }
    for k in 0..<size {
      let (x, y) = (a[p * size + k], a[q * size + k])
      (a[p * size + k], a[q * size + k]) = (cosine * x - sine * y, sine * x + cosine * y)
      let (u, v) = (vectors[p][k], vectors[q][k])
      (vectors[p][k], vectors[q][k]) = (cosine * u - sine * v, sine * u + cosine * v)
    }
  }
}
