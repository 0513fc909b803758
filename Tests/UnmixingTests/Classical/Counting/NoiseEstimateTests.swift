import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct NoiseEstimateTests {
  /// Mixtures of four smooth spectra with noise that grows along the bands; and its standard deviations.
  private func noisy(pixels: Int = 4000, bands: Int = 60, noise: Double = 0.004) -> (spectra: Tensor, sd: [Double]) {
    var random = RandomStream(seed: 11)
    let abundances = random.uniform([pixels, 4])
    let endmembers = Tensor(
      [4, bands],
      (0..<4 * bands).map { place in
        let (k, at) = (place / bands, Scalar(place % bands) / Scalar(bands))
        return [0.3, 0.1 + 0.5 * at, 0.6 - 0.5 * at * at, at * (1 - at)][k]
      })
    let sd = (0..<bands).map { noise * (0.5 + 2 * Double($0) / Double(bands)) }
    let errors = random.normal([pixels, bands]) * Tensor(sd.map { Scalar($0) })
    return (abundances.matrixProduct(endmembers) + errors, sd)
  }

  @Test func findsTheNoiseOfEveryBand() throws {
    let (spectra, sd) = noisy()
    let estimate = try NoiseEstimate(of: spectra)
    expectClose(
      estimate.deviations, sd, relative: 0.2,
      because:
        "4000 pixels leave 1.1 %, and the noise of the 59 predictors, of which four combinations matter, some 5 %")
  }

  @Test func agreesWithRegressingEveryBandByItself() throws {
    let (spectra, _) = noisy(pixels: 300, bands: 8)
    let estimate = try NoiseEstimate(of: spectra)
    let (x, n) = (spectra.scalars.map { Double($0) }, 300.0)
    var residuals = [[Double]]()
    for band in 0..<8 {
      let others = (0..<8).filter { $0 != band }
      // The normal equations of one band, solved by the inverse of the others' correlations.
      let gram = SymmetricMatrix(
        others.flatMap { i in others.map { j in (0..<300).reduce(0.0) { $0 + x[$1 * 8 + i] * x[$1 * 8 + j] } } },
        size: 7)
      let inverse = try #require(gram.inverse())
      let right = others.map { i in (0..<300).reduce(0.0) { $0 + x[$1 * 8 + i] * x[$1 * 8 + band] } }
      let beta = (0..<7).map { i in (0..<7).reduce(0.0) { $0 + inverse[i, $1] * right[$1] } }
      residuals.append(
        (0..<300).map { pixel in
          x[pixel * 8 + band] - zip(others, beta).reduce(0.0) { $0 + $1.1 * x[pixel * 8 + $1.0] }
        })
    }
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / n }
    let expected = residuals.flatMap { a in residuals.map { product(a, $0) } }
    expectClose(estimate.covariance, expected, absolute: 1e-10, because: "the ridge is 10⁻¹² of the power")
    for band in 0..<8 {
      let own = (product(residuals[band], residuals[band]) * n / (n - 7)).squareRoot()
      expectClose(estimate.deviations[band], own, relative: 1e-4, because: "the ridge, against a variance of 10⁻⁵")
    }
    let columns = (0..<8).map { band in (0..<300).map { x[$0 * 8 + band] - residuals[band][$0] } }
    expectClose(
      estimate.signalCorrelation, columns.flatMap { a in columns.map { product(a, $0) } }, absolute: 1e-9,
      because: "the ridge")
  }

  @Test func seesNothingWhereThereIsNoNoise() throws {
    let (spectra, _) = noisy(noise: 0)
    let estimate = try NoiseEstimate(of: spectra)
    #expect(estimate.deviations.allSatisfy { $0 < 2e-6 }, "rounding to Float is 3·10⁻⁸ of a reflectance")
    #expect(estimate.signalToNoise > 100)
  }

  @Test func leavesMaskedPixelsOut() throws {
    var (spectra, _) = noisy(pixels: 500, bands: 20)
    let all = try NoiseEstimate(of: spectra.slice(along: 0, 0..<400))
    spectra.withUnsafeMutableScalars { values in values[400 * 20..<500 * 20].update(repeating: 0) }
    let masked = try NoiseEstimate(of: spectra, isValid: (0..<500).map { $0 < 400 })
    expectClose(masked.deviations, all.deviations, relative: 1e-9, because: "sums in another order")
    #expect(masked.pixels == 400)
  }

  @Test func saysWhyASceneDoesNotDo() {
    let (spectra, _) = noisy(pixels: 20, bands: 20)
    #expect(
      throws: UnmixingError.mismatch(
        field: "valid pixels", expected: "more than the 20 bands, to estimate their noise", found: "20")
    ) { try NoiseEstimate(of: spectra) }
    #expect(throws: UnmixingError.self) { try NoiseEstimate(of: spectra.slice(along: 1, 0..<1)) }
    var lost = spectra.slice(along: 1, 0..<5)
    lost.withUnsafeMutableScalars { $0[12] = .nan }
    #expect(throws: UnmixingError.notFinite(field: "spectra of valid pixels", count: 1, first: 2)) {
      try NoiseEstimate(of: lost)
    }
  }
}
