import ArgumentParser
import Foundation
import Scenes
import Tensors
import Unmixing

/// `alunite generate`: spectra from abundances.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Generate spectra from abundances with a trained model.",
    discussion: """
      For each abundances the file holds the expected spectrum, the standard deviation of every band, the limits of a \
      predictive interval, what a linear mixture of the model's endmembers would be, and draws. Abundances come from a CSV \
      file with one column an endmember (in the model's order, or named in a first line), evenly from the simplex, from an \
      edge of it, or are pure: then the spectra are the model's endmembers with their noise.

      The output's ending decides its format: .csv, .sli (an ENVI library with its header) or .h5.

      Examples:
        alunite generate --run run --uniform 100 --draws 5 -o spectra.csv
        alunite generate --run run --edge Alunite:Muscovite --steps 11 --interval 0.9 -o edge.sli
        alunite generate --run run --pure --interval 0.9 --draws 100 -o endmembers.h5
      """)

  @Option(name: .customLong("run"), help: ArgumentHelp("The run that trained the model.", valueName: "run"))
  var trained: String

  @OptionGroup(title: "Which abundances") var asked: AbundanceArguments

  @Option(help: ArgumentHelp("Draws of every spectrum.", valueName: "n"))
  var draws = 0

  @Option(help: ArgumentHelp("The probability of a predictive interval, whose limits are written.", valueName: "p"))
  var interval: Double?

  @Option(help: ArgumentHelp("The key of the draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write: .csv, .sli or .h5.", valueName: "file"))
  var output: String

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments

  func validate() throws {
    if !(0...100_000).contains(draws) { throw ValidationError("--draws: expected 0 … 100000, found \(draws)") }
    if let interval, !(interval > 0 && interval < 1) {
      throw ValidationError("--interval: expected a probability between 0 and 1, found \(interval)")
    }
    if GeneratedSpectra.Kind(of: URL(fileURLWithPath: output)) == nil {
      throw ValidationError("--output: expected a name ending in .csv, .sli or .h5, found \(output)")
    }
  }

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    let kind = GeneratedSpectra.Kind(of: target) ?? .csv
    let header = kind == .sli ? target.deletingPathExtension().appendingPathExtension("hdr") : nil
    for file in [target, header].compactMap(\.self) { try OutputPlace.check(file: file, overwrite: writing.overwrite) }
    let model = try RunFolder(trained).readModel(quiet: writing.quiet)
    let generator = try SpectrumGenerator(model, draws: draws, interval: interval, seed: seed)
    let (fractions, labels) = try asked.abundances(for: generator, names: model.description.endmemberNames)
    let stop = StopSignal()
    var bar = ProgressBar("generating", total: fractions.shape[0], unit: "spectra", quiet: writing.quiet)
    let spectra = GeneratedSpectra(generator, of: fractions, labels: labels)
    try spectra.write(kind, to: target, overwriting: writing.overwrite) { done in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    if writing.quiet { return }
    let first = generator.quantities.prefix { !$0.hasPrefix("draw ") }.joined(separator: ", ")
    Console.print(
      "\(target.path)\n  \(fractions.shape[0]) abundances: \(first)\(draws > 0 ? " and \(draws) draws" : "") of each spectrum"
    )
  }
}
