import Foundation
import Scenes
import Tensors
import Testing
import Unmixing

/// Spectra from abundances: draws follow mean and deviation, and depend on nothing but seed and place.
struct SpectrumGeneratorTests {
  private static func model(_ method: String = "mlp-ldvae", decoder: DecoderKind = .linear) throws -> TrainedModel {
    let spectra = Tensor([64, 5], (0..<320).map { 0.1 + Scalar($0 * 37 % 97) / 120 })
    let scene = Scene(
      name: "small", rows: 8, columns: 8, spectra: spectra,
      axis: SpectralAxis(wavelengths: [400, 500, 600, 700, 800]))
    var configuration = try Catalogue.entry(method).preset(method == "dsanet" ? "general" : "blind").configuration
    var options = LDVAEOptions()
    options.spectra = .sceneMaximum
    // A decoder that starts as the mixture of endmembers is one as long as it has learned nothing.
    options.start = decoder == .mlp ? .random : .extracted
    options.encoderHidden = [8]
    options.decoder = decoder
    if method == "mlp-ldvae" { configuration.model = options }
    configuration.model.endmembers = 3
    configuration.training.epochs = 1
    return try TrainingRun(on: scene, configuration, split: .none, seed: 3).trained
  }

  /// A file of its own, removed afterwards with its header.
  private func written(
    _ kind: GeneratedSpectra.Kind, _ spectra: GeneratedSpectra, _ body: (URL) throws -> Void
  ) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).\(kind.rawValue)")
    defer {
      for file in [url, url.deletingPathExtension().appendingPathExtension("hdr")] {
        try? FileManager.default.removeItem(at: file)
      }
    }
    try spectra.write(kind, to: url)
    try body(url)
  }

  private func table(_ url: URL) throws -> [[String]] {
    try #require(CommaSeparated.rows(of: String(contentsOf: url, encoding: .utf8)))
  }

  @Test func evenAbundancesLieOnTheSimplex() throws {
    let abundances = try SpectrumGenerator(try Self.model(), seed: 5).uniformAbundances(count: 4_000)
    let sums = abundances.sum(along: -1).scalars
    // Three Float additions.
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(abundances.scalars.allSatisfy { $0 >= 0 })
    // Each has mean 1/3 and variance 1/18: five standard errors of 4 000 draws; seed 5, false alarms below 2e-6.
    for mean in abundances.mean(along: 0).scalars { #expect(abs(mean - 1 / 3) < 5 * 0.2357 / 63.2) }
  }

  @Test func anEdgeRunsFromOneEndmemberToAnother() throws {
    let generator = try SpectrumGenerator(try Self.model())
    #expect(
      generator.edgeAbundances(from: 2, to: 0, steps: 5).scalars
        == [0, 0, 1, 0.25, 0, 0.75, 0.5, 0, 0.5, 0.75, 0, 0.25, 1, 0, 0])
    #expect(generator.pureAbundances.scalars == [1, 0, 0, 0, 1, 0, 0, 0, 1])
  }

  @Test func rowsAreMeanDeviationLimitsLinearMixtureAndDraws() throws {
    let generator = try SpectrumGenerator(try Self.model(), draws: 2_000, interval: 0.9, seed: 1)
    try written(.csv, GeneratedSpectra(generator, of: Tensor([1, 3], [0.2, 0.3, 0.5]))) { url in
      let rows = try table(url)
      #expect(
        rows.first == ["spectrum", "quantity", "Endmember 1", "Endmember 2", "Endmember 3"]
          + [400, 500, 600, 700, 800].map { "\(Double($0))" })
      #expect(rows.dropFirst().prefix(5).map { $0[1] } == ["mean", "sd", "lower 5 %", "upper 95 %", "linear"])
      #expect(rows.count == 2_006 && rows[2_005][1] == "draw 2000")
      let numbers = rows.dropFirst().map { $0.dropFirst(5).compactMap { Double($0) } }
      for band in 0..<5 {
        let draws = numbers.dropFirst(5).map { $0[band] }
        let (mean, deviation) = (numbers[0][band], numbers[1][band])
        let average = draws.reduce(0, +) / 2_000
        // Five standard errors; seed 1, false alarms below 3e-6.
        #expect(abs(average - mean) < 5 * deviation / 44.7)
        // Φ⁻¹(0.95) = 1.644854, in Float.
        #expect(abs(numbers[3][band] - mean - 1.644854 * deviation) < 1e-6)
        #expect(abs(numbers[2][band] + numbers[3][band] - 2 * mean) < 1e-6)
        let share = Double(draws.count { $0 > numbers[2][band] && $0 < numbers[3][band] }) / 2_000
        // Five standard deviations of a binomial share of 0.9; false alarms below 3e-6.
        #expect(abs(share - 0.9) < 5 * (0.09 / 2_000).squareRoot())
      }
    }
  }

  @Test func theLinearReferenceIsWhatALinearDecoderExpects() throws {
    for decoder in [DecoderKind.linear, .mlp] {
      let model = try Self.model(decoder: decoder)
      let generator = try SpectrumGenerator(model)
      try generator.forEachBlock(of: generator.uniformAbundances(count: 20)) { block in
        let farthest = (block.mean - block.linear).scalars.map { abs($0) }.max() ?? 1
        #expect(decoder == .linear ? farthest < 1e-6 : farthest > 1e-4, "\(decoder): \(farthest)")
      }
    }
  }

  @Test func aDrawDependsOnItsRowAlone() throws {
    let generator = try SpectrumGenerator(try Self.model(), draws: 1, seed: 2)
    let abundances = generator.uniformAbundances(count: 300)
    try written(.csv, GeneratedSpectra(generator, of: abundances.slice(along: 0, 0..<10))) { few in
      try written(.csv, GeneratedSpectra(generator, of: abundances)) { many in
        let texts = try [few, many].map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(texts[1].hasPrefix(texts[0]))
      }
    }
  }

  @Test func everyKindOfFileHoldsTheSameNumbers() throws {
    let generator = try SpectrumGenerator(try Self.model(), draws: 3, interval: 0.5, seed: 4)
    let spectra = GeneratedSpectra(generator, of: generator.pureAbundances, labels: ["rock, dry", "tree", "water"])
    var rows: [[Scalar]] = []
    try written(.csv, spectra) { url in
      rows = try table(url).dropFirst().map { $0.dropFirst(5).compactMap { Scalar($0) } }
    }
    #expect(rows.count == 3 * 8)
    try written(.sli, spectra) { url in
      let library = try SpectralLibrary(contentsOf: url)
      #expect(library.names[0] == "rock; dry: mean" && library.names[10] == "tree: lower 25 %")
      #expect(library.names.last == "water: draw 3")
      #expect(library.axis?.wavelengths == [400, 500, 600, 700, 800])
      // ENVI holds single precision.
      #expect(library.spectra.scalars.map { Float($0) } == rows.flatMap { $0.map { Float($0) } })
    }
    try written(.h5, spectra) { url in
      let file = try HDF5File(reading: url)
      #expect(try file.tensor("draws").shape == [3, 3, 5])
      for (place, name) in ["mean", "sd", "lower", "upper", "linear"].enumerated() {
        #expect(try file.tensor(name).scalars == (0..<3).flatMap { rows[$0 * 8 + place] }, "\(name)")
      }
      var expected: [Scalar] = []
      for number in 0..<3 {
        for spectrum in 0..<3 { expected += rows[spectrum * 8 + 5 + number] }
      }
      #expect(try file.tensor("draws").scalars == expected)
      #expect(try file.strings("labels") == ["rock, dry", "tree", "water"])
      try file.close()
    }
  }

  @Test func aModelWithoutNoiseHasNeitherDrawsNorIntervals() throws {
    let model = try Self.model("dsanet")
    #expect(throws: UnmixingError.self) { try SpectrumGenerator(model, draws: 1) }
    #expect(throws: UnmixingError.self) { try SpectrumGenerator(model, interval: 0.9) }
    #expect(try SpectrumGenerator(model).quantities == ["mean", "linear"])
  }
}
