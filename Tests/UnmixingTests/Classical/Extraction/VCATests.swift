import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct VCATests {
  /// `pixels` mixtures of random endmembers, the first `count` of them pure if any are, with white noise.
  private func scene(
    count: Int, bands: Int = 50, pixels: Int = 900, noise: Scalar = 0, hasPurePixels: Bool = true, seed: UInt64
  ) -> (spectra: Tensor, endmembers: Tensor) {
    var random = RandomStream(seed: seed)
    let endmembers = random.uniform([count, bands]) * 0.7 + 0.1
    let raw = Tensor.logGammaDraw(concentration: Tensor(repeating: 0.7, [pixels, count]), using: &random).softmax()
    var abundances = raw * 0.9 + 0.1 / Scalar(count)
    abundances.withUnsafeMutableScalars { values in
      for pixel in 0..<(hasPurePixels ? count : 0) {
        for k in 0..<count { values[pixel * count + k] = k == pixel ? 1 : 0 }
      }
    }
    return (abundances.matrixProduct(endmembers) + random.normal([pixels, bands]) * noise, endmembers)
  }

  @Test(arguments: [2, 3, 5, 8, 12])
  func findsThePurePixels(count: Int) throws {
    let (spectra, endmembers) = scene(count: count, seed: UInt64(count))
    let found = try VCA(count: count, seed: 1).extraction(from: spectra)
    #expect(found.pixels.sorted() == Array(0..<count))
    #expect(found.projection == .projective)
    expectClose(
      found.spectra, endmembers.gatheringRows(found.pixels), absolute: 1e-5,
      because: "without noise the signal subspace holds the spectra, up to Float's rounding")
  }

  @Test func findsThePurePixelsInNoise() throws {
    // 20 dB below the threshold of about 20: the affine projection is taken. Seeds stated; the pure pixels stand out by
    // 0.1 · the distance of endmembers, several times the noise left in two dimensions.
    let (spectra, _) = scene(count: 3, noise: 0.07, seed: 21)
    let found = try VCA(count: 3, seed: 1).extraction(from: spectra)
    #expect(found.projection == .affine)
    let clean = scene(count: 3, seed: 21)
    let names = ["a", "b", "c"]
    let angles = try SpectralAngles.matrix(
      SpectralLibrary(names: names, spectra: clean.endmembers), SpectralLibrary(names: names, spectra: found.spectra))
    #expect(Assignment(minimizing: angles).cost / 3 < 0.12, "mean angle \(Assignment(minimizing: angles).cost / 3) rad")
  }

  @Test(arguments: [Scalar(0.03), 0.003, 0.0003])
  func estimatesTheSignalToNoiseRatio(noise: Scalar) throws {
    let (spectra, _) = scene(count: 4, bands: 100, pixels: 4000, noise: noise, seed: 8)
    let clean = scene(count: 4, bands: 100, pixels: 4000, seed: 8).spectra
    let power = clean.squared().mean().scalar / (noise * noise)
    let found = try VCA(count: 4).extraction(from: spectra).signalToNoise
    expectClose(found, 10 * log10(Double(power)), absolute: 0.3, because: "0.3 dB is a seventh of the noise power")
  }

  @Test func removesNoiseOutsideTheSubspace() throws {
    let (spectra, _) = scene(count: 3, bands: 120, noise: 0.01, seed: 5)
    let clean = scene(count: 3, bands: 120, seed: 5).spectra
    let projected = try VCA(count: 3, spectra: .projected).extraction(from: spectra)
    let measured = try VCA(count: 3, spectra: .measured).extraction(from: spectra)
    #expect(measured.spectra == spectra.gatheringRows(measured.pixels))
    #expect(measured.pixels == projected.pixels)
    let reference = clean.gatheringRows(projected.pixels)
    let error = { (found: Tensor) in (found - reference).squared().mean().scalar.squareRoot() }
    // Three of 120 dimensions keep √(3/120) = 16 % of the noise.
    #expect(error(projected.spectra) < 0.5 * error(measured.spectra))
  }

  @Test func keepsTheLargestSimplexOfItsRestarts() throws {
    let (spectra, _) = scene(count: 6, noise: 0.02, hasPurePixels: false, seed: 12)
    let volumes = try [1, 3, 20].map { try VCA(count: 6, seed: 2, restarts: $0).extraction(from: spectra).logVolume }
    #expect(volumes == volumes.sorted())
    #expect(volumes[2] > volumes[0], "without pure pixels, different directions end at different mixtures")
  }

  @Test func repeatsItselfForASeedAndAnyThreads() throws {
    let (spectra, _) = scene(count: 5, pixels: 5000, noise: 0.05, seed: 14)
    let runs = try results(onThreads: [1, 4]) { try VCA(count: 5, seed: 3).endmembers(of: spectra) }
    #expect(runs[1] == runs[0])
  }

  @Test func neverChoosesAMaskedPixel() throws {
    let (spectra, _) = scene(count: 3, seed: 15)
    var values = spectra
    let bands = spectra.shape[1]
    // Brighter than anything, and masked.
    values.withUnsafeMutableScalars { for band in 0..<bands { $0[100 * bands + band] = Scalar(band) } }
    let mask = (0..<spectra.shape[0]).map { $0 != 100 }
    #expect(try VCA(count: 3).extraction(from: values, isValid: mask).pixels.sorted() == [0, 1, 2])
  }

  @Test func findsABlackEndmember() throws {
    // Two materials and shade: linear rank 2, affine rank 2.
    var random = RandomStream(seed: 16)
    let endmembers = Tensor.concatenated([random.uniform([2, 30]) + 0.1, Tensor.zeros([1, 30])], along: 0)
    let raw = Tensor.logGammaDraw(concentration: Tensor.ones([400, 3]), using: &random).softmax()
    let spectra = Tensor.concatenated([endmembers, raw.matrixProduct(endmembers)], along: 0)
    #expect(try VCA(count: 3).extraction(from: spectra).pixels.sorted() == [0, 1, 2])
  }

  @Test func namesTheEndmembersOfAScene() throws {
    let library = try VCA(count: 3).endmembers(of: smallScene())
    #expect(library.names == ["Endmember 1", "Endmember 2", "Endmember 3"])
    #expect(library.source == "VCA")
  }

  @Test func refusesScenesThatHoldNoSuchSimplex() throws {
    let flat = Tensor.ones([50, 8]) * 0.37
    #expect(throws: UnmixingError.constantScene(pixels: 50)) { try VCA(count: 3).endmembers(of: flat) }
    let (line, _) = scene(count: 2, seed: 18)
    #expect(throws: UnmixingError.rankDeficient(requested: 4, dimensions: 1)) { try VCA(count: 4).endmembers(of: line) }
    let (spectra, _) = scene(count: 3, bands: 6, seed: 19)
    for count in [1, 7] {
      #expect(
        throws: UnmixingError.endmemberCount(requested: count, allowed: 2...6, reason: "6 bands and 900 valid pixels")
      ) { try VCA(count: count).endmembers(of: spectra) }
    }
    #expect(throws: UnmixingError.notFinite(field: "spectra of valid pixels", count: 1, first: 1)) {
      try VCA(count: 2).endmembers(of: matrix([[1, 2], [.nan, 1], [2, 1]]))
    }
  }

  @Test func servesLeastSquaresAsItsEndmembers() throws {
    let scene = smallScene(rows: 30, columns: 30)
    let estimate = try FCLS(endmembers: VCA(count: 3, seed: 2)).unmix(scene)
    let metrics = try Evaluation().metrics(
      of: Prediction(abundances: estimate.mean, endmembers: estimate.endmembers), in: scene)
    #expect(try #require(metrics.all["abundance.rmse.entry"]) < 0.05, "pixels are nearly pure, not quite")
  }
}
