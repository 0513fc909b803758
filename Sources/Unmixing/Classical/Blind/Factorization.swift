import Tensors

/// Spectra as a product of non-negative abundances and endmembers, improved by multiplication.
///
///     fit = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)²
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ² + attraction) / (A (M Mᵀ + δ² 1) + repulsion)
///
/// δ is the weight of a row of ones below the endmembers and below every spectrum, which asks abundances to sum to one.
/// Neither update increases the fit (plus the term whose gradient is repulsion − attraction, see ``AbundancePenalty``).
///
/// Since the abundances of a pixel need only its own spectrum, one pass over the spectra, block by block, moves the
/// abundances and sums what the next endmembers need and the fit.
///
/// - Shapes: Y `[pixels, bands]`, A `[pixels, endmembers]`, M `[endmembers, bands]`: transposed against the papers.
/// - Edge cases: factors of products that vanish are kept: denominators are at least 10⁻³⁰⁰ in Double, abundances at least
///   10⁻¹², endmembers at least ``BlindProblem/floor``.
/// - Complexity: 6 · pixels · bands · endmembers operations a pass.
/// - Source: Lee and Seung, *Algorithms for non-negative matrix factorization*, NIPS 2000, Theorem 1; the row of ones is
///   that of Heinz and Chang, IEEE TGRS 39, 2001.
struct Factorization: Sendable {
  /// Moves the abundances of the pixels of one block.
  typealias AbundanceUpdate =
    @Sendable (
      _ rows: UnsafeMutableBufferPointer<Scalar>, _ block: AbundanceBlock
    ) -> Void

  /// What an update of the abundances of some pixels needs.
  struct AbundanceBlock {
    /// The number of endmembers.
    let count: Int
    /// The place of the first pixel among the valid ones.
    let firstPixel: Int
    /// Y Mᵀ of these pixels.
    let products: UnsafeBufferPointer<Scalar>
    /// M Mᵀ + δ².
    let gram: [Double]
    /// δ².
    let squaredWeight: Double
  }

  /// M.
  private(set) var endmembers: Tensor
  /// A.
  private(set) var abundances: Tensor
  /// The fit at both.
  private(set) var fit = 0.0
  private let spectra: SpectraBlocks
  private let squaredWeight: Double
  private var moments: Moments

  /// Abundances may not begin below this: what is 0 stays 0. It is the threshold below which L½ counts them as 0.
  static let leastStart: Scalar = 1e-4
  static let leastAbundance: Scalar = 1e-12

  /// Sums over pixels.
  private struct Moments: Sendable {
    /// AᵀY.
    var products: [Double]
    /// AᵀA.
    var gram: [Double]
    var fit = 0.0

    init(count: Int, bands: Int) {
      products = [Double](repeating: 0, count: count * bands)
      gram = [Double](repeating: 0, count: count * count)
    }
  }

  /// - Parameter sumToOne: δ.
  init(_ problem: BlindProblem, sumToOne: Double) {
    endmembers = problem.endmembers
    abundances = problem.abundances.maximum(with: Self.leastStart)
    spectra = problem.spectra
    squaredWeight = sumToOne * sumToOne
    moments = Moments(count: problem.count, bands: spectra.bands)
    pass(nil)
  }

  private var count: Int { endmembers.shape[0] }

  /// One multiplicative update of the endmembers, with the abundances as they are. The fit is out of date afterwards.
  mutating func improveEndmembers() {
    let (count, bands) = (count, spectra.bands)
    improveEndmembers { values, products, gram in
      let before = values.map { Double($0) }
      for k in 0..<count {
        for band in 0..<bands {
          var fitted = 0.0
          for j in 0..<count { fitted += gram[k * count + j] * before[j * bands + band] }
          let place = k * bands + band
          values[place] = Scalar(before[place] * (products[place] / max(fitted, 1e-300)))
        }
      }
    }
  }

  /// Any update of the endmembers, which is given AᵀY and AᵀA. The fit is out of date afterwards.
  mutating func improveEndmembers(
    by update: (_ values: UnsafeMutableBufferPointer<Scalar>, _ products: [Double], _ gram: [Double]) -> Void
  ) {
    let moments = moments
    endmembers.withUnsafeMutableScalars { values in
      update(values, moments.products, moments.gram)
      for index in values.indices { values[index] = max(values[index], BlindProblem.floor) }
    }
  }

  /// One multiplicative update of the abundances, with the endmembers as they are.
  mutating func improveAbundances(_ gradient: SplitGradient) {
    pass { rows, block in
      let (count, offset) = (block.count, block.firstPixel * block.count)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { before in
        for start in stride(from: 0, to: rows.count, by: count) {
          for k in 0..<count { before[k] = Double(rows[start + k]) }
          for k in 0..<count {
            var below = gradient.repulsion[offset + start + k]
            for j in 0..<count { below += block.gram[k * count + j] * before[j] }
            let above =
              Double(block.products[start + k]) + block.squaredWeight + gradient.attraction[offset + start + k]
            let moved = Scalar(before[k] * (above / max(below, 1e-300)))
            rows[start + k] = max(moved, Self.leastAbundance)
          }
        }
      }
    }
  }

  /// Any update of the abundances that needs only the pixel's own spectrum.
  mutating func improveAbundances(by update: @escaping AbundanceUpdate) { pass(update) }

  /// Visits every block: moves its abundances if asked, and sums the moments and the fit.
  private mutating func pass(_ update: AbundanceUpdate?) {
    let (count, spectra, endmembers, squaredWeight) = (count, spectra, endmembers, squaredWeight)
    let gram = Self.gram(of: endmembers, squaredWeight)
    var parts = [Moments](repeating: Moments(count: count, bands: spectra.bands), count: spectra.blocks.count)
    abundances.withUnsafeMutableScalars { abundances in
      parts.withUnsafeMutableBufferPointer { parts in
        let (out, parts) = (Shared(abundances.baseAddress), Shared(parts.baseAddress))
        parallelFor(spectra.blocks.count) { block in
          guard let start = out.pointer, let parts = parts.pointer else { return }
          let (range, values) = (spectra.range(of: block), spectra.blocks[block])
          let rows = UnsafeMutableBufferPointer(start: start + range.lowerBound * count, count: range.count * count)
          if let update {
            let products = values.matrixProduct(endmembers, transposingOther: true)
            products.withUnsafeScalars { products in
              update(
                rows,
                AbundanceBlock(
                  count: count, firstPixel: range.lowerBound, products: products, gram: gram,
                  squaredWeight: squaredWeight))
            }
          }
          Self.sum(rows, values, endmembers, squaredWeight, into: &parts[block])
        }
      }
    }
    moments = Moments(count: count, bands: spectra.bands)
    for part in parts {
      for index in part.products.indices { moments.products[index] += part.products[index] }
      for index in part.gram.indices { moments.gram[index] += part.gram[index] }
      moments.fit += part.fit
    }
    fit = moments.fit
  }

  /// M Mᵀ + δ² in Double.
  private static func gram(of endmembers: Tensor, _ squaredWeight: Double) -> [Double] {
    let (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    return endmembers.withUnsafeScalars { values in
      (0..<count * count).map { place in
        let (i, j) = (place / count * bands, place % count * bands)
        return (0..<bands).reduce(squaredWeight) { $0 + Double(values[i + $1]) * Double(values[j + $1]) }
      }
    }
  }

  private static func sum(
    _ rows: UnsafeMutableBufferPointer<Scalar>, _ spectra: Tensor, _ endmembers: Tensor, _ squaredWeight: Double,
    into moments: inout Moments
  ) {
    let (count, pixels) = (endmembers.shape[0], spectra.shape[0])
    let abundances = Tensor(uninitialized: [pixels, count]) { _ = $0.initialize(from: rows) }
    moments.fit = 0.5 * SpectraBlocks.squaredDistance(spectra, abundances.matrixProduct(endmembers))
    abundances.matrixProduct(spectra, transposingSelf: true).withUnsafeScalars { values in
      for index in values.indices { moments.products[index] = Double(values[index]) }
    }
    moments.gram.withUnsafeMutableBufferPointer { gram in
      for start in stride(from: 0, to: rows.count, by: count) {
        var sum = 0.0
        for k in 0..<count {
          let value = Double(rows[start + k])
          sum += value
          for j in 0..<count { gram[k * count + j] += value * Double(rows[start + j]) }
        }
        moments.fit += 0.5 * squaredWeight * (1 - sum) * (1 - sum)
      }
    }
  }
}
