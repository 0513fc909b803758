import Foundation
import Scenes

/// Metrics as a table of fixed width or in Markdown, with the formula of every number on demand.
///
/// Rows are metrics, columns are sets of pixels (or methods). Every row shows the id under which the number is stored.
public struct Report: Sendable, CustomStringConvertible {
  /// What stands above the table.
  public var title: String
  /// A heading and numbers for each column.
  public var columns: [(name: String, values: Metrics.Values)]
  /// Lines below the table, such as how endmembers were paired.
  public var remarks: [String]

  /// The report of one evaluation: all pixels and, where there was a split, the held-out ones.
  public init(_ metrics: Metrics, title: String = "") {
    self.title = title
    columns = [("all", metrics.all)] + (metrics.test.map { [("test", $0)] } ?? [])
    remarks = Self.remarks(on: metrics)
  }

  /// The report of an estimate: `print(try Report(estimate, against: scene.truth))`.
  ///
  /// - Throws: ``UnmixingError`` when the two cannot be compared.
  public init(
    _ estimate: Estimate, against truth: GroundTruth?, matching: MatchingRule = .spectralAngle, test: [Int]? = nil,
    title: String = ""
  ) throws {
    self.init(try Evaluation(matching: matching).metrics(of: estimate, against: truth, test: test), title: title)
  }

  /// A comparison of several evaluations by name, over the held-out pixels of those that have them.
  public init(comparing results: [(name: String, metrics: Metrics)], title: String = "") {
    self.title = title
    columns = results.map { ($0.name, $0.metrics.test ?? $0.metrics.all) }
    remarks = results.map { result in
      "\(result.name): \(result.metrics.test == nil ? "all" : "test") pixels, matched by \(result.metrics.matching.rawValue)"
    }
  }

  /// The plain table.
  public var description: String { text() }

  /// A table of fixed width: labels to the left, numbers to the right of their columns.
  ///
  /// - Parameters:
  ///   - definitions: whether the formula of every number follows.
  public func text(definitions: Bool = false) -> String {
    let cells = table
    let widths = (0..<columns.count + 3).map { column in cells.map { $0[column].count }.max() ?? 0 }
    let lines = cells.map { row in
      row.enumerated().map { column, cell in
        let isNumber = column >= 2 && column < columns.count + 2
        return isNumber ? Self.padLeft(cell, widths[column]) : Self.padRight(cell, widths[column])
      }.joined(separator: "  ").trimmingTrailingSpaces
    }
    let rule = String(repeating: "-", count: lines.map(\.count).max() ?? 0)
    var result = title.isEmpty ? [] : [title, ""]
    result += [lines[0], rule] + lines.dropFirst()
    if !remarks.isEmpty { result += [""] + remarks }
    if definitions { result += ["", "Definitions"] + definitionLines.map { "  \($0.id)\n      \($0.text)" } }
    return result.joined(separator: "\n") + "\n"
  }

  /// The same as a Markdown table.
  public func markdown(definitions: Bool = false) -> String {
    let cells = table.map { row in row.map { $0.replacingOccurrences(of: "|", with: "\\|") } }
    let line = { (row: [String]) in "| " + row.joined(separator: " | ") + " |" }
    let alignment = ["---", "---"] + columns.map { _ in "---:" } + ["---"]
    var result = title.isEmpty ? [] : ["## \(title)", ""]
    result += [line(cells[0]), line(alignment)] + cells.dropFirst().map(line)
    if !remarks.isEmpty { result += [""] + remarks.map { "- \($0)" } }
    if definitions { result += ["", "### Definitions", ""] + definitionLines.map { "- `\($0.id)`: \($0.text)" } }
    return result.joined(separator: "\n") + "\n"
  }

  // MARK: Cells

  /// Header and rows: title, unit, one number per column, id.
  private var table: [[String]] {
    let header = ["metric", "unit"] + columns.map(\.name) + ["id"]
    return [header]
      + ids.map { id in
        let definition = MetricDefinition.of(id)
        let name = MetricDefinition.endmemberName(in: id) ?? ""
        let title = definition?.title.replacingOccurrences(of: "<name>", with: name) ?? id
        return [title, definition?.unit ?? ""] + columns.map { Self.number($0.values[id], of: id) } + [id]
      }
  }

  /// Every id of any column, in the order of the first column that has it.
  private var ids: [String] {
    var seen: Set<String> = []
    return columns.flatMap { $0.values.map(\.id) }.filter { seen.insert($0).inserted }
  }

  private var definitionLines: [(id: String, text: String)] {
    var seen: Set<MetricDefinition> = []
    return ids.compactMap(MetricDefinition.of).filter { seen.insert($0).inserted }.map { ($0.id, $0.formula) }
  }

  private static func number(_ value: Double?, of id: String) -> String {
    guard let value else { return "–" }
    if id == "pixels" { return String(Int(value)) }
    return value != 0 && abs(value) < 1e-4 ? String(format: "%.2e", value) : String(format: "%.5f", value)
  }

  private static func remarks(on metrics: Metrics) -> [String] {
    guard !metrics.endmembers.isEmpty else { return ["no truth to compare with: reconstruction only"] }
    let pairs = zip(metrics.endmembers, metrics.permutation).map { name, estimate in
      "\(name) ← \(estimate.map { "estimate \($0 + 1)" } ?? "nothing")"
    }
    return ["matched by \(metrics.matching.rawValue): \(pairs.joined(separator: ", "))"]
  }

  private static func padLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func padRight(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
