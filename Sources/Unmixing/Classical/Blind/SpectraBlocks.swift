import Tensors

/// The spectra of a scene's valid pixels, cut into blocks that stay in the cache while everything an iteration asks of
/// them is computed. Blocks are of a fixed size, so that no result depends on the number of threads.
package struct SpectraBlocks: Sendable {
  /// The pixels of a block; the last may be shorter.
  package static let length = 512

  /// Spectra, `[512, bands]` each.
  package let blocks: [Tensor]
  /// The number of pixels.
  package let count: Int
  /// The number of bands.
  package let bands: Int

  /// Spectra `[pixels, bands]` in blocks.
  package init(_ spectra: Tensor) {
    (count, bands) = (spectra.shape[0], spectra.shape[1])
    blocks = stride(from: 0, to: spectra.shape[0], by: Self.length).map { start in
      spectra.slice(along: 0, start..<min(start + Self.length, spectra.shape[0]))
    }
  }

  /// The pixels of a block.
  func range(of block: Int) -> Range<Int> {
    block * Self.length..<min((block + 1) * Self.length, count)
  }

  /// All spectra again, `[pixels, bands]`.
  var joined: Tensor { .concatenated(blocks, along: 0) }

  /// (1/√bands) Σ over bands of (√pixels − ‖y‖₁/‖y‖₂) / √(pixels − 1), with y the image of a band: how sparse the scene
  /// is, 0 for constant bands. A band of zeros has no part.
  ///
  /// - Source: Qian et al., IEEE TGRS 49, 2011; the measure is that of Hoyer, JMLR 5, 2004.
  package var sparseness: Double {
    if count < 2 { return 0 }
    var sums = [Double](repeating: 0, count: bands)
    var squares = sums
    for block in blocks {
      block.withUnsafeScalars { values in
        for start in stride(from: 0, to: values.count, by: bands) {
          for band in 0..<bands {
            let value = Double(values[start + band])
            sums[band] += abs(value)
            squares[band] += value * value
          }
        }
      }
    }
    let root = Double(count).squareRoot()
    let measures = zip(sums, squares).map { $1 > 0 ? max(0, root - $0 / $1.squareRoot()) : 0 }
    return measures.reduce(0, +) / (Double(count - 1) * Double(bands)).squareRoot()
  }

  /// Σ (x − y)² over two blocks of equal shape: the sum of a row in the tensors' precision, that of rows in Double.
  static func squaredDistance(_ x: Tensor, _ y: Tensor) -> Double {
    precondition(x.shape == y.shape, "blocks of shapes \(x.shape) and \(y.shape)")
    let width = x.shape[1]
    return x.withUnsafeScalars { x in
      y.withUnsafeScalars { y in
        stride(from: 0, to: x.count, by: max(width, 1)).reduce(0.0) { total, start in
          var lanes = SIMD8<Scalar>.zero
          var band = start
          while band + 8 <= start + width {
            let difference = Self.lanes(x, band) - Self.lanes(y, band)
            lanes += difference * difference
            band += 8
          }
          var sum = lanes.sum()
          for last in band..<start + width { sum += (x[last] - y[last]) * (x[last] - y[last]) }
          return total + Double(sum)
        }
      }
    }
  }

  /// Eight consecutive numbers.
  private static func lanes(_ values: UnsafeBufferPointer<Scalar>, _ place: Int) -> SIMD8<Scalar> {
    UnsafeRawBufferPointer(values).loadUnaligned(
      fromByteOffset: place * MemoryLayout<Scalar>.stride, as: SIMD8<Scalar>.self)
  }
}
