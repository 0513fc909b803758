import ArgumentParser
import Foundation
import Scenes
import Tensors
import Unmixing

/// `alunite measure`: how fast inversion and extraction are. For `make bench-classical`; not listed in the help.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time inversion and extraction and print JSON.", shouldDisplay: false)

  @Option(help: "The scene.")
  var scene: String

  @Option(help: "Its endmembers.")
  var library: String

  @Option(help: "Only this many pixels, from the first.")
  var pixels: Int?

  @Option(help: "How often everything is timed.")
  var repeats = 5

  @OptionGroup var computing: ThreadArguments
  @OptionGroup var reading: ReadingArguments

  /// Processor seconds of the fastest repetition, and the largest violation of the conditions of optimality.
  private struct Figures: Encodable {
    let pixels: Int
    let bands: Int
    let endmembers: Int
    let fcls: Double
    let fclsResidual: Double
    let nnls: Double
    let nnlsResidual: Double
    let vca: Double
  }

  func validate() throws {
    if repeats < 1 { throw ValidationError("--repeats: expected a positive number, found \(repeats)") }
    if let pixels, pixels < 1 { throw ValidationError("--pixels: expected a positive number, found \(pixels)") }
  }

  func run() throws {
    computing.apply()
    let scene = try InputScene(reading: reading.options.withoutTruth, quiet: true).scene(self.scene, truth: nil)
    let spectra = scene.spectra.slice(along: 0, 0..<min(pixels ?? scene.pixelCount, scene.pixelCount))
    let endmembers = try SpectralLibrary(contentsOf: URL(fileURLWithPath: library)).fitted(to: scene).spectra
    let simplex = SimplexLeastSquares(endmembers: endmembers)
    let cone = NonnegativeLeastSquares(endmembers: endmembers)
    let fcls = fastest { simplex.solve(spectra) }
    let nnls = fastest { cone.solve(spectra) }
    let search = VCA(count: endmembers.shape[0])
    let vca = try fastest { try search.endmembers(of: spectra) }
    let figures = Figures(
      pixels: spectra.shape[0], bands: spectra.shape[1], endmembers: endmembers.shape[0], fcls: fcls.seconds,
      fclsResidual: simplex.residuals(of: fcls.result, for: spectra).max() ?? 0, nnls: nnls.seconds,
      nnlsResidual: cone.residuals(of: nnls.result, for: spectra).max() ?? 0, vca: vca.seconds)
    Console.print(try JSONText.text(figures))
  }

  private func fastest(_ body: () throws -> Tensor) rethrows -> (seconds: Double, result: Tensor) {
    var (best, last) = (Double.infinity, Tensor.zeros([0]))
    for _ in 0..<repeats {
      let start = ProcessorTime.seconds
      last = try body()
      best = min(best, ProcessorTime.seconds - start)
    }
    return (best, last)
  }
}

/// The time all threads of this process have computed.
enum ProcessorTime {
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
