import Networks
import Probability
import Scenes
import Tensors

/// Adapts a trained model to a scene without labels: the evidence lower bound of the scene's own pixels, and nothing else.
///
///     maximise  Σₙ E_q[log p(xₙ∣a)] − KL(q(a∣xₙ) ‖ p(a))
///
/// in nats, whatever weights the model was trained with. Over the guide alone, the encoder learns to read the scene under
/// the endmembers and the noise it has; over the decoder too, these move to where the scene has its pixels, and endmembers
/// may then no longer be the materials they are named after.
///
/// - Edge cases: only valid pixels are learned from. Batch norms take up the scene's statistics. The noise of ``Part/encoder`` is
///   what training learned; where that was too short to find it from `initialDeviation`, the prior outweighs the spectra and
///   abundances are drawn to even ones.
/// - Complexity: `epochs` passes over the scene.
public struct Adaptation: Sendable, Equatable {
  /// What learns.
  public enum Part: String, Sendable, CaseIterable {
    /// q(a∣x); p(x∣a) stays as it is.
    case encoder
    /// Both.
    case all
  }

  /// What learns.
  public var part: Part
  /// How often every pixel of the scene is seen.
  public var epochs: Int

  /// An adaptation.
  ///
  /// - Precondition: at least one epoch.
  public init(of part: Part, epochs: Int = 50) {
    precondition(epochs > 0, "\(epochs) epochs")
    self.part = part
    self.epochs = epochs
  }

  /// A model after its adaptation.
  public struct Adapted: Sendable {
    /// The model, whose description says what it was adapted to.
    public let model: TrainedModel
    /// The records of all epochs.
    public let history: [EpochRecord]
    /// The model as a run that is finished.
    public let checkpoint: @Sendable (_ seconds: Double) -> Checkpoint
  }

  /// The model adapted to a scene. Learning rate, batches and optimizer are those it was trained with; the rate falls to 0
  /// along half a cosine. The same model, scene and seed give the same weights on any number of threads.
  ///
  /// - Parameter observe: is told after every step how many of how many are done; what it throws ends the adaptation.
  /// - Throws: ``UnmixingError`` when the scene does not suit the model or the loss diverges; what `observe` throws.
  public func adapted(
    _ trained: TrainedModel, to scene: Scene,
    observe: (_ done: Int, _ total: Int, _ epoch: EpochRecord?) throws -> Void = { _, _, _ in }
  ) throws -> Adapted {
    try trained.description.check(scene)
    try trained.description.checkMemory(for: scene, training: true)
    let description = self.description(of: trained, scene)
    // The keys of the training stay its own.
    let trainer = Trainer(
      description.configuration.training, minimizing: NegativeELBO(), seed: description.seed &+ 0x9E37_79B9)
    func fit<Model: UnmixingModel>(_ model: Model) throws -> Adapted {
      let data = try Self.data(description, scene, view: model.view)
      var state = trainer.initialState(pixels: data.pixels.count)
      let total = trainer.totalSteps(data.pixels.count)
      func train<Learner: UnmixingModel>(_ learner: Learner) throws -> Learner {
        var fitted = learner
        try trainer.fit(&fitted, from: &state, on: data, renewed: { _ in learner }) { state, _ in
          try observe(state.step, total, state.history.last)
          return .proceed
        }
        return fitted
      }
      let fitted = part == .all ? try train(model) : try train(GuideOnly(model)).guide
      let end = state
      return Adapted(model: TrainedModel(fitted, description), history: end.history) {
        Checkpoint(description, model: fitted, state: end, data: data, testPixels: [], seconds: $0)
      }
    }
    return try fit(trained.model)
  }

  /// What the adapted model is made from: the run that trained it, and this.
  private func description(of trained: TrainedModel, _ scene: Scene) -> RunDescription {
    var description = trained.description
    description.adaptation = "\(part == .all ? "encoder and decoder" : "encoder") adapted to \(scene.name)"
    var training = description.configuration.training
    training.epochs = epochs
    training.restarts = 1
    training.schedule = .cosine
    training.keep = .last
    training.validation = 0
    // A decay would pull at weights that the bound says nothing of.
    training.weightDecay = 0
    description.configuration.training = training
    return description
  }

  private static func data(_ description: RunDescription, _ scene: Scene, view: View) throws -> TrainingData {
    let scaled = description.scaling.applied(to: scene.spectra)
    let seen = description.configuration.model.fusion.applied(to: scaled, isValid: scene.isValid)
    return try TrainingData(
      seen: seen, spectra: scaled, of: scene, view: view, abundances: nil, pixels: scene.validPixels, validation: [])
  }
}

/// A model whose guide learns while its reconstruction stays as it was.
private struct GuideOnly<Model: UnmixingModel>: UnmixingModel {
  /// The model that learns; its own decoder is never asked, so that its gradient is zero.
  var guide: Model
  /// The model as it was, whose weights are not visited.
  private let held: Model

  init(_ model: Model) { (guide, held) = (model, model) }

  var view: View { guide.view }
  var endmemberCount: Int { guide.endmemberCount }
  var prior: any Density { guide.prior }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) { guide.forEachParameter(body) }
  mutating func forEachBuffer(_ body: (inout Tensor) -> Void) { guide.forEachBuffer(body) }

  mutating func posterior(of sight: Sight, in pass: inout Pass) -> Model.Posterior {
    guide.posterior(of: sight, in: &pass)
  }

  mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    var held = held
    return held.reconstruction(from: abundances, in: &pass)
  }

  static func totalConcentration(of posterior: Model.Posterior) -> Tensor? {
    Model.totalConcentration(of: posterior)
  }

  func readout(of abundances: Tensor) -> Tensor { guide.readout(of: abundances) }
  func endmembers(in pass: inout Pass) -> Tensor { held.endmembers(in: &pass) }
  mutating func finishStep() { guide.finishStep() }
}
