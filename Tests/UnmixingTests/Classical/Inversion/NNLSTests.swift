import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct NNLSTests {
  private func endmembers(_ count: Int, bands: Int, spread: Scalar, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return random.uniform([count, bands]) * spread + 0.3
  }

  private func mixtures(_ endmembers: Tensor, pixels: Int, noise: Scalar, seed: UInt64) -> (Tensor, Tensor) {
    var random = RandomStream(seed: seed, stream: 1)
    let abundances = random.normal([pixels, endmembers.shape[0]]).relu()
    return (abundances, abundances.matrixProduct(endmembers) + random.normal([pixels, endmembers.shape[1]]) * noise)
  }

  @Test(arguments: [1, 2, 3, 5, 8, 12, 32, 33, 70])
  func satisfiesTheOptimalityConditions(count: Int) {
    // Up to 70 endmembers of 40 bands: some are then linear combinations of others.
    for (spread, noise) in [(Scalar(0.6), Scalar(0.05)), (0.05, 0.02), (0.0005, 0.001)] {
      let library = endmembers(count, bands: 40, spread: spread, seed: UInt64(count))
      let (_, spectra) = mixtures(library, pixels: 300, noise: noise, seed: 7)
      // Brightness grows with the number of endmembers, and rounding with it.
      let scaled = spectra / Scalar(count)
      let problem = NonnegativeLeastSquares(endmembers: library)
      let worst = problem.residuals(of: problem.solve(scaled), for: scaled).max() ?? .infinity
      #expect(worst <= 1e-6, "\(count) endmembers spread \(spread): \(worst)")
    }
  }

  @Test func recoversNoiseFreeMixtures() {
    let library = endmembers(6, bands: 30, spread: 0.5, seed: 9)
    let (abundances, spectra) = mixtures(library, pixels: 500, noise: 0, seed: 9)
    expectClose(
      NonnegativeLeastSquares(endmembers: library).solve(spectra), abundances, absolute: 2e-5,
      because: "spectra are rounded to Float, which the condition number magnifies")
  }

  @Test func solvesTheWorkedExample() {
    // Endmembers (1, 0), (1, 1): (−1, 1) is nearest to (½, ½)·0 + …: along (1, 1) its inner product is 0.
    let problem = NonnegativeLeastSquares(endmembers: matrix([[1, 0], [1, 1]]))
    let found = problem.solve(matrix([[2, 1], [-1, 1], [-1, 3], [1, -1], [-1, -1]]))
    // (−1, 3): ⟨x, m₂⟩/‖m₂‖² = 1; (1, −1): on the first alone 1, and the second would pull downwards.
    expectClose(
      found, matrix([[1, 1], [0, 0], [0, 1], [1, 0], [0, 0]]), absolute: 1e-7, because: "rounding")
  }

  @Test func aPriceMakesAbundancesSmaller() {
    // One endmember of squared norm 4: a = (⟨m, x⟩ − p) / 4.
    let problem = NonnegativeLeastSquares(endmembers: matrix([[2, 0]]), price: 1)
    expectClose(
      problem.solve(matrix([[3, 1], [0.25, 0]])), matrix([[1.25], [0]]), absolute: 1e-7, because: "(6 − 1) / 4")
  }

  @Test func endsAtTheSameWhereverItBegins() {
    let library = endmembers(40, bands: 60, spread: 0.6, seed: 4)
    let (_, spectra) = mixtures(library, pixels: 100, noise: 0.05, seed: 5)
    let problem = NonnegativeLeastSquares(endmembers: library, price: 0.01)
    var random = RandomStream(seed: 8)
    let far = (random.normal([100, 40]) * 3).relu()
    expectClose(
      problem.solve(spectra, from: far), problem.solve(spectra), absolute: 1e-5,
      because: "one solution, reached by other roundings under a condition of some thousands")
  }

  @Test func answersNaNForASpectrumThatIsNotFinite() {
    let problem = NonnegativeLeastSquares(endmembers: matrix([[0, 1], [1, 0]]))
    let found = problem.solve(matrix([[.nan, 0], [0.5, 0.5]]))
    #expect(found[0].scalars.allSatisfy { $0.isNaN } && found[1].scalars == [0.5, 0.5])
    #expect(problem.residuals(of: found, for: matrix([[.nan, 0], [0.5, 0.5]]))[0] == .infinity)
  }

  @Test func doesNotDependOnThreadsOrNeighbours() {
    let library = endmembers(12, bands: 30, spread: 0.1, seed: 6)
    let (_, spectra) = mixtures(library, pixels: 3000, noise: 0.03, seed: 6)
    let problem = NonnegativeLeastSquares(endmembers: library)
    let alone = Tensor.concatenated(
      [2999, 512, 17].map { problem.solve(spectra.slice(along: 0, $0..<$0 + 1)) }, along: 0)
    let runs = results(onThreads: [1, 4]) { problem.solve(spectra) }
    #expect(runs[1] == runs[0])
    #expect(runs[0].gatheringRows([2999, 512, 17]) == alone)
  }

  @Test func sharesOfTheSumAreFractions() throws {
    let scene = smallScene()
    let library = try #require(scene.truth?.endmembers)
    var options = NNLS.Options()
    options.dividesBySum = true
    let shares = try NNLS(options, endmembers: library).unmix(scene).mean
    expectClose(
      shares.sum(along: -1), .ones([scene.pixelCount]), absolute: 1e-6, because: "shares of one, rounded to Float")
    var dark = scene
    dark.spectra = scene.spectra * 0.5
    expectClose(
      try NNLS(options, endmembers: library).unmix(dark).mean, shares, absolute: 1e-5,
      because: "half the light is the same shares")
  }
}
