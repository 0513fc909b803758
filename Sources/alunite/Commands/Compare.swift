import ArgumentParser
import Foundation
import Scenes
import Tensors
import Unmixing

/// `alunite compare`: the posteriors of some pixels by every way there is.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hold a run's amortised, refined and NUTS posteriors of some pixels against each other.",
    discussion: """
      All are posteriors of the same abundances under the run's decoder, its prior and the scene's noise. The network's own \
      (amortised) is as good as its family and its training; the refined one is what unmix publishes; NUTS runs four chains \
      for each pixel and is right wherever they meet. Differences of means are in standard deviations of the reference, \
      "misses" is the largest error in probability of its deciles, and energy distances are of draws in abundances. Each cell \
      is a median, with the 5 and 95 % quantiles over pixels and endmembers. k̂ above 0.7 says that draws cannot be weighted \
      to the posterior, however many they are.

      Examples:
        alunite compare --run run --scene scene.h5
        alunite compare --run run --scene scene.h5 --pixels 500 --seed 3 --json
      """)

  @Option(name: .customLong("run"), help: ArgumentHelp("The run that trained the model.", valueName: "run"))
  var trained: String

  @Option(help: ArgumentHelp("The scene whose pixels are compared.", valueName: "path"))
  var scene: String

  @Option(help: ArgumentHelp("How many pixels, chosen at random.", valueName: "n"))
  var pixels = 100

  @Option(help: ArgumentHelp("How many draws of each pixel are compared.", valueName: "n"))
  var draws = 1000

  @Option(help: ArgumentHelp("The key of every random number.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Print JSON: everything that was measured.")
  var json = false

  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    if !(1...100_000).contains(pixels) {
      throw ValidationError("--pixels: expected 1 … 100000, found \(pixels)")
    }
    if !(20...100_000).contains(draws) {
      throw ValidationError("--draws: expected 20 … 100000, found \(draws)")
    }
  }

  func run() throws {
    computing.apply()
    let folder = RunFolder(trained)
    let model = try folder.readModel(quiet: json)
    let before = try reading.options == ReadingOptions() ? Resumption.reading(of: folder, for: self.scene) : nil
    let scene = try InputScene(reading: (before ?? reading.options).withoutTruth, quiet: json).scene(
      self.scene, truth: nil)
    let stop = StopSignal()
    let estimate = try model.unmix(scene) { _, _ in try stop.check() }
    let posterior = try ScenePosterior(of: model, scene: scene, estimate: estimate)
    var random = RandomStream(seed: seed, stream: 0)
    let order = random.permutation(posterior.pixels.count).prefix(pixels)
    let chosen = order.map { posterior.pixels[$0] }.sorted()
    // A point has no posterior of its own.
    let kinds = PosteriorKind.allCases.filter { $0 != .amortised || estimate.deviation != nil }
    let all = try kinds.map { kind in
      var bar = ProgressBar(kind.rawValue, total: chosen.count, unit: "pixels", quiet: json)
      defer { bar.finish() }
      let found = try posterior.draws(kind, of: chosen, count: draws, seed: seed) { done, _ in
        bar.update(done)
        try stop.check()
      }
      return (kind: kind, draws: found)
    }
    let comparison = PosteriorComparison(all, endmembers: estimate.names)
    Console.print(json ? try JSONText.text(comparison) : Self.text(comparison))
  }

  private static func text(_ comparison: PosteriorComparison) -> String {
    var sides = TextTable(
      ["posterior", "mean sd", "90 % width", "k̂ median", "k̂ > 0.7", "untrusted"], rightAligned: Set(1...5))
    for side in comparison.sides {
      let shapes = side.paretoShape.compactMap { $0 }.sorted()
      func mean(_ values: [Double]) -> String { Numeral.short(values.reduce(0, +) / Double(max(1, values.count))) }
      let above = Double(shapes.count { $0 > 0.7 }) / Double(max(1, shapes.count))
      sides.add([
        side.posterior, mean(side.deviation), mean(side.width),
        shapes.isEmpty ? "" : String(format: "%.2f", shapes[shapes.count / 2]),
        shapes.isEmpty ? "" : percent(above), percent(side.withheld),
      ])
    }
    var distances = TextTable(
      ["compared", "means (sd)", "sd ratio", "width ratio", "misses", "energy distance"], rightAligned: Set(1...5))
    for distance in comparison.distances {
      distances.add(
        ["\(distance.posterior) / \(distance.reference)"]
          + [distance.mean, distance.deviation, distance.width, distance.probability].map(spread)
          + [String(format: "%.1e", distance.energy.median)])
    }
    return sides.text + "\n\n" + distances.text + "\n\n\(comparison.pixels.count) pixels, "
      + "\(comparison.endmembers.count) endmembers; medians with 5 and 95 % quantiles."
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  private static func spread(_ spread: PosteriorComparison.Spread) -> String {
    String(format: "%.3f (%.3f–%.3f)", spread.median, spread.low, spread.high)
  }
}
