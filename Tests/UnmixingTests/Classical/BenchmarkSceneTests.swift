import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

/// Public scenes whose stated abundances are exact solutions, so that least squares must reproduce them.
@Suite struct BenchmarkSceneTests {
  private func error(_ scene: Scene, _ truth: GroundTruth, _ library: SpectralLibrary) throws -> Double {
    let estimate = try FCLS(endmembers: library).unmix(scene)
    let metrics = try Evaluation(matching: .none).metrics(
      of: Prediction(abundances: estimate.mean), in: scene, against: truth)
    return try #require(metrics.all["abundance.rmse.entry"])
  }

  @Test(
    .requiresData(
      "samson/MiSiCNet_Samson_Y_clean.mat", "samson/MiSiCNet_Samson_A_true.mat", "samson/MiSiCNet_Samson_E.mat"))
  func reproducesSamson() throws {
    let scene = try Scene(contentsOf: try #require(dataFile("samson/MiSiCNet_Samson_Y_clean.mat")))
    let truth = try GroundTruth.read(try #require(dataFile("samson/MiSiCNet_Samson_A_true.mat")), for: scene)
    let library = try SpectralLibrary(contentsOf: try #require(dataFile("samson/MiSiCNet_Samson_E.mat")))
    #expect(try error(scene, truth, library) <= 1e-4)
  }

  @Test(
    .requiresData(
      "simulated/MiSiCNet_Sim1_Y_clean.mat", "simulated/MiSiCNet_Sim1_A_true.mat", "simulated/MiSiCNet_Sim1_E.mat"))
  func reproducesSixMaterials() throws {
    let scene = try Scene(contentsOf: try #require(dataFile("simulated/MiSiCNet_Sim1_Y_clean.mat")))
    let truth = try GroundTruth.read(try #require(dataFile("simulated/MiSiCNet_Sim1_A_true.mat")), for: scene)
    let library = try SpectralLibrary(contentsOf: try #require(dataFile("simulated/MiSiCNet_Sim1_E.mat")))
    #expect(try error(scene, truth, library) <= 1e-4)
  }

  @Test(
    .requiresData("simulated/SUnCNN_DC1_Y.mat", "simulated/SUnCNN_DC1_XT.mat", "simulated/SUnCNN_DC1_EE.mat"))
  func reproducesTheFiveLibrarySpectraInUse() throws {
    var scene = try Scene(contentsOf: try #require(dataFile("simulated/SUnCNN_DC1_Y.mat")))
    let truth = try GroundTruth.read(try #require(dataFile("simulated/SUnCNN_DC1_XT.mat")), for: scene)
    let library = try SpectralLibrary(contentsOf: try #require(dataFile("simulated/SUnCNN_DC1_EE.mat")))
    let used = (0..<truth.count).filter { truth.abundances.slice(along: 1, $0..<$0 + 1).maximum().scalar > 0 }
    #expect(used == [1, 2, 3, 4, 5])
    let stated = Tensor.concatenated(used.map { truth.abundances.slice(along: 1, $0..<$0 + 1) }, along: 1)
    // In 5000 of 5625 pixels the stated abundances sum to 0.9999 only, and no point of the simplex gives that spectrum.
    let sums = stated.sum(along: 1, keepingDimensions: true)
    scene.spectra = scene.spectra / sums
    let abundances = stated / sums
    #expect(try error(scene, GroundTruth(abundances: abundances), library.selecting(spectra: used)) <= 1e-4)
  }

  /// The scene, its stated abundances, and its endmembers, of a folder and the beginning of a name.
  private func exact(_ name: String) throws -> (Scene, GroundTruth, SpectralLibrary) {
    let scene = try Scene(contentsOf: try #require(dataFile("\(name)_Y_clean.mat")))
    let truth = try GroundTruth.read(try #require(dataFile("\(name)_A_true.mat")), for: scene)
    return (scene, truth, try SpectralLibrary(contentsOf: try #require(dataFile("\(name)_E.mat"))))
  }

  @Test(
    .requiresData(
      "samson/MiSiCNet_Samson_Y_clean.mat", "samson/MiSiCNet_Samson_A_true.mat", "samson/MiSiCNet_Samson_E.mat",
      "simulated/MiSiCNet_Sim1_Y_clean.mat", "simulated/MiSiCNet_Sim1_A_true.mat", "simulated/MiSiCNet_Sim1_E.mat"),
    arguments: ["samson/MiSiCNet_Samson", "simulated/MiSiCNet_Sim1"])
  func everyExactInversionReproducesTheAbundancesAndIsOptimalInEveryPixel(_ name: String) throws {
    let (scene, truth, library) = try exact(name)
    let spectra = library.spectra
    var sparse = SUnSAL.Options()
    sparse.lambda = 1e-6
    let (free, priced) = (
      NonnegativeLeastSquares(endmembers: spectra), NonnegativeLeastSquares(endmembers: spectra, price: 1e-6)
    )
    let results: [(String, Tensor, [Double])] = [
      try FCLS(endmembers: library).unmix(scene).mean,
      try NNLS(.init(), endmembers: library).unmix(scene).mean,
      try SUnSAL(sparse, endmembers: library).unmix(scene).mean,
    ].enumerated().map { place, found in
      let residuals =
        [
          SimplexLeastSquares(endmembers: spectra).residuals(of: found, for: scene.spectra),
          free.residuals(of: found, for: scene.spectra), priced.residuals(of: found, for: scene.spectra),
        ][place]
      return (["FCLS", "NNLS", "SUnSAL"][place], found, residuals)
    }
    for (method, found, residuals) in results {
      let metrics = try Evaluation(matching: .none).metrics(
        of: Prediction(abundances: found), in: scene, against: truth)
      let error = try #require(metrics.all["abundance.rmse.entry"])
      let worst = residuals.max() ?? .infinity
      // The cube of Samson is measured, not mixed: only least squares on the simplex gives its stated abundances.
      if method == "FCLS" || name.contains("Sim1") { #expect(error <= 1e-4, "\(method): \(error)") }
      #expect(worst <= 1e-6, "\(method): \(worst)")
    }
  }

  @Test(.requiresData("simulated/SUnCNN_DC1_Y.mat", "simulated/SUnCNN_DC1_EE.mat"))
  func aLibraryOf240IsInvertedOptimallyInEveryPixel() throws {
    let scene = try Scene(contentsOf: try #require(dataFile("simulated/SUnCNN_DC1_Y.mat")))
    let library = try SpectralLibrary(contentsOf: try #require(dataFile("simulated/SUnCNN_DC1_EE.mat")))
    var options = SUnSAL.Options()
    options.rounds = 20
    let found = try SUnSAL(options, endmembers: library).unmix(scene).mean
    let worst = NonnegativeLeastSquares(endmembers: library.spectra, price: options.lambda)
      .residuals(of: found, for: scene.spectra).max()
    #expect((worst ?? 1) <= 1e-6, "\(worst ?? 1)")
  }

  @Test(.requiresData("simulated/SUnCNN_DC1_Y.mat", "simulated/SUnCNN_DC1_EE.mat"))
  func findsPureLibrarySpectraInAnImage() throws {
    // The scene holds pure squares of its five materials, so extraction must find the library's own spectra.
    let scene = try Scene(contentsOf: try #require(dataFile("simulated/SUnCNN_DC1_Y.mat")))
    let library = try SpectralLibrary(contentsOf: try #require(dataFile("simulated/SUnCNN_DC1_EE.mat")))
      .selecting(spectra: [1, 2, 3, 4, 5])
    let found = try VCA(count: 5, seed: 1).endmembers(of: scene)
    let angles = try SpectralAngles.matrix(library, found)
    let paired = Assignment(minimizing: angles)
    #expect(paired.cost / 5 < 1e-3, "\(angles)")
  }
}
