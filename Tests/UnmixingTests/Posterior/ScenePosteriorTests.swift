import Foundation
import Probability
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

/// Posteriors of a scene under trained decoders, linear and not, by all their ways.
struct ScenePosteriorTests {
  /// A trained run on simulated pixels; the decoder has hardly left its start, the mixture of the true endmembers.
  private static func model(
    _ decoder: DecoderKind, family: AbundanceFamily = .dirichlet, pixels: Int = 400, angle: Double = 0.3
  ) throws -> (TrainedModel, Scene) {
    let simulation = LinearSimulation(endmembers: 3, angle: angle, signalToNoise: 30, seed: 41)
    let (abundances, spectra) = simulation.draw(0..<pixels, seed: 42)
    let names = ["a", "b", "c"]
    var scene = Scene(name: "simulated", rows: pixels / 20, columns: 20, spectra: spectra + 0.7)
    scene.truth = GroundTruth(
      abundances: abundances,
      endmembers: SpectralLibrary(names: names, spectra: simulation.endmembers + 0.7, source: "simulated"))
    var configuration = try Catalogue.entry("mlp-ldvae").defaultPreset(hasLabels: true).configuration
    var options = try #require(configuration.model as? LDVAEOptions)
    options.spectra = .raw
    options.posterior = family
    options.decoder = decoder
    options.decoderHidden = [16, 16]
    options.start = .oracle
    options.initialDeviation = 0.01
    configuration.model = options
    configuration.training.epochs = 12
    configuration.training.learningRate = 1e-3
    var run = try TrainingRun(on: scene, configuration, split: .random(training: 0.8), seed: 5)
    try run.train()
    return (run.trained, scene)
  }

  /// Holds means, deviations and deciles of two sets of draws against each other, over pixels.
  private func expectAgreement(_ one: PosteriorDraws, _ other: PosteriorDraws, effective: Double, _ what: String) {
    let comparison = PosteriorComparison([(.refined, one), (.nuts, other)], endmembers: ["a", "b", "c"])
    let distance = comparison.distances[0]
    // The standard error of a difference of means, in deviations; 19 of 20 are below twice that.
    let error = (2 / effective).squareRoot()
    #expect(distance.mean.high < 2.4 * error, "\(what): means \(distance.mean)")
    #expect(abs(distance.deviation.median - 1) < 0.03, "\(what): deviations \(distance.deviation)")
    #expect(distance.probability.median < 1.6 * error, "\(what): deciles \(distance.probability)")
    #expect(distance.deviation.low > 1 - 4 * error && distance.deviation.high < 1 + 4 * error)
  }

  @Test func chainsAgreeWithGibbsUnderALinearDecoder() throws {
    let (model, scene) = try Self.model(.linear)
    let posterior = try ScenePosterior(of: model, scene: scene)
    #expect(posterior.isLinear && posterior.pixels.count == 400)
    let chosen = Array(posterior.pixels.prefix(60))
    let gibbs = try posterior.draws(.refined, of: chosen, seed: 1)
    let nuts = try posterior.draws(.nuts, of: chosen, count: 1600, seed: 1)
    #expect(gibbs.source.allSatisfy { $0 == .gibbs } && gibbs.paretoShape.allSatisfy(\.isNaN))
    // Two similar endmembers make a ridge, along which the tree's coordinates run.
    let kept = nuts.source.indices.filter { nuts.source[$0] == .chains }
    #expect(kept.count > 57, "\(kept.count) of 60")
    #expect(kept.allSatisfy { nuts.convergence[$0] <= 1.01 })
    expectAgreement(gibbs, nuts, effective: 300, "Gibbs and NUTS")
  }

  @Test func weightsAgreeWithChainsUnderANonlinearDecoder() throws {
    let (model, scene) = try Self.model(.mlp)
    let posterior = try ScenePosterior(of: model, scene: scene)
    #expect(!posterior.isLinear && model.usualPosterior == .refined)
    let chosen = Array(posterior.pixels.prefix(isLong ? 200 : 24))
    let refined = try posterior.draws(.refined, of: chosen, count: 1000, seed: 2)
    let nuts = try posterior.draws(.nuts, of: chosen, count: 1600, seed: 3)
    // Most pixels need no chains, and no pixel with a k̂ above 0.7 keeps its weights.
    #expect(refined.source.count { $0 == .weighted } > chosen.count * 3 / 4, "\(refined.source)")
    for (shape, source) in zip(refined.paretoShape, refined.source) { #expect(shape <= 0.7 || source != .weighted) }
    expectAgreement(refined, nuts, effective: 250, "weights and NUTS")
  }

  private var isLong: Bool { ProcessInfo.processInfo.environment["ALUNITE_LONG"] == "1" }

  @Test func aDrawDependsOnNothingButItsPixel() throws {
    let (model, scene) = try Self.model(.mlp, pixels: 100)
    let posterior = try ScenePosterior(of: model, scene: scene)
    let all = try posterior.draws(.refined, of: Array(posterior.pixels.prefix(40)), count: 30, seed: 4)
    let few = try posterior.draws(.refined, of: [35, 3], count: 30, seed: 4)
    for (place, pixel) in [35, 3].enumerated() {
      let own = few.draws.slice(along: 1, place..<place + 1)
      // The decoder's sums may differ in their last digit with the size of its batch; draws then move by as little.
      expectClose(own, all.draws.slice(along: 1, pixel..<pixel + 1), absolute: 2e-3, because: "sums in another order")
    }
  }

  @Test func theNetworkIsOnlyBelievedWhereItsWeightsAre() throws {
    // Endmembers 0.1 rad apart: a Dirichlet cannot hold that only their sum is known.
    let (model, scene) = try Self.model(.linear, angle: 0.1)
    let before = try model.unmix(scene)
    let checked = try model.published(before, of: scene, by: .amortised)
    let shapes = try #require(checked.paretoShape).scalars
    let (deviation, own) = (try #require(checked.deviation).scalars, try #require(before.deviation).scalars)
    #expect(checked.posterior == .amortised && checked.mean == before.mean && checked.withheld > 0)
    for pixel in scene.validPixels {
      let isKnown = shapes[pixel] <= 0.7
      for k in 0..<3 {
        #expect(isKnown ? deviation[3 * pixel + k] == own[3 * pixel + k] : deviation[3 * pixel + k].isNaN)
        #expect(checked.quantiles.allSatisfy { $0.values.scalars[3 * pixel + k].isNaN == !isKnown })
      }
    }
    #expect(checked.pixels(from: .network) + checked.withheld == 400)
    #expect(checked.remarks.contains { $0.contains("have no interval") })
    // What cannot be told is left out of coverage, and its share is told.
    let metrics = try Evaluation().metrics(of: checked, against: scene.truth)
    let withheld = try #require(metrics.all.first { $0.id == "calibration.withheld" }).value
    #expect(abs(withheld - Double(checked.withheld) / 400) < 1e-12)
  }

  @Test func withheldPixelsComeBackFromFiles() throws {
    let (model, scene) = try Self.model(.linear, pixels: 100)
    var estimate = try model.unmix(scene)
    let unreliable = [5, 17, 99]
    func withheld(_ values: Tensor) -> Tensor {
      Tensor(values.shape, values.scalars.enumerated().map { unreliable.contains($0 / 3) ? .nan : $1 })
    }
    estimate.deviation = estimate.deviation.map(withheld)
    estimate.quantiles = estimate.quantiles.map { .init(probability: $0.probability, values: withheld($0.values)) }
    estimate.paretoShape = Tensor((0..<100).map { unreliable.contains($0) ? 0.9 : 0.3 })
    estimate.intervalSource = Tensor((0..<100).map { unreliable.contains($0) ? 0 : 1 })
    let directory = FileManager.default.temporaryDirectory.appending(path: "alunite-withheld-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let files = try EstimateFolder(estimate, of: scene, method: "test").write(to: directory).map(\.file)
    #expect(Set(["pareto-shape.img", "interval-source.img", "pareto-shape.png"]).isSubset(of: files))
    let read = try EstimateFile(contentsOf: directory.appending(path: "estimate.h5")).estimate
    #expect(read.withheld == 3 && read.pixels(from: .network) == 97)
    #expect(read.paretoShape?.scalars == estimate.paretoShape?.scalars)
    let raster = try Scene(contentsOf: directory.appending(path: "abundances-sd.hdr"))
    #expect(raster.isValid.indices.filter { !raster.isValid[$0] } == unreliable)
  }

  @Test func decodersOfWholeScenesHaveNone() throws {
    var configuration = try Catalogue.entry("ssanu-net").presets[0].configuration
    configuration.training.epochs = 1
    var run = try TrainingRun(on: smallScene(), configuration, split: .none, seed: 1)
    try run.train()
    let model = run.trained
    if model.linearMixing == nil {
      #expect(model.usualPosterior == .amortised)
      #expect(throws: UnmixingError.self) { try ScenePosterior(of: model, scene: smallScene()) }
    }
  }
}
