import Foundation
import Testing

/// Preset, then file, then single settings: the later one wins.
struct ConfigurationTests {
  @Test func laterSourcesWin() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write("training:\n  epochs: 1\n  learningRate: 1e-2\nobjective:\n  labelWeight: 3\n", to: "mine.yaml")
    let resolved = try configuration(
      workspace, ["--config", "mine.yaml", "--set", "training.learningRate=0.5", "--set", "batchSize=64"])
    #expect(resolved.contains("  epochs: 1\n"))
    #expect(resolved.contains("  learningRate: 0.5\n"))
    #expect(resolved.contains("  labelWeight: 3.0\n"))
    #expect(resolved.contains("  batchSize: 64\n"))
    // What nobody named stays as in the preset.
    #expect(resolved.contains("  optimizer: adam\n"))
  }

  @Test func theResolvedFileReproducesItself() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let first = try configuration(workspace, ["--preset", "paper", "--set", "epochs=1"])
    try workspace.write(first, to: "resolved.yaml")
    let second = try configuration(workspace, ["--preset", "blind", "--config", "resolved.yaml"])
    #expect(first == second)
  }

  @Test func presetsFollowTheLabels() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    #expect(try configuration(workspace, ["--set", "epochs=1"]).contains("abundanceWeight: 1000.0"))
    let blind = try configuration(workspace, ["--endmembers", "3", "--set", "epochs=1"])
    #expect(blind.contains("abundanceWeight: 0.0"))
    #expect(blind.contains("decoder: linear"))
  }

  @Test func aKeyInTheWrongPlaceIsTold() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.write("model:\n  epochs: 3\n", to: "misplaced.yaml")
    let outcome = try workspace.run(
      "train", "--scene", "scene.h5", "--config", "misplaced.yaml", "-o", "run")
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("\"model.epochs\"; did you mean training.epochs?"))
  }

  @Test func aLibraryIsFoundFromWhereverARunIsResumed() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let resolved = try configuration(workspace, ["--set", "library=spectra/own.sli", "--set", "epochs=1"])
    #expect(resolved.contains("library: \(workspace.url("spectra/own.sli").resolvingSymlinksInPath().path)\n"))
  }

  /// The resolved configuration of a short run.
  private func configuration(_ workspace: Workspace, _ arguments: [String]) throws -> String {
    let outcome = try workspace.run(
      ["train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--overwrite", "-q", "-o", "run"] + arguments)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try workspace.text("run/configuration.yaml")
  }
}
