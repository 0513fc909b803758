import Foundation
import Tensors

/// Eight complex numbers, so that eight independent transforms run side by side.
package struct ComplexLanes: Sendable {
  var real: SIMD8<Double>
  var imaginary: SIMD8<Double>
}

/// The discrete Fourier transform of a length that is a power of two, of eight sequences at once.
///
///     X_k = Σ_j x_j exp(−2πi jk / n)
///
/// - Complexity: O(n log n), in Stockham's order: no bit reversal, contiguous access.
/// - Source: Van Loan (1992), *Computational Frameworks for the Fast Fourier Transform*, section 1.7.
package struct FourierTransform: Sendable {
  /// The number of elements of a sequence.
  package let length: Int
  private let cosines: [Double]
  private let sines: [Double]

  /// The transform of sequences of `length`, a power of two.
  package init(length: Int) {
    precondition(length > 0 && length & (length - 1) == 0, "\(length) is not a power of two")
    self.length = length
    let angles = (0..<max(1, length / 2)).map { -2 * Double.pi * Double($0) / Double(length) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// Transforms in place; `scratch` is as long as `data`, and what it holds is lost.
  func transform(_ data: UnsafeMutablePointer<ComplexLanes>, scratch: UnsafeMutablePointer<ComplexLanes>) {
    var (source, target) = (data, scratch)
    var (blocks, stride) = (length, 1)
    while blocks > 1 {
      pass(from: source, to: target, half: blocks / 2, stride: stride)
      (source, target) = (target, source)
      (blocks, stride) = (blocks / 2, stride * 2)
    }
    if source != data { data.update(from: source, count: length) }
  }

  /// One radix-2 pass: sums and twiddled differences of elements half the sequence apart.
  private func pass(
    from source: UnsafeMutablePointer<ComplexLanes>, to target: UnsafeMutablePointer<ComplexLanes>, half: Int,
    stride: Int
  ) {
    for block in 0..<half {
      let (c, s) = (cosines[block * stride], sines[block * stride])
      for offset in 0..<stride {
        let a = source[block * stride + offset]
        let b = source[(block + half) * stride + offset]
        let (real, imaginary) = (a.real - b.real, a.imaginary - b.imaginary)
        target[2 * block * stride + offset] = ComplexLanes(
          real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
        target[(2 * block + 1) * stride + offset] = ComplexLanes(
          real: real * c - imaginary * s, imaginary: real * s + imaginary * c)
      }
    }
  }
}

/// A complex image, real and imaginary parts apart, row by row.
package struct ComplexGrid: Sendable {
  /// The number of rows, a power of two.
  package let rows: Int
  /// The number of columns, a power of two.
  package let columns: Int
  /// Real parts.
  package var real: [Double]
  /// Imaginary parts.
  package var imaginary: [Double]

  /// A grid of zeros.
  package init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    real = [Double](repeating: 0, count: rows * columns)
    imaginary = real
  }

  /// Replaces the grid by its two-dimensional Fourier transform, not normalised.
  package mutating func transform() {
    transformLines(count: rows, length: columns, lineStride: columns, elementStride: 1)
    transformLines(count: columns, length: rows, lineStride: 1, elementStride: columns)
  }

  /// Transforms every row or every column, eight at a time.
  private mutating func transformLines(count: Int, length: Int, lineStride: Int, elementStride: Int) {
    let plan = FourierTransform(length: length)
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        let (real, imaginary) = (Shared(real.baseAddress), Shared(imaginary.baseAddress))
        parallelRanges(count, length: 8) { lines in
          let buffer = UnsafeMutablePointer<ComplexLanes>.allocate(capacity: 2 * length)
          defer { buffer.deallocate() }
          buffer.initialize(repeating: ComplexLanes(real: .zero, imaginary: .zero), count: 2 * length)
          guard let real = real.pointer, let imaginary = imaginary.pointer else { return }
          for element in 0..<length {
            for (lane, line) in lines.enumerated() {
              buffer[element].real[lane] = real[line * lineStride + element * elementStride]
              buffer[element].imaginary[lane] = imaginary[line * lineStride + element * elementStride]
            }
          }
          plan.transform(buffer, scratch: buffer + length)
          for element in 0..<length {
            for (lane, line) in lines.enumerated() {
              real[line * lineStride + element * elementStride] = buffer[element].real[lane]
              imaginary[line * lineStride + element * elementStride] = buffer[element].imaginary[lane]
            }
          }
        }
      }
    }
  }
}
