import Foundation

/// The Cholesky factor of a small symmetric matrix, in Double.
///
///     V = L Lᵀ
///
/// - Shapes: `[size, size]`, row-major.
struct TriangularFactor: Sendable {
  /// The number of rows.
  let size: Int
  /// L; zeros above its diagonal.
  let entries: [Double]
  /// log det L.
  let logDeterminant: Double

  /// The factor; `nil` for a matrix that is not positive definite.
  init?(of matrix: [Double], size: Int) {
    var entries = [Double](repeating: 0, count: size * size)
    var logarithm = 0.0
    for row in 0..<size {
      for column in 0...row {
        var rest = matrix[row * size + column]
        for k in 0..<column { rest -= entries[row * size + k] * entries[column * size + k] }
        if row > column {
          entries[row * size + column] = rest / entries[column * size + column]
        } else {
          guard rest > 0, rest.isFinite else { return nil }
          entries[row * size + row] = rest.squareRoot()
          logarithm += 0.5 * log(rest)
        }
      }
    }
    (self.size, self.entries, logDeterminant) = (size, entries, logarithm)
  }

  private init(size: Int, entries: [Double]) { (self.size, self.entries, logDeterminant) = (size, entries, 0) }

  /// The unit matrix.
  static func identity(_ size: Int) -> TriangularFactor {
    TriangularFactor(size: size, entries: (0..<size * size).map { $0 % size == $0 / size ? 1 : 0 })
  }

  /// L x.
  func product(_ vector: ArraySlice<Double>) -> [Double] {
    let start = vector.startIndex
    return (0..<size).map { row in
      (0...row).reduce(0) { $0 + entries[row * size + $1] * vector[start + $1] }
    }
  }

  /// L⁻¹ x.
  func solved(_ vector: [Double]) -> [Double] {
    var result = vector
    for row in 0..<size {
      for k in 0..<row { result[row] -= entries[row * size + k] * result[k] }
      result[row] /= entries[row * size + row]
    }
    return result
  }

  /// V⁻¹ x.
  func solvedTwice(_ vector: [Double]) -> [Double] {
    var result = solved(vector)
    for row in (0..<size).reversed() {
      for k in row + 1..<max(size, row + 1) { result[row] -= entries[k * size + row] * result[k] }
      result[row] /= entries[row * size + row]
    }
    return result
  }

  /// V⁻¹.
  var inverse: [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for column in 0..<size {
      var unit = [Double](repeating: 0, count: size)
      unit[column] = 1
      for (row, value) in solvedTwice(unit).enumerated() { result[row * size + column] = value }
    }
    return result
  }
}

/// A multivariate Student distribution: where a proposal has to reach further than a Gaussian.
///
///     z = m + L ε √(ν/χ²_ν),   ν = 5
struct StudentProposal: Sendable {
  /// ν.
  static let freedom = 5
  /// m.
  let location: [Double]
  /// L.
  let scale: TriangularFactor

  /// The point that d + ν standard normal numbers stand for.
  func draw(_ normals: ArraySlice<Double>) -> [Double] {
    let tail = normals.suffix(Self.freedom).reduce(0) { $0 + $1 * $1 }
    let stretch = (Double(Self.freedom) / tail).squareRoot()
    return zip(location, scale.product(normals)).map { $0 + $1 * stretch }
  }

  /// log p(z).
  func logDensity(_ place: [Double]) -> Double {
    let (freedom, size) = (Double(Self.freedom), Double(scale.size))
    let square = scale.solved(zip(place, location).map { $0 - $1 }).reduce(0) { $0 + $1 * $1 }
    return lgamma(0.5 * (freedom + size)) - lgamma(0.5 * freedom) - 0.5 * size * log(freedom * .pi)
      - scale.logDeterminant - 0.5 * (freedom + size) * log1p(square / freedom)
  }
}
