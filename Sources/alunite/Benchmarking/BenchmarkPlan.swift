import Foundation
import Unmixing

/// A benchmark: which methods run on which scenes with which seeds, and what is told of them.
struct BenchmarkPlan {
  /// How the runs of two methods are compared.
  enum Pairing: String, CaseIterable { case paired, unpaired }

  /// What tables are headed by.
  var name: String
  /// What it is for.
  var summary: String
  /// The keys of the runs' random numbers.
  var seeds: [UInt64]
  /// What is unmixed.
  var scenes: [PlannedScene]
  /// By what.
  var methods: [PlannedMethod]
  /// The method the others are tested against.
  var baseline: String?
  /// Whether equal seeds make pairs.
  var pairing: Pairing
  /// The ids of the metrics in the tables.
  var metrics: [String]
  /// The rule of pairing endmembers; the usual one of every method where none is named.
  var matching: MatchingRule?
  /// Whether the row minima of some papers are added.
  var rowMinimum: Bool

  private static let keys = [
    "name", "summary", "seeds", "scenes", "methods", "baseline", "test", "metrics", "match", "rowMinimum",
  ]
  /// The metrics of tables that ask for no others.
  static let usualMetrics = ["endmember.sad.mean", "abundance.rmse.endmemberMean", "reconstruction.angle"]

  /// Reads a plan.
  ///
  /// - Parameters:
  ///   - base: Where relative paths start.
  /// - Throws: ``WorldFault/malformed(path:field:expected:found:)`` naming file and key.
  init(yaml: String, file: String, base: URL) throws {
    let fields = try PlanFields(SettingTree(yaml: yaml, file: file), file: file, known: Self.keys)
    name = try fields.text("name") ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    summary = try fields.text("summary") ?? ""
    seeds = try Self.seeds(fields.texts("seeds")) {
      fields.fault("seeds", "a number, a range as 1-5, or a list", $0)
    }
    scenes = try fields.list("scenes", known: PlannedScene.keys).map { try PlannedScene($0, base: base) }
    methods = try fields.list("methods", known: PlannedMethod.keys).map { try PlannedMethod($0, base: base) }
    methods = PlannedMethod.expanded(methods)
    baseline = try fields.text("baseline")
    pairing = try Self.choice(fields, "test", among: Pairing.allCases) ?? .paired
    matching = try Self.choice(fields, "match", among: MatchingRule.allCases)
    rowMinimum = try fields.truth("rowMinimum")
    let asked = try fields.texts("metrics")
    metrics = asked.isEmpty ? Self.usualMetrics : asked
    try check(fields)
  }

  private func check(_ fields: PlanFields) throws {
    for (key, names) in [("scenes", scenes.map(\.name)), ("methods", methods.map(\.name))] {
      if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
        throw fields.fault(key, "names that differ", "\(twice) more than once")
      }
    }
    if let baseline, !methods.contains(where: { $0.name == baseline }) {
      throw fields.fault("baseline", methods.map(\.name).joined(separator: ", "), "\"\(baseline)\"")
    }
    if let unknown = metrics.first(where: { MetricDefinition.of($0) == nil }) {
      throw fields.fault("metrics", "ids that alunite evaluate --formulas shows", "\"\(unknown)\"")
    }
    for method in methods {
      if let unknown = method.scenesNamed.first(where: { name in !scenes.contains { $0.name == name } }) {
        throw fields.fault("methods.\(method.name)", scenes.map(\.name).joined(separator: ", "), "\"\(unknown)\"")
      }
    }
  }

  private static func choice<Choice: RawRepresentable<String>>(
    _ fields: PlanFields, _ key: String, among choices: [Choice]
  ) throws -> Choice? {
    guard let word = try fields.text(key) else { return nil }
    guard let choice = Choice(rawValue: word) else {
      throw fields.fault(key, choices.map(\.rawValue).joined(separator: " or "), "\"\(word)\"")
    }
    return choice
  }

  /// `5` stands for 1 to 5, `3-7` for those, and a list for itself.
  static func seeds(_ words: [String], fault: (_ found: String) -> WorldFault) throws -> [UInt64] {
    var seeds: [UInt64] = []
    for word in words {
      let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
        throw fault("\"\(word)\"")
      }
      let counts = words.count == 1 && ends.count == 1
      seeds += counts ? (first < 1 ? [] : Array(1...min(first, 101))) : Array(first...min(last, first + 101))
    }
    guard (1...100).contains(seeds.count), Set(seeds).count == seeds.count else {
      throw fault(seeds.count > 100 ? "more than 100" : seeds.isEmpty ? "none" : "one twice")
    }
    return seeds
  }

  /// The plan with some of its scenes and methods only.
  ///
  /// - Throws: ``WorldFault/usage(option:expected:found:)`` for a name it does not have.
  func selecting(scenes sceneNames: [String], methods methodNames: [String]) throws -> BenchmarkPlan {
    func check(_ option: String, _ names: [String], among known: [String]) throws {
      if let unknown = names.first(where: { !known.contains($0) }) {
        throw WorldFault.usage(
          option: option, expected: known.joined(separator: ", "),
          found: "\"\(unknown)\"\(Nearest.hint(to: unknown, among: known))")
      }
    }
    try check("--scene", sceneNames, among: scenes.map(\.name))
    let kinds = [
      "classical": methods.filter { !$0.isNetwork }.map(\.name), "networks": methods.filter(\.isNetwork).map(\.name),
    ]
    let known = methods.map(\.name)
    if let kind = methodNames.first(where: { !known.contains($0) && kinds[$0]?.isEmpty == true }) {
      throw WorldFault.usage(
        option: "--method", expected: known.joined(separator: ", "), found: "\(kind), of which the plan has none")
    }
    let chosen = methodNames.flatMap { known.contains($0) ? [$0] : kinds[$0] ?? [$0] }
    try check("--method", chosen, among: known + kinds.keys.sorted())
    var plan = self
    if !sceneNames.isEmpty { plan.scenes = scenes.filter { sceneNames.contains($0.name) } }
    if !methodNames.isEmpty { plan.methods = methods.filter { chosen.contains($0.name) || $0.name == baseline } }
    return plan
  }
}
