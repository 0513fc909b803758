import Foundation
import Probability
import Tensors
import TestSupport
import Testing
import Unmixing

struct AmortisationTests {
  private static func configuration(epochs: Int) throws -> Configuration {
    var configuration = try Catalogue.entry("mlp-ldvae").preset("blind").configuration
    var options = try #require(configuration.model as? LDVAEOptions)
    options.encoderHidden = [32, 32]
    options.spectra = .raw
    configuration.model = options
    configuration.training.epochs = epochs
    return configuration
  }

  @Test func theBestDirichletHasNoGapAndOthersDo() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 0.6, signalToNoise: 25, seed: 61)
    let posterior = simulation.posterior()
    let spectra = simulation.draw(0..<30, seed: 62).spectra
    let flat = AmortisationGap(of: .ones([30, 3]), posterior: posterior, spectra: spectra)
    #expect(flat.pixels == 30 && flat.median > 1, "the prior itself: \(flat)")
    #expect(flat.ninetieth >= flat.median)
    let held = AmortisationGap(
      of: Tensor(repeating: Scalar(1) / 3, [30, 3]), posterior: posterior, spectra: spectra, hasFixedTotal: true)
    #expect(held.median > 0.1, "\(held)")
  }

  /// One endmember pair: the posterior is nearly a Beta, so moments of the exact one give a Dirichlet close to the best.
  @Test func momentsOfTheExactPosteriorAreNearlyTheBest() throws {
    let simulation = LinearSimulation(endmembers: 2, angle: 1, signalToNoise: 20, concentration: 3, seed: 63)
    let posterior = simulation.posterior()
    let spectra = simulation.draw(0..<20, seed: 64).spectra
    let exact = posterior.sample(spectra, schedule: .init(draws: 4000), random: RandomStream(seed: 65))
    let total = exact.mean * (1 - exact.mean) / exact.deviation.squared() - 1
    let found = AmortisationGap(of: exact.mean * total, posterior: posterior, spectra: spectra)
    #expect(found.median < 0.02, "\(found)")
  }

  @Test func anEncoderIsTrainedAndJudged() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 1, signalToNoise: 20, seed: 66)
    let untrained = SimulatedTraining(try Self.configuration(epochs: 1), pixels: 500)
    let before = try untrained.outcome(on: simulation, judged: 250, draws: 199, seed: 67)
    let after = try SimulatedTraining(try Self.configuration(epochs: 30), pixels: 4000)
      .outcome(on: simulation, judged: 250, draws: 199, seed: 67)
    let (first, second) = (try #require(before.gap), try #require(after.gap))
    #expect(after.loss < before.loss && second.median < 0.5 * first.median, "\(first), \(second)")
    #expect(after.calibration.posterior == "amortised, mlp-ldvae" && after.calibration.pixels == 250)
    // Well apart and noisy: a Dirichlet is nearly right.
    let coverage = after.calibration.coverage(0.9)
    #expect(coverage.lowerBound > 0.7, "\(coverage)")
  }

  @Test func onlyGuidesOfSinglePixelsAreTrained() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 1, signalToNoise: 20, seed: 68)
    for id in ["spacnn-ldvae"] {
      let configuration = try Catalogue.entry(id).presets[0].configuration
      #expect(throws: UnmixingError.self) {
        try SimulatedTraining(configuration, pixels: 100).outcome(on: simulation, judged: 50, draws: 199, seed: 1)
      }
    }
  }
}
