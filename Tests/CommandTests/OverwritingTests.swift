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
