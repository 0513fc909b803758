import ArgumentParser
import Foundation
import Probability
import Scenes
import Tensors
import Unmixing

/// `alunite measure-chains`: how fast NUTS draws from the posterior of linear mixing. For `make bench-nuts`; not listed in
/// the help.
struct MeasureChains: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time chains for every pixel and print JSON.", shouldDisplay: false)

  @Option(help: "The scene.")
  var scene: String

  @Option(help: "Its endmembers.")
  var library: String

  @Option(help: "The standard deviation of the noise.")
  var noise: Double

  @Option(help: "Transitions to warm up.")
  var warmup = 500

  @Option(help: "Draws to keep.")
  var draws = 1000

  @Option(help: "The file for abundances as 32-bit numbers, draw by draw, pixel by pixel.")
  var output: String

  @OptionGroup var computing: ThreadArguments
  @OptionGroup var reading: ReadingArguments

  private struct Figures: Encodable {
    let pixels: Int
    /// Processor seconds from spectra to draws, reading apart.
    let seconds: Double
    let leapfrogs: Int
    let divergences: Int
  }

  func validate() throws {
    if !(noise > 0) { throw ValidationError("--noise: expected a positive number, found \(noise)") }
    if warmup < 0 || draws < 1 {
      throw ValidationError("--warmup and --draws: expected at least 0 and 1, found \(warmup) and \(draws)")
    }
  }

  func run() throws {
    computing.apply()
    let scene = try InputScene(reading: reading.options.withoutTruth, quiet: true).scene(self.scene, truth: nil)
    let endmembers = try SpectralLibrary(contentsOf: URL(fileURLWithPath: library)).fitted(to: scene).spectra
    let start = ProcessorTime.seconds
    let posterior = LinearPosterior(
      endmembers: endmembers, deviations: [Double](repeating: noise, count: scene.bands))
    let target = LinearMixingTarget(
      gram: posterior.sampler.gram, products: posterior.products(of: scene.spectra),
      concentration: posterior.sampler.concentration)
    let found = HamiltonianMonteCarlo(warmup: warmup, draws: draws).sample(
      from: target, start: [Double](repeating: 0, count: target.rows * target.dimensions),
      random: RandomStream(seed: 1))
    let values = found.values(.softmaxCentred)
    let figures = Figures(
      pixels: target.rows, seconds: ProcessorTime.seconds - start, leapfrogs: found.leapfrogs.reduce(0, +),
      divergences: found.divergences.reduce(0, +))
    let file = try OutputFile(URL(fileURLWithPath: output))
    try values.map { Float($0) }.withUnsafeBytes { try file.write($0) }
    try file.close()
    Console.print(try JSONText.text(figures))
  }
}
