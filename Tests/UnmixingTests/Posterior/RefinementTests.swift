import Foundation
import Probability
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

struct RefinementTests {
  /// A scene of simulated pixels, and its endmembers.
  private static func scene(decibels: Double = 30, pixels: Int = 400) -> (Scene, SpectralLibrary, LinearSimulation) {
    let simulation = LinearSimulation(endmembers: 3, angle: 0.5, signalToNoise: decibels, seed: 41)
    let (abundances, spectra) = simulation.draw(0..<pixels, seed: 42)
    let names = ["a", "b", "c"]
    var scene = Scene(name: "simulated", rows: pixels / 20, columns: 20, spectra: spectra)
    scene.truth = GroundTruth(abundances: abundances, names: names)
    return (scene, SpectralLibrary(names: names, spectra: simulation.endmembers, source: "simulated"), simulation)
  }

  @Test(arguments: GibbsUnmixing.NoiseSource.allCases)
  func gibbsIntervalsHoldTheirShare(noise: GibbsUnmixing.NoiseSource) throws {
    let (scene, library, _) = Self.scene()
    var options = GibbsUnmixing.Options()
    options.noise = noise
    let estimate = try GibbsUnmixing(options, endmembers: library, seed: 1).unmix(scene)
    #expect(estimate.posterior == .refined && estimate.quantiles.map(\.probability) == [0.05, 0.5, 0.95])
    let truth = try #require(scene.truth?.abundances).scalars
    let (low, high) = (estimate.quantiles[0].values.scalars, estimate.quantiles[2].values.scalars)
    let inside = truth.indices.count { truth[$0] >= low[$0] && truth[$0] <= high[$0] }
    // Four standard errors of 400 pixels whose three abundances tell two things: 4 · √(0.09/800).
    #expect(abs(Double(inside) / Double(truth.count) - 0.9) < 0.043, "\(Double(inside) / Double(truth.count))")
    expectClose(estimate.mean.sum(along: -1), .ones([400]), absolute: 1e-5, because: "means of points on the simplex")
  }

  @Test func gibbsLeavesMaskedPixelsAlone() throws {
    var (scene, library, _) = Self.scene()
    let whole = try GibbsUnmixing(.init(), endmembers: library, seed: 2).unmix(scene)
    scene.isValid[7] = false
    var options = GibbsUnmixing.Options()
    options.noise = .sampled
    let masked = try GibbsUnmixing(options, endmembers: library, seed: 2).unmix(scene)
    #expect(masked.mean.scalars[21..<24].allSatisfy { $0 == 0 })
    #expect(try #require(masked.deviation).scalars[21..<24].allSatisfy { $0 == 0 })
    #expect(whole.mean.scalars[21..<24].reduce(0, +) > 0.99)
  }

  @Test func pixelsThatAreEndmembersKeepAnInterval() throws {
    // As with any search that takes pixels for endmembers: three pixels fit exactly, and the noise drawn must not vanish.
    let (scene, _, _) = Self.scene()
    let chosen = [5, 77, 311]
    let library = SpectralLibrary(names: ["a", "b", "c"], spectra: scene.spectra.gatheringRows(chosen))
    var options = GibbsUnmixing.Options()
    options.noise = .sampled
    let estimate = try GibbsUnmixing(options, endmembers: library, seed: 3).unmix(scene)
    let deviations = try #require(estimate.deviation).gatheringRows(chosen).scalars
    let usual = try #require(estimate.deviation).scalars.sorted()[600]
    // One band's worth of the usual noise in fifty: a seventh of the usual deviation, and less at a vertex.
    #expect(deviations.allSatisfy { $0 > usual / 50 }, "\(deviations), where \(usual) is usual")
  }

  @Test func gibbsRefusesWhatItCannotDo() throws {
    let (scene, library, _) = Self.scene(pixels: 40)
    var options = GibbsUnmixing.Options()
    options.noise = .regression
    // Regression of 50 bands on each other needs more than 40 pixels.
    #expect(throws: UnmixingError.self) { try GibbsUnmixing(options, endmembers: library, seed: 1).unmix(scene) }
    options.concentration = 0
    #expect(throws: UnmixingError.self) { try options.check() }
    options.concentration = 1
    try options.check()
    (options.draws, options.thinning) = (1_000_000, 10_000)
    #expect(throws: UnmixingError.self) { try options.check() }
  }

  @Test func aTrainedLinearDecoderIsRefined() throws {
    let (scene, _, _) = Self.scene()
    var configuration = try Catalogue.entry("mlp-ldvae").defaultPreset(hasLabels: true).configuration
    configuration.training.epochs = 3
    let model = try Self.trained(configuration, scene)
    let before = try model.unmix(scene)
    #expect(before.posterior == .amortised && model.usualPosterior == .refined)
    let after = try model.refined(before, of: scene)
    #expect(after.posterior == .refined && after.mean == before.mean)
    #expect(after.deviation != before.deviation && after.quantiles.count == 3)
    // By hand: the decoder's mixture, with the larger of its noise and the residual.
    let mixing = try #require(model.linearMixing)
    let spectra = model.description.scaling.applied(to: scene.spectra)
    let residual = ResidualNoise(of: spectra, under: mixing.endmembers).effectiveDeviations
    let posterior = LinearPosterior(
      endmembers: mixing.endmembers, deviations: zip(mixing.deviation.scalars, residual).map { max(Double($0), $1) })
    let other = posterior.sample(spectra, schedule: .init(warmup: 200, draws: 2000), random: RandomStream(seed: 99))
    let (own, long) = (try #require(after.deviation).scalars, other.deviation.scalars)
    let ratio = zip(own, long).reduce(0) { $0 + Double($1.0 / $1.1) } / Double(own.count)
    #expect(abs(ratio - 1) < 0.02, "deviations are \(ratio) times those of other chains")
    // Two Monte-Carlo means with some 300 effective draws each: 0.08 deviations between them, on average less.
    let means = try #require(after.posteriorMean).scalars
    let distance = zip(zip(means, other.mean.scalars), long).reduce(0) { $0 + Double(abs($1.0.0 - $1.0.1) / $1.1) }
    #expect(distance / Double(own.count) < 0.1)
    let few = try model.refined(before, of: scene, at: [5, 17])
    let kept = try model.takingPosteriorMeans(few, of: scene)
    for pixel in [4, 5, 17] {
      let place = pixel * 3
      let (old, new) = (before.mean.scalars[place], try #require(after.posteriorMean).scalars[place])
      // Sums over another number of pixels may differ in their last digit, and chains then by a little.
      let distance = abs(kept.mean.scalars[place] - (pixel == 4 ? old : new))
      #expect(pixel == 4 ? distance == 0 : distance < 0.01)
      #expect(try #require(few.deviation).scalars[place].isNaN == (pixel == 4))
    }
    #expect(few.withheld == 398 && kept.remarks.contains { $0.contains("for 398 pixels without an interval") })
    let file = FileManager.default.temporaryDirectory.appending(path: "alunite-means-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    try EstimateFile(kept, sceneName: "simulated", method: "test").write(to: file)
    let read = try EstimateFile(contentsOf: file).estimate
    #expect(read.means == .posterior && read.withheld == 398 && read.mean == kept.mean)
    let taken = try model.takingPosteriorMeans(after, of: scene)
    #expect(taken.mean == after.posteriorMean && taken.means == .posterior && taken.quantiles.count == 3)
    #expect(taken.shareOfMeansOutside == 0 && (after.shareOfMeansOutside ?? 0) > 0)
    #expect(taken.remarks.contains { $0.hasPrefix("means: those of the draws") })
    #expect(after.remarks.contains { $0.contains("--mean posterior") })
    expectClose(
      try #require(taken.reconstructionAngle),
      taken.mean.matrixProduct(mixing.endmembers).angle(to: spectra), absolute: 1e-5, because: "one sum, two orders")
  }

  @Test func aNonlinearDecoderIsRefinedByWeightsOrChains() throws {
    let (scene, _, _) = Self.scene(pixels: 60)
    var configuration = try Catalogue.entry("mlp-ldvae").defaultPreset(hasLabels: true).configuration
    configuration.training.epochs = 1
    var options = try #require(configuration.model as? LDVAEOptions)
    options.decoder = .mlp
    configuration.model = options
    let model = try Self.trained(configuration, scene)
    #expect(model.usualPosterior == .refined)
    let before = try model.unmix(scene)
    let after = try model.refined(before, of: scene)
    #expect(after.posterior == .refined && after.mean == before.mean && after.paretoShape != nil)
    #expect(after.pixels(from: .weighted) + after.pixels(from: .chains) + after.withheld == 60)
    let deviation = try #require(after.deviation).scalars
    #expect(deviation.count(where: \.isNaN) == 3 * after.withheld && after.withheld < 6)
    let (taken, own) = (try model.takingPosteriorMeans(after, of: scene), before.mean.scalars)
    for (place, value) in taken.mean.scalars.enumerated() {
      #expect(deviation[place].isNaN ? value == own[place] : value != own[place])
    }
    let angles = try [taken, before].map { try #require($0.reconstructionAngle).mean().scalar }
    #expect(angles[0] < angles[1], "means of the posterior explain spectra better: \(angles)")
  }

  private static func trained(_ configuration: Configuration, _ scene: Scene) throws -> TrainedModel {
    var run = try TrainingRun(on: scene, configuration, split: .random(training: 0.8), seed: 5)
    try run.train()
    return run.trained
  }
}
