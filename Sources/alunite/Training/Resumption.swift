import Foundation
import Scenes
import Unmixing

/// A run taken up again: what it was made from, and whether the options of now agree with it.
struct Resumption {
  /// The run as it was saved.
  let checkpoint: Checkpoint
  private let folder: RunFolder
  private let scene: String
  private let truth: String?
  private let reading: ReadingOptions
  private let readingOfTruth: ReadingOptions

  /// - Throws: ``WorldFault/conflict(option:expected:found:)`` when an option contradicts the run.
  init(_ now: Train, _ folder: RunFolder) throws {
    try self.init(of: folder, reading: now.reading.options, scene: now.scene, truth: now.truth)
    try agree(now)
  }

  /// A run with the files and the reading options it began with, unless others are given.
  init(of folder: RunFolder, reading: ReadingOptions, scene: String? = nil, truth: String? = nil) throws {
    self.folder = folder
    checkpoint = try folder.readCheckpoint()
    let (command, before) = try Self.beginning(of: folder)
    self.scene = scene ?? command.resolved(before.scene ?? checkpoint.description.scene)
    self.truth = truth ?? before.truth.map(command.resolved)
    let remembered = Self.reading(before, command)
    let ofScene = reading.withoutTruth == ReadingOptions() ? remembered : reading
    let namesTruth = reading.withoutTruth != reading
    self.reading = ofScene.namingTruth(as: namesTruth ? reading : remembered)
    // What was said about the files of the run says nothing about a truth that is given now.
    readingOfTruth = truth == nil ? self.reading : reading
  }

  /// How a run began.
  private static func beginning(of folder: RunFolder) throws -> (RunCommand, Train) {
    let command = try RunCommand.read(folder.command)
    guard let train = try? Train.parse(command.arguments) else {
      throw WorldFault.malformed(
        path: folder.command.path, field: "arguments", expected: "those of alunite train",
        found: command.arguments.joined(separator: " "))
    }
    return (command, train)
  }

  private static func reading(_ train: Train, _ command: RunCommand) -> ReadingOptions {
    var reading = train.reading.options
    reading.wavelengthFile = train.reading.wavelengthFile.map { URL(fileURLWithPath: command.resolved($0)) }
    return reading
  }

  /// How a run's scene was read, if this is it; `nil` for another scene, or a run that does not tell.
  static func reading(of folder: RunFolder, for scene: String) throws -> ReadingOptions? {
    guard FileManager.default.fileExists(atPath: folder.command.path) else { return nil }
    let (command, train) = try beginning(of: folder)
    let path = URL(fileURLWithPath: scene).standardizedFileURL.path
    return train.scene.map(command.resolved) == path ? reading(train, command) : nil
  }

  /// Whether there is nothing left to do.
  var isComplete: Bool {
    let options = checkpoint.description.configuration.training
    return checkpoint.history.count == options.epochs * options.restarts
      && FileManager.default.fileExists(atPath: folder.metrics.path)
  }

  /// Refuses a scene that is not the run's.
  func checkScene(quiet: Bool) throws {
    _ = try TrainingRun(resuming: checkpoint, on: readScene(quiet: quiet))
  }

  /// The run, ready to go on.
  func session(quiet: Bool, interval: Double) throws -> TrainingSession {
    let scene = try readScene(quiet: quiet)
    let run = try TrainingRun(resuming: checkpoint, on: scene)
    return try TrainingSession(run, on: scene, in: folder, quiet: quiet, interval: interval)
  }

  /// The scene with its truth.
  func readScene(quiet: Bool) throws -> Scene {
    try InputScene(reading: reading, quiet: quiet, readingOfTruth: readingOfTruth).scene(scene, truth: truth)
  }

  private func agree(_ now: Train) throws {
    let run = checkpoint.description
    let facts = [
      ("--model", run.configuration.method, now.method.model),
      ("--seed", "\(run.seed)", now.method.seed.map { "\($0)" }),
      ("--split", run.split, now.method.split?.description),
    ]
    for (option, then, now) in facts {
      if let now, now != then {
        throw WorldFault.conflict(option: option, expected: "\(then), as in the run", found: now)
      }
    }
    guard now.method.shapesConfiguration else { return }
    let wanted = try now.method.configuration(changing: run.configuration)
    if let difference = try ConfigurationResolver.differences(run.configuration, wanted).first {
      throw WorldFault.conflict(
        option: difference.key, expected: "\(difference.left), as in the run", found: difference.right)
    }
  }
}
