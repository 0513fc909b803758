import Foundation
import Scenes
import Tensors
import Testing
import Unmixing

/// Spectra from abundances: draws follow mean and deviation, and depend on nothing but seed and place.
struct SpectrumGeneratorTests {
  private static func model() throws -> TrainedModel {
    let spectra = Tensor([64, 5], (0..<320).map { 0.1 + Scalar($0 * 37 % 97) / 120 })
    let scene = Scene(
      name: "small", rows: 8, columns: 8, spectra: spectra,
      axis: SpectralAxis(wavelengths: [400, 500, 600, 700, 800]))
    var configuration = try Catalogue.entry("mlp-ldvae").preset("blind").configuration
    var options = LDVAEOptions()
    options.spectra = .sceneMaximum
    options.start = .extracted
    options.endmembers = 3
    options.encoderHidden = [8]
    configuration.model = options
    configuration.training.epochs = 1
    return try TrainingRun(on: scene, configuration, split: .none, seed: 3).trained
  }

  @Test func evenAbundancesLieOnTheSimplex() throws {
    let abundances = SpectrumGenerator(try Self.model(), samples: 0, seed: 5).uniformAbundances(count: 4_000)
    let sums = abundances.sum(along: -1).scalars
    // Three Float additions.
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(abundances.scalars.allSatisfy { $0 >= 0 })
    // Each has mean 1/3 and variance 1/18: five standard errors of 4 000 draws; seed 5, false alarms below 2e-6.
    for mean in abundances.mean(along: 0).scalars { #expect(abs(mean - 1 / 3) < 5 * 0.2357 / 63.2) }
  }

  @Test func rowsAreMeanDeviationAndDraws() throws {
    let model = try Self.model()
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("spectra-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: url) }
    let generator = SpectrumGenerator(model, samples: 2_000, seed: 1)
    try generator.write(Tensor([1, 3], [0.2, 0.3, 0.5]), to: url) { _ in }
    let rows = try #require(CommaSeparated.rows(of: String(contentsOf: url, encoding: .utf8)))
    #expect(
      rows.first == ["spectrum", "quantity", "Endmember 1", "Endmember 2", "Endmember 3"]
        + [400, 500, 600, 700, 800].map { "\(Double($0))" })
    #expect(rows.count == 2_003 && rows[1][1] == "mean" && rows[2][1] == "sd" && rows[2_002][1] == "draw 2000")
    let numbers = rows.dropFirst().map { $0.dropFirst(5).compactMap { Double($0) } }
    for band in 0..<5 {
      let draws = numbers.dropFirst(2).map { $0[band] }
      let (mean, deviation) = (numbers[0][band], numbers[1][band])
      let average = draws.reduce(0, +) / 2_000
      // Five standard errors; seed 1, false alarms below 3e-6.
      #expect(abs(average - mean) < 5 * deviation / 44.7)
    }
  }

  @Test func aDrawDependsOnItsRowAlone() throws {
    let model = try Self.model()
    let abundances = SpectrumGenerator(model, samples: 0, seed: 2).uniformAbundances(count: 300)
    let directory = FileManager.default.temporaryDirectory
    let urls = ["few", "many"].map { directory.appendingPathComponent("\($0)-\(UUID().uuidString).csv") }
    defer { for url in urls { try? FileManager.default.removeItem(at: url) } }
    try SpectrumGenerator(model, samples: 1, seed: 2).write(abundances.slice(along: 0, 0..<10), to: urls[0]) { _ in }
    try SpectrumGenerator(model, samples: 1, seed: 2).write(abundances, to: urls[1]) { _ in }
    let (few, many) = (
      try String(contentsOf: urls[0], encoding: .utf8), try String(contentsOf: urls[1], encoding: .utf8)
    )
    #expect(many.hasPrefix(few))
  }
}
