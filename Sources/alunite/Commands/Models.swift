import ArgumentParser
import Unmixing

/// `alunite models`: which methods, presets and settings there are.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the methods, the presets and every setting.",
    discussion: """
      Examples:
        alunite models
        alunite models --preset paper --json
      """)

  @Option(help: ArgumentHelp("Whose values are shown: labelled, blind, paper.", valueName: "preset"))
  var preset = Preset.labelled

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let settings = try ConfigurationResolver(preset).settings
    if json { return Console.print(try JSONText.text(Listing(preset: preset, settings: settings))) }
    var methods = TextTable(["method", "name", "what it is", "source"])
    for entry in Catalogue.entries { methods.add([entry.id, entry.title, entry.summary, entry.source]) }
    var presets = TextTable(["preset", "what it is for"])
    for preset in Preset.allCases { presets.add([preset.rawValue, preset.summary]) }
    var keys = TextTable(["setting", preset.rawValue, "choices"])
    for setting in settings {
      keys.add([setting.path, setting.value, Configuration.choices[setting.path]?.joined(separator: ", ") ?? ""])
    }
    Console.print("\(methods.text)\n\n\(presets.text)\n\n\(keys.text)")
  }

  private struct Listing: Encodable {
    struct Method: Encodable { let id: String, title: String, summary: String, source: String }
    struct Setting: Encodable { let value: String, choices: [String]? }
    let models: [Method]
    let presets: [String: String]
    let preset: String
    let settings: [String: Setting]

    init(preset: Preset, settings: [(path: String, value: String)]) {
      models = Catalogue.entries.map { Method(id: $0.id, title: $0.title, summary: $0.summary, source: $0.source) }
      presets = Dictionary(uniqueKeysWithValues: Preset.allCases.map { ($0.rawValue, $0.summary) })
      self.preset = preset.rawValue
      self.settings = Dictionary(
        uniqueKeysWithValues: settings.map {
          ($0.path, Setting(value: $0.value, choices: Configuration.choices[$0.path]))
        })
    }
  }
}
