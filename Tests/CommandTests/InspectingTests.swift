import Foundation
import Scenes
import Tensors
import Testing

/// What has to be decided before a scene can be used is told by `inspect`, which does not fail for it.
struct InspectingTests {
  @Test func aSceneWithoutAStatedScaleIsShown() throws {
    let workspace = try Workspace()
    try SmallCube().mapping { _, sample in sample * 10_000 }.write("scaled", in: workspace)
    let outcome = try workspace.run("inspect", "scaled.hdr")
    #expect(outcome.code == 0, "\(outcome.errors)")
    for text in ["8 rows × 8 columns × 10 bands", "scale: not stated", "--scale 10000", "--scale maximum"] {
      #expect(outcome.output.contains(text), "\(outcome.output)")
    }
    #expect(!outcome.output.contains("as the factor was asked for"))
    #expect(
      try workspace.run("inspect", "scaled.hdr", "--scale", "10000").output.contains("scale: not stated") == false)
  }

  @Test func aSceneWithConstantBandsIsShown() throws {
    let workspace = try Workspace()
    try SmallCube().mapping { index, sample in index % 10 == 3 ? 0.5 : sample }.write("constant", in: workspace)
    let outcome = try workspace.run("inspect", "constant.hdr")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("bands: 4 (1-based) do not vary"), "\(outcome.output)")
    #expect(outcome.output.contains("--constant-bands drop or keep"))
  }

  /// Another file of true abundances for the workspace's scene.
  private func writeTruth(_ workspace: Workspace) throws {
    let truth = try GroundTruth.read(workspace.url("scene.h5"))
    let file = try HDF5File(creating: workspace.url("two.h5"))
    let image = truth.abundances.reshaped(to: [12, 12, truth.count])
    try file.write(image, to: "one")
    try file.write(image, to: "two")
    try file.close()
  }

  @Test func variablesOfATruthAreLookedUpInItsOwnFile() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try writeTruth(workspace)
    let trained = try workspace.run(
      Workspace.quickTraining + [
        "--set", "epochs=2", "--truth", "two.h5", "--abundance-variable", "two", "-o", "run",
      ])
    #expect(trained.code == 0, "\(trained.errors)")
    // The run's own truth is still found under the name given then.
    let again = try workspace.run("evaluate", "--result", "run")
    #expect(again.code == 0, "\(again.errors)")
    // A truth that is given now has no variable of that name.
    let other = try workspace.run("evaluate", "--result", "run", "--truth", "scene.h5")
    #expect(other.code == 0, "\(other.errors)")
    let named = try workspace.run(
      "evaluate", "--result", "run", "--truth", "two.h5", "--abundance-variable", "one")
    #expect(named.code == 0, "\(named.errors)")
  }
}
