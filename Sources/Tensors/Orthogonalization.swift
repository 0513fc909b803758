extension Tensor {
  /// The reduced QR decomposition of a matrix.
  ///
  ///     A = Q R,   QᵀQ = 1,   R upper triangular with Rᵢᵢ ≥ 0
  ///
  /// - Shapes: `[m, n]` gives `q: [m, k]` and `r: [k, n]`, k = min(m, n).
  /// - Edge cases: A NaN or infinity anywhere gives NaN throughout. The derivative needs the first k columns to be
  ///   independent; it is infinite or NaN where a diagonal element of R is 0.
  /// - Source: Walter & Lehmann, *Algorithmic Differentiation of Linear Algebra Functions* (2010).
  public func qrDecomposition() -> (q: Tensor, r: Tensor) {
    precondition(rank == 2, "a QR decomposition of shape \(shape)")
    let (rows, columns) = (shape[0], shape[1])
    if rows < columns {
      let (q, r) = slice(along: 1, 0..<rows).qrDecomposition()
      let rest = q.matrixProduct(slice(along: 1, rows..<columns), transposingSelf: true)
      return (q, .concatenated([r, rest], along: 1))
    }
    let (q, r) = detached.orthogonalFactors()
    // Ā = (Q̄ + Q C) R⁻ᵀ with C the lower triangle, mirrored, of R R̄ᵀ − Q̄ᵀQ.
    let recordedQ = Tensor.recording(
      q,
      (
        self,
        { flow in
          let inner = flow.matrixProduct(q, transposingSelf: true).mirroredLowerTriangle()
          return r.solvingFromRight(flow - q.matrixProduct(inner))
        }
      ))
    let recordedR = Tensor.recording(
      r,
      (
        self,
        { flow in
          let inner = r.matrixProduct(flow, transposingOther: true).mirroredLowerTriangle()
          return r.solvingFromRight(q.matrixProduct(inner))
        }
      ))
    return (recordedQ, recordedR)
  }

  /// X R⁻ᵀ for this upper triangular R: the transpose of R⁻¹ Xᵀ.
  private func solvingFromRight(_ x: Tensor) -> Tensor {
    solvingTriangular(x.transposed(), isUpper: true).transposed()
  }

  private func mirroredLowerTriangle() -> Tensor {
    let below = triangle { row, column in row > column ? 1 : 0 }
    return below + below.transposed() + triangle { row, column in row == column ? 1 : 0 }
  }

  private func orthogonalFactors() -> (q: Tensor, r: Tensor) {
    let (rows, columns) = (shape[0], shape[1])
    if columns == 0 { return (self, .zeros([0, 0])) }
    guard isFinite else { return (.nans(shape), .nans([columns, columns])) }
    var (work, factors) = (self, Tensor.zeros([columns]))
    _ = work.withUnsafeMutablePointer { a in
      factors.withUnsafeMutablePointer { BLAS.householder(rows: rows, columns: columns, a, factors: $0) }
    }
    let r = work.slice(along: 0, 0..<columns).triangle { row, column in row <= column ? 1 : 0 }
    _ = work.withUnsafeMutablePointer { a in
      factors.withUnsafeMutablePointer { BLAS.orthogonal(rows: rows, columns: columns, a, factors: $0) }
    }
    let signs = Tensor(r.diagonal().scalars.map { $0 < 0 ? -1 : 1 })
    return (work * signs, r * signs.expandingDimension(at: 1))
  }
}
