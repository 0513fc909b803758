internal import CKernels

/// Exact nonnegative least squares with one set of endmembers and many spectra, with or without a price on abundances.
///
///     minimise ½‖x − Σₖ aₖ mₖ‖² + p Σₖ aₖ subject to aₖ ≥ 0
///
/// Everything is computed in Double from inner products and rounded once. The price p makes it the sparse regression that
/// SUnSAL approximates.
///
/// - Shapes: endmembers `[endmembers, bands]`, spectra `[pixels, bands]`, abundances `[pixels, endmembers]`.
/// - Edge cases: where endmembers are dependent many solutions are equally good and one of them is returned. A spectrum
///   that is not finite gives NaN.
/// - Complexity: O(pixels · endmembers · (bands + s)) with s endmembers in a solution, O(s³) where an endmember leaves.
/// - Source: Lawson and Hanson, *Solving Least Squares Problems*, 1974, chapter 23; on inner products as in Bro and de
///   Jong, *A fast non-negativity-constrained least squares algorithm*, J. Chemometrics 11, 1997.
package struct NonnegativeLeastSquares: Sendable {
  /// The number of endmembers.
  package let count: Int
  /// The number of bands.
  package let bands: Int
  /// Inner products of endmembers, `[count, count]`.
  package let gram: [Double]
  /// Whether spectra are divided by their norms first. Endmembers are then, too.
  package let isNormalized: Bool
  private let directions: [Double]
  private let offsets: [Double]

  /// A problem with these endmembers.
  ///
  /// - Precondition: `endmembers` has finite rows, at least one; `price` is finite.
  package init(endmembers: Tensor, normalized: Bool = false, price: Double = 0) {
    precondition(endmembers.rank == 2 && endmembers.shape[0] > 0, "endmembers of shape \(endmembers.shape)")
    precondition(price.isFinite, "a price of \(price)")
    (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    isNormalized = normalized
    let rows = endmembers.doubleRows(normalized: normalized)
    precondition(rows.allSatisfy(\.isFinite), "an endmember is not finite")
    directions = rows
    offsets = [Double](repeating: price, count: count)
    gram = rows.gramMatrix(rows: count)
  }

  /// The abundances of every spectrum.
  ///
  /// - Parameter start: Where the search begins, `[pixels, endmembers]`: near the solution it is short. Not where it ends.
  package func solve(_ spectra: Tensor, from start: Tensor? = nil) -> Tensor {
    precondition(
      start.map { $0.shape == [spectra.shape[0], count] } ?? true,
      "a start of shape \(start?.shape ?? []) for \(spectra.shape[0]) spectra and \(count) endmembers")
    var result = start?.detached ?? .zeros([spectra.shape[0], count])
    result.withUnsafeMutableScalars { out in
      let out = Shared(out.baseAddress)
      forEachBlock(of: spectra) { gram, products, pixels in
        guard let out = out.pointer else { return }
        alu_nnls(gram, count, products, pixels.count, out + pixels.lowerBound * count)
      }
    }
    return result
  }

  /// How far abundances are from satisfying the conditions of optimality, one number per spectrum.
  ///
  /// With the gradient g = ∇(½‖x − Σ a m‖² + p Σ a) the largest of −aₖ, −gₖ/s and |aₖ gₖ|/s, where s is the largest
  /// squared norm of an endmember. Zero means exact; rounding of abundances to Float alone leaves 10⁻⁷.
  package func residuals(of abundances: Tensor, for spectra: Tensor) -> [Double] {
    precondition(
      abundances.shape == [spectra.shape[0], count],
      "abundances of shape \(abundances.shape) for \(spectra.shape[0]) spectra and \(count) endmembers")
    return [Double](unsafeUninitializedCapacity: spectra.shape[0]) { out, initialized in
      let target = Shared(out.baseAddress)
      forEachBlock(of: spectra) { gram, products, pixels in
        guard let target = target.pointer else { return }
        alu_nnls_residual(
          gram, count, products, pixels.count, abundances.storage.pointer + pixels.lowerBound * count,
          target + pixels.lowerBound)
      }
      initialized = spectra.shape[0]
    }
  }

  /// Hands over the right-hand sides of blocks of spectra whose size depends on nothing.
  private func forEachBlock(
    of spectra: Tensor,
    _ body: @Sendable (UnsafePointer<Double>, UnsafePointer<Double>, Range<Int>) -> Void
  ) {
    precondition(
      spectra.rank == 2 && spectra.shape[1] == bands, "spectra of shape \(spectra.shape) for \(bands) bands")
    parallelRanges(spectra.shape[0], length: 512) { pixels in
      let products = spectra.withUnsafeScalars { spectra in
        let block = UnsafeBufferPointer(rebasing: spectra[pixels.lowerBound * bands..<pixels.upperBound * bands])
        return Projection.of(block, bands, directions, offsets, normalized: isNormalized)
      }
      gram.withUnsafeBufferPointer { gram in
        products.withUnsafeBufferPointer { products in
          guard let gram = gram.baseAddress, let products = products.baseAddress else { return }
          body(gram, products, pixels)
        }
      }
    }
  }
}

extension Tensor {
  /// The rows of a matrix in Double, one after another, each divided by its norm when `normalized` (zeros stay).
  package func doubleRows(normalized: Bool) -> [Double] {
    let (count, width) = (shape[0], shape[1])
    var rows = scalars.map { Double($0) }
    guard normalized else { return rows }
    for k in 0..<count {
      let own = k * width..<(k + 1) * width
      let norm = rows[own].reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > 0 { for index in own { rows[index] /= norm } }
    }
    return rows
  }
}

extension [Double] {
  /// Inner products of the rows of a matrix, `[rows, rows]`.
  package func gramMatrix(rows: Int) -> [Double] {
    let width = count / Swift.max(rows, 1)
    return withUnsafeBufferPointer { values in
      (0..<rows * rows).map { place in
        let (i, j) = (place / rows * width, place % rows * width)
        var sum = 0.0
        for index in 0..<width { sum += values[i + index] * values[j + index] }
        return sum
      }
    }
  }
}
