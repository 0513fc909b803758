import Tensors

/// The spectra of many pixels as sums of a few spectra.
///
///     X ≈ C B,   B the leading eigenvectors of XᵀX,   C = X Bᵀ
///
/// A linear mixture of K endmembers needs K of them; nonlinear ones need more, and `error` says what is left.
///
/// - Shapes: X is `[pixels, bands]`, `coefficients` is `[pixels, rank]`.
package struct SpectrumBasis: Sendable {
  /// The rows of B, the most important one first.
  package let spectra: [[Double]]
  /// C.
  package let coefficients: Tensor
  /// The largest difference between a number of X and of C B.
  package let error: Double

  /// The shortest basis whose error is at most `tolerance`, or one of `most` spectra.
  ///
  /// - Precondition: `spectra` is a matrix with at least one pixel and one band, and finite.
  package init(of spectra: Tensor, tolerance: Double, most: Int = 24) {
    precondition(spectra.rank == 2 && spectra.count > 0, "spectra of shape \(spectra.shape)")
    let (pixels, bands) = (spectra.shape[0], spectra.shape[1])
    let vectors = spectra.matrixProduct(spectra, transposingSelf: true).symmetricEigendecomposition().vectors
    var rest = spectra.detached
    var error = Self.largest(rest)
    var (chosen, columns): ([[Double]], [Tensor]) = ([], [])
    while chosen.isEmpty || error > tolerance && chosen.count < min(most, bands) {
      // Eigenvalues come in increasing order.
      let place = bands - 1 - chosen.count
      let direction = vectors.slice(along: 1, place..<place + 1)
      let column = spectra.matrixProduct(direction)
      rest = rest - column.matrixProduct(direction, transposingOther: true)
      error = Self.largest(rest)
      chosen.append(direction.scalars.map { Double($0) })
      columns.append(column)
    }
    self.spectra = chosen
    coefficients = Tensor.concatenated(columns, along: 1).reshaped(to: [pixels, chosen.count])
    self.error = error
  }

  private static func largest(_ values: Tensor) -> Double {
    values.withUnsafeScalars { $0.reduce(0) { max($0, abs(Double($1))) } }
  }
}
