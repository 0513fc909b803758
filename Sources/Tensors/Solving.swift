extension Tensor {
  /// The solution X of T X = B or TᵀX = B, for a triangular matrix T (this tensor; its other triangle is not read).
  ///
  /// - Shapes: `[n, n]` with `[n, columns]` or `[n]`, which the result has too.
  /// - Edge cases: A zero on the diagonal gives infinities or NaN, as the division does.
  /// - Source: Giles, *Collected Matrix Derivative Results for Forward and Reverse Mode AD* (2008), 2.3.1.
  public func solvingTriangular(_ right: Tensor, isUpper: Bool, transposingSelf: Bool = false) -> Tensor {
    precondition(
      rank == 2 && shape[0] == shape[1] && (1...2).contains(right.rank) && right.shape[0] == shape[0],
      "a system of shape \(shape) with right side \(right.shape)")
    let triangle = detached
    let solution = triangle.triangularSolution(right.detached, isUpper, transposingSelf)
    let columns = Shape([shape[0], right.rank == 2 ? right.shape[1] : 1])
    return .recording(
      solution,
      (
        self,
        { flow in
          let back = triangle.triangularSolution(flow, isUpper, !transposingSelf).reshaped(to: columns)
          let answer = solution.reshaped(to: columns)
          let (rows, others) = transposingSelf ? (answer, back) : (back, answer)
          let whole = -rows.matrixProduct(others, transposingOther: true)
          return whole.triangle { row, column in isUpper ? (row <= column ? 1 : 0) : (row >= column ? 1 : 0) }
        }
      ),
      (right, { triangle.triangularSolution($0, isUpper, !transposingSelf) }))
  }

  /// The solution X of A X = B, by elimination with exchange of rows.
  ///
  /// - Shapes: `[n, n]` with `[n, columns]` or `[n]`, which the result has too.
  /// - Throws: ``DecompositionError/singular(pivot:size:)`` for a matrix with an exactly zero pivot (one that is nearly
  ///   singular gives large numbers instead); ``DecompositionError/notFinite(shape:)``.
  /// - Source: Giles, *Collected Matrix Derivative Results for Forward and Reverse Mode AD* (2008), 2.3.1.
  public func solving(_ right: Tensor) throws(DecompositionError) -> Tensor {
    precondition(
      rank == 2 && shape[0] == shape[1] && (1...2).contains(right.rank) && right.shape[0] == shape[0],
      "a system of shape \(shape) with right side \(right.shape)")
    let elimination = try Elimination(of: detached)
    let solution = elimination.solution(right.detached)
    let columns = Shape([shape[0], right.rank == 2 ? right.shape[1] : 1])
    return .recording(
      solution,
      (
        self,
        { flow in
          let back = elimination.solution(flow, transposed: true).reshaped(to: columns)
          return -back.matrixProduct(solution.reshaped(to: columns), transposingOther: true)
        }
      ),
      (right, { elimination.solution($0, transposed: true) }))
  }

  private func triangularSolution(_ right: Tensor, _ isUpper: Bool, _ transposed: Bool) -> Tensor {
    var solution = right
    let (size, columns) = (shape[0], right.rank == 2 ? right.shape[1] : 1)
    solution.withUnsafeMutablePointer {
      BLAS.solveTriangular(
        size: size, columns: columns, storage.pointer, isUpper: isUpper, transposed: transposed, $0)
    }
    return solution
  }
}

/// The triangular factors of a matrix with exchanged rows.
private struct Elimination: Sendable {
  private let factors: Tensor
  private let pivots: [Int32]

  init(of matrix: Tensor) throws(DecompositionError) {
    let size = matrix.shape[0]
    guard matrix.isFinite else { throw .notFinite(shape: matrix.shape) }
    var (work, pivots) = (matrix, [Int32](repeating: 0, count: size))
    if size > 0 {
      let outcome = work.withUnsafeMutablePointer { BLAS.triangularFactors(size: size, $0, pivots: &pivots) }
      guard outcome == 0 else { throw .singular(pivot: outcome - 1, size: size) }
    }
    (factors, self.pivots) = (work, pivots)
  }

  func solution(_ right: Tensor, transposed: Bool = false) -> Tensor {
    var solution = right
    let (size, columns) = (factors.shape[0], right.rank == 2 ? right.shape[1] : 1)
    if right.count == 0 { return right }
    let outcome = solution.withUnsafeMutablePointer {
      BLAS.solve(
        size: size, columns: columns, factors: factors.storage.pointer, pivots: pivots, transposed: transposed, $0)
    }
    return outcome == 0 ? solution : .nans(right.shape)
  }
}
