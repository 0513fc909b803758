import Foundation
import Unmixing

/// Figures that papers print, with where and whether they can be compared.
struct PublishedFigures {
  /// One figure.
  struct Figure: Encodable {
    let method: String
    let metric: String
    let value: Double
    let deviation: Double?
    let source: String
    let comparable: String
  }

  private let figures: [(scene: String, figure: Figure)]
  private static let keys = ["source", "scene", "comparable", "figures", "deviations"]

  /// The figures that come with Alunite.
  static func builtIn() throws -> PublishedFigures {
    try PublishedFigures(yaml: String(decoding: PackageResources.published_yaml, as: UTF8.self), file: "published.yaml")
  }

  /// - Throws: ``WorldFault/malformed(path:field:expected:found:)``.
  init(yaml: String, file: String) throws {
    guard case .list(let groups) = try SettingTree(yaml: yaml, file: file) else {
      throw WorldFault.malformed(path: file, field: "top", expected: "a list", found: "something else")
    }
    figures = try groups.enumerated().flatMap { index, group in
      let fields = try PlanFields(group, file: file, path: "[\(index + 1)]", known: Self.keys)
      let (source, scene) = (try fields.required("source"), try fields.required("scene"))
      let comparable = try fields.required("comparable")
      let deviations = try Self.numbers(fields, "deviations")
      return try Self.numbers(fields, "figures").map { entry in
        let deviation = deviations.first { $0.metric == entry.metric && $0.method == entry.method }?.value
        return (
          scene,
          Figure(
            method: entry.method, metric: entry.metric, value: entry.value, deviation: deviation, source: source,
            comparable: comparable)
        )
      }
    }
  }

  private static func numbers(
    _ fields: PlanFields, _ key: String
  ) throws -> [(metric: String, method: String, value: Double)] {
    try fields.mapping(key).flatMap { metric, methods in
      guard case .mapping(let entries) = methods, MetricDefinition.of(metric) != nil else {
        throw fields.fault("\(key).\(metric)", "a known metric with a figure for each method", "\(methods.shown)")
      }
      return try entries.map { method, value in
        guard let number = Double(value.shown) else {
          throw fields.fault("\(key).\(metric).\(method)", "a number", "\"\(value.shown)\"")
        }
        return (metric, method, number)
      }
    }
  }

  /// The figures of a scene; with a caution none of them is comparable as it stands.
  func of(_ scene: PlannedScene) -> [Figure] {
    figures.filter { $0.scene == scene.publishedName }.map { _, figure in
      guard let caution = scene.publishedCaution else { return figure }
      let words =
        figure.comparable.hasPrefix("no") ? "; \(figure.comparable.dropFirst(2).drop { ":, ".contains($0) })" : ""
      return Figure(
        method: figure.method, metric: figure.metric, value: figure.value, deviation: figure.deviation,
        source: figure.source, comparable: "no: \(caution)\(words)")
    }
  }
}
