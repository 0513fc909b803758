/// Columns of text, the first aligned left and numbers right.
package struct TextTable {
  private var rows: [[String]]
  private let rightAligned: Set<Int>

  /// A table with a head; the columns named in `rightAligned` hold numbers.
  package init(_ head: [String], rightAligned: Set<Int> = []) {
    rows = [head]
    self.rightAligned = rightAligned
  }

  /// Adds a row.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The table as lines, with a rule under its head.
  package var text: String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    var lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? padding + cell : cell + padding
      }
      return Self.trimmed(cells.joined(separator: "  "))
    }
    lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
    return lines.joined(separator: "\n")
  }

  private static func trimmed(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
