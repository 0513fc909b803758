import Foundation
import Probability
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

struct KeptDrawsTests {
  @Test func chainsOfAPixelMeetAndAreWrittenInGroups() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 0.5, signalToNoise: 25, seed: 71)
    let (abundances, spectra) = simulation.draw(0..<200, seed: 72)
    var scene = Scene(name: "simulated", rows: 10, columns: 20, spectra: spectra)
    scene.truth = GroundTruth(abundances: abundances, names: ["a", "b", "c"])
    scene.isValid[0] = false
    var configuration = try Catalogue.entry("mlp-ldvae").defaultPreset(hasLabels: true).configuration
    configuration.training.epochs = 2
    var run = try TrainingRun(on: scene, configuration, split: .none, seed: 5)
    try run.train()
    let kept = try run.trained.keptDraws(of: scene, at: [3, 150], chains: 4, draws: 200)
    #expect(kept.abundances.shape == [4, 200, 2, 3] && kept.logDensity.shape == [4, 200, 2])
    #expect(kept.spectra.shape == [2, 50] && kept.pixels == [3, 150])
    let values = kept.abundances.scalars.map { Double($0) }
    for place in 0..<6 {
      let chains = (0..<4).map { chain in (0..<200).map { values[(chain * 200 + $0) * 6 + place] } }
      let found = ChainDiagnostics(chains)
      #expect(found.convergence < 1.05, "\(place): \(found)")
    }
    // Chains are not copies of each other.
    #expect(values[0..<6] != values[1200..<1206])
    #expect(throws: UnmixingError.self) { try run.trained.keptDraws(of: scene, at: [0], draws: 10) }

    var estimate = try run.trained.unmix(scene)
    estimate.keptDraws = kept
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kept-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: url) }
    try EstimateFile(estimate, sceneName: "simulated", method: "mlp-ldvae").write(to: url)
    let file = try HDF5File(reading: url)
    #expect(try file.description(of: "posterior/abundances").dimensions == [4, 200, 2, 3])
    #expect(try file.tensor("posterior/abundances") == kept.abundances)
    #expect(try file.strings("posterior/endmember") == ["a", "b", "c"])
    #expect(try file.integers("observed_data/pixel") == [3, 150])
    #expect(try file.description(of: "sample_stats/lp").dimensions == [4, 200, 2])
    // The estimate reads as before.
    #expect(try EstimateFile(contentsOf: url).estimate.mean.shape == [200, 3])
  }
}
