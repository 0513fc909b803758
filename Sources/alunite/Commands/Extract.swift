import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite extract`: the endmembers of a scene.
struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the endmembers of a scene.",
    discussion: """
      Writes the endmembers' spectra as a table with a line a band; as an ENVI spectral library to a file called .sli, \
      which unmix --library reads.

      Examples:
        alunite extract --scene scene.h5 --endmembers 4 --extract nfindr -o endmembers.csv
        alunite extract --scene scene.h5 --endmembers 4 -o endmembers.sli
      """)

  @Option(help: ArgumentHelp("The scene.", valueName: "path"))
  var scene: String

  @Option(help: ArgumentHelp("The number of endmembers.", valueName: "n"))
  var endmembers: Int

  @Option(
    help: ArgumentHelp(
      "How they are found: \(ExtractionCatalogue.searches.map(\.id).joined(separator: ", ")).", valueName: "search"))
  var extract = "vca"

  @Option(help: ArgumentHelp("The key of every random number.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write, .csv or .sli.", valueName: "file"))
  var output: String

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    if endmembers < 1 { throw ValidationError("--endmembers: expected a positive number, found \(endmembers)") }
    if !["csv", "sli"].contains(URL(fileURLWithPath: output).pathExtension.lowercased()) {
      throw ValidationError("-o: expected a file called .csv or .sli, found \(output)")
    }
  }

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    try OutputPlace.check(file: target, overwrite: writing.overwrite)
    guard let entry = ExtractionCatalogue.searches.first(where: { $0.id == extract }) else {
      let known = ExtractionCatalogue.searches.map(\.id)
      throw WorldFault.usage(
        option: "--extract", expected: known.joined(separator: " or "),
        found: "\"\(extract)\"\(Nearest.hint(to: extract, among: known))")
    }
    let scene = try InputScene(reading: reading.options.withoutTruth, quiet: writing.quiet).scene(
      self.scene, truth: nil)
    let found = try entry.extractor(count: endmembers, seed: seed).endmembers(of: scene)
    if target.pathExtension.lowercased() == "sli" {
      try ENVIWriter(overwriting: writing.overwrite).write(found, to: target)
    } else {
      try RunFolder.write(EstimateFolder.table(of: found), to: target)
    }
    if !writing.quiet { Console.print("\(scene.name): \(found.count) endmembers by \(entry.title)\n\(target.path)") }
  }
}
