import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite unmix`: a trained model applied to a scene.
struct Unmix: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Unmix a scene with a trained model.",
    discussion: """
      Writes abundances with their standard deviations and 5, 50 and 95 % quantiles as ENVI rasters, everything as one \
      HDF5 file, the endmembers, and a picture of all maps. The directory appears whole or not at all.

      Example:
        alunite unmix --run run --scene other-scene.h5 -o result
      """)

  @Option(name: .customLong("run"), help: ArgumentHelp("The run that trained the model.", valueName: "run"))
  var trained: String

  @Option(help: ArgumentHelp("The scene to unmix.", valueName: "path"))
  var scene: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The directory to write.", valueName: "result"))
  var output: String

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    let replaces = try OutputPlace.check(
      directory: target, marker: EstimateFolder.marker, overwrite: writing.overwrite)
    let model = try RunFolder(trained).readModel(quiet: writing.quiet)
    // What was said of the file when the model was trained on it still holds.
    let before =
      try reading.options == ReadingOptions() ? Resumption.reading(of: RunFolder(trained), for: self.scene) : nil
    let scene = try InputScene(reading: (before ?? reading.options).withoutTruth, quiet: writing.quiet).scene(
      self.scene, truth: nil)
    let stop = StopSignal()
    var bar = ProgressBar("unmixing", total: scene.validPixels.count, unit: "pixels", quiet: writing.quiet)
    let estimate = try model.unmix(scene) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    var files: [(file: String, content: String)] = []
    try writeDirectoryAtomically(to: target, overwriting: replaces) { directory in
      files = try EstimateFolder(
        estimate, of: scene, method: model.description.label,
        isLabelled: model.description.isLabelled
      ).write(to: directory)
      try stop.check()
    }
    if !writing.quiet { show(estimate, scene, files, in: target) }
  }

  private func show(
    _ estimate: Estimate, _ scene: Scene, _ files: [(file: String, content: String)], in target: URL
  ) {
    let means = estimate.averages(of: estimate.mean)
    let deviations = estimate.deviation.map(estimate.averages)
    var table = TextTable(["endmember", "mean abundance", "mean sd"], rightAligned: [1, 2])
    for (k, name) in estimate.names.enumerated() {
      table.add([name, Numeral.short(means[k]), deviations.map { Numeral.short($0[k]) } ?? ""])
    }
    let remarks = estimate.remarks.map { "\n\($0)\n" }.joined()
    let masked = scene.pixelCount - scene.validPixels.count
    Console.print(
      """
      \(scene.name): \(scene.validPixels.count) pixels unmixed\(masked == 0 ? "" : ", \(masked) masked")

      \(table.text)
      \(remarks)
      \(target.path)
      """)
    for (file, content) in files {
      Console.print("  \(file.padding(toLength: 26, withPad: " ", startingAt: 0)) \(content)")
    }
  }
}
