import Networks
import Probability
import Scenes
import Tensors

/// An encoder trained on simulated pixels, with endmembers and noise known: the best that its family and its architecture
/// do, with nothing else to learn and nothing to blame on a decoder.
///
///     maximise  Σₙ E_q[log Normal(xₙ; Ma, σ²)] − KL(q(a∣xₙ) ‖ Dirichlet(α))
///
/// - Source: the judgement follows Cremer, Li and Duvenaud, *Inference suboptimality in variational autoencoders*, ICML
///   2018.
public struct SimulatedTraining: Sendable {
  /// The method, its options and how it is trained; its objective is not used.
  public var configuration: Configuration
  /// How many pixels it learns from.
  public var pixels: Int

  /// A training.
  public init(_ configuration: Configuration, pixels: Int = 20_000) {
    (self.configuration, self.pixels) = (configuration, pixels)
  }

  /// What a trained encoder's posterior is worth.
  public struct Outcome: Sendable {
    /// How well its intervals are calibrated.
    public let calibration: PosteriorCalibration
    /// How far it stays behind the best Dirichlet of every pixel; `nil` for other families.
    public let gap: AmortisationGap?
    /// The loss of the last epoch, the negative evidence lower bound in nats.
    public let loss: Double
  }

  /// Trains on some pixels and judges on others.
  ///
  /// - Parameters:
  ///   - judged: how many pixels are judged; of these at most 1000 tell the gap.
  ///   - observing: told how many of how many steps are done.
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` for a method that sees more than a pixel or gives a
  ///   point; ``UnmixingError/diverged(epoch:loss:)``; what `observing` throws.
  public func outcome(
    on simulation: LinearSimulation, judged: Int, draws: Int, seed: UInt64,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Outcome {
    try configuration.check()
    var random = RandomPurpose.initialization.stream(seed: seed)
    let facts = ModelFacts(
      bands: simulation.deviations.count, endmembers: simulation.concentration.count, pixels: pixels)
    let fresh = try Catalogue.entry(configuration.method).model(configuration.model, facts, using: &random)
    func result<Model: UnmixingModel>(_ model: Model) throws -> Outcome {
      guard model.view == .pixel, Model.Posterior.self != Delta.self else {
        throw UnmixingError.configuration(
          field: "method", expected: "one with a posterior from a single pixel's spectrum", found: configuration.method)
      }
      let (guide, loss) = try trained(model, on: simulation, seed: seed, observing: observing)
      let calibration = try PosteriorCalibration(
        of: "amortised, \(configuration.method)", on: simulation, pixels: judged, seed: seed,
        draws: { block, spectra in
          guide.draws(draws, of: spectra, rows: block.map { UInt32($0) }, seed: seed)
        })
      return Outcome(calibration: calibration, gap: gap(guide, simulation, min(judged, 1000), seed), loss: loss)
    }
    return try result(fresh)
  }

  private func trained<Model: UnmixingModel>(
    _ model: Model, on simulation: LinearSimulation, seed: UInt64, observing: (Int, Int) throws -> Void
  ) throws -> (guide: Model, loss: Double) {
    // Pixels that are judged have lower numbers.
    let spectra = simulation.draw(1 << 24..<1 << 24 + pixels, seed: seed).spectra
    let scene = Scene(name: "simulated pixels", rows: 1, columns: pixels, spectra: spectra)
    let data = try TrainingData(
      seen: spectra, spectra: spectra, of: scene, view: .pixel, abundances: nil, pixels: scene.validPixels,
      validation: [])
    let trainer = Trainer(configuration.training, minimizing: NegativeELBO(), seed: seed)
    var (learner, state) = (KnownMixing(model, simulation), trainer.initialState(pixels: pixels))
    let (first, total) = (learner, trainer.totalSteps(pixels))
    try trainer.fit(&learner, from: &state, on: data, renewed: { _ in first }) { state, _ in
      try observing(state.step, total)
      return .proceed
    }
    return (learner.guide, state.history.last?.loss ?? .nan)
  }

  private func gap<Model: UnmixingModel>(
    _ guide: Model, _ simulation: LinearSimulation, _ count: Int, _ seed: UInt64
  ) -> AmortisationGap? {
    var guide = guide
    var pass = Pass(.inference, random: RandomPurpose.inference.stream(seed: seed))
    let spectra = simulation.draw(0..<count, seed: seed).spectra
    guard let posterior = guide.posterior(of: Sight(spectra), in: &pass) as? Dirichlet else { return nil }
    let isFixed = (configuration.model as? LDVAEOptions)?.head == .softmax
    return AmortisationGap(
      of: posterior.concentration, posterior: simulation.posterior(), spectra: spectra, hasFixedTotal: isFixed)
  }
}

extension UnmixingModel {
  /// Draws from the guide's posterior of spectra as the model sees them, `[draws, pixels, endmembers]`.
  func draws(_ count: Int, of seen: Tensor, rows: [UInt32], seed: UInt64) -> Tensor {
    var model = self
    var pass = Pass(.inference, random: RandomPurpose.inference.stream(seed: seed))
    pass.random.rows = rows
    let posterior = model.posterior(of: Sight(seen), in: &pass)
    let all = (0..<count).map { _ in
      posterior.sample(using: &pass.random).reshaped(to: [1, rows.count, endmemberCount])
    }
    return .concatenated(all, along: 0)
  }
}

/// A guide that learns under a reconstruction that is known.
private struct KnownMixing<Model: UnmixingModel>: UnmixingModel {
  var guide: Model
  private let mixing: LinearSimulation

  init(_ guide: Model, _ mixing: LinearSimulation) { (self.guide, self.mixing) = (guide, mixing) }

  var view: View { guide.view }
  var endmemberCount: Int { guide.endmemberCount }
  var prior: any Density { Dirichlet(concentration: Tensor(mixing.concentration.map { Scalar($0) })) }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) { guide.forEachParameter(body) }
  mutating func forEachBuffer(_ body: (inout Tensor) -> Void) { guide.forEachBuffer(body) }

  mutating func posterior(of sight: Sight, in pass: inout Pass) -> Model.Posterior {
    guide.posterior(of: sight, in: &pass)
  }

  mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    Reconstruction(
      Normal(
        mean: abundances.matrixProduct(mixing.endmembers),
        standardDeviation: Tensor(mixing.deviations.map { Scalar($0) })))
  }

  static func totalConcentration(of posterior: Model.Posterior) -> Tensor? {
    Model.totalConcentration(of: posterior)
  }
}
