import Foundation
import Testing

/// From a recipe to a scene in one command.
struct TransferTests {
  private let quick = [
    "transfer", "--recipe", "tiny.yaml", "--model", "mlp-ldvae", "--set", "encoderHidden=[16]", "--set", "epochs=3",
    "-o",
    "out",
  ]

  @Test func leavesModelResultAndGap() throws {
    let workspace = try Workspace()
    try workspace.makeScene("target.h5", seed: 9)
    let outcome = try workspace.run(quick + ["--target", "target.h5", "--scenes", "2", "--seed", "1"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("share outside the predictive 95 % interval"))
    for file in [
      "gap.json", "gap-bands.csv", "metrics.json", "unlikely-pixels.img", "result/estimate.h5", "run/checkpoint.h5",
      "synthetic-test.h5",
    ] { #expect(workspace.exists("out/\(file)"), "\(file)") }
    // Two scenes of twelve rows were learned from.
    #expect(try workspace.run("inspect", "out/synthetic.h5").output.contains("24 rows × 12 columns"))
    // What it trained serves as any run does.
    #expect(try workspace.run("unmix", "--run", "out/run", "--scene", "target.h5", "-q", "-o", "again").code == 0)
    #expect(
      try Data(contentsOf: workspace.url("again/abundances.img"))
        == Data(contentsOf: workspace.url("out/result/abundances.img")))
    let refused = try workspace.run(quick + ["--target", "target.h5"])
    #expect(refused.code == 1 && refused.errors.contains("already exists"))
  }

  @Test func adaptsToTheTargetAndTellsTheGapBeforeAndAfter() throws {
    let workspace = try Workspace()
    try workspace.makeScene("target.h5", seed: 9)
    let adapting = ["--target", "target.h5", "--adapt", "encoder", "--adapt-epochs", "3", "--seed", "1"]
    let outcome = try workspace.run(quick + adapting)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("target, adapted"))
    for file in [
      "gap.json", "gap-adapted.json", "metrics-adapted.json", "adapted/checkpoint.h5", "adapted/loss.csv",
      "result-before/estimate.h5", "result/estimate.h5",
    ] { #expect(workspace.exists("out/\(file)"), "\(file)") }
    // The adapted model serves as any run does, and so does the one before.
    for (run, result) in [("adapted", "result"), ("run", "result-before")] {
      let again = try workspace.run("unmix", "--run", "out/\(run)", "--scene", "target.h5", "-q", "-o", "by-\(run)")
      #expect(again.code == 0 && again.errors.isEmpty, "\(again.errors)")
      #expect(
        try Data(contentsOf: workspace.url("by-\(run)/abundances.img"))
          == Data(contentsOf: workspace.url("out/\(result)/abundances.img")))
    }
    #expect(try workspace.text("out/adapted/configuration.yaml").hasPrefix("# encoder adapted to"))
  }

  @Test(arguments: [["--endmembers", "5"], ["--preset", "blind"], ["--model", "dsanet"]])
  func aMethodThatDoesNotLearnTheRecipesNamesIsRefused(arguments: [String]) throws {
    let workspace = try Workspace()
    try workspace.makeScene("target.h5", seed: 9)
    let outcome = try workspace.run(
      ["transfer", "--recipe", "tiny.yaml", "--target", "target.h5", "-o", "out"] + arguments)
    #expect(outcome.code == 1 && outcome.errors.contains("without labels"), "\(outcome.errors)")
    #expect(!workspace.exists("out"))
  }

  @Test func aTargetWithoutWavelengthsNeedsTheRecipesBands() throws {
    let workspace = try Workspace()
    try workspace.makeScene("any.h5")
    try SmallCube().write("cube", in: workspace)
    let outcome = try workspace.run(quick + ["--target", "cube.hdr"])
    #expect(outcome.code == 1)
    #expect(
      outcome.errors.contains("expected wavelengths (--wavelength-file), or the 188 bands of tiny, found 10 bands"))
    #expect(!workspace.exists("out"))
  }
}
