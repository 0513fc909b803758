import Foundation
import Scenes
import Tensors
import Testing

/// A run that is stopped, politely or not, goes on to the same bits.
///
/// Moments are drawn from a seeded stream, but where they hit depends on the machine: the claim holds for any.
struct StoppingTests {
  @Test func killedTrainingResumesToTheSameBits() throws {
    try killAndCompare(kills: 3, epochs: 120)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["ALUNITE_LONG"] != nil, "set ALUNITE_LONG for twenty kills"))
  func trainingKilledTwentyTimesResumesToTheSameBits() throws {
    try killAndCompare(kills: 20, epochs: 1_500)
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func signalsSaveAndStop(signal: Int32, code: Int32) throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let training = Self.arguments(epochs: 100_000)
    let running = try workspace.start(training + ["-o", "run"])
    try waitForFirstEpoch(workspace, running)
    running.send(signal)
    let outcome = try running.outcome()
    #expect(outcome.code == code)
    #expect(outcome.errors.contains("go on with: alunite train --resume -o run"))
    #expect(!workspace.exists("run/metrics.json"))
    let inspected = try workspace.run("inspect", "run")
    #expect(inspected.code == 0, "\(inspected.errors)")
    // No lock and no partial file is left.
    let hidden = try workspace.content().filter { $0.hasPrefix(".") && !$0.hasPrefix(".log") }
    #expect(hidden.isEmpty)
  }

  @Test func oneProcessTrainsInADirectory() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let running = try workspace.start(Self.arguments(epochs: 100_000) + ["-o", "run"])
    try waitForFirstEpoch(workspace, running)
    for arguments in [["train", "--resume", "-o", "run"], Self.arguments(epochs: 1) + ["-o", "run", "--overwrite"]] {
      let second = try workspace.run(arguments)
      #expect(second.code == 1)
      let holder = "process \(running.process.processIdentifier)"
      #expect(second.errors == "alunite: error: \(workspace.url("run").path): is being written by \(holder)\n")
    }
    running.send(SIGTERM)
    #expect(try running.outcome().code == 143)
  }

  @Test func aFinishedRunSaysSo() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun(epochs: 2)
    let before = try Data(contentsOf: workspace.url("run/checkpoint.h5"))
    let outcome = try workspace.run("train", "--resume", "-o", "run")
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("already finished after 4 steps; nothing to do"))
    #expect(try Data(contentsOf: workspace.url("run/checkpoint.h5")) == before)
  }

  @Test func metricsLostToAKillAreMadeUpFor() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun(epochs: 2)
    try FileManager.default.removeItem(at: workspace.url("run/metrics.json"))
    #expect(try workspace.run("train", "--resume", "-q", "-o", "run").code == 0)
    #expect(workspace.exists("run/metrics.json"))
  }

  @Test func aChangedSceneIsNotResumedOn() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let running = try workspace.start(Self.arguments(epochs: 100_000) + ["-o", "run"])
    try waitForFirstEpoch(workspace, running)
    running.send(SIGINT)
    _ = try running.outcome()
    try FileManager.default.removeItem(at: workspace.url("scene.h5"))
    try workspace.makeScene(seed: 9)
    let outcome = try workspace.run("train", "--resume", "-o", "run")
    #expect(outcome.code == 1)
    #expect(
      outcome.errors.hasPrefix(
        "alunite: error: spectra, labels and training pixels of tiny: expected those the run began with"))
  }

  private static func arguments(epochs: Int) -> [String] {
    [
      "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--set", "epochs=\(epochs)", "--set", "batchSize=16",
      "--seed", "5", "--split", "random:0.8", "--checkpoint-interval", "0.02", "-q",
    ]
  }

  /// Waits until training has saved the end of an epoch, so that a signal meets it at work.
  private func waitForFirstEpoch(_ workspace: Workspace, _ running: Workspace.Running) throws {
    let deadline = Date().addingTimeInterval(60)
    while (try? workspace.text("run/loss.csv").split(separator: "\n").count) ?? 0 < 2 {
      try #require(Date() < deadline && running.process.isRunning, "training did not begin")
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  private func killAndCompare(kills: Int, epochs: Int) throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let training = Self.arguments(epochs: epochs)
    #expect(try workspace.run(training + ["-o", "whole"]).code == 0)
    var random = RandomStream(seed: 11)
    var killed = 0
    while killed < kills {
      let hasRun = workspace.exists("run/checkpoint.h5")
      let running = try workspace.start(hasRun ? ["train", "--resume", "-q", "-o", "run"] : training + ["-o", "run"])
      Thread.sleep(forTimeInterval: Double(random.uniform([1]).scalars[0]) * 0.35)
      running.send(SIGKILL)
      let code = try running.outcome().code
      if code == 0 { break }
      try #require(code == 137)
      killed += 1
    }
    let resumed = try workspace.run(
      workspace.exists("run/checkpoint.h5") ? ["train", "--resume", "-q", "-o", "run"] : training + ["-o", "run"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(killed > 0)
    #expect(try workspace.text("run/loss.csv") == workspace.text("whole/loss.csv"))
    #expect(try workspace.text("run/test-pixels.csv") == workspace.text("whole/test-pixels.csv"))
    let (whole, interrupted) = (try Self.state(workspace.url("whole")), try Self.state(workspace.url("run")))
    #expect(whole.count > 20)
    #expect(whole == interrupted)
  }

  /// Every number of a checkpoint that training continues from, as bits.
  private static func state(_ run: URL) throws -> [String: [UInt64]] {
    let file = try HDF5File(reading: run.appendingPathComponent("checkpoint.h5"))
    var result: [String: [UInt64]] = [:]
    for group in ["parameters", "buffers", "optimizer"] {
      for name in try file.names(in: group) where Int(name) != nil {
        result["\(group)/\(name)"] = try file.tensor("\(group)/\(name)").scalars.map { UInt64($0.bitPattern) }
      }
    }
    return result
  }
}
