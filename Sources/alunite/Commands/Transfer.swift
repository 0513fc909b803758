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
      numbers are ranges trains on --scenes draws of it. With --adapt the model then learns from the target itself, \
      without labels, by the evidence lower bound alone, and the gap is told before and after.

      Examples:
        alunite transfer --recipe cuprite-synthetic --target scene.h5 -o transferred
        alunite transfer --model mlp-ldvae --recipe cuprite-synthetic --library USGS_1995_Library.mat \
      --minerals 20,36,67 --target cuprite.hdr --scale 10000 --adapt encoder -o transferred
      """)

  @OptionGroup var making: RecipeArguments

  @Option(help: ArgumentHelp("The scene to unmix.", valueName: "path"))
  var target: String

  @Option(help: ArgumentHelp("How many synthetic scenes to train on, each with a seed of its own.", valueName: "n"))
  var scenes = 1

  @Option(help: "What learns from the target, without labels, before it is unmixed.")
  var adapt = AdaptedPart.none

  @Option(
    help: ArgumentHelp("How often the adaptation sees every pixel of the target (default: 50).", valueName: "n"))
  var adaptEpochs: Int?

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
    if let adaptEpochs {
      if adapt == .none { throw ValidationError("--adapt-epochs: --adapt encoder or all is missing") }
      if !(1...100_000).contains(adaptEpochs) {
        throw ValidationError("--adapt-epochs: expected 1 … 100000, found \(adaptEpochs)")
      }
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
    let scenes = try synthesized(for: target)
    let run = try TrainingRun(
      on: scenes.training, configuration, split: .none, seed: method.seed ?? 0,
      sources: (folder.appendingPathComponent(Self.marker).path, nil))
    try writeDirectoryAtomically(to: folder, overwriting: replaces) { directory in
      try SceneHDF5.write(scenes.training, to: directory.appendingPathComponent(Self.marker))
      try SceneHDF5.write(scenes.test, to: directory.appendingPathComponent("synthetic-test.h5"))
      try begin(run, configuration, in: RunFolder(directory.appendingPathComponent("run")), folder)
    }
    let stop = StopSignal()
    let place = RunFolder(folder.appendingPathComponent("run"))
    var session = try TrainingSession(run, on: scenes.training, in: place, quiet: writing.quiet, interval: 5)
    try session.train(until: stop)
    var result = try TransferResult(of: session.run.trained, on: scenes, quiet: writing.quiet, until: stop)
    if let part = adapt.part {
      try result.adapt(Adaptation(of: part, epochs: adaptEpochs ?? 50), on: scenes, quiet: writing.quiet, until: stop)
    }
    try result.write(of: target, to: folder)
    if json { return Console.print(try result.json) }
    if !writing.quiet { Console.print(result.text(in: folder)) }
  }

  /// The scenes to train and to test on.
  private func synthesized(for target: Scene) throws -> TransferScenes {
    let seed = method.seed ?? 0
    let made = try (0..<UInt64(scenes)).map { try scene(seed: seed &+ $0, for: target) }
    if let other = made.first(where: { $0.columns != made[0].columns }) {
      throw WorldFault.conflict(
        option: "--recipe", expected: "as many columns in every scene, \(made[0].columns)", found: "\(other.columns)")
    }
    // Far from the seeds of the training scenes.
    let test = try scene(seed: seed &+ 1_000_003, for: target)
    return TransferScenes(target: target, training: Scene(stacking: made), test: test)
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
}

/// What of a model learns from the target.
enum AdaptedPart: String, ExpressibleByArgument, CaseIterable {
  case none, encoder, all

  /// The library's word for it.
  var part: Adaptation.Part? { Adaptation.Part(rawValue: rawValue) }
}
