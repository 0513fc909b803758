import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite train`: a scene in, a run out.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a method on a scene, with labelled abundances or without.",
    discussion: """
      The run's directory holds the checkpoint (saved every few seconds and at the end), the resolved configuration, the \
      loss curve, the test pixels and the metrics. Ctrl-C saves and stops; --resume goes on as if nothing had happened.

      Examples:
        alunite train --scene Samson.mat --truth Samson_GT.mat --split random:0.8 --seed 1 -o run
        alunite train --scene scene.h5 --endmembers 4 --set epochs=100 -o blind-run
        alunite train --scene scene.h5 --seed 1 --ensemble 3 -o runs
        alunite train --resume -o run
      """)

  @Option(help: ArgumentHelp("The scene to learn from.", valueName: "path"))
  var scene: String?

  @Option(help: ArgumentHelp("True abundances, where the scene's file holds none.", valueName: "path"))
  var truth: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The run's directory.", valueName: "run"))
  var output: String

  @Flag(help: "Go on with a run that was stopped. Nothing but -o is needed.")
  var resume = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Train so many runs, with seeds that follow each other, as seed-… in the directory; alunite unmix takes it as one.",
      valueName: "n"))
  var ensemble: Int?

  @Option(
    help: ArgumentHelp(
      "The least seconds between two savings of the checkpoint, and at least twenty times as long as the last one took.",
      valueName: "seconds"))
  var checkpointInterval = 5.0

  @OptionGroup(title: "Method") var method: ModelArguments
  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func validate() throws {
    if resume && writing.overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    if !resume && scene == nil { throw ValidationError("--scene is missing (only --resume does without)") }
    if let ensemble, resume || json || !(2...1000).contains(ensemble) {
      throw ValidationError(
        "--ensemble: expected 2 … 1000 runs, without --json and --resume (each run is resumed by itself), found \(ensemble)"
      )
    }
    if !(checkpointInterval >= 0 && checkpointInterval.isFinite) {
      throw ValidationError("--checkpoint-interval: expected at least 0, found \(checkpointInterval)")
    }
  }

  func run() throws {
    computing.apply()
    if let ensemble { return try runAll(ensemble) }
    let folder = RunFolder(output)
    let stop = StopSignal()
    var session: TrainingSession
    if resume {
      let resumption = try Resumption(self, folder)
      if resumption.isComplete {
        if scene != nil { try resumption.checkScene(quiet: writing.quiet) }
        let step = resumption.checkpoint.step
        if !writing.quiet { Console.note("\(folder.url.path): already finished after \(step) steps; nothing to do") }
        return ReplacedRun(in: folder).discard()
      }
      session = try resumption.session(quiet: writing.quiet, interval: checkpointInterval)
    } else {
      session = try begin(in: folder)
    }
    do {
      try session.train(until: stop)
    } catch let error as UnmixingError where !resume && session.isEmpty {
      // A run without one finished epoch tells nobody anything.
      try ReplacedRun(in: folder).restore()
      throw error
    }
    try session.report(json: json, until: stop)
    ReplacedRun(in: folder).discard()
  }

  /// Trains one run after the other.
  private func runAll(_ count: Int) throws {
    let folder = EnsembleFolder(output)
    let first = method.seed ?? 0
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    for seed in first..<first + UInt64(count) {
      var own = self
      (own.ensemble, own.method.seed, own.output) = (nil, seed, folder.run(seed: seed).path)
      try own.run()
    }
  }

  /// A fresh run, its directory made whole at once with a checkpoint of step 0.
  private func begin(in folder: RunFolder) throws -> TrainingSession {
    let replaces = try OutputPlace.check(directory: folder.url, marker: RunFolder.marker, overwrite: writing.overwrite)
    let input = InputScene(reading: reading.options, quiet: writing.quiet)
    let scene = try input.scene(self.scene ?? "", truth: truth)
    let configuration = try method.configuration(hasTruth: scene.truth != nil)
    let run = try TrainingRun(
      on: scene, configuration, split: method.split ?? .none, seed: method.seed ?? 0,
      sources: (self.scene ?? scene.name, truth))
    let command = RunCommand(
      arguments: Array(CommandLine.arguments.dropFirst(2)),
      workingDirectory: FileManager.default.currentDirectoryPath)
    try writeDirectoryAtomically(to: folder.url, overwriting: replaces) { directory in
      let new = RunFolder(directory)
      try RunFolder.write(try ConfigurationResolver.yaml(configuration), to: new.configuration)
      try RunFolder.write(Self.table(of: run.testPixels, columns: scene.columns), to: new.testPixels)
      try RunFolder.write(try JSONText.text(command) + "\n", to: new.command)
      try new.write([])
      try run.checkpoint(seconds: 0).write(to: new.checkpoint)
      if replaces { try ReplacedRun(in: new).keep(folder) }
    }
    return try TrainingSession(run, on: scene, in: folder, quiet: writing.quiet, interval: checkpointInterval)
  }

  /// Row, column and number of every pixel, counted from 0.
  private static func table(of pixels: [Int], columns: Int) -> String {
    pixels.reduce(into: CommaSeparated.line(["row", "column", "pixel"])) { text, pixel in
      text += CommaSeparated.line(["\(pixel / columns)", "\(pixel % columns)", "\(pixel)"])
    }
  }
}
