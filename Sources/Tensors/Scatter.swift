internal import CKernels

/// The mean and covariance of spectra, in Double whatever the spectra are stored in.
package struct Scatter: Sendable {
  /// How many spectra were counted.
  package let count: Int
  /// The number of bands.
  package let bands: Int
  /// Σ x / n
  package let mean: [Double]
  /// Σ (x − mean)(x − mean)ᵀ / n, `[bands, bands]`, both triangles.
  package let covariance: [Double]

  /// The moments of the rows of `spectra` for which `isValid` is true; of all without it.
  ///
  /// - Precondition: at least one row counts.
  package init(of spectra: Tensor, isValid: [Bool]? = nil) {
    precondition(spectra.rank == 2, "spectra of shape \(spectra.shape)")
    let (pixels, bands) = (spectra.shape[0], spectra.shape[1])
    precondition(isValid.map { $0.count == pixels } ?? true, "\(isValid?.count ?? 0) flags for \(pixels) spectra")
    let mask = isValid.map { $0.map { $0 ? UInt8(1) : 0 } } ?? [UInt8](repeating: 1, count: pixels)
    let count = mask.reduce(0) { $0 + Int($1) }
    precondition(count > 0, "no spectrum to take a mean of")
    let sums = Self.chunked(pixels, bands) { range, sum in
      spectra.withUnsafeScalars { values in
        for pixel in range where mask[pixel] != 0 {
          for band in 0..<bands { sum[band] += Double(values[pixel * bands + band]) }
        }
      }
    }
    let mean = sums.map { $0 / Double(count) }
    var products = Self.chunked(pixels, bands * bands) { range, sum in
      spectra.withUnsafeScalars { values in
        guard let values = values.baseAddress, let sum = sum.baseAddress else { return }
        mask.withUnsafeBufferPointer { mask in
          guard let mask = mask.baseAddress else { return }
          alu_scatter(values + range.lowerBound * bands, mask + range.lowerBound, range.count, bands, mean, sum)
        }
      }
    }
    for row in 0..<bands {
      for column in row..<bands {
        products[row * bands + column] /= Double(count)
        products[column * bands + row] = products[row * bands + column]
      }
    }
    (self.count, self.bands, self.mean, covariance) = (count, bands, mean, products)
  }

  /// Sums over at most 16 chunks of rows, each summed by itself and then added in order.
  private static func chunked(
    _ rows: Int, _ size: Int, _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    let length = max(1024, (rows + 15) / 16)
    let chunks = (rows + length - 1) / length
    var partial = [Double](repeating: 0, count: chunks * size)
    partial.withUnsafeMutableBufferPointer { partial in
      let partial = Shared(partial.baseAddress)
      parallelRanges(rows, length: length) { range in
        guard let partial = partial.pointer else { return }
        body(range, UnsafeMutableBufferPointer(start: partial + range.lowerBound / length * size, count: size))
      }
    }
    return (0..<size).map { place in (0..<chunks).reduce(0) { $0 + partial[$1 * size + place] } }
  }
}

/// Inner products of many spectra with a few directions, in Double.
package enum Projection {
  /// The coordinates ⟨dₖ, x⟩ − offsetₖ of every row of `spectra`, row-major `[pixels, directions]`.
  ///
  /// - Parameters:
  ///   - directions: row-major `[directions, bands]`.
  ///   - normalized: Whether spectra are divided by their norms first.
  package static func coordinates(
    of spectra: Tensor, along directions: [Double], offsets: [Double], normalized: Bool = false
  ) -> [Double] {
    let (pixels, bands, count) = (spectra.shape[0], spectra.shape[1], offsets.count)
    precondition(directions.count == count * bands, "\(directions.count) numbers for \(count) directions of \(bands)")
    return [Double](unsafeUninitializedCapacity: pixels * count) { out, initialized in
      let target = Shared(out.baseAddress)
      parallelRanges(pixels, length: 2048) { range in
        guard let target = target.pointer else { return }
        alu_project(
          spectra.storage.pointer + range.lowerBound * bands, range.count, bands, directions, offsets, count,
          normalized ? 1 : 0, target + range.lowerBound * count, count)
      }
      initialized = pixels * count
    }
  }

  /// The same for one block, of spectra divided by their norms when `normalized`.
  static func of(
    _ spectra: UnsafeBufferPointer<Scalar>, _ bands: Int, _ directions: [Double], _ offsets: [Double],
    normalized: Bool
  ) -> [Double] {
    let pixels = spectra.count / max(bands, 1)
    return [Double](unsafeUninitializedCapacity: pixels * offsets.count) { out, initialized in
      guard let values = spectra.baseAddress, let target = out.baseAddress else { return }
      alu_project(
        values, pixels, bands, directions, offsets, offsets.count, normalized ? 1 : 0, target, offsets.count)
      initialized = pixels * offsets.count
    }
  }
}
