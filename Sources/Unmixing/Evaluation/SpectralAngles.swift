import Foundation
import Scenes
import Tensors

/// Angles between spectra, computed in Double.
///
///     θ(x, y) = 2 atan2(‖x̂ − ŷ‖, ‖x̂ + ŷ‖),   x̂ = x / ‖x‖
///
/// This is arccos⟨x̂, ŷ⟩ without its loss of digits at small angles: equal spectra give exactly 0.
///
/// - Units: radians; spectra may have any unit, brightness does not matter.
/// - Edge cases: against a spectrum of zeros the angle is π/2, between two of them 0.
/// - Source: Kahan, *How futile are mindless assessments of roundoff in floating-point computation?*, 2006, §12.
package enum SpectralAngles {
  /// The angle between two spectra of the same length.
  package static func angle(
    _ left: UnsafeBufferPointer<Scalar>, _ right: UnsafeBufferPointer<Scalar>
  ) -> Double {
    precondition(left.count == right.count, "spectra of \(left.count) and \(right.count) bands")
    var (leftSquares, rightSquares) = (0.0, 0.0)
    for band in 0..<left.count {
      leftSquares += Double(left[band]) * Double(left[band])
      rightSquares += Double(right[band]) * Double(right[band])
    }
    if leftSquares == 0 || rightSquares == 0 { return leftSquares == rightSquares ? 0 : .pi / 2 }
    let (leftScale, rightScale) = (1 / leftSquares.squareRoot(), 1 / rightSquares.squareRoot())
    var (differences, sums) = (0.0, 0.0)
    for band in 0..<left.count {
      let (x, y) = (Double(left[band]) * leftScale, Double(right[band]) * rightScale)
      differences += (x - y) * (x - y)
      sums += (x + y) * (x + y)
    }
    return 2 * atan2(differences.squareRoot(), sums.squareRoot())
  }

  /// The angles between all spectra of two libraries, over the bands that neither has lost.
  ///
  /// - Returns: one row per spectrum of `rows`, one column per spectrum of `columns`.
  /// - Throws: ``UnmixingError`` when the libraries differ in bands or share none.
  package static func matrix(_ rows: SpectralLibrary, _ columns: SpectralLibrary) throws -> [[Double]] {
    if rows.bands != columns.bands {
      throw UnmixingError.sizeMismatch(
        field: "bands of the estimated endmembers", expected: rows.bands, found: columns.bands)
    }
    let shared = Set(rows.completeBands).intersection(columns.completeBands).sorted()
    if shared.isEmpty {
      throw UnmixingError.missing(
        field: "bands without deleted channels", neededFor: "a spectral angle", remedy: "choose other endmembers")
    }
    let (left, right) = (rows.selecting(bands: shared).spectra, columns.selecting(bands: shared).spectra)
    return left.withUnsafeScalars { left in
      right.withUnsafeScalars { right in
        (0..<rows.count).map { row in
          (0..<columns.count).map { column in
            angle(slice(left, row, of: shared.count), slice(right, column, of: shared.count))
          }
        }
      }
    }
  }

  /// One spectrum of a row-major matrix of spectra.
  package static func slice(
    _ values: UnsafeBufferPointer<Scalar>, _ row: Int, of bands: Int
  ) -> UnsafeBufferPointer<Scalar> {
    UnsafeBufferPointer(rebasing: values[row * bands..<(row + 1) * bands])
  }
}
