import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite report`: a run or a result as a page to look at.
struct WriteReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one page that shows a run or a result.",
    discussion: """
      The page holds maps of abundances, of their uncertainty and of the fit, endmembers beside the reference, residuals, \
      the loss curve, every metric with its definition, and the configuration. A click on a map shows the pixel's \
      spectrum, its fit, and the posterior of its abundances. It is one file that needs a browser and no network.

      Examples:
        alunite report run -o report.html
        alunite report result --scene scene.h5 --truth scene.h5 -o report.html
      """)

  @Argument(help: ArgumentHelp("What alunite train or alunite unmix wrote.", valueName: "run|result"))
  var directory: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The page to write.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp("The scene (default: where the run or the result had it).", valueName: "path"))
  var scene: String?

  @Option(
    help: ArgumentHelp("True abundances (default: those of the run, or in the scene's file).", valueName: "path"))
  var truth: String?

  @Option(
    help: ArgumentHelp(
      "How endmembers are paired with true ones: sad, abundance, names, none (default: as alunite evaluate).",
      valueName: "rule"))
  var match: MatchingRule?

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    try OutputPlace.check(file: target, overwrite: writing.overwrite)
    let choices = ReportSubject.Choices(
      scene: scene, truth: truth, reading: reading.options, matching: match, quiet: writing.quiet)
    let subject =
      switch try ResultSource(directory) {
      case .run(let folder): try ReportSubject(run: folder, choices)
      case .estimate(let file): try ReportSubject(result: file.deletingLastPathComponent(), choices)
      }
    let content = ReportContent(subject)
    let text = try ReportPage(content).text()
    try writeAtomically(to: target, overwriting: writing.overwrite) { try OutputFile.write(text, to: $0) }
    if writing.quiet { return }
    Console.print("\(target.path)  \(Numeral.bytes(Double(text.utf8.count)))\n\(content.thinning)")
  }
}
