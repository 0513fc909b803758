import ArgumentParser
import Foundation
import Probability
import Unmixing

/// `alunite calibrate`: whether intervals hold the truth as often as they say.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that posteriors mean what they say, on simulated pixels.",
    discussion: """
      Abundances are drawn from the prior and spectra from the linear model, so that an interval of 90 % of the right \
      posterior holds 90 % of the truths, and truths rank uniformly among its draws. Made endmembers are unit spectra of \
      50 bands, the first two at the angle given and the others orthogonal. With --run endmembers, noise and prior are \
      those of a trained linear decoder, and the network's own posterior is judged beside the refined one.

      The rank tests look at every abundance, the log likelihood, the product of the nearest pair's abundances and the \
      largest abundance; "ranks" is the least probability of any of them, times their number. Below 0.01 something is \
      wrong. Every combination of the values given is a row.

      With --reference scores are also divided by those of a posterior that another method integrates, quadrature for 2 \
      endmembers and long Hamiltonian chains for more: 1 is the best there is. --sampler nuts judges the Hamiltonian \
      sampler itself. --run with --scene asks whether draws are right where the scene has its pixels: of each pixel a \
      draw is taken, measured anew, and ranked among draws given both measurements (posterior SBC).

      --train trains an encoder for every row, from preset blind but with the true endmembers and noise, and judges the \
      posterior it gives beside the refined one; "gap" is the median of the nats that its Dirichlets are behind the best \
      Dirichlet of each pixel. What is still wrong then is the family's fault.

      Examples:
        alunite calibrate --endmembers 2 3 5 8 --angle 1.0 0.5 0.2 0.1 --snr 20 30 40 --pixels 4000
        alunite calibrate --endmembers 3 --angle 0.1 --snr 30 --reference 250 --json
        alunite calibrate --endmembers 3 --angle 1.0 0.1 --train mlp-ldvae --set head=softmax --set epochs=30
        alunite calibrate --run run --pixels 2000
        alunite calibrate --run run --scene scene.h5 --pixels 1000
      """)

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Numbers of endmembers (default: 3).", valueName: "n"))
  var endmembers: [Int] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Angles between the nearest two, in radians (default: 0.2).", valueName: "rad"))
  var angle: [Double] = []

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Signal-to-noise ratios (default: 30).", valueName: "dB"))
  var snr: [Double] = []

  @Option(help: ArgumentHelp("The concentration of the Dirichlet prior (default: 1).", valueName: "alpha"))
  var concentration: Double?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("A run whose decoder is simulated from, in place of made endmembers.", valueName: "run"))
  var trained: String?

  @Option(
    help: ArgumentHelp(
      "A scene on whose pixels the run's refined posterior is tested, in place of simulated ones.", valueName: "path"))
  var scene: String?

  @Option(
    name: .customLong("train"),
    help: ArgumentHelp(
      "Also train this method's encoder on pixels of every row, with endmembers and noise known, and judge its posterior.",
      valueName: "id"))
  var method: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replaces one setting of the method, as head=softmax or epochs=30. Repeatable.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("How many pixels the encoder learns from (default: 20000).", valueName: "n"))
  var trainingPixels: Int?

  @Option(help: ArgumentHelp("What draws from the posterior: gibbs or nuts (default: gibbs).", valueName: "sampler"))
  var sampler: PosteriorCalibration.Sampler?

  @Option(
    help: ArgumentHelp("On how many pixels of each row to compare with an exact posterior.", valueName: "n"))
  var reference: Int?

  @Option(help: ArgumentHelp("How many pixels to simulate for each row.", valueName: "n"))
  var pixels = 1000

  @Option(help: ArgumentHelp("How many draws to keep of each pixel.", valueName: "n"))
  var draws = 600

  @Flag(help: "Let the sampler find each pixel's noise instead of telling it.")
  var unknownNoise = false

  @Option(help: ArgumentHelp("The key of every random number.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Print JSON: everything that was measured.")
  var json = false

  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    let counts = 2...SimplexGibbs.mostComponents
    if let wrong = endmembers.first(where: { !counts.contains($0) }) {
      throw ValidationError("--endmembers: expected \(counts.lowerBound) … \(counts.upperBound), found \(wrong)")
    }
    if let wrong = angle.first(where: { !($0 > 0 && $0 <= .pi / 2) }) {
      throw ValidationError("--angle: expected more than 0 and at most π/2 rad, found \(wrong)")
    }
    if let wrong = snr.first(where: { !(-20...80).contains($0) }) {
      throw ValidationError("--snr: expected -20 … 80 dB, found \(wrong)")
    }
    if let concentration, !(concentration >= 0.01 && concentration <= 1e4) {
      throw ValidationError("--concentration: expected 0.01 … 10000, found \(concentration)")
    }
    if !(20...1_000_000).contains(pixels) {
      throw ValidationError("--pixels: expected 20 … 1000000, found \(pixels)")
    }
    if !(PosteriorScores.rankedDraws...100_000).contains(draws) {
      throw ValidationError("--draws: expected \(PosteriorScores.rankedDraws) … 100000, found \(draws)")
    }
    try validateCombinations()
  }

  private func validateCombinations() throws {
    let isMade = !endmembers.isEmpty || !angle.isEmpty || !snr.isEmpty || concentration != nil || unknownNoise
    if trained != nil, isMade || sampler != nil || reference != nil || method != nil {
      throw ValidationError(
        """
        --run goes with none of --endmembers, --angle, --snr, --concentration, --unknown-noise, --sampler, \
        --reference and --train: the run has settled them
        """)
    }
    if method == nil && (!settings.isEmpty || trainingPixels != nil) {
      throw ValidationError("--set and --training-pixels go with --train")
    }
    if let trainingPixels, !(2...10_000_000).contains(trainingPixels) {
      throw ValidationError("--training-pixels: expected 2 … 10000000, found \(trainingPixels)")
    }
    if scene != nil && trained == nil { throw ValidationError("--scene goes with --run") }
    if sampler == .nuts && (unknownNoise || reference != nil) {
      throw ValidationError("--sampler nuts goes with neither --unknown-noise nor --reference")
    }
    if unknownNoise && reference != nil { throw ValidationError("--reference goes with known noise only") }
    if let reference, !(20...100_000).contains(reference) {
      throw ValidationError("--reference: expected 20 … 100000 pixels, found \(reference)")
    }
  }

  func run() throws {
    computing.apply()
    let stop = StopSignal()
    let rows: [Row]
    if let trained, let scene {
      rows = [try ofScene(scene, RunFolder(trained), stop)]
    } else {
      rows = try trained.map { try ofRun(RunFolder($0), stop) } ?? ofMadeEndmembers(stop)
    }
    if json { return Console.print(try JSONText.text(rows)) }
    Console.print(Self.table(of: rows))
  }
}

extension PosteriorCalibration.Sampler: ExpressibleByArgument {}
