import Foundation
import Scenes
import Unmixing

/// The files of a training run.
struct RunFolder {
  /// The file that makes a directory a run.
  static let marker = "checkpoint.h5"

  /// The directory.
  let url: URL

  init(_ path: String) { url = URL(fileURLWithPath: path) }
  init(_ url: URL) { self.url = url }

  /// Weights, optimizer, position, data order and configuration.
  var checkpoint: URL { url.appendingPathComponent(Self.marker) }
  /// The resolved configuration.
  var configuration: URL { url.appendingPathComponent("configuration.yaml") }
  /// One row an epoch.
  var losses: URL { url.appendingPathComponent("loss.csv") }
  /// The same as a picture.
  var lossPicture: URL { url.appendingPathComponent("loss.png") }
  /// How well the model did.
  var metrics: URL { url.appendingPathComponent("metrics.json") }
  /// The pixels held out.
  var testPixels: URL { url.appendingPathComponent("test-pixels.csv") }
  /// The command line that began the run.
  var command: URL { url.appendingPathComponent("command.json") }

  /// Whether the directory holds a run.
  var exists: Bool { FileManager.default.fileExists(atPath: checkpoint.path) }

  /// The checkpoint.
  ///
  /// - Throws: an error that says how to make a run when there is none.
  func readCheckpoint() throws -> Checkpoint {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw WorldFault.noRun(path: url.path, reason: "no such run; alunite train -o \(url.path) makes one")
    }
    guard exists else {
      let seeds = EnsembleFolder(url.path).runs
      throw WorldFault.noRun(
        path: url.path,
        reason: seeds.first.map { "holds an ensemble of \(seeds.count) runs; name one of them, as \($0)" }
          ?? "holds no \(Self.marker), so it is not a run of alunite train")
    }
    return try Checkpoint(contentsOf: checkpoint)
  }

  /// The trained model.
  func readModel(quiet: Bool) throws -> TrainedModel {
    let checkpoint = try readCheckpoint()
    tellIfUnfinished(checkpoint, quiet: quiet)
    return TrainedModel(try checkpoint.restored().model, checkpoint.description)
  }

  /// Says that a run was stopped before its end, whose weights are not yet what they should become.
  func tellIfUnfinished(_ checkpoint: Checkpoint, quiet: Bool) {
    let options = checkpoint.description.configuration.training
    let (done, all) = (checkpoint.history.count, options.epochs * options.restarts)
    if quiet || done == all { return }
    Console.note(
      "\(url.path): training stopped after \(done) of \(all) epochs; alunite train --resume -o \(url.path) goes on")
  }

  /// Writes the loss curve of finished epochs, as numbers and as a picture.
  func write(_ history: [EpochRecord]) throws {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var lines = CommaSeparated.line(["epoch", "loss", "fit", "divergence", "abundanceError", "validationRMSE"])
    for record in history {
      lines += CommaSeparated.line([
        "\(record.epoch)", text(record.loss), text(record.fit), text(record.divergence), text(record.abundanceError),
        text(record.validationRMSE),
      ])
    }
    try Self.write(lines, to: losses)
    let picture = LossPicture.bytes(of: history)
    try writeAtomically(to: lossPicture, overwriting: true) { try OutputFile.write(picture, to: $0) }
  }

  /// Writes a text whole or not at all.
  static func write(_ text: String, to url: URL) throws {
    try writeAtomically(to: url, overwriting: true) { try OutputFile.write(text, to: $0) }
  }
}

/// The command line of a run, so that resuming needs nothing but the run.
struct RunCommand: Codable {
  /// The arguments after `alunite train`.
  var arguments: [String]
  /// Where relative paths started.
  var workingDirectory: String

  /// A path of the command line as it would be from anywhere.
  func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: workingDirectory, isDirectory: true))
      .absoluteURL.standardizedFileURL.path
  }

  /// Reads the file of a run.
  static func read(_ url: URL) throws -> RunCommand {
    do {
      return try JSONDecoder().decode(RunCommand.self, from: Data(contentsOf: url))
    } catch {
      throw WorldFault.malformed(
        path: url.path, field: "command line", expected: "what alunite train writes", found: FileFault.reason(error))
    }
  }
}
