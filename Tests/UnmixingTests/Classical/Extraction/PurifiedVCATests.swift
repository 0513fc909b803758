import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// Purified vertices: near the materials where dark pixels lead plain vertex component analysis astray.
@Suite struct PurifiedVCATests {
  /// Mixtures of three materials, a tenth of them pure, each under a light of its own, with noise; the last pixels lie in
  /// the dark, where there is little but noise.
  private func scene(dark: Int = 0, seed: UInt64) -> (spectra: Tensor, endmembers: SpectralLibrary) {
    let (count, bands, pixels) = (3, 40, 2000)
    var random = RandomStream(seed: seed)
    let endmembers = random.uniform([count, bands]) * 0.7 + 0.1
    var abundances = Tensor.logGammaDraw(concentration: .ones([pixels, count]), using: &random).softmax()
    abundances.withUnsafeMutableScalars { values in
      for pixel in 0..<pixels / 10 {
        for k in 0..<count { values[pixel * count + k] = k == pixel % count ? 1 : 0 }
      }
    }
    var light = random.uniform([pixels, 1]) * 0.6 + 0.7
    light.withUnsafeMutableScalars { values in
      for pixel in pixels - dark..<pixels { values[pixel] = 0.005 }
    }
    let spectra = abundances.matrixProduct(endmembers) * light + random.normal([pixels, bands]) * 0.005
    return (spectra, SpectralLibrary(names: ["a", "b", "c"], spectra: endmembers))
  }

  private func meanAngle(_ found: Tensor, _ library: SpectralLibrary) throws -> Double {
    let angles = try SpectralAngles.matrix(library, SpectralLibrary(names: library.names, spectra: found))
    return Assignment(minimizing: angles).cost / Double(library.count)
  }

  @Test func findsMaterialsInNoiseUnderAnyLight() throws {
    let (spectra, library) = scene(seed: 31)
    // Pixels with at least nine tenths of a material have some 0.95 of it; the others are about 0.6 rad away.
    #expect(try meanAngle(try PurifiedVCA(count: 3, seed: 1).endmembers(of: spectra), library) < 0.03)
  }

  @Test func darkPixelsAreNoVertices() throws {
    let (spectra, library) = scene(dark: 100, seed: 31)
    let plain = try VCA(count: 3, seed: 1).extraction(from: spectra)
    #expect(plain.projection == .projective)
    #expect(try meanAngle(plain.spectra, library) > 0.2, "divided by their brightness, dark pixels lie far outside")
    #expect(try meanAngle(try PurifiedVCA(count: 3, seed: 1).endmembers(of: spectra), library) < 0.03)
  }

  @Test func repeatsItselfForASeedAndAnyThreads() throws {
    let (spectra, _) = scene(seed: 33)
    let runs = try results(onThreads: [1, 4]) { try PurifiedVCA(count: 3, seed: 5).endmembers(of: spectra) }
    #expect(runs[1] == runs[0])
  }

  @Test func maskedPixelsDoNotCount() throws {
    let (spectra, library) = scene(dark: 1, seed: 34)
    var masked = Scene(name: "lines", rows: 40, columns: 50, spectra: spectra)
    masked.isValid[1999] = false
    let kept = masked.spectra.gatheringRows(masked.validPixels)
    let found = try PurifiedVCA(count: 3, seed: 2).endmembers(of: masked)
    #expect(try found.spectra == PurifiedVCA(count: 3, seed: 2).endmembers(of: kept))
    #expect(found.names == ["Endmember 1", "Endmember 2", "Endmember 3"] && found.source == "purified VCA")
    #expect(try meanAngle(found.spectra, library) < 0.03)
  }

  @Test func refusesWhatPlainExtractionRefuses() {
    let flat = Tensor.ones([50, 8]) * 0.37
    #expect(throws: UnmixingError.constantScene(pixels: 50)) { try PurifiedVCA(count: 3).endmembers(of: flat) }
    #expect(throws: UnmixingError.self) { try PurifiedVCA(count: 1).endmembers(of: scene(seed: 35).spectra) }
  }

  /// Ten seeds of both on the public scenes, by the figures its documentation states.
  @Test(
    .requiresData("samson/Samson.mat", "samson/Samson_GT.mat", "jasper/jasperRidge2_R198.mat", "jasper/Jasper_GT.mat"),
    arguments: [
      (scene: "samson/Samson.mat", truth: "samson/Samson_GT.mat", count: 3, angle: 0.025, error: 0.05),
      (scene: "jasper/jasperRidge2_R198.mat", truth: "jasper/Jasper_GT.mat", count: 4, angle: 0.07, error: 0.08),
    ])
  func isFarCloserThanPlainExtractionOnPublicScenes(
    _ known: (scene: String, truth: String, count: Int, angle: Double, error: Double)
  ) throws {
    let scene = try Scene(contentsOf: try #require(dataFile(known.scene)))
    let truth = try GroundTruth.read(try #require(dataFile(known.truth)), for: scene)
    for seed in [1, 2, 3] as [UInt64] {
      let purified = try FCLS(endmembers: PurifiedVCA(count: known.count, seed: seed), scaling: .unitNorm).unmix(scene)
      let plain = try FCLS(endmembers: VCA(count: known.count, seed: seed), scaling: .unitNorm).unmix(scene)
      let (own, other) = (
        try Evaluation().metrics(of: purified, against: truth), try Evaluation().metrics(of: plain, against: truth)
      )
      let angle = try #require(own.all["endmember.sad.mean"]),
        error = try #require(own.all["abundance.rmse.endmemberMean"])
      #expect(angle < known.angle && error < known.error, "\(angle) rad, \(error)")
      #expect(try #require(other.all["endmember.sad.mean"]) > 2 * angle)
    }
  }
}
