import Foundation
import Probability
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

struct PosteriorSBCTests {
  private static let simulations = CalibrationCell.isLong ? 1000 : 300

  /// A scene that the prior does not foresee: half of the pixels pure, the others near one edge.
  private static func spectra(_ simulation: LinearSimulation) -> Tensor {
    var random = RandomStream(seed: 51)
    let concentration = Tensor([400, 3], (0..<400).flatMap { $0 % 2 == 0 ? [0.02, 0.02, 0.02] : [3, 3, 0.05] })
    let abundances = Dirichlet(concentration: concentration).sample(using: &random)
    return abundances.matrixProduct(simulation.endmembers)
      + random.normal([400, 50]) * Tensor(simulation.deviations.map { Scalar($0) })
  }

  @Test func gibbsIsRightWhereASceneHasItsPixels() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 0.2, signalToNoise: 30, seed: 50)
    let test = PosteriorSBC(
      of: simulation.posterior(), under: simulation.endmembers, on: Self.spectra(simulation))
    let found = try test.calibration(names: ["a", "b", "c"], simulations: Self.simulations, seed: 52)
    // Below 0.01 in one seed of a hundred.
    #expect(found.familyProbability > 0.01, "\(found.binsProbability), \(found.bandProbability)")
    #expect(found.pixels == Self.simulations && found.posterior.contains("given the scene"))
  }

  @Test func moreSimulationsThanPixelsUseThemAgain() throws {
    let simulation = LinearSimulation(endmembers: 2, angle: 0.3, signalToNoise: 25, seed: 53)
    let test = PosteriorSBC(
      of: simulation.posterior(), under: simulation.endmembers, on: simulation.draw(0..<7, seed: 54).spectra)
    let found = try test.calibration(names: ["a", "b"], simulations: 250, seed: 55)
    #expect(found.pixels == 250 && found.familyProbability > 0.001, "\(found.familyProbability)")
  }
}
