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
    let peaks = try [10, 2_000].map { samples in
      try workspace.peakBytes([
        "generate", "--run", "run", "--uniform", "256", "--samples", "\(samples)", "--threads", "1", "-q", "-o",
        "\(samples).csv",
      ])
    }
    // 512 000 draws of 10 bands are 20 MB, and 60 MB as text; 8 MB are left to the allocator's habits.
    try #require(peaks[0] > 1_000_000)
    #expect(peaks[1] < peaks[0] + 8_000_000, "\(peaks)")
    let ends = try Data(contentsOf: workspace.url("2000.csv")).count { $0 == UInt8(ascii: "\n") }
    #expect(ends == 1 + 256 * 2_002)
  }
}
