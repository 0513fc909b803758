import ArgumentParser
import Foundation
import Unmixing

/// Which method is trained, and how.
struct ModelArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The method; alunite models lists them (default: spacnn-ldvae).", valueName: "id"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Which pixels learn and which are held out for testing: random:SHARE, block:SHARE or none (default: none).",
      valueName: "split"),
    transform: Split.init(parsing:))
  var split: Split?

  @Option(
    help: ArgumentHelp(
      """
      Where the configuration starts; alunite models --model ID lists them (default: one that learns from labels where \
      there is a truth, else one that needs none).
      """,
      valueName: "preset"))
  var preset: String?

  @Option(help: ArgumentHelp("A YAML file that replaces parts of the preset.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Replaces one setting, as training.epochs=50 or epochs=50. Repeatable.", valueName: "key=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "The number of endmembers to find without labels (preset blind unless another is named).",
      valueName: "n"))
  var endmembers: Int?

  @Option(
    help: ArgumentHelp(
      "From how many fresh starts to train; the one with the lowest training loss is kept, never by the truth.",
      valueName: "n"))
  var restarts: Int?

  @Option(help: ArgumentHelp("The key of every random number (default: 0).", valueName: "n"))
  var seed: UInt64?

  /// Whether anything here shapes the configuration.
  var shapesConfiguration: Bool {
    preset != nil || config != nil || !settings.isEmpty || endmembers != nil || restarts != nil
  }

  /// The configuration: preset, then file, then single settings.
  func configuration(hasTruth: Bool) throws -> Configuration {
    let id = try method()
    let entry = try model == nil ? Catalogue.entry(id) : OptionName.looked(up: "--model") { try Catalogue.entry(id) }
    let start = try preset(of: entry) ?? entry.defaultPreset(hasLabels: hasTruth && endmembers == nil)
    return try resolved(ConfigurationResolver(start.configuration))
  }

  /// What a run's configuration would become; a preset replaces it, everything else changes parts.
  func configuration(changing configuration: Configuration) throws -> Configuration {
    let start = try preset(of: Catalogue.entry(configuration.method))?.configuration
    return try resolved(ConfigurationResolver(start ?? configuration))
  }

  /// The preset asked for, if one is.
  private func preset(of entry: CatalogueEntry) throws -> Preset? {
    try preset.map { name in try OptionName.looked(up: "--preset") { try entry.preset(name) } }
  }

  /// The method asked for, by option or by file.
  private func method() throws -> String {
    if let model { return model }
    return try config.flatMap { try ConfigurationResolver.method(in: URL(fileURLWithPath: $0)) } ?? "spacnn-ldvae"
  }

  private func resolved(_ start: ConfigurationResolver) throws -> Configuration {
    var resolver = start
    if let config {
      try resolver.apply(file: URL(fileURLWithPath: config))
      // What the file says has to be right even where a setting replaces it.
      _ = try resolver.configuration()
    }
    if let endmembers { try resolver.apply(setting: "model.endmembers=\(endmembers)") }
    if let restarts { try resolver.apply(setting: "training.restarts=\(restarts)") }
    for setting in settings { try resolver.apply(setting: setting) }
    resolver.makePathsAbsolute()
    do {
      return try resolver.configuration()
    } catch UnmixingError.configuration(let field, let expected, let found) where shapesConfiguration {
      throw WorldFault.usage(option: option(behind: field), expected: expected, found: found)
    }
  }

  /// Which option set a key: a preset is right and so is a file, which was checked by itself.
  private func option(behind field: String) -> String {
    switch field {
    case "model.endmembers" where endmembers != nil: "--endmembers"
    case "training.restarts" where restarts != nil: "--restarts"
    default: "--set: \(field)"
    }
  }
}
