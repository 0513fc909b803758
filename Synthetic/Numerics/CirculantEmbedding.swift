import Foundation
import Tensors

/// Draws stationary Gaussian fields on a pixel grid exactly, by laying the grid into a torus.
///
/// On a torus the covariance is circulant, so its eigenvalues λ are the Fourier transform of one row, and
///
///     z = FFT(√(λ / MN) ∘ (ε₁ + iε₂)),   ε₁, ε₂ ~ N(0, I)
///
/// holds two independent fields, in its real and its imaginary part. The torus has at least twice the grid's extent,
/// rounded up to powers of two. It is doubled while the negative eigenvalues hold more than a millionth of the variance,
/// as far as memory allows; what is negative then is set to zero.
///
/// - Source: Dietrich & Newsam (1997), *Fast and exact simulation of stationary Gaussian processes through circulant
///   embedding of the covariance matrix*, SIAM J. Sci. Comput. 18(4).
package struct CirculantEmbedding: Sendable {
  /// The grid's rows.
  package let rows: Int
  /// The grid's columns.
  package let columns: Int
  /// The torus' rows.
  package let torusRows: Int
  /// The torus' columns.
  package let torusColumns: Int
  /// The share of variance that negative eigenvalues held, if it exceeds a millionth; otherwise 0.
  package let clippedShare: Double
  private let amplitudes: [Double]

  /// The largest torus, in points: two fields of it take 400 MB while they are made.
  private static let mostPoints = 1 << 24

  private static let negligibleShare = 1e-6

  /// The embedding of a grid of `rows` × `columns` for a covariance that depends on distance alone.
  package init(of covariance: some Covariance, rows: Int, columns: Int) {
    var (height, width) = (Self.powerOfTwo(atLeast: 2 * rows), Self.powerOfTwo(atLeast: 2 * columns))
    var eigenvalues = Self.eigenvalues(of: covariance, rows: height, columns: width)
    while Self.negativeShare(eigenvalues) > Self.negligibleShare && 4 * height * width <= Self.mostPoints {
      (height, width) = (2 * height, 2 * width)
      eigenvalues = Self.eigenvalues(of: covariance, rows: height, columns: width)
    }
    (self.rows, self.columns) = (rows, columns)
    (torusRows, torusColumns) = (height, width)
    let share = Self.negativeShare(eigenvalues)
    clippedShare = share > Self.negligibleShare ? share : 0
    let points = Double(height * width)
    amplitudes = eigenvalues.map { (max($0, 0) / points).squareRoot() }
  }

  /// Two independent fields of unit variance, row by row; the same for the same `seed`, `stream` and `pair`.
  package func fields(seed: UInt64, stream: UInt32, pair: UInt32) -> (first: [Scalar], second: [Scalar]) {
    var grid = noise(seed: seed, stream: stream, pair: pair)
    grid.transform()
    return (cropped(grid.real), cropped(grid.imaginary))
  }

  /// White noise shaped by the square roots of the eigenvalues; torus row r draws as row r of the stream.
  private func noise(seed: UInt64, stream: UInt32, pair: UInt32) -> ComplexGrid {
    var grid = ComplexGrid(rows: torusRows, columns: torusColumns)
    let width = torusColumns
    grid.real.withUnsafeMutableBufferPointer { real in
      grid.imaginary.withUnsafeMutableBufferPointer { imaginary in
        let (real, imaginary) = (Shared(real.baseAddress), Shared(imaginary.baseAddress))
        parallelRanges(torusRows, length: 16) { lines in
          guard let real = real.pointer, let imaginary = imaginary.pointer else { return }
          var random = RandomStream(seed: seed, stream: stream, index: pair)
          random.rows = lines.map { UInt32($0) }
          random.normal([lines.count, 2 * width]).withUnsafeScalars { draws in
            for (line, row) in lines.enumerated() {
              for column in 0..<width {
                let point = row * width + column
                real[point] = amplitudes[point] * Double(draws[line * 2 * width + column])
                imaginary[point] = amplitudes[point] * Double(draws[line * 2 * width + width + column])
              }
            }
          }
        }
      }
    }
    return grid
  }

  private func cropped(_ torus: [Double]) -> [Scalar] {
    var field = [Scalar](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { field[row * columns + column] = Scalar(torus[row * torusColumns + column]) }
    }
    return field
  }

  /// The Fourier transform of the covariance between the torus' origin and its other points.
  private static func eigenvalues(of covariance: some Covariance, rows: Int, columns: Int) -> [Double] {
    var grid = ComplexGrid(rows: rows, columns: columns)
    grid.real.withUnsafeMutableBufferPointer { values in
      let values = Shared(values.baseAddress)
      parallelRanges(rows / 2 + 1, length: 4) { lines in
        guard let values = values.pointer else { return }
        for row in lines {
          for column in 0...columns / 2 {
            let distance = Double(row * row + column * column).squareRoot()
            let value = covariance(distance)
            for i in [row, (rows - row) % rows] {
              values[i * columns + column] = value
              values[i * columns + (columns - column) % columns] = value
            }
          }
        }
      }
    }
    grid.transform()
    return grid.real
  }

  /// The sum of negative eigenvalues over the sum of the others.
  private static func negativeShare(_ eigenvalues: [Double]) -> Double {
    var (negative, positive) = (0.0, 0.0)
    for value in eigenvalues {
      if value < 0 { negative -= value } else { positive += value }
    }
    return negative / positive
  }

  private static func powerOfTwo(atLeast count: Int) -> Int {
    var power = 1
    while power < count { power *= 2 }
    return power
  }
}
