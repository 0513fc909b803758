import Probability

/// A target in coordinates in which each row's posterior is about a standard normal one.
///
///     z = m + L u,   ∂/∂u = Lᵀ ∂/∂z
///
/// with the mode m and L Lᵀ the inverse curvature there. Similar endmembers make z strongly correlated, which a diagonal mass
/// matrix cannot follow; trajectories in u are short all the same. The constant determinant is left out.
struct WhitenedTarget<Base: HamiltonianTarget>: HamiltonianTarget {
  /// The target in z.
  let base: Base
  /// m, one place a row.
  let places: [[Double]]
  /// L.
  let scales: [TriangularFactor]

  /// As many as the base has.
  var rows: Int { base.rows }

  /// As many as the base has.
  var dimensions: Int { base.dimensions }

  /// z of one row.
  func coordinates(_ whitened: ArraySlice<Double>, row: Int) -> [Double] {
    zip(places[row], scales[row].product(whitened)).map { $0 + $1 }
  }

  /// The base's values, and its gradients turned.
  func evaluate(rows: Range<Int>, _ positions: [Double], values: inout [Double], gradients: inout [Double]) {
    let size = dimensions
    var moved: [Double] = []
    moved.reserveCapacity(positions.count)
    for (place, row) in rows.enumerated() {
      moved += coordinates(positions[place * size..<(place + 1) * size], row: row)
    }
    base.evaluate(rows: rows, moved, values: &values, gradients: &gradients)
    for (place, row) in rows.enumerated() {
      for column in 0..<size {
        var sum = 0.0
        for i in column..<size { sum += scales[row].entries[i * size + column] * gradients[place * size + i] }
        // Entries above the column are no longer needed: L is lower triangular.
        gradients[place * size + column] = sum
      }
    }
  }
}
