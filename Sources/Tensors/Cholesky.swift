extension Tensor {
  /// The lower triangular factor of the symmetric part of a positive definite matrix.
  ///
  ///     (A + Aᵀ)/2 = L Lᵀ,   Lᵢᵢ > 0
  ///
  /// - Shapes: `[n, n]` gives `[n, n]`, zero above the diagonal.
  /// - Throws: ``DecompositionError/notPositiveDefinite(pivot:size:)`` naming the first pivot that is not positive;
  ///   ``DecompositionError/notFinite(shape:)``.
  /// - Source: Murray, *Differentiation of the Cholesky decomposition* (2016), Eq. 10.
  public func choleskyFactor() throws(DecompositionError) -> Tensor {
    precondition(rank == 2 && shape[0] == shape[1], "a Cholesky factor of shape \(shape)")
    let factor = try detached.symmetricPart().lowerFactor()
    return .recording(
      factor,
      (
        self,
        { flow in
          // A = L Lᵀ: Ā = ½ L⁻ᵀ (P + Pᵀ) L⁻¹ with P the lower triangle of LᵀL̄, its diagonal halved.
          let product = factor.matrixProduct(flow, transposingSelf: true)
          let lower = product.triangle { row, column in row > column ? 1 : (row == column ? 0.5 : 0) }
          let half = factor.solvingTriangular(lower + lower.transposed(), isUpper: false, transposingSelf: true)
          let whole = factor.solvingTriangular(half.transposed(), isUpper: false, transposingSelf: true)
          return whole.symmetricPart() * 0.5
        }
      ))
  }

  /// The solution X of L Lᵀ X = B, for a Cholesky factor L (this tensor).
  ///
  /// - Shapes: `[n, n]` with `[n, columns]` or `[n]`, which the result has too.
  public func solvingCholesky(_ right: Tensor) -> Tensor {
    let forward = solvingTriangular(right, isUpper: false)
    return solvingTriangular(forward, isUpper: false, transposingSelf: true)
  }

  /// log det A of a positive definite matrix, 2 Σ log Lᵢᵢ: it neither over- nor underflows.
  ///
  /// - Shapes: `[n, n]` gives `[]`, 0 for a matrix of no rows.
  /// - Throws: As ``choleskyFactor()``.
  public func logDeterminant() throws(DecompositionError) -> Tensor {
    try choleskyFactor().diagonal().log().sum() * 2
  }

  /// The diagonal of a square matrix.
  ///
  /// - Shapes: `[n, n]` gives `[n]`.
  public func diagonal() -> Tensor {
    precondition(rank == 2 && shape[0] == shape[1], "the diagonal of shape \(shape)")
    let size = shape[0]
    return reshaped(to: [size * size]).gatheringRows((0..<size).map { $0 * (size + 1) })
  }

  /// The identity matrix of shape `[size, size]`.
  public static func identity(_ size: Int) -> Tensor {
    ones([size, size]).triangle { row, column in row == column ? 1 : 0 }
  }

  private func lowerFactor() throws(DecompositionError) -> Tensor {
    let size = shape[0]
    if size == 0 { return self }
    guard isFinite else { throw .notFinite(shape: shape) }
    var work = self
    let outcome = work.withUnsafeMutablePointer { BLAS.cholesky(size: size, $0) }
    guard outcome == 0 else { throw .notPositiveDefinite(pivot: outcome - 1, size: size) }
    return work.triangle { row, column in row >= column ? 1 : 0 }
  }
}

extension Tensor {
  /// Multiplies every element of a matrix by a factor that depends on its place; a factor of 0 gives 0.
  func triangle(_ factor: (_ row: Int, _ column: Int) -> Scalar) -> Tensor {
    var result = detached
    let (rows, columns) = (shape[0], shape[1])
    result.withUnsafeMutableScalars { numbers in
      for row in 0..<rows {
        for column in 0..<columns {
          let factor = factor(row, column)
          numbers[row * columns + column] = factor == 0 ? 0 : factor * numbers[row * columns + column]
        }
      }
    }
    return result
  }
}
