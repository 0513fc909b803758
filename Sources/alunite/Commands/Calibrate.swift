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

      Examples:
        alunite calibrate --endmembers 2 3 5 8 --angle 1.0 0.5 0.2 0.1 --snr 20 30 40 --pixels 4000
        alunite calibrate --endmembers 3 --angle 0.1 --snr 30 --json
        alunite calibrate --run run --pixels 2000
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
    if trained != nil, !endmembers.isEmpty || !angle.isEmpty || !snr.isEmpty || concentration != nil || unknownNoise {
      throw ValidationError(
        "--run goes with none of --endmembers, --angle, --snr, --concentration and --unknown-noise: the run has settled them"
      )
    }
  }

  /// One row: what was simulated, and how the posterior did.
  private struct Row: Encodable {
    let endmembers: Int
    let angle: Double?
    let signalToNoise: Double?
    let calibration: PosteriorCalibration
  }

  func run() throws {
    computing.apply()
    let stop = StopSignal()
    let rows = try trained.map { try ofRun(RunFolder($0), stop) } ?? ofMadeEndmembers(stop)
    if json { return Console.print(try JSONText.text(rows)) }
    Console.print(Self.table(of: rows))
  }

  private func ofMadeEndmembers(_ stop: StopSignal) throws -> [Row] {
    var rows: [Row] = []
    for count in endmembers.isEmpty ? [3] : endmembers {
      for angle in self.angle.isEmpty ? [0.2] : self.angle {
        for decibels in snr.isEmpty ? [30] : snr {
          let simulation = LinearSimulation(
            endmembers: count, angle: angle, signalToNoise: decibels, concentration: concentration ?? 1, seed: seed)
          let noise: SimplexGibbs.Noise =
            unknownNoise ? .unknown(observations: Double(simulation.deviations.count), shape: 0, rate: 0) : .known
          let label = "\(count) endmembers, \(angle) rad, \(decibels) dB"
          var bar = ProgressBar(label, total: pixels, unit: "pixels", quiet: json)
          let found = try PosteriorCalibration(
            refinedOn: simulation, pixels: pixels, seed: seed, schedule: .init(draws: draws), noise: noise
          ) { done, _ in
            bar.update(done)
            try stop.check()
          }
          bar.finish()
          rows.append(Row(endmembers: count, angle: angle, signalToNoise: decibels, calibration: found))
        }
      }
    }
    return rows
  }

  private func ofRun(_ folder: RunFolder, _ stop: StopSignal) throws -> [Row] {
    let model = try folder.readModel(quiet: json)
    let simulation = try model.simulation()
    var bar = ProgressBar("refined", total: pixels, unit: "pixels", quiet: json)
    let refined = try PosteriorCalibration(
      refinedOn: simulation, names: model.description.endmemberNames, pixels: pixels, seed: seed,
      schedule: .init(draws: draws)
    ) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    let amortised = try model.amortisedCalibration(on: simulation, pixels: pixels, draws: draws, seed: seed) { _, _ in
      try stop.check()
    }
    if amortised == nil && !json {
      Console.note("the network sees a pixel's surroundings, which are not simulated: its own posterior is not judged")
    }
    return [refined, amortised].compactMap { $0 }.map {
      Row(endmembers: $0.endmembers.count, angle: nil, signalToNoise: nil, calibration: $0)
    }
  }

  private static func table(of rows: [Row]) -> String {
    var table = TextTable(
      ["posterior", "endmembers", "angle", "SNR", "50 %", "80 %", "90 %", "95 %", "99 %", "CRPS", "energy", "ranks"],
      rightAligned: Set(1...11))
    for row in rows {
      let found = row.calibration
      let coverages = found.levels.map { level -> String in
        let range = found.coverage(level)
        return String(format: "%.3f–%.3f", range.lowerBound, range.upperBound)
      }
      let crps = found.crps.reduce(0, +) / Double(max(1, found.crps.count))
      table.add(
        [found.posterior, "\(row.endmembers)", row.angle.map { Numeral.short($0) } ?? ""]
          + [row.signalToNoise.map { "\(Numeral.short($0)) dB" } ?? ""] + coverages
          + [Numeral.short(crps), Numeral.short(found.energyScore), String(format: "%.2g", found.familyProbability)])
    }
    return table.text
      + "\n\nShares of truths in central intervals, least and largest of the endmembers; over "
      + "\(rows.first?.calibration.pixels ?? 0) pixels a row."
  }
}
