import ArgumentParser
import Unmixing

/// `alunite models`: which methods, presets and settings there are.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List networks and classical methods; of one of them, every setting.",
    discussion: """
      Examples:
        alunite models
        alunite models --model spacnn-ldvae --preset paper --json
        alunite models --method fcls
      """)

  @Option(help: ArgumentHelp("The network whose presets and settings are shown.", valueName: "id"))
  var model: String?

  @Option(help: ArgumentHelp("The preset whose values are shown (default: the first).", valueName: "preset"))
  var preset: String?

  @Option(help: ArgumentHelp("The classical method whose options are shown.", valueName: "id"))
  var method: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if preset != nil && model == nil { throw ValidationError("--preset needs --model, whose preset it is") }
    if model != nil && method != nil { throw ValidationError("--model and --method exclude each other") }
  }

  func run() throws {
    let network = try model.map { try MethodListing($0, preset: preset) }
    let classical = try method.map { try ClassicalListing($0) }
    if json { return Console.print(try JSONText.text(Listing(network, classical))) }
    if let network { return Console.print(network.text) }
    if let classical { return Console.print(classical.text) }
    Console.print(Self.everything)
  }

  /// Networks, classical methods, and ways to find endmembers.
  private static var everything: String {
    var networks = TextTable(["network", "name", "what it is", "source"])
    for entry in Catalogue.entries { networks.add([entry.id, entry.title, entry.summary, entry.source]) }
    var methods = TextTable(["classical method", "name", "what it is", "source"])
    for entry in ClassicalCatalogue.entries { methods.add([entry.id, entry.title, entry.summary, entry.source]) }
    var searches = TextTable(["endmembers", "name", "what they are", "source"])
    for entry in ExtractionCatalogue.entries { searches.add([entry.id, entry.title, entry.summary, entry.source]) }
    return """
      \(networks.text)

      \(methods.text)

      \(searches.text)

      Presets and settings of a network: alunite models --model ID
      Options of a classical method: alunite models --method ID
      """
  }

  private struct Listing: Encodable {
    struct Entry: Encodable { let id: String, title: String, summary: String, source: String, presets: [String]? }
    let models: [Entry]
    let methods: [Entry]
    let extractions: [Entry]
    let method: MethodListing?
    let classical: ClassicalListing?

    init(_ network: MethodListing?, _ classical: ClassicalListing?) {
      models = Catalogue.entries.map {
        Entry(id: $0.id, title: $0.title, summary: $0.summary, source: $0.source, presets: $0.presets.map(\.name))
      }
      methods = ClassicalCatalogue.entries.map {
        Entry(id: $0.id, title: $0.title, summary: $0.summary, source: $0.source, presets: nil)
      }
      extractions = ExtractionCatalogue.entries.map {
        Entry(id: $0.id, title: $0.title, summary: $0.summary, source: $0.source, presets: nil)
      }
      (method, self.classical) = (network, classical)
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
    let entry = try OptionName.looked(up: "--model") { try Catalogue.entry(id) }
    let chosen =
      try name.map { name in try OptionName.looked(up: "--preset") { try entry.preset(name) } }
      ?? entry.presets[0]
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
