import Foundation
import Scenes

/// Metrics as a table of fixed width or in Markdown, with the formula of every number on demand.
///
/// Rows are metrics under the ids they are stored by, columns are sets of pixels (or methods). Below stand the rule by
/// which endmembers were paired, and the pairs.
public struct Report: Sendable, CustomStringConvertible {
  /// What stands above the table.
  public var title: String
  /// A heading and numbers for each column.
  public var columns: [(name: String, values: Metrics.Values)]
  /// Lines below the table, such as how endmembers were paired.
  public var remarks: [String]
  /// Whether coverage at all levels and of single endmembers, and a draw's errors of these, are shown.
  public var showsDetails = false

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
  public var description: String { text }

  /// A table of fixed width with the remarks below, without a line end.
  public var text: String {
    var table = TextTable(head, rightAligned: Set(2..<head.count))
    for row in rows { table.add(row) }
    let parts = [title, table.text, remarks.joined(separator: "\n")].filter { !$0.isEmpty }
    return parts.joined(separator: "\n\n")
  }

  /// The same in Markdown.
  public var markdown: String {
    let line = { (row: [String]) in
      "| " + row.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let alignment = "| --- | --- |" + String(repeating: " ---: |", count: columns.count)
    let table = [line(head), alignment] + rows.map(line)
    let parts = [
      title.isEmpty ? "" : "## \(title)", table.joined(separator: "\n"),
      remarks.map { "- \($0)" }.joined(separator: "\n"),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// What every shown number means: `id: title: formula [unit]`, one line each.
  public var definitions: String {
    var seen: Set<MetricDefinition> = []
    return ids.compactMap(MetricDefinition.of).filter { seen.insert($0).inserted }.map { definition in
      "\(definition.id): \(definition.title): \(definition.formula)"
        + (definition.unit.isEmpty ? "" : " [\(definition.unit)]")
    }.joined(separator: "\n")
  }

  // MARK: Cells

  private var head: [String] { ["metric", "unit"] + columns.map(\.name) }

  /// Id, unit, and one number per column.
  private var rows: [[String]] {
    ids.map { id in [id, Self.unit(of: id)] + columns.map { Self.number($0.values[id], of: id) } }
  }

  /// Every id of any column, in the order of the first column that has it.
  private var ids: [String] {
    var seen: Set<String> = []
    return columns.flatMap { $0.values.map(\.id) }.filter { id in
      (showsDetails || !Self.isDetail(id)) && seen.insert(id).inserted
    }
  }

  private static func isDetail(_ id: String) -> Bool {
    id.hasPrefix("calibration.coverage") && id != "calibration.coverage90"
      || id.hasPrefix("calibration.refined.") && id != RefinedCoverage.id(of: .ninety)
      || id.hasPrefix("abundance.rmse.sample.endmember.")
  }

  /// Times and sizes choose their own unit.
  private static func unit(of id: String) -> String {
    id == "seconds" || id == "peakMemoryBytes" ? "" : MetricDefinition.of(id)?.unit ?? ""
  }

  private static func number(_ value: Double?, of id: String) -> String {
    guard let value else { return "–" }
    switch id {
    case "seconds": return Numeral.duration(value)
    case "peakMemoryBytes": return Numeral.bytes(value)
    default: return Numeral.short(value)
    }
  }

  // MARK: Remarks

  /// The most estimates told one by one; a sparse method has as many as its library has spectra.
  private static var mostListed: Int { 12 }

  private static func remarks(on metrics: Metrics) -> [String] {
    guard !metrics.endmembers.isEmpty else { return ["no truth to compare with: reconstruction only"] }
    let isPlain = metrics.permutation == Array(0..<metrics.permutation.count)
    let pairs = zip(metrics.endmembers, metrics.permutation).map { name, estimate in
      "\(name) ← \(estimate.map { "estimate \($0 + 1)" } ?? "nothing")"
    }
    let words = isPlain ? "each true endmember with the estimate of its number" : pairs.joined(separator: ", ")
    let unpaired = metrics.unpaired
    let more = unpaired.count > mostListed ? " and \(unpaired.count - mostListed) others" : ""
    let numbers = unpaired.prefix(mostListed).map { "\($0 + 1)" }.joined(separator: ", ") + more
    let rest = unpaired.isEmpty ? [] : ["left out, as no true endmember is paired with it: estimate \(numbers)"]
    return ["matched by \(metrics.matching.rawValue): \(words)"] + rest
  }
}
