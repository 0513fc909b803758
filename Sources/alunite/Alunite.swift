import ArgumentParser
import Foundation
import Unmixing

/// The command `alunite`.
@main
struct Alunite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alunite",
    abstract: "Probabilistic hyperspectral unmixing.",
    discussion: """
      A pixel's spectrum is a mixture of a few materials' spectra. Alunite infers how much of each is in every pixel, \
      how sure that is, and what the materials' spectra are.

      A first session:
        alunite synthesize --recipe cuprite-like --seed 1 -o scene.h5
        alunite train --scene scene.h5 --split random:0.8 -o run
        alunite unmix --run run --scene scene.h5 -o result
        alunite evaluate --result result --truth scene.h5

      Exit codes: 0 done, 1 a file, a scene or the machine does not allow it, 2 wrong usage, 130 and 143 stopped by \
      Ctrl-C and SIGTERM.
      """,
    version: RunDescription.currentVersion,
    subcommands: [
      Synthesize.self, Inspect.self, Train.self, Unmix.self, Evaluate.self, WriteReport.self, Generate.self,
      Transfer.self, Calibrate.self, Compare.self, Models.self, Count.self, Extract.self, Benchmark.self,
      TimeSteps.self, Measure.self, MeasureChains.self, FollowParent.self,
    ])

  static func main() {
    // Not exit: HDF5's own farewell crashes after a failed write.
    _exit(Launch(Array(CommandLine.arguments.dropFirst())).run())
  }
}
