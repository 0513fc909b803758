import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite count`: how many endmembers a scene may hold, and its noise.
struct Count: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Estimate the number of endmembers of a scene, and its noise.",
    discussion: """
      HySime counts the dimensions with more signal than noise; HFC those in which the mean stands out of the noise, NWHFC \
      the same after the bands' noise was made alike. They answer different questions, and differ. The noise of a band is \
      what all other bands do not explain of it.

      Example:
        alunite count --scene scene.h5 --noise noise.csv
      """)

  @Option(help: ArgumentHelp("The scene.", valueName: "path"))
  var scene: String

  @Option(
    help: ArgumentHelp("The probability that HFC takes a dimension of noise for signal.", valueName: "probability"))
  var falseAlarm = 1e-3

  @Option(help: ArgumentHelp("Write the noise of every band to this CSV file.", valueName: "file"))
  var noise: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    if !(falseAlarm > 0 && falseAlarm < 0.5) {
      throw ValidationError("--false-alarm: expected a probability between 0 and 0.5, found \(falseAlarm)")
    }
  }

  func run() throws {
    computing.apply()
    let target = noise.map { URL(fileURLWithPath: $0) }
    if let target { try OutputPlace.check(file: target, overwrite: writing.overwrite) }
    let scene = try InputScene(reading: reading.options.withoutTruth, quiet: writing.quiet).scene(
      self.scene, truth: nil)
    let estimate = try NoiseEstimate(of: scene)
    let counts = Counts(scene, estimate, falseAlarm: falseAlarm)
    if let target { try RunFolder.write(Self.table(of: estimate, scene.axis), to: target) }
    if json { return Console.print(try JSONText.text(counts)) }
    if !writing.quiet { Console.print(counts.text + (target.map { "\n\($0.path)" } ?? "")) }
  }

  private static func table(of noise: NoiseEstimate, _ axis: SpectralAxis?) -> String {
    let head = CommaSeparated.line([axis == nil ? "band" : "wavelength (nm)", "noise"])
    return noise.deviations.indices.reduce(into: head) { text, band in
      text += CommaSeparated.line(["\(axis?.wavelengths[band] ?? Double(band + 1))", "\(noise.deviations[band])"])
    }
  }
}

/// The counts of one scene.
private struct Counts: Encodable {
  struct Noise: Encodable { let signalToNoise: Double?, least: Double, median: Double, largest: Double }
  let hysime: Int
  let hfc: Int
  let nwhfc: Int
  let falseAlarm: Double
  let noise: Noise
  private let scene: Scene

  private enum CodingKeys: String, CodingKey { case hysime, hfc, nwhfc, falseAlarm, noise }

  init(_ scene: Scene, _ estimate: NoiseEstimate, falseAlarm: Double) {
    self.scene = scene
    self.falseAlarm = falseAlarm
    hysime = HySime(estimate).count
    hfc = VirtualDimensionality(of: scene, falseAlarm: falseAlarm).count
    nwhfc = VirtualDimensionality(of: scene, whitenedBy: estimate, falseAlarm: falseAlarm).count
    let sorted = estimate.deviations.sorted()
    let ratio = estimate.signalToNoise
    noise = Noise(
      signalToNoise: ratio.isFinite ? ratio : nil, least: sorted[0], median: sorted[sorted.count / 2],
      largest: sorted[sorted.count - 1])
  }

  var text: String {
    var table = TextTable(["method", "endmembers", "what it counts"], rightAligned: [1])
    table.add(["HySime", "\(hysime)", "dimensions with more signal than noise"])
    table.add(["HFC", "\(hfc)", "dimensions in which the mean stands out, false alarms \(Numeral.short(falseAlarm))"])
    table.add(["NWHFC", "\(nwhfc)", "the same with every band's noise made alike"])
    let ratio = noise.signalToNoise.map { "\(Numeral.short($0)) dB" } ?? "infinite"
    return """
      \(scene.name): \(scene.validPixels.count) pixels, \(scene.bands) bands

      \(table.text)

      noise: \(Numeral.short(noise.least)) to \(Numeral.short(noise.largest)) of reflectance a band, median \
      \(Numeral.short(noise.median)); signal to noise \(ratio)
      """
  }
}
