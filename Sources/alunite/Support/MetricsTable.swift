import Unmixing

/// Metrics for people: one a line, over all pixels and over the held-out ones.
struct MetricsTable {
  private let metrics: Metrics

  init(_ metrics: Metrics) {
    self.metrics = metrics
  }

  /// The table, and below it which estimate stands for which endmember where that is not plain.
  var text: String {
    var table = TextTable(["metric", "all"] + (metrics.test == nil ? [] : ["test"]), rightAligned: [1, 2])
    for entry in metrics.all where !Self.isDetail(entry.id) {
      table.add([entry.id, Self.shown(entry)] + (metrics.test.map { [Self.shown(entry.id, $0[entry.id])] } ?? []))
    }
    return table.text + pairs
  }

  /// Coverage at other levels and of single endmembers, and a draw's errors of these, stay in the file.
  private static func isDetail(_ id: String) -> Bool {
    id.hasPrefix("calibration.coverage") && id != "calibration.coverage90"
      || id.hasPrefix("abundance.rmse.sample.endmember.")
  }

  private static func shown(_ entry: Metrics.Entry) -> String { shown(entry.id, entry.value) }

  private static func shown(_ id: String, _ value: Double?) -> String {
    guard let value else { return "" }
    switch id {
    case "seconds": return Numeral.duration(value)
    case "peakMemoryBytes": return Numeral.bytes(value)
    default: return Numeral.short(value)
    }
  }

  private var pairs: String {
    if metrics.permutation.isEmpty || metrics.permutation == Array(0..<metrics.permutation.count) { return "" }
    let words = zip(metrics.endmembers, metrics.permutation).map { "\($0): \($1.map { "\($0 + 1)" } ?? "none")" }
    return "\n\nestimated endmember (from 1) for each true one, by \(metrics.matching.rawValue): "
      + words.joined(separator: ", ")
  }
}
