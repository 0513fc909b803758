/// The cheapest one-to-one pairing of rows with columns of a cost matrix.
///
///     minimise Σᵢ cost[i][π(i)] over injective π
///
/// - Edge cases: the matrix may be rectangular; with more rows than columns some rows stay unpaired (`nil`).
///   Equal costs are broken in favour of the lower index, so the answer is always the same one.
/// - Complexity: O(min² · max) by shortest augmenting paths.
/// - Source: Kuhn, *The Hungarian method for the assignment problem*, Naval Research Logistics Quarterly 2, 1955;
///   in the successive shortest path form of Jonker and Volgenant, Computing 38, 1987.
package struct Assignment: Equatable, Sendable {
  /// For every row its column, or `nil`.
  package let columnOfRow: [Int?]
  /// The sum of the costs of the pairs.
  package let cost: Double

  /// The optimal assignment.
  ///
  /// - Precondition: all rows have the same length and all costs are finite.
  package init(minimizing cost: [[Double]]) {
    let columns = cost.first?.count ?? 0
    for row in cost {
      precondition(row.count == columns, "a row of \(row.count) costs among rows of \(columns)")
      precondition(row.allSatisfy(\.isFinite), "a cost is not finite: \(row)")
    }
    if cost.count <= columns {
      columnOfRow = Self.columnsOfRows(cost, columns: columns)
    } else {
      let transposed = (0..<columns).map { column in cost.map { $0[column] } }
      var result = [Int?](repeating: nil, count: cost.count)
      for (column, row) in Self.columnsOfRows(transposed, columns: cost.count).enumerated() {
        result[row] = column
      }
      columnOfRow = result
    }
    self.cost = zip(cost, columnOfRow).reduce(0) { sum, pair in sum + (pair.1.map { pair.0[$0] } ?? 0) }
  }

  /// Assigns every row, one augmenting path at a time. There are at least as many columns as rows.
  private static func columnsOfRows(_ cost: [[Double]], columns: Int) -> [Int] {
    var search = Search(cost: cost, columns: columns)
    for row in cost.indices { search.augment(from: row) }
    var result = [Int](repeating: 0, count: cost.count)
    for (column, row) in search.rowOfColumn.enumerated() where row >= 0 { result[row] = column }
    return result
  }
}

/// Prices of rows and columns that keep every reduced cost non-negative, and the pairs found so far at reduced cost 0.
private struct Search {
  let cost: [[Double]]
  var rowPrice: [Double]
  var columnPrice: [Double]
  var rowOfColumn: [Int]

  init(cost: [[Double]], columns: Int) {
    self.cost = cost
    rowPrice = [Double](repeating: 0, count: cost.count)
    columnPrice = [Double](repeating: 0, count: columns)
    rowOfColumn = [Int](repeating: -1, count: columns)
  }

  /// Dijkstra's search from an unpaired row to the nearest unpaired column, then flips the pairs along the path.
  mutating func augment(from start: Int) {
    let columns = columnPrice.count
    var distance = [Double](repeating: .infinity, count: columns)
    var previous = [Int](repeating: -1, count: columns)
    var isSettled = [Bool](repeating: false, count: columns)
    var (row, reached, last) = (start, 0.0, -1)
    while row >= 0 {
      for column in 0..<columns where !isSettled[column] {
        let through = reached + cost[row][column] - rowPrice[row] - columnPrice[column]
        if through < distance[column] { (distance[column], previous[column]) = (through, last) }
      }
      var nearest = -1
      for column in 0..<columns where !isSettled[column] && (nearest < 0 || distance[column] < distance[nearest]) {
        nearest = column
      }
      (isSettled[nearest], reached, last) = (true, distance[nearest], nearest)
      row = rowOfColumn[nearest]
    }
    rowPrice[start] += reached
    for column in 0..<columns where isSettled[column] && column != last {
      rowPrice[rowOfColumn[column]] += reached - distance[column]
      columnPrice[column] -= reached - distance[column]
    }
    while previous[last] >= 0 {
      rowOfColumn[last] = rowOfColumn[previous[last]]
      last = previous[last]
    }
    rowOfColumn[last] = start
  }
}
