import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// Which classical method unmixes a scene, and what it begins from.
struct ClassicalArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The classical method; alunite models lists them.", valueName: "id"))
  var method: String?

  @Option(help: ArgumentHelp("True abundances to compare with, where the scene's file holds none.", valueName: "path"))
  var truth: String?

  @OptionGroup var start: EndmemberArguments

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replaces one option of the method, as spectra=unitNorm; alunite models --method ID lists them. Repeatable.",
      valueName: "key=value"))
  var settings: [String] = []

  /// The first option given that only a classical method has.
  var firstGiven: String? {
    let given = [
      ("--truth", truth != nil), ("--endmembers", start.endmembers != nil), ("--extract", start.extract != nil),
      ("--library", start.library != nil), ("--seed", start.seed != nil), ("--set", !settings.isEmpty),
    ]
    return given.first { $0.1 }?.0
  }

  /// The options of a method with what `--set` replaces, checked.
  func options(of entry: ClassicalEntry) throws -> any ClassicalOptions { try Self.resolved(entry.options, settings) }

  private static func resolved<Options: ClassicalOptions>(
    _ options: Options, _ settings: [String]
  ) throws -> any ClassicalOptions {
    var resolver = try SettingResolver(options, choices: Options.choices)
    for setting in settings { try resolver.apply(setting: setting) }
    do {
      let result = try resolver.value()
      try result.check()
      return result
    } catch UnmixingError.configuration(let field, let expected, let found) {
      throw WorldFault.usage(option: "--set: \(field)", expected: expected, found: found)
    }
  }
}

/// Where endmembers come from: a search in the scene, the truth, or a library.
struct EndmemberArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The number of endmembers (default: as many as the truth has).", valueName: "n"))
  var endmembers: Int?

  @Option(
    help: ArgumentHelp(
      """
      How endmembers are found: \(ExtractionCatalogue.entries.map(\.id).joined(separator: ", ")) (default: vca); alunite \
      models says what each is.
      """,
      valueName: "search"))
  var extract: String?

  @Option(help: ArgumentHelp("Spectra to take for endmembers: .mat, .sli, HDF5, .csv, .txt.", valueName: "file"))
  var library: String?

  @Option(help: ArgumentHelp("The key of every random number (default: 0).", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    if library != nil && (extract != nil || endmembers != nil) {
      throw ValidationError("--library holds the endmembers; it goes with neither --extract nor --endmembers")
    }
    if let endmembers, endmembers < 1 {
      throw ValidationError("--endmembers: expected a positive number, found \(endmembers)")
    }
  }

  /// The endmembers for a scene.
  ///
  /// - Throws: ``UnmixingError`` or ``WorldFault`` when nobody says how many, or a library does not fit the scene.
  func start(for scene: Scene) throws -> Start {
    if let library {
      let url = URL(fileURLWithPath: library)
      return .library(try SpectralLibrary(contentsOf: url).fitted(to: scene), path: url.path)
    }
    let entry = try OptionName.looked(up: "--extract") { try ExtractionCatalogue.entry(extract ?? "vca") }
    guard let count = endmembers ?? scene.truth?.count else {
      throw WorldFault.conflict(
        option: "--endmembers", expected: "a number, since the scene has no true abundances", found: "none")
    }
    return .search(entry, count: count)
  }

  /// What a method begins from.
  enum Start {
    case search(ExtractionEntry, count: Int)
    case library(SpectralLibrary, path: String)

    /// The endmembers' source; equal seeds give equal endmembers.
    func extractor(seed: UInt64) -> any EndmemberExtractor {
      switch self {
      case .search(let entry, let count): entry.extractor(count: count, seed: seed)
      case .library(let library, _): library
      }
    }
  }
}
