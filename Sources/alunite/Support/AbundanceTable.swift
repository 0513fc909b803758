import Foundation
import Tensors
import Unmixing

/// Abundances from a CSV file, checked to lie on the simplex.
struct AbundanceTable {
  /// How far a row's sum may be from one; it is then made one.
  static let tolerance = 1e-3

  /// Fractions, `[rows, endmembers]`, in the model's order.
  let values: Tensor

  /// Reads one column an endmember: in the order of `names`, or in any order below a line that names them.
  ///
  /// - Throws: ``WorldFault/malformed(path:field:expected:found:)`` naming the line.
  init(_ url: URL, names: [String]) throws {
    func fault(_ field: String, _ expected: String, _ found: String) -> WorldFault {
      .malformed(path: url.path, field: field, expected: expected, found: found)
    }
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw fault("abundances", "a readable text file", FileFault.reason(error))
    }
    guard var rows = CommaSeparated.rows(of: text) else { throw fault("quotes", "pairs", "an open one") }
    rows = rows.map { $0.map { $0.trimmingCharacters(in: .whitespaces) } }
    guard let first = rows.first else { throw fault("rows", "at least one", "none") }
    var order = Array(names.indices)
    var firstLine = 1
    if first.contains(where: { Double($0) == nil }) {
      order = try Self.order(of: names, in: first, fault)
      rows.removeFirst()
      firstLine = 2
    }
    if rows.isEmpty { throw fault("rows", "at least one below the names", "none") }
    let width = firstLine == 2 ? first.count : names.count
    values = Tensor(
      [rows.count, names.count],
      try rows.enumerated().flatMap { index, row in
        if row.count != width { throw fault("row \(index + firstLine)", "\(width) columns", "\(row.count)") }
        return try Self.checked(order.map { row[$0] }, names) { fault("row \(index + firstLine), \($0)", $1, $2) }
      })
  }

  private static func order(
    of names: [String], in head: [String], _ fault: (String, String, String) -> WorldFault
  ) throws -> [Int] {
    try names.map { name in
      let places = head.indices.filter { head[$0].lowercased() == name.lowercased() }
      guard places.count == 1, let place = places.first else {
        throw fault("row 1", "one column \(name)", "\(places.count) among \(head.joined(separator: ", "))")
      }
      return place
    }
  }

  private static func checked(
    _ fields: [String], _ names: [String], _ fault: (String, String, String) -> WorldFault
  ) throws -> [Scalar] {
    let numbers = try zip(fields, names).map { field, name in
      guard let number = Double(field), number.isFinite, number >= 0 else {
        throw fault(name, "a fraction of at least 0", "\"\(field)\"")
      }
      return number
    }
    let sum = numbers.reduce(0, +)
    if abs(sum - 1) > tolerance { throw fault("sum", "1 within \(tolerance)", Numeral.short(sum)) }
    return numbers.map { Scalar($0 / sum) }
  }
}
