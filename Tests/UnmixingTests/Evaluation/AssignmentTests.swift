import Tensors
import Testing
import Unmixing

@Suite struct AssignmentTests {
  @Test func agreesWithTryingEveryPairing() {
    // Seed 41; every size up to 6 × 6, wide, square and tall; costs with many ties in every third case.
    var random = RandomStream(seed: 41)
    for rows in 1...6 {
      for columns in 1...6 {
        for trial in 0..<6 {
          let cost = (0..<rows).map { _ in
            (0..<columns).map { _ in
              trial % 3 == 0 ? Double(random.next() % 4) : Double(random.next() % 1_000_003) / 1000 - 300
            }
          }
          let found = Assignment(minimizing: cost)
          #expect(abs(found.cost - cheapest(cost)) < 1e-9, "sums of at most six costs below 10³ are exact to 10⁻¹²")
          #expect(isOneToOne(found, rows: rows, columns: columns), "\(found.columnOfRow) for \(rows) × \(columns)")
        }
      }
    }
  }

  @Test func takesTheWorkedExample() {
    // Columns taken by the rows, and the sum: 012 → 4 + 0 + 2 = 6, 021 → 4 + 5 + 2 = 11, 102 → 1 + 2 + 2 = 5,
    // 120 → 1 + 5 + 3 = 9, 201 → 3 + 2 + 2 = 7, 210 → 3 + 0 + 3 = 6.
    let found = Assignment(minimizing: [[4, 1, 3], [2, 0, 5], [3, 2, 2]])
    #expect(found.columnOfRow == [1, 0, 2])
    #expect(found.cost == 5)
  }

  @Test func breaksTiesByOrder() {
    #expect(Assignment(minimizing: [[1, 1, 1], [1, 1, 1]]).columnOfRow == [0, 1])
  }

  @Test func leavesTheDearestRowUnpairedWhenRowsAreMore() {
    #expect(Assignment(minimizing: [[5], [1], [3]]).columnOfRow == [nil, 0, nil])
  }

  @Test func ofNothingIsNothing() {
    #expect(Assignment(minimizing: []).columnOfRow.isEmpty)
    #expect(Assignment(minimizing: [[], []]).columnOfRow == [nil, nil])
  }

  private func isOneToOne(_ found: Assignment, rows: Int, columns: Int) -> Bool {
    let used = found.columnOfRow.compactMap { $0 }
    return found.columnOfRow.count == rows && used.count == min(rows, columns) && Set(used).count == used.count
      && used.allSatisfy { (0..<columns).contains($0) }
  }

  /// The least cost by trying all pairings of the shorter side.
  private func cheapest(_ cost: [[Double]]) -> Double {
    let columns = cost.first?.count ?? 0
    if cost.count > columns { return cheapest((0..<columns).map { column in cost.map { $0[column] } }) }
    func rest(_ row: Int, _ taken: Set<Int>) -> Double {
      if row == cost.count { return 0 }
      return (0..<columns).filter { !taken.contains($0) }
        .map { cost[row][$0] + rest(row + 1, taken.union([$0])) }.min() ?? .infinity
    }
    return rest(0, [])
  }
}
