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

  @Test func dependentEndmembersCanSumToOne() throws {
    // Of m and 2 m the spectrum s m holds 2 − s and s − 1: one solution, though the two are collinear.
    let found = try unmix(matrix([[1, 2], [1.25, 2.5], [2, 4]]), matrix([[1, 2], [2, 4]]), sumToOne: true)
    expectClose(found, matrix([[1, 0], [0.75, 0.25], [0, 1]]), absolute: 1e-6, because: "rounding to Float")
    // More endmembers than bands: 0, 1 and 2 on a line; of all mixtures that give 1.5 the one of least norm.
    let line = try unmix(matrix([[1.5]]), matrix([[0], [1], [2]]), sumToOne: true)
    let third = Scalar(1) / 3
    expectClose(line, matrix([[third - 0.25, third, third + 0.25]]), absolute: 1e-6, because: "rounding to Float")
  }

  @Test func takesTheSmallestOfManySolutions() throws {
    let found = try unmix(matrix([[2, 2]]), matrix([[1, 1], [1, 1]]))
    expectClose(found, matrix([[1, 1]]), absolute: 1e-6, because: "both copies share alike")
  }
}
