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
      "Where the configuration starts: labelled, blind, paper (default: labelled with a truth, else blind).",
      valueName: "preset"))
  var preset: Preset?

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

  @Option(help: ArgumentHelp("The key of every random number (default: 0).", valueName: "n"))
  var seed: UInt64?

  /// Whether anything here shapes the configuration.
  var shapesConfiguration: Bool { preset != nil || config != nil || !settings.isEmpty || endmembers != nil }

  /// The configuration: preset, then file, then single settings.
  func configuration(hasTruth: Bool) throws -> Configuration {
    let start = preset ?? (hasTruth && endmembers == nil ? .labelled : .blind)
    var resolver = try ConfigurationResolver(start)
    if let config {
      try resolver.apply(file: URL(fileURLWithPath: config))
      // What the file says has to be right even where a setting replaces it.
      _ = try resolver.configuration()
    }
    if let endmembers { try resolver.apply(setting: "model.endmembers=\(endmembers)") }
    for setting in settings { try resolver.apply(setting: setting) }
    return try resolver.configuration()
  }
}

extension Preset: ExpressibleByArgument {}
