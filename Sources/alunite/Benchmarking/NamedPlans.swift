import Foundation
import Unmixing

/// The benchmarks that come with Alunite.
enum NamedPlans {
  private static let files: [(name: String, bytes: [UInt8])] = [
    ("standard", PackageResources.standard_yaml)
  ]

  /// The names ``text(of:)`` knows.
  static var names: [String] { files.map(\.name) }

  /// The YAML of a plan.
  ///
  /// - Throws: ``WorldFault/usage(option:expected:found:)`` for any other name.
  static func text(of name: String) throws -> String {
    guard let file = files.first(where: { $0.name == name }) else {
      throw WorldFault.usage(
        option: "plan", expected: names.joined(separator: " or "),
        found: "\"\(name)\"\(Nearest.hint(to: name, among: names))")
    }
    return String(decoding: file.bytes, as: UTF8.self)
  }

  /// Names, what they are for, and their scenes.
  static func table() throws -> String {
    var table = TextTable(["plan", "what it is for", "scenes", "methods", "seeds"], rightAligned: [3, 4])
    for name in names {
      let plan = try BenchmarkPlan(yaml: text(of: name), file: "\(name).yaml", base: URL(fileURLWithPath: "."))
      table.add([
        name, plan.summary, plan.scenes.map(\.name).joined(separator: ", "), "\(plan.methods.count)",
        "\(plan.seeds.count)",
      ])
    }
    return table.text
  }
}
