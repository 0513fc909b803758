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
      For each row of abundances the file holds the expected spectrum, the standard deviation of every band, and draws. \
      Abundances come from a CSV file with one column an endmember (in the model's order, or named in a first line) or \
      evenly from the simplex.

      Examples:
        alunite generate --run run --uniform 100 --samples 5 -o spectra.csv
        alunite generate --run run --abundances fractions.csv -o spectra.csv
      """)

  @Option(name: .customLong("run"), help: ArgumentHelp("The run that trained the model.", valueName: "run"))
  var trained: String

  @Option(help: ArgumentHelp("Abundances, one row a spectrum.", valueName: "file.csv"))
  var abundances: String?

  @Option(help: ArgumentHelp("Draw so many abundances evenly from the simplex.", valueName: "n"))
  var uniform: Int?

  @Option(help: ArgumentHelp("Draws of every spectrum.", valueName: "n"))
  var samples = 0

  @Option(help: ArgumentHelp("The key of the draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(name: .shortAndLong, help: ArgumentHelp("The CSV file to write.", valueName: "spectra.csv"))
  var output: String

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments

  func validate() throws {
    if (abundances == nil) == (uniform == nil) { throw ValidationError("give either --abundances or --uniform") }
    if let uniform, !(1...10_000_000).contains(uniform) {
      throw ValidationError("--uniform: expected 1 … 10000000, found \(uniform)")
    }
    if !(0...100_000).contains(samples) { throw ValidationError("--samples: expected 0 … 100000, found \(samples)") }
  }

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    try OutputPlace.check(file: target, overwrite: writing.overwrite)
    let model = try RunFolder(trained).readModel(quiet: writing.quiet)
    let generator = SpectrumGenerator(model, samples: samples, seed: seed)
    let fractions: Tensor
    if let abundances {
      fractions = try AbundanceTable(URL(fileURLWithPath: abundances), names: model.description.endmemberNames).values
    } else {
      fractions = generator.uniformAbundances(count: uniform ?? 1)
    }
    let stop = StopSignal()
    var bar = ProgressBar("generating", total: fractions.shape[0], unit: "spectra", quiet: writing.quiet)
    try writeAtomically(to: target, overwriting: writing.overwrite) { partial in
      try generator.write(fractions, to: partial) { done in
        bar.update(done)
        try stop.check()
      }
    }
    bar.finish()
    if writing.quiet { return }
    Console.print("\(target.path)\n  \(fractions.shape[0]) abundances: mean, sd and \(samples) draws of each spectrum")
  }
}
