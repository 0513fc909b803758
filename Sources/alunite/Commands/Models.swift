import ArgumentParser
import Unmixing

/// `alunite models`: which methods, presets and settings there are.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the methods; of one of them, the presets and every setting.",
    discussion: """
      Examples:
        alunite models
        alunite models --model spacnn-ldvae --preset paper --json
      """)

  @Option(help: ArgumentHelp("The method whose presets and settings are shown.", valueName: "id"))
  var model: String?

  @Option(help: ArgumentHelp("The preset whose values are shown (default: the first).", valueName: "preset"))
  var preset: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if preset != nil && model == nil { throw ValidationError("--preset needs --model, whose preset it is") }
  }

  func run() throws {
    let method = try model.map { try MethodListing($0, preset: preset) }
    if json { return Console.print(try JSONText.text(Listing(method))) }
    if let method { return Console.print(method.text) }
    var methods = TextTable(["method", "name", "what it is", "source"])
    for entry in Catalogue.entries { methods.add([entry.id, entry.title, entry.summary, entry.source]) }
    Console.print("\(methods.text)\n\nPresets and settings of a method: alunite models --model ID")
  }

  private struct Listing: Encodable {
    struct Method: Encodable { let id: String, title: String, summary: String, source: String, presets: [String] }
    let models: [Method]
    let method: MethodListing?

    init(_ method: MethodListing?) {
      models = Catalogue.entries.map {
        Method(id: $0.id, title: $0.title, summary: $0.summary, source: $0.source, presets: $0.presets.map(\.name))
      }
      self.method = method
    }
  }
}

/// The presets of one method, and the settings of one of them.
private struct MethodListing: Encodable {
  struct Setting: Encodable { let value: String, choices: [String]? }
  let model: String
  let presets: [String: String]
  let preset: String
  let settings: [String: Setting]
  private let order: (presets: [String], settings: [String])

  init(_ id: String, preset name: String?) throws {
    let entry = try Catalogue.entry(id)
    let chosen = try name.map(entry.preset) ?? entry.presets[0]
    let found = try ConfigurationResolver(chosen.configuration).settings.filter { $0.path != "method" }
    let choices = chosen.configuration.choices
    model = id
    preset = chosen.name
    presets = Dictionary(uniqueKeysWithValues: entry.presets.map { ($0.name, $0.summary) })
    settings = Dictionary(
      uniqueKeysWithValues: found.map { ($0.path, Setting(value: $0.value, choices: choices[$0.path])) })
    order = (entry.presets.map(\.name), found.map(\.path))
  }

  private enum CodingKeys: String, CodingKey { case model, presets, preset, settings }

  var text: String {
    var presetTable = TextTable(["preset", "what it is for"])
    for name in order.presets { presetTable.add([name, presets[name] ?? ""]) }
    var keys = TextTable(["setting", preset, "choices"])
    for path in order.settings {
      keys.add([path, settings[path]?.value ?? "", settings[path]?.choices?.joined(separator: ", ") ?? ""])
    }
    return "\(presetTable.text)\n\n\(keys.text)"
  }
}
