extension Tensor {
  /// The sum of the singular values of a matrix.
  ///
  ///     ‖A‖∗ = Σ σᵢ,   AᵀA = V diag(σ²) Vᵀ,   ∂‖A‖∗/∂A = A V diag(1/σ) Vᵀ = U Vᵀ
  ///
  /// Of a tall matrix with few columns only the small product AᵀA is decomposed, in Double: a scene's abundances need
  /// no singular vectors of the length of the scene.
  ///
  /// - Shapes: `[m, n]` gives `[]`.
  /// - Edge cases: Singular values below 10⁻⁷ of the largest count as 0, and what belongs to them is left out of the
  ///   derivative, which is then the subgradient of least length. A NaN or infinity anywhere gives NaN.
  /// - Complexity: O(m n²) for n ≤ m, n ≤ 64; otherwise that of the singular value decomposition.
  /// - Source: Watson, *Characterization of the subdifferential of some matrix norms*, Linear Algebra and its
  ///   Applications 170 (1992).
  public func nuclearNorm() -> Tensor {
    precondition(rank == 2, "a nuclear norm of shape \(shape)")
    if shape[0] < shape[1] { return transposed().nuclearNorm() }
    if shape[1] > 64 { return singularValues().sum() }
    let matrix = detached
    guard isFinite else { return .recording(Tensor(.nan), (self, { _ in .nans(matrix.shape) })) }
    let count = shape[1]
    let pairs = SymmetricJacobi(matrix.gram(), size: count)
    let values = pairs.values.map { max($0, 0).squareRoot() }
    let least = (values.first ?? 0) * 1e-7
    let inverses = values.map { $0 > least ? 1 / $0 : 0 }
    var inverseRoot = [Double](repeating: 0, count: count * count)
    for (vector, inverse) in zip(pairs.vectors, inverses) where inverse > 0 {
      for row in 0..<count {
        for column in 0..<count { inverseRoot[row * count + column] += vector[row] * inverse * vector[column] }
      }
    }
    let root = inverseRoot
    return .recording(
      Tensor(Scalar(values.reduce(0, +))), (self, { flow in matrix.product(withSmall: root) * flow.scalar }))
  }

  /// AᵀA in Double.
  private func gram() -> [Double] {
    let (rows, columns) = (shape[0], shape[1])
    var result = [Double](repeating: 0, count: columns * columns)
    withUnsafeScalars { values in
      for row in 0..<rows {
        for j in 0..<columns {
          let left = Double(values[row * columns + j])
          for k in j..<columns { result[j * columns + k] += left * Double(values[row * columns + k]) }
        }
      }
    }
    for j in 0..<columns {
      for k in 0..<j { result[j * columns + k] = result[k * columns + j] }
    }
    return result
  }

  /// A S for a small square matrix S, summed in Double.
  private func product(withSmall matrix: [Double]) -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return Tensor(uninitialized: shape) { out in
      withUnsafeScalars { values in
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = 0.0
            for k in 0..<columns { sum += Double(values[row * columns + k]) * matrix[k * columns + column] }
            out[row * columns + column] = Scalar(sum)
          }
        }
      }
    }
  }
}
