import Foundation
import Testing

/// Nothing that stands at an output is lost without being asked for, and nothing half-written stays.
struct OverwritingTests {
  @Test func existingOutputsAreRefused() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun()
    try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-q", "-o", "result")
    try workspace.write("x", to: "spectra.csv")
    let commands = [
      ("scene.h5", "synthesize --recipe tiny.yaml -q -o scene.h5"),
      ("run", "train --model mlp-ldvae --scene scene.h5 --set epochs=1 -q -o run"),
      ("result", "unmix --run run --scene scene.h5 -q -o result"),
      ("spectra.csv", "generate --run run --uniform 1 -q -o spectra.csv"),
    ]
    for (target, command) in commands {
      let arguments = command.split(separator: " ").map(String.init)
      let refused = try workspace.run(arguments)
      #expect(refused.code == 1)
      #expect(
        refused.errors
          == "alunite: error: \(workspace.url(target).path): already exists; --overwrite replaces it\n")
      let replaced = try workspace.run(arguments + ["--overwrite"])
      #expect(replaced.code == 0, "\(command): \(replaced.errors)")
    }
    #expect(try workspace.text("spectra.csv").hasPrefix("spectrum,quantity,Alunite,Muscovite,Nontronite,"))
  }

  @Test func aRunStaysUntilTheOneThatReplacesItIsFinished() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun("run", epochs: 1)
    let metrics = try workspace.text("run/metrics.json")
    let command = Workspace.quickTraining + ["--overwrite", "-o", "run", "--set"]
    // One that fails before its first epoch leaves things as they were.
    let failed = try workspace.run(command + ["learningRate=1e38"])
    #expect(failed.code == 1, "\(failed.output)")
    #expect(try workspace.text("run/metrics.json") == metrics && !workspace.exists("run/replaced"))
    // One that is stopped has the old one in it, also when it is itself replaced and stopped; the end removes that.
    for _ in 0..<2 {
      let running = try workspace.start(command + ["epochs=100000"])
      for _ in 0..<1200 where !workspace.exists("run/replaced/metrics.json") || workspace.exists("run/metrics.json") {
        usleep(50_000)
      }
      // Let it save what it has.
      usleep(500_000)
      running.send(SIGINT)
      #expect(try running.outcome().code == 130)
      #expect(try workspace.text("run/replaced/metrics.json") == metrics && !workspace.exists("run/metrics.json"))
    }
    let finished = try workspace.run(command + ["epochs=2"])
    #expect(finished.code == 0 && !workspace.exists("run/replaced"), "\(finished.errors)")
    #expect(try workspace.text("run/metrics.json") != metrics)
  }

  @Test func directoriesOfOthersAreNeverReplaced() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun()
    try FileManager.default.createDirectory(at: workspace.url("mine"), withIntermediateDirectories: false)
    try workspace.write("precious", to: "mine/notes.txt")
    for command in [
      "train --model mlp-ldvae --scene scene.h5 --overwrite -o mine",
      "unmix --run run --scene scene.h5 --overwrite -o mine",
    ] {
      let outcome = try workspace.run(command.split(separator: " ").map(String.init))
      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("is a directory of something else"))
    }
    #expect(try workspace.text("mine/notes.txt") == "precious")
  }

  @Test func anEmptyDirectoryIsNoObstacle() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try FileManager.default.createDirectory(at: workspace.url("run"), withIntermediateDirectories: false)
    try workspace.makeRun("run", epochs: 1)
    #expect(workspace.exists("run/metrics.json"))
  }

  @Test func placesThatCannotBeWrittenAreNamedBeforeTheWork() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let outcome = try workspace.run("train", "--scene", "scene.h5", "-o", "no/such/place")
    #expect(outcome.code == 1)
    let path = workspace.directory.path
    #expect(
      outcome.errors
        == "alunite: error: \(path)/no/such/place: cannot write: the directory \(path)/no/such does not exist\n")
  }

  @Test(arguments: [
    ("train --model mlp-ldvae --scene scene.h5 --set epochs=1 -q -o new", 40, "new/checkpoint.h5"),
    ("unmix --run run --scene scene.h5 -q -o new", 4, "new/estimate.h5"),
    ("generate --run run --uniform 50 -q -o new.csv", 4, "new.csv"),
    ("synthesize --recipe tiny.yaml -q -o new", 20, "new"),
  ])
  func aFullDiskLeavesNothing(command: String, kilobytes: Int, file: String) throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun()
    let before = try workspace.content()
    let outcome = try workspace.run(command.split(separator: " ").map(String.init), fileLimit: kilobytes)
    #expect(outcome.code == 1)
    #expect(outcome.errors == "alunite: error: \(workspace.url(file).path): cannot write: File too large\n")
    #expect(try workspace.content() == before)
  }
}
