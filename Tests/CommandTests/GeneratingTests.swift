import Foundation
import Testing

/// Spectra are written as they are drawn.
struct GeneratingTests {
  @Test func memoryDoesNotGrowWithTheNumberOfDraws() throws {
    let workspace = try Workspace()
    try SmallCube().write("cube", in: workspace)
    let trained = try workspace.run(
      "train", "--model", "mlp-ldvae", "--scene", "cube.hdr", "--endmembers", "3", "--set", "epochs=1", "-q", "-o",
      "run")
    try #require(trained.code == 0, "\(trained.errors)")
    let peaks = try [10, 2_000].map { draws in
      try workspace.peakBytes([
        "generate", "--run", "run", "--uniform", "256", "--draws", "\(draws)", "--threads", "1", "-q", "-o",
        "\(draws).csv",
      ])
    }
    // 512 000 draws of 10 bands are 20 MB, and 60 MB as text; 8 MB are left to the allocator's habits.
    try #require(peaks[0] > 1_000_000)
    #expect(peaks[1] < peaks[0] + 8_000_000, "\(peaks)")
    let ends = try Data(contentsOf: workspace.url("2000.csv")).count { $0 == UInt8(ascii: "\n") }
    #expect(ends == 1 + 256 * 2_003)
  }

  @Test func theNamesEndingDecidesTheFormat() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    try workspace.makeRun()
    let edge = try workspace.run(
      "generate", "--run", "run", "--edge", "alunite:3", "--steps", "5", "--interval", "0.9", "-o", "edge.sli")
    #expect(edge.code == 0, "\(edge.errors)")
    #expect(edge.output.contains("5 abundances: mean, sd, lower 5 %, upper 95 %, linear of each spectrum"))
    #expect(try workspace.text("edge.hdr").contains("0.75 Alunite + 0.25 Nontronite: mean"))
    #expect(try workspace.run("inspect", "edge.sli").output.contains("25"))
    let pure = try workspace.run("generate", "--run", "run", "--pure", "--draws", "2", "-q", "-o", "pure.h5")
    #expect(pure.code == 0 && workspace.exists("pure.h5"), "\(pure.errors)")
    let again = try workspace.run("generate", "--run", "run", "--pure", "-o", "edge.sli")
    #expect(again.code == 1 && again.errors.contains("already exists"))
  }
}
