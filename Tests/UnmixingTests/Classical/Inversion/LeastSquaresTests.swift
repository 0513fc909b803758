import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct LeastSquaresTests {
  private func unmix(_ spectra: Tensor, _ endmembers: Tensor, sumToOne: Bool = false) throws -> Tensor {
    let scene = Scene(name: "made", rows: spectra.shape[0], columns: 1, spectra: spectra)
    let names = (0..<endmembers.shape[0]).map { "\($0)" }
    var options = LeastSquares.Options()
    options.sumToOne = sumToOne
    return try LeastSquares(options, endmembers: SpectralLibrary(names: names, spectra: endmembers)).unmix(scene).mean
  }

  @Test func solvesTheNormalEquations() throws {
    // Endmembers (1, 0, 0), (1, 1, 0): (3, 1, 5) = 2·first + 1·second + what neither has.
    let found = try unmix(matrix([[3, 1, 5], [0, -1, 0]]), matrix([[1, 0, 0], [1, 1, 0]]))
    expectClose(found, matrix([[2, 1], [1, -1]]), absolute: 1e-6, because: "rounding to Float")
  }

  @Test func abundancesCanBeMadeToSumToOne() throws {
    // On the line a + b = 1 between (1, 0) and (0, 1) the point nearest to (2, 0) is (3/2, −1/2).
    let found = try unmix(matrix([[2, 0], [0, 0]]), matrix([[1, 0], [0, 1]]), sumToOne: true)
    expectClose(found, matrix([[1.5, -0.5], [0.5, 0.5]]), absolute: 1e-6, because: "rounding to Float")
  }

  @Test func takesTheSmallestOfManySolutions() throws {
    let found = try unmix(matrix([[2, 2]]), matrix([[1, 1], [1, 1]]))
    expectClose(found, matrix([[1, 1]]), absolute: 1e-6, because: "both copies share alike")
  }
}
