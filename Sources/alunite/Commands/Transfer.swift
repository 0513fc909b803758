import ArgumentParser
import Foundation
import Scenes
import Synthetic
import Tensors
import Unmixing

/// `alunite transfer`: from synthetic scenes to a real one, and how far that carries.
struct Transfer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train on synthetic scenes made for a scene, unmix it, and say how far to trust that.",
    discussion: """
      Makes two scenes by the recipe at the target's bands, trains on the first with its labels, tests on the second, and \
      unmixes the target. The gap between them is measured: values outside the model's predictive intervals, distances of \
      spectra, entropy, and reconstruction beside fully constrained least squares with the same spectra. A recipe whose \
      numbers are ranges trains on --scenes draws of it.

      Examples:
        alunite transfer --recipe cuprite-synthetic --target scene.h5 -o transferred
        alunite transfer --model mlp-ldvae --recipe cuprite-synthetic --library USGS_1995_Library.mat \
      --minerals 20,36,67 --target cuprite.hdr --scale 10000 -o transferred
      """)

  @OptionGroup var making: RecipeArguments

  @Option(help: ArgumentHelp("The scene to unmix.", valueName: "path"))
  var target: String

  @Option(help: ArgumentHelp("How many synthetic scenes to train on, each with a seed of its own.", valueName: "n"))
  var scenes = 1

  @Option(name: .shortAndLong, help: ArgumentHelp("The directory to write.", valueName: "directory"))
  var output: String

  @Flag(help: "Print the gap as JSON.")
  var json = false

  @OptionGroup(title: "Method") var method: ModelArguments
  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading the target") var reading: ReadingArguments

  /// The file that makes a directory one of this command's.
  static let marker = "synthetic.h5"

  func validate() throws {
    if !(1...100).contains(scenes) { throw ValidationError("--scenes: expected 1 … 100, found \(scenes)") }
    if method.split != nil {
      throw ValidationError("--split: the test scene is another one; there is nothing to split")
    }
  }

  func run() throws {
    computing.apply()
    let folder = URL(fileURLWithPath: output)
    let replaces = try OutputPlace.check(directory: folder, marker: Self.marker, overwrite: writing.overwrite)
    let target = try InputScene(reading: reading.options, quiet: writing.quiet).scene(self.target, truth: nil)
    let configuration = try method.configuration(hasTruth: true)
    guard configuration.usesLabels else {
      throw WorldFault.conflict(
        option: "--model, --preset or --endmembers",
        expected: "a method that learns from the synthetic labels, so that its endmembers are the recipe's",
        found: "\(configuration.method) without labels")
    }
    let seed = method.seed ?? 0
    let made = try (0..<UInt64(scenes)).map { try scene(seed: seed &+ $0, for: target) }
    if let other = made.first(where: { $0.columns != made[0].columns }) {
      throw WorldFault.conflict(
        option: "--recipe", expected: "as many columns in every scene, \(made[0].columns)", found: "\(other.columns)")
    }
    let training = Scene(stacking: made)
    // Far from the seeds of the training scenes.
    let test = try scene(seed: seed &+ 1_000_003, for: target)
    let run = try TrainingRun(
      on: training, configuration, split: .none, seed: seed,
      sources: (folder.appendingPathComponent(Self.marker).path, nil))
    try writeDirectoryAtomically(to: folder, overwriting: replaces) { directory in
      try SceneHDF5.write(training, to: directory.appendingPathComponent(Self.marker))
      try SceneHDF5.write(test, to: directory.appendingPathComponent("synthetic-test.h5"))
      try begin(run, configuration, in: RunFolder(directory.appendingPathComponent("run")), folder)
    }
    let stop = StopSignal()
    let place = RunFolder(folder.appendingPathComponent("run"))
    var session = try TrainingSession(run, on: training, in: place, quiet: writing.quiet, interval: 5)
    try session.train(until: stop)
    try finish(session.run.trained, training, test, target, in: folder, until: stop)
  }

  /// One of the recipe's scenes at the target's bands.
  private func scene(seed: UInt64, for target: Scene) throws -> Scene {
    var recipe = try making.chosen(seed: seed)
    if let axis = target.axis {
      recipe.sensor = Sensor(of: axis)
    }
    let scene = try recipe.scene(seed: seed)
    if scene.bands != target.bands {
      throw WorldFault.conflict(
        option: "--target", expected: "wavelengths (--wavelength-file), or the \(scene.bands) bands of \(recipe.name)",
        found: "\(target.bands) bands without wavelengths")
    }
    return scene
  }

  /// A run of step 0 that `alunite train --resume` could go on with.
  private func begin(
    _ run: TrainingRun, _ configuration: Configuration, in new: RunFolder, _ folder: URL
  ) throws {
    try FileManager.default.createDirectory(at: new.url, withIntermediateDirectories: false)
    try RunFolder.write(try ConfigurationResolver.yaml(configuration), to: new.configuration)
    let arguments = [
      "--scene", folder.appendingPathComponent(Self.marker).path, "--model", configuration.method, "--output",
      folder.appendingPathComponent("run").path,
    ]
    let command = RunCommand(
      arguments: arguments, workingDirectory: FileManager.default.currentDirectoryPath)
    try RunFolder.write(try JSONText.text(command) + "\n", to: new.command)
    try new.write([])
    try run.checkpoint(seconds: 0).write(to: new.checkpoint)
  }

  private func finish(
    _ model: TrainedModel, _ training: Scene, _ test: Scene, _ target: Scene, in folder: URL, until stop: StopSignal
  ) throws {
    var bar = ProgressBar("unmixing", total: target.validPixels.count, unit: "pixels", quiet: writing.quiet)
    let estimate = try model.unmix(target) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    guard let library = test.truth?.endmembers else { preconditionFailure("a synthetic scene without endmembers") }
    let gap = try TransferGap(
      of: model, target: (target, estimate), synthetic: test, training: training, library: library)
    let metrics = try Evaluation(matching: .none).metrics(of: try model.unmix(test), against: test.truth)
    try write(gap, metrics, estimate, of: target, by: model, to: folder)
    if json { return Console.print(try JSONText.text(gap)) }
    if writing.quiet { return }
    Console.print(
      """
      on the synthetic test scene:
      \(Report(metrics).text)

      \(TransferReport(gap).text)

      \(folder.path)
        result/           abundances of the target, as alunite unmix writes them
        unlikely-pixels   pixels that fit worse than 99 % of synthetic ones
        gap.json, gap-bands.csv, metrics.json
        run/, synthetic.h5, synthetic-test.h5
      """)
  }

  private func write(
    _ gap: TransferGap, _ metrics: Metrics, _ estimate: Estimate, of target: Scene, by model: TrainedModel,
    to folder: URL
  ) throws {
    try writeDirectoryAtomically(to: folder.appendingPathComponent("result")) { directory in
      try EstimateFolder(estimate, of: target, method: model.description.label, isLabelled: true).write(to: directory)
    }
    let unlikely = Tensor([target.pixelCount, 1], gap.isUnlikely.map { $0 ? 1 : 0 })
    try ENVIWriter(interleave: .bsq).write(
      unlikely, bandNames: ["unlikely"], rows: target.rows, columns: target.columns, isValid: target.isValid,
      georeference: target.georeference, description: "pixels unlike the synthetic ones, \(target.name)",
      to: folder.appendingPathComponent("unlikely-pixels.img"))
    try RunFolder.write(TransferReport(gap).bandTable, to: folder.appendingPathComponent("gap-bands.csv"))
    try RunFolder.write(metrics.json, to: folder.appendingPathComponent("metrics.json"))
    try RunFolder.write(try JSONText.text(gap) + "\n", to: folder.appendingPathComponent("gap.json"))
  }
}
