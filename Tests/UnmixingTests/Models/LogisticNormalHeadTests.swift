import Foundation
import Networks
import Probability
import Scenes
import Tensors
import Testing
import Unmixing

/// The logistic-normal posterior of the LDVAEs, from its head to files.
struct LogisticNormalHeadTests {
  private static let methods = ["mlp-ldvae", "spacnn-ldvae"]

  private func options(_ change: (inout LDVAEOptions) -> Void = { _ in }) -> LDVAEOptions {
    var result = LDVAEOptions()
    result.posterior = .logisticNormal
    result.width = 8
    result.depth = 1
    result.encoderHidden = [16]
    change(&result)
    return result
  }

  private func run(_ method: String, epochs: Int = 3) throws -> TrainingRun {
    var configuration = try Catalogue.entry(method).preset("labelled").configuration
    configuration.model = options()
    configuration.training.epochs = epochs
    configuration.training.batchSize = 32
    return try TrainingRun(on: smallScene(), configuration, split: .random(training: 0.8), seed: 3)
  }

  @Test(arguments: [2, 3, 6]) func theHeadFillsATriangle(count: Int) throws {
    let width = LogisticNormalHead.inputs(for: count)
    #expect(width == (count - 1) + (count - 1) * count / 2)
    let head = LogisticNormalHead(options(), endmembers: count)
    let features = Tensor([2, width], (0..<2 * width).map { Scalar($0 % 7) - 3 })
    let posterior = head.posterior(features)
    #expect(posterior.location == features.slice(along: 1, 0..<count - 1) && posterior.shape == [2, count])
    guard case .triangular(let factor) = posterior.scale else {
      Issue.record("the scale is diagonal")
      return
    }
    let (entries, free) = (factor.scalars, count - 1)
    for row in 0..<2 {
      var next = row * width + 2 * free
      for i in 0..<free {
        let raw = features.scalars[row * width + free + i]
        let found = entries[(row * free + i) * free + i]
        #expect(abs(found - (1e-3 + Tensor(raw).softplus().scalar)) < 1e-6)
        for j in 0..<free where j != i {
          let expected = j < i ? features.scalars[next] : 0
          next += j < i ? 1 : 0
          #expect(entries[(row * free + i) * free + j] == expected)
        }
      }
    }
  }

  @Test func meansStayWhereSinglePrecisionResolves() {
    let head = LogisticNormalHead(options(), endmembers: 2)
    let posterior = head.posterior(Tensor([2, 2], [900, -900, -900, 0]))
    #expect(posterior.location.scalars == [15, -15])
    #expect(posterior.mean.scalars.allSatisfy { $0.isFinite })
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    #expect(throws: UnmixingError.self) { try options { $0.readout = .endmemberChannels }.check() }
    #expect(throws: UnmixingError.self) { try options { $0.sampler = .inverseCDF }.check() }
    try options().check()
  }

  @Test(arguments: methods) func anEstimateHasIntervalsAndNoTotal(_ method: String) throws {
    var run = try run(method)
    try run.train()
    let (scene, model) = (smallScene(), run.trained)
    let estimate = try model.unmix(scene)
    #expect(estimate.posterior == .amortised && estimate.totalConcentration == nil)
    let deviation = try #require(estimate.deviation).scalars
    #expect(deviation.allSatisfy { $0 > 0 && $0 < 0.6 } && estimate.quantiles.count == 3)
    let (low, middle, high) = (
      estimate.quantiles[0].values.scalars, estimate.quantiles[1].values.scalars, estimate.quantiles[2].values.scalars
    )
    #expect(low.indices.allSatisfy { low[$0] < middle[$0] && middle[$0] < high[$0] })
    #expect(model.usualPosterior == .refined)
  }

  @Test(arguments: methods, [1, 5])
  func resumedTrainingEndsBitForBitWhereUninterruptedTrainingDoes(_ method: String, stop: Int) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "alunite-normal-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    var (first, whole) = (try run(method), try run(method))
    try whole.train()
    try first.train { $0.step == stop ? .stop : .proceed }
    try first.checkpoint(seconds: 1).write(to: file)
    var second = try TrainingRun(resuming: Checkpoint(contentsOf: file), on: smallScene())
    try second.train()
    let (one, other) = (try whole.trained.unmix(smallScene()), try second.trained.unmix(smallScene()))
    #expect(one.mean == other.mean && one.deviation == other.deviation && one.draw == other.draw)
    #expect(second.history == whole.history)
  }

  @Test func aBetterFamilyHasABetterBound() throws {
    // One pixel's posterior under two similar endmembers and noise: the bound of each family, optimised by hand-made steps,
    // is that of a Program with 64 draws a step. The Dirichlet cannot hold the correlation.
    let simulation = LinearSimulation(endmembers: 3, angle: 0.1, signalToNoise: 30, seed: 5)
    let (_, spectra) = simulation.draw(0..<64, seed: 6)
    let target = simulation.posterior()
    func bound(_ posterior: some ReparameterizedDistribution, _ random: inout RandomStream) -> Tensor {
      let draw = posterior.draw(using: &random)
      let noise = Tensor(target.deviations.map { Scalar($0) })
      let fit = Normal(mean: draw.value.matrixProduct(simulation.endmembers), standardDeviation: noise)
        .logDensity(of: spectra)
      return (fit - posterior.divergence(from: Dirichlet(concentration: .ones([3])), at: draw)).mean()
    }
    let start = target.mostLikely(spectra) * 0.9 + Scalar(0.1 / 3)
    func optimised(_ width: Int, _ begin: Tensor, _ make: (Tensor) -> any ReparameterizedDistribution) -> Double {
      var (parameters, momentum, squares) = (begin, Tensor.zeros(begin.shape), Tensor.zeros(begin.shape))
      var random = RandomStream(seed: 7)
      func value(_ parameters: Tensor) -> Tensor { bound(make(parameters), &random) }
      for step in 1...1500 {
        let (_, gradient) = valueAndGradient(at: &parameters) { value($0) }
        momentum = momentum * 0.9 + gradient * 0.1
        squares = squares * 0.99 + gradient * gradient * 0.01
        let rate: Scalar = step < 1000 ? 0.02 : 0.004
        parameters = parameters + momentum / (squares.sqrt() + 1e-8) * rate
      }
      return (0..<200).reduce(0) { sum, _ in sum + Double(value(parameters).scalar) } / 200
    }
    let dirichlet = optimised(3, (start * 30).log()) { Dirichlet(concentration: $0.exp()) }
    let logs = start.log()
    let location = logs.slice(along: 1, 0..<2) - logs.slice(along: 1, 2..<3)
    let begin = Tensor.concatenated([location, .zeros([64, 3])], along: 1)
    let normal = optimised(5, begin) { LogisticNormalHead(options(), endmembers: 3).posterior($0) }
    #expect(normal > dirichlet + 0.3, "\(normal) nats a pixel, and \(dirichlet)")
  }
}
