import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct FCLSTests {
  /// Smooth positive endmembers of the requested likeness: 0 is all the same, 1 far apart.
  private func endmembers(_ count: Int, bands: Int, spread: Scalar, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    let bumps = random.uniform([count, bands]) * spread
    return bumps + 0.3
  }

  /// Abundances with many exact zeros, mixed by the endmembers, with noise.
  private func mixtures(_ endmembers: Tensor, pixels: Int, noise: Scalar, seed: UInt64) -> (Tensor, Tensor) {
    var random = RandomStream(seed: seed, stream: 1)
    let raw = (random.normal([pixels, endmembers.shape[0]])).relu() + 1e-12
    let abundances = raw / raw.sum(along: -1, keepingDimensions: true)
    return (abundances, abundances.matrixProduct(endmembers) + random.normal([pixels, endmembers.shape[1]]) * noise)
  }

  private func worstResidual(_ endmembers: Tensor, _ spectra: Tensor, normalized: Bool = false) -> Double {
    let problem = SimplexLeastSquares(endmembers: endmembers, normalized: normalized)
    return problem.residuals(of: problem.solve(spectra), for: spectra).max() ?? .infinity
  }

  // MARK: Optimality

  @Test(arguments: [1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 17, 24, 32])
  func satisfiesTheOptimalityConditions(count: Int) {
    // Rounding to Float leaves 10⁻⁷; spreads down to a tenth of a per cent of the brightness make the problem harder.
    for (spread, noise) in [(Scalar(0.6), Scalar(0.02)), (0.05, 0.02), (0.0005, 0.001)] {
      let library = endmembers(count, bands: 40, spread: spread, seed: UInt64(count))
      let (_, spectra) = mixtures(library, pixels: 600, noise: noise, seed: 7)
      let worst = worstResidual(library, spectra)
      #expect(worst <= 1e-6, "\(count) endmembers spread \(spread): \(worst)")
    }
  }

  @Test func agreesWithTryingEveryActiveSet() {
    // Seed 3; five endmembers have 31 supports, each solved by itself by elimination in Double.
    let library = endmembers(5, bands: 12, spread: 0.4, seed: 3)
    let (_, spectra) = mixtures(library, pixels: 200, noise: 0.08, seed: 3)
    let found = SimplexLeastSquares(endmembers: library).solve(spectra)
    for pixel in 0..<200 {
      let best = exhaustive(library, spectra[pixel])
      expectClose(
        found[pixel].scalars.map { Double($0) }, best, absolute: 1e-6, because: "Float rounds abundances to 6·10⁻⁸")
    }
  }

  @Test func recoversNoiseFreeMixtures() {
    let library = endmembers(6, bands: 30, spread: 0.5, seed: 9)
    let (abundances, spectra) = mixtures(library, pixels: 500, noise: 0, seed: 9)
    expectClose(
      SimplexLeastSquares(endmembers: library).solve(spectra), abundances, absolute: 5e-6,
      because: "spectra are rounded to Float, which the condition number (below 20) magnifies")
  }

  @Test func solvesTheWorkedExample() {
    // Endmembers (0, 0), (1, 0), (0, 1): the point (1, 1) is nearest to (½, ½), (−1, ½) to (0, ½), (−1, −1) to the origin.
    let problem = SimplexLeastSquares(endmembers: matrix([[0, 0], [1, 0], [0, 1]]))
    let found = problem.solve(matrix([[1, 1], [-1, 0.5], [-1, -1], [0.25, 0.25]]))
    expectClose(
      found, matrix([[0, 0.5, 0.5], [0.5, 0, 0.5], [1, 0, 0], [0.5, 0.25, 0.25]]), absolute: 1e-7, because: "rounding")
  }

  // MARK: Hard endmembers

  @Test func copesWithCopiesAndCollinearEndmembers() {
    // Third = first, fourth = mean of the first two: affinely dependent in two ways.
    let (a, b) = ([Scalar](repeating: 0.2, count: 10), (0..<10).map { Scalar($0) / 10 })
    let library = matrix([a, b, a, zip(a, b).map { ($0 + $1) / 2 }])
    let (_, spectra) = mixtures(library, pixels: 300, noise: 0.05, seed: 2)
    #expect(worstResidual(library, spectra) <= 1e-6)
    let names = (0..<4).map { "\($0)" }
    #expect(FCLS.conditionNumber(of: SpectralLibrary(names: names, spectra: library)) == .infinity)
  }

  @Test func copesWithMoreEndmembersThanBands() {
    let library = endmembers(16, bands: 5, spread: 0.5, seed: 4)
    let (_, spectra) = mixtures(library, pixels: 300, noise: 0.05, seed: 4)
    #expect(worstResidual(library, spectra) <= 1e-6)
  }

  @Test func takesABlackEndmember() {
    let library = matrix([[0, 0, 0], [1, 0.5, 0.25], [0.25, 0.5, 1]])
    let found = SimplexLeastSquares(endmembers: library).solve(library * 0.5)
    expectClose(found[1], Tensor([0.5, 0.5, 0]), absolute: 1e-7, because: "half as bright is half black")
  }

  @Test(arguments: [[[0, 1], [1, 0], [1, 1]], [[0, 1], [1, 0], [0.5, 0.5]]])
  func answersNaNForASpectrumThatIsNotFinite(endmembers: [[Scalar]]) {
    // The second set is affinely dependent and takes another path.
    let problem = SimplexLeastSquares(endmembers: matrix(endmembers))
    let found = problem.solve(matrix([[.nan, 0], [0.5, .infinity], [0.5, 0.5]]))
    #expect(found[0].scalars.allSatisfy { $0.isNaN })
    #expect(found[1].scalars.allSatisfy { $0.isNaN })
    #expect(found[2].scalars.allSatisfy { $0.isFinite })
    let residuals = problem.residuals(of: found, for: matrix([[.nan, 0], [0.5, .infinity], [0.5, 0.5]]))
    #expect(residuals[0] == .infinity)
  }

  // MARK: Sameness

  @Test func doesNotDependOnThreadsOrNeighbours() {
    let library = endmembers(12, bands: 30, spread: 0.1, seed: 6)
    let (_, spectra) = mixtures(library, pixels: 5000, noise: 0.03, seed: 6)
    let problem = SimplexLeastSquares(endmembers: library)
    let alone = Tensor.concatenated(
      [4999, 2048, 17].map { problem.solve(spectra.slice(along: 0, $0..<$0 + 1)) }, along: 0)
    let runs = results(onThreads: [1, 4]) { problem.solve(spectra) }
    #expect(runs[1] == runs[0])
    #expect(runs[0].gatheringRows([4999, 2048, 17]) == alone)
  }

  // MARK: Scenes

  @Test func unmixesAScene() throws {
    var scene = smallScene()
    scene.isValid[5] = false
    let truth = try #require(scene.truth)
    let estimate = try FCLS(endmembers: try #require(truth.endmembers)).unmix(scene)
    #expect(estimate.mean[5].scalars == [0, 0, 0])
    #expect(estimate.names == ["rock", "tree", "water"])
    let valid = scene.validPixels
    expectClose(
      estimate.mean.gatheringRows(valid), truth.abundances.gatheringRows(valid), absolute: 2e-5,
      because: "spectra are rounded to Float, which similar endmembers magnify")
    let angles = try #require(estimate.reconstructionAngle).gatheringRows(valid)
    #expect(angles.maximum().scalar < 1e-5)
  }

  @Test func ignoresBrightnessOnUnitNorms() throws {
    let truth = smallScene()
    var scene = truth
    // Pixels darken to a third along the rows.
    let last = Scalar(scene.pixelCount)
    let shade = Tensor([scene.pixelCount, 1], (0..<scene.pixelCount).map { 1 - Scalar($0) / last / 1.5 })
    scene.spectra = scene.spectra * shade
    let library = try #require(truth.truth?.endmembers)
    let shaded = try FCLS(endmembers: library, scaling: .unitNorm).unmix(scene)
    let lit = try FCLS(endmembers: library, scaling: .unitNorm).unmix(truth)
    expectClose(shaded.mean, lit.mean, absolute: 2e-5, because: "Float rounding, magnified by similar endmembers")
    #expect(try FCLS(endmembers: library).unmix(scene).mean != FCLS(endmembers: library).unmix(truth).mean)
  }

  @Test func saysWhyEndmembersDoNotSuit() {
    let scene = smallScene(bands: 20)
    let library = { (count: Int, bands: Int) in
      SpectralLibrary(names: (0..<count).map { "\($0)" }, spectra: Tensor.ones([count, bands]))
    }
    #expect(throws: UnmixingError.sizeMismatch(field: "bands of the endmembers", expected: 20, found: 19)) {
      try FCLS(endmembers: library(3, 19)).unmix(scene)
    }
    #expect(throws: UnmixingError.self) { try FCLS(endmembers: library(33, 20)).unmix(scene) }
    var holed = library(2, 20)
    holed.spectra = Tensor([2, 20], (0..<40).map { $0 == 27 ? .nan : 1 })
    #expect(throws: UnmixingError.notFinite(field: "bands of the endmembers", count: 1, first: 7)) {
      try FCLS(endmembers: holed).unmix(scene)
    }
  }

  @Test func knowsTheConditionOfTwoEndmembers() {
    let names = ["a", "b", "c"]
    let right = SpectralLibrary(names: names, spectra: matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    expectClose(FCLS.conditionNumber(of: right), 1, relative: 1e-12, because: "a regular triangle is well conditioned")
  }

  // MARK: Reference

  /// The best solution over all supports by solving each one's equations; infeasible ones do not count.
  private func exhaustive(_ endmembers: Tensor, _ spectrum: Tensor) -> [Double] {
    let (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    let (m, y) = (endmembers.scalars.map { Double($0) }, spectrum.scalars.map { Double($0) })
    let dot = { (i: Int, j: Int) in (0..<bands).reduce(0.0) { $0 + m[i * bands + $1] * m[j * bands + $1] } }
    var (best, least) = ([Double](), Double.infinity)
    for support in 1..<(1 << count) {
      let members = (0..<count).filter { support >> $0 & 1 == 1 }
      var rows = members.map { i in
        members.map { dot(i, $0) } + [1, (0..<bands).reduce(0.0) { $0 + m[i * bands + $1] * y[$1] }]
      }
      rows.append([Double](repeating: 1, count: members.count) + [0, 1])
      let solution = eliminated(rows)
      if solution.prefix(members.count).contains(where: { $0 < 0 }) { continue }
      var abundances = [Double](repeating: 0, count: count)
      for (place, k) in members.enumerated() { abundances[k] = solution[place] }
      let error = (0..<bands).reduce(0.0) { sum, band in
        let fitted = (0..<count).reduce(0.0) { $0 + abundances[$1] * m[$1 * bands + band] }
        return sum + (fitted - y[band]) * (fitted - y[band])
      }
      if error < least { (best, least) = (abundances, error) }
    }
    return best
  }

  /// Gaussian elimination with pivoting; the last column is the right-hand side.
  private func eliminated(_ matrix: [[Double]]) -> [Double] {
    var rows = matrix
    let size = rows.count
    for column in 0..<size {
      let pivot = (column..<size).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in 0..<size where row != column {
        let factor = rows[row][column] / rows[column][column]
        for index in column...size { rows[row][index] -= factor * rows[column][index] }
      }
    }
    return (0..<size).map { rows[$0][size] / rows[$0][$0] }
  }
}
