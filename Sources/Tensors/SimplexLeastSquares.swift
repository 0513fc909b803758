internal import CKernels

/// Exact fully constrained least squares with one set of endmembers and many spectra.
///
///     minimise ‖x − Σₖ aₖ mₖ‖² subject to aₖ ≥ 0, Σₖ aₖ = 1
///
/// Spectra and endmembers are centred at the endmembers' mean, which changes nothing on the simplex and keeps digits when
/// endmembers are alike. Everything is computed in Double and rounded once.
///
/// - Shapes: endmembers `[endmembers, bands]`, spectra `[pixels, bands]`, abundances `[pixels, endmembers]`.
/// - Edge cases: where endmembers are affinely dependent many solutions are equally good and one of them is returned. A
///   spectrum that is not finite gives NaN.
/// - Complexity: O(pixels · endmembers · (bands + endmembers)) as long as few active sets per pixel are tried.
package struct SimplexLeastSquares: Sendable {
  /// The most endmembers a problem may have.
  package static let mostEndmembers = Int(alu_fcls_most)

  /// The number of endmembers.
  package let count: Int
  /// The number of bands.
  package let bands: Int
  /// Inner products of centred endmembers, `[count, count]`.
  package let gram: [Double]
  /// Whether spectra are divided by their norms first. Endmembers are then, too.
  package let isNormalized: Bool
  private let directions: [Double]
  private let offsets: [Double]

  /// A problem with these endmembers.
  ///
  /// - Precondition: `endmembers` has 1 to ``mostEndmembers`` finite rows.
  package init(endmembers: Tensor, normalized: Bool = false) {
    precondition(
      endmembers.rank == 2 && (1...Self.mostEndmembers).contains(endmembers.shape[0]),
      "endmembers of shape \(endmembers.shape): 1 to \(Self.mostEndmembers) rows are allowed")
    (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    isNormalized = normalized
    let (count, bands) = (count, bands)
    var rows = endmembers.doubleRows(normalized: normalized)
    precondition(rows.allSatisfy(\.isFinite), "an endmember is not finite")
    let mean = (0..<bands).map { band in (0..<count).reduce(0) { $0 + rows[$1 * bands + band] } / Double(count) }
    for index in rows.indices { rows[index] -= mean[index % bands] }
    directions = rows
    offsets = (0..<count).map { k in (0..<bands).reduce(0) { $0 + rows[k * bands + $1] * mean[$1] } }
    gram = rows.gramMatrix(rows: count)
  }

  /// The abundances of every spectrum.
  package func solve(_ spectra: Tensor) -> Tensor {
    Tensor(uninitialized: [spectra.shape[0], count]) { out in
      let out = Shared(out.baseAddress)
      forEachBlock(of: spectra) { problem, products, pixels in
        guard let out = out.pointer else { return }
        alu_fcls(problem, products, count, pixels.count, out + pixels.lowerBound * count)
      }
    }
  }

  /// How far abundances are from satisfying the conditions of optimality, one number per spectrum.
  ///
  /// With the gradient g = ½∇‖x − Σ a m‖² the largest of −aₖ, |Σa − 1|, (a·g − gₖ)/s and |aₖ(gₖ − a·g)|/s, where s is
  /// the largest squared norm of a centred endmember. Zero means exact; rounding of abundances to Float alone leaves 10⁻⁷.
  package func residuals(of abundances: Tensor, for spectra: Tensor) -> [Double] {
    precondition(
      abundances.shape == [spectra.shape[0], count],
      "abundances of shape \(abundances.shape) for \(spectra.shape[0]) spectra and \(count) endmembers")
    return [Double](unsafeUninitializedCapacity: spectra.shape[0]) { out, initialized in
      let target = Shared(out.baseAddress)
      forEachBlock(of: spectra) { problem, products, pixels in
        guard let target = target.pointer else { return }
        alu_fcls_residual(
          problem, products, count, pixels.count, abundances.storage.pointer + pixels.lowerBound * count,
          target + pixels.lowerBound)
      }
      initialized = spectra.shape[0]
    }
  }

  /// How many pixels share what was computed for a set of active endmembers: of many endmembers there are many sets.
  private var blockLength: Int { (9...12).contains(count) ? 16_384 : 2048 }

  /// Hands over the right-hand sides of blocks of spectra whose size depends on nothing.
  private func forEachBlock(
    of spectra: Tensor,
    _ body: @Sendable (UnsafePointer<alu_fcls_problem>, UnsafePointer<Double>, Range<Int>) -> Void
  ) {
    precondition(
      spectra.rank == 2 && spectra.shape[1] == bands, "spectra of shape \(spectra.shape) for \(bands) bands")
    parallelRanges(spectra.count / max(bands, 1), length: blockLength) { pixels in
      let products = spectra.withUnsafeScalars { spectra in
        let block = UnsafeBufferPointer(rebasing: spectra[pixels.lowerBound * bands..<pixels.upperBound * bands])
        return Projection.of(block, bands, directions, offsets, normalized: isNormalized)
      }
      gram.withUnsafeBufferPointer { gram in
        var problem = alu_fcls_problem(count: count, gram: gram.baseAddress)
        products.withUnsafeBufferPointer { products in
          guard let products = products.baseAddress else { return }
          withUnsafePointer(to: &problem) { body($0, products, pixels) }
        }
      }
    }
  }
}
