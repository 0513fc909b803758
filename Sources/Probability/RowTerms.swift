import Tensors

/// A sum of log densities that count by rows, and of some that all rows share.
struct RowTerms {
  private var perRow: Tensor?
  private var shared: Tensor?

  /// Adds a term `[rows, …]`, whose further axes are summed, or one that all rows share, `[]` or `[1]`.
  mutating func add(_ term: Tensor, named name: String) throws(ProbabilityError) {
    if term.count == 1 {
      let term = term.reshaped(to: [])
      shared = shared.map { $0 + term } ?? term
      return
    }
    let rows = term.rank > 1 ? term.sum(along: Array(1..<term.rank)) : term
    if let perRow, perRow.shape != rows.shape {
      throw .rowsDisagree(name, expected: perRow.shape[0], found: rows.shape[0])
    }
    perRow = perRow.map { $0 + rows } ?? rows
  }

  /// The sum, `[rows]`, with shared terms spread evenly; `[1]` if there are no others.
  func total() -> Tensor {
    guard let perRow else { return (shared ?? Tensor(0)).reshaped(to: [1]) }
    return shared.map { perRow + $0 / Scalar(perRow.count) } ?? perRow
  }
}
