import Foundation
import Probability
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

struct LinearPosteriorTests {
  @Test func isThatOfItsLeastSquaresWithoutNoise() {
    let simulation = LinearSimulation(endmembers: 4, angle: 0.6, signalToNoise: 70, seed: 3)
    let (abundances, spectra) = simulation.draw(0..<200, seed: 4)
    let posterior = simulation.posterior()
    // The noise is 2.5·10⁻⁵ in each band; along e₁ − e₂ the posterior's deviation is that over 0.6.
    expectClose(posterior.mostLikely(spectra), abundances, absolute: 5e-4, because: "ten deviations of the posterior")
    let summary = posterior.sample(spectra, random: RandomStream(seed: 1))
    expectClose(summary.mean, abundances, absolute: 5e-4, because: "ten deviations of the posterior")
  }

  @Test func weighsBandsByTheirNoise() {
    // Two bands, each of which would tell a₁ by itself: 0.2 ± 0.01 and 0.6 ± 0.04. The mean lies between them by weight.
    let posterior = LinearPosterior(endmembers: Tensor([2, 2], [1, 1, 0, 0]), deviations: [0.01, 0.04])
    let summary = posterior.sample(
      Tensor([1, 2], [0.2, 0.6]).broadcast(to: [64, 2]), schedule: .init(warmup: 5, draws: 500),
      random: RandomStream(seed: 2))
    let (first, second) = (1 / 1e-4, 1 / 1.6e-3)
    let (mean, deviation) = (summary.mean.scalars, summary.deviation.scalars)
    expectMean(
      (0..<64).map { Double(mean[2 * $0]) }, is: (first * 0.2 + second * 0.6) / (first + second), "the weighted mean")
    expectMean((0..<64).map { pow(Double(deviation[2 * $0]), 2) }, is: 1 / (first + second), "the variance")
  }

  @Test func residualsAreTheNoise() {
    var simulation = LinearSimulation(endmembers: 3, angle: 1, signalToNoise: 25, seed: 5)
    let uneven = simulation.deviations.enumerated().map { $1 * (1 + Double($0) / 25) }
    simulation = LinearSimulation(
      endmembers: simulation.endmembers, deviations: uneven, concentration: simulation.concentration)
    let found = ResidualNoise(of: simulation.draw(0..<4000, seed: 6).spectra, under: simulation.endmembers)
    // 1.1 % of sampling; the correction for K − 1 directions is an average, and bands take part in them unevenly.
    for (own, real) in zip(found.deviations, uneven) { #expect(abs(own / real - 1) < 0.25, "\(own), not \(real)") }
    let total = zip(found.deviations, uneven).reduce(0) { $0 + $1.0 / $1.1 } / Double(uneven.count)
    #expect(abs(total - 1) < 0.02, "\(total) times the noise")
    let residual = ResidualNoise(of: simulation.draw(0..<4000, seed: 6).spectra, under: simulation.endmembers)
    #expect(residual.inflation < 1.02, "independent bands: \(residual.inflation)")
    let exact = simulation.draw(0..<50, seed: 7).abundances.matrixProduct(simulation.endmembers)
    #expect(ResidualNoise(of: exact, under: simulation.endmembers).deviations.allSatisfy { $0 > 0 && $0 < 1e-5 })
  }

  @Test func sharedErrorsWidenTheResiduals() {
    // Unit noise of 50 bands, and one error of variance 4 along a direction spread over all bands: the eigenvalues of the
    // covariance are 1, 49 times, and 5.
    let simulation = LinearSimulation(endmembers: 2, angle: 1.2, signalToNoise: 20, seed: 8)
    let (_, spectra) = simulation.draw(0..<8000, seed: 9)
    var random = RandomStream(seed: 10)
    let direction = Tensor((0..<50).map { ($0 % 2 == 0 ? 1 : -1) / Scalar(50).squareRoot() })
    let size = Scalar(2 * simulation.deviations[0])
    let found = ResidualNoise(
      of: spectra + random.normal([8000, 1]) * size * direction, under: simulation.endmembers)
    // Σλ²/Σλ = (49 + 25)/54 over the mean 54/50, of which the abundances take a part away along their one direction.
    let expected = 74.0 / 54 / (54.0 / 50)
    #expect(abs(found.inflation / expected - 1) < 0.06, "\(found.inflation), not \(expected)")
  }
}
