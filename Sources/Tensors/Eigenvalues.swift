extension Tensor {
  /// Eigenvalues and eigenvectors of the symmetric part of a matrix.
  ///
  ///     (A + Aᵀ)/2 = V diag(λ) Vᵀ,   VᵀV = 1,   λ₁ ≤ λ₂ ≤ …
  ///
  /// The signs, which the formula leaves open, are such that the largest component of every eigenvector is positive.
  ///
  /// - Shapes: `[n, n]` gives `values: [n]` and `vectors: [n, n]`, one in each column.
  /// - Edge cases: A NaN or infinity anywhere gives NaN throughout. Eigenvectors of equal eigenvalues have no
  ///   derivative: only functions that do not depend on the choice of a basis do, and get the right one here, as the
  ///   terms between equal eigenvalues are left out.
  /// - Source: Giles, *Collected Matrix Derivative Results for Forward and Reverse Mode AD* (2008), 3.1.
  public func symmetricEigendecomposition() -> (values: Tensor, vectors: Tensor) {
    precondition(rank == 2 && shape[0] == shape[1], "eigenvalues of shape \(shape)")
    let (values, vectors) = detached.symmetricPart().eigenpairs()
    let recordedValues = Tensor.recording(
      values, (self, { (vectors * $0).matrixProduct(vectors, transposingOther: true) }))
    let recordedVectors = Tensor.recording(
      vectors,
      (
        self,
        { flow in
          let turned = values.reciprocalDifferences() * vectors.matrixProduct(flow, transposingSelf: true)
          return vectors.matrixProduct(turned).matrixProduct(vectors, transposingOther: true).symmetricPart()
        }
      ))
    return (recordedValues, recordedVectors)
  }

  /// (A + Aᵀ)/2.
  func symmetricPart() -> Tensor { (self + transposed()) * 0.5 }

  private func eigenpairs() -> (values: Tensor, vectors: Tensor) {
    let size = shape[0]
    if size == 0 { return (.zeros([0]), self) }
    guard isFinite else { return (.nans([size]), .nans(shape)) }
    var (values, vectors) = (Tensor.zeros([size]), self)
    let outcome = vectors.withUnsafeMutablePointer { a in
      values.withUnsafeMutablePointer { BLAS.eigenvalues(size: size, a, values: $0) }
    }
    guard outcome == 0 else { return (.nans([size]), .nans(shape)) }
    return (values, vectors * vectors.signsOfLargestInColumns())
  }
}
