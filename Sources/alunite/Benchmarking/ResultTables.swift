import Foundation
import Unmixing

/// A benchmark's result as tables of text, which Markdown and LaTeX write in their own way.
struct ResultTables {
  /// Columns under a head; those named in `numbers` hold figures.
  struct Table {
    let title: String
    let head: [String]
    var rows: [[String]]
    let numbers: Set<Int>
    var notes: [String] = []
  }

  private let result: BenchmarkResult

  init(_ result: BenchmarkResult) { self.result = result }

  /// Methods and their figures: mean ± sd, and least to most, over seeds.
  func main(_ scene: BenchmarkResult.SceneResult) -> Table {
    let head = ["method", "runs"] + result.metrics + ["seconds", "MB"]
    let rows = scene.rows.map { row in
      let figures = result.metrics.map { row.metrics[$0] } + [row.seconds, row.megabytes]
      let held = row.isHeldOut ? " (held-out pixels)" : ""
      let origin = row.metrics["endmember.startsFromTruth"] == nil ? "" : " (from the true endmembers)"
      let runs = row.runs == row.planned ? "\(row.runs)" : "\(row.runs) of \(row.planned)"
      return [row.method + origin + held, runs]
        + figures.map { $0.map { $0.values.count > 1 ? "\($0.text) (\($0.range))" : $0.text } ?? "–" }
    }
    return Table(
      title: scene.name, head: head, rows: rows, numbers: Set(1..<head.count),
      notes: [
        "Scene: \(scene.size). Truth: \(scene.truth). Mean ± sample standard deviation (least – most) over seeds."
      ])
  }

  /// The tests against the baseline; `nil` where there are none.
  func tests(_ scene: BenchmarkResult.SceneResult) -> Table? {
    guard let baseline = result.baseline, let reference = scene.rows.first(where: { $0.method == baseline }) else {
      return nil
    }
    let tested = result.metrics.filter { metric in scene.rows.contains { $0.tests[metric] != nil } }
    let rows = scene.rows.filter { !$0.tests.isEmpty }.map { row in
      [row.method]
        + tested.flatMap { metric -> [String] in
          guard let test = row.tests[metric], let own = row.metrics[metric], let other = reference.metrics[metric]
          else { return ["–", "–"] }
          let difference = own.mean - other.mean
          return [
            (difference > 0 ? "+" : "") + Numeral.short(difference),
            "\(Spread.brief(test.pValue)) / \(Spread.brief(test.adjusted))",
          ]
        }
    }
    if tested.isEmpty { return nil }
    let all = scene.rows.flatMap { $0.tests.values }
    let titles = Set(all.map(\.title)).sorted().joined(separator: "; ")
    let least = all.map(\.least).min() ?? 1
    return Table(
      title: "Against \(baseline)", head: ["method"] + tested.flatMap { ["\($0), difference", "p / p Holm"] },
      rows: rows,
      numbers: Set(1...2 * tested.count),
      notes: [
        "Tested: \(titles), two-sided; p Holm is corrected for the \(rows.count) methods of a column. "
          + "With so few runs no p below \(Spread.brief(least)) is possible."
      ])
  }

  /// Figures here beside those of papers for the same method.
  func published(_ scene: BenchmarkResult.SceneResult) -> Table? {
    let rows = scene.rows.flatMap { row in
      row.published.map { figure in
        [
          row.method, figure.metric, row.metrics[figure.metric]?.text ?? "–", Self.text(figure), figure.comparable,
          figure.source,
        ]
      }
    }
    if rows.isEmpty { return nil }
    return Table(
      title: "Beside published figures", head: ["method", "metric", "here", "published", "comparable", "source"],
      rows: rows, numbers: [2, 3])
  }

  /// Figures of papers for methods that did not run here.
  func others(_ scene: BenchmarkResult.SceneResult) -> Table? {
    var rows: [[String]] = []
    for figure in scene.others {
      let key = [figure.metric, figure.comparable, figure.source]
      let text = "\(figure.method) \(Self.text(figure))"
      if let place = rows.firstIndex(where: { [$0[0], $0[2], $0[3]] == key }) {
        rows[place][1] += ", \(text)"
      } else {
        rows.append([figure.metric, text, figure.comparable, figure.source])
      }
    }
    if rows.isEmpty { return nil }
    return Table(
      title: "Published figures of other methods", head: ["metric", "figures", "comparable", "source"], rows: rows,
      numbers: [])
  }

  private static func text(_ figure: PublishedFigures.Figure) -> String {
    Numeral.short(figure.value) + (figure.deviation.map { " ± \(Spread.brief($0))" } ?? "")
  }

  /// What every column means: id, and formula.
  var definitions: [(id: String, text: String)] {
    let shown = result.scenes.flatMap { scene in scene.rows.flatMap { $0.published.map(\.metric) } }
    var seen: Set<String> = []
    let metrics = (result.metrics + shown).filter { seen.insert($0).inserted }.compactMap { id in
      MetricDefinition.of(id).map { (id, "\($0.title): \($0.formula)\($0.unit.isEmpty ? "" : " [\($0.unit)]")") }
    }
    return metrics + [
      (
        "seconds",
        "by the clock, from the start of the run's own process to its end, reading and writing included; one thread"
      ),
      ("MB", "the most physical memory the run's process held, 10⁶ bytes"),
    ]
  }

  /// What holds for all tables.
  var preamble: [String] {
    let seeds = result.seeds.map(String.init).joined(separator: ", ")
    let held = result.scenes.contains { $0.rows.contains(where: \.isHeldOut) }
    return [
      "Alunite \(result.version); seeds \(seeds); \(result.rule). "
        + "The \"ground truth\" of the public benchmark scenes is itself the output of an algorithm."
        + (held ? " Methods that learnt from labels are judged on the pixels held out, the others on all." : "")
    ] + (result.failures.isEmpty ? [] : ["Failed, and not in the tables: \(result.failures.count) runs."])
  }
}

extension ResultTables {
  /// Everything in Markdown.
  var markdown: String {
    var parts = ["# \(result.name)"] + preamble
    for scene in result.scenes {
      let tables = [main(scene), tests(scene), published(scene), others(scene)].compactMap { $0 }
      for (index, table) in tables.enumerated() { parts.append(Self.markdown(table, level: index == 0 ? 2 : 3)) }
    }
    if !result.failures.isEmpty {
      parts.append("## Failures\n\n" + result.failures.map { "- \($0)" }.joined(separator: "\n"))
    }
    parts.append("## Definitions\n\n" + definitions.map { "- `\($0.id)`: \($0.text)" }.joined(separator: "\n"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func markdown(_ table: Table, level: Int) -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = "|" + table.head.indices.map { table.numbers.contains($0) ? " ---: |" : " --- |" }.joined()
    let lines = [line(table.head), rule] + table.rows.map(line)
    return (["\(String(repeating: "#", count: level)) \(table.title)"] + table.notes + [lines.joined(separator: "\n")])
      .joined(separator: "\n\n")
  }

  /// Everything in LaTeX, one `table` each, for the package booktabs.
  var latex: String {
    let tables = result.scenes.flatMap { [main($0), tests($0), published($0)].compactMap { $0 } }
    let head = "% \(result.name), Alunite \(result.version). Needs \\usepackage{booktabs} and UTF-8.\n"
    let notes = preamble.map { "% \($0)\n" }.joined()
    return head + notes + tables.map(Self.latex).joined(separator: "\n")
  }

  private static func latex(_ table: Table) -> String {
    func line(_ cells: [String]) -> String { "  " + cells.map(escaped).joined(separator: " & ") + " \\\\\n" }
    let columns = table.head.indices.map { table.numbers.contains($0) ? "r" : "l" }.joined()
    return """
      \\begin{table}
        \\caption{\(escaped(([table.title] + table.notes).joined(separator: ". ")))}
        \\begin{tabular}{\(columns)}
        \\toprule
      \(line(table.head))  \\midrule
      \(table.rows.map(line).joined())  \\bottomrule
        \\end{tabular}
      \\end{table}

      """
  }

  private static func escaped(_ text: String) -> String {
    let words: [Character: String] = [
      "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_", "{": "\\{", "}": "\\}",
      "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "±": "$\\pm$", "–": "--", "×": "$\\times$",
      "½": "$\\frac12$",
      "√": "$\\surd$", "’": "'",
    ]
    return text.map { words[$0] ?? String($0) }.joined()
  }

  /// Everything in long form: a line for each scene, method and metric.
  var csv: String {
    let head = [
      "scene", "method", "metric", "runs", "mean", "sd", "min", "max", "p", "pHolm", "published", "publishedSD",
      "comparable",
      "source",
    ]
    var text = CommaSeparated.line(head)
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    func fields(_ figure: PublishedFigures.Figure?) -> [String] {
      [number(figure?.value), number(figure?.deviation), figure?.comparable ?? "", figure?.source ?? ""]
    }
    for scene in result.scenes {
      for row in scene.rows {
        let costs = [("seconds", row.seconds), ("megabytes", row.megabytes)].compactMap { id, spread in
          spread.map { (key: id, value: $0) }
        }
        for (metric, spread) in row.metrics.sorted(by: { $0.key < $1.key }) + costs {
          let test = row.tests[metric]
          let figures = row.published.filter { $0.metric == metric }
          for figure in figures.isEmpty ? [nil] : figures.map(Optional.some) {
            text += CommaSeparated.line(
              [
                scene.name, row.method, metric, "\(spread.values.count)", number(spread.mean), number(spread.deviation),
                number(spread.least), number(spread.most), number(test?.pValue), number(test?.adjusted),
              ] + fields(figure))
          }
        }
      }
      for figure in scene.others {
        text += CommaSeparated.line(
          [scene.name, figure.method, figure.metric] + [String](repeating: "", count: 7) + fields(figure))
      }
    }
    return text
  }
}
