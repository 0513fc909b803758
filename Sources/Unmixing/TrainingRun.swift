import Networks
import Probability
import Scenes
import Tensors

/// A training run from a scene to a trained model, which can be saved at any step and resumed.
///
///     let configuration = try Catalogue.entry("spacnn-ldvae").preset("labelled").configuration
///     var run = try TrainingRun(on: scene, configuration, split: .random(training: 0.8), seed: 1)
///     try run.train { progress in … }
///     let estimate = try run.trained.unmix(scene)
public struct TrainingRun: Sendable {
  /// What the run is made from.
  public let description: RunDescription
  /// The pixels held out for testing; empty without a split.
  public let testPixels: [Int]
  /// The seconds of training before this process, of a run that was resumed.
  public let earlierSeconds: Double
  private var model: any UnmixingModel
  private var state: TrainingState
  private let data: TrainingData
  private let beginning: Beginning
  private let seen: Tensor

  /// How far training has come.
  public struct Progress: Sendable {
    /// Steps taken and steps in all.
    public let step: Int, totalSteps: Int
    /// The epoch that is running, from 1, and epochs in all.
    public let epoch: Int, epochs: Int
    /// The records of finished epochs.
    public let history: [EpochRecord]
    /// The run as it is now. Building it copies no weights; writing it does not disturb training.
    public let checkpoint: @Sendable (_ seconds: Double) -> Checkpoint
  }

  /// Prepares a run. Labels are those of `scene.truth`; without them the objective is the ELBO alone.
  ///
  /// - Parameters:
  ///   - configuration: What is asked for; `model.endmembers` must be set where there is no truth.
  ///   - sources: The files the scene and its labels came from, for the record.
  /// - Throws: ``UnmixingError`` when scene and configuration do not go together.
  public init(
    on scene: Scene, _ configuration: Configuration, split: Split, seed: UInt64,
    sources: (scene: String, truth: String?)? = nil
  ) throws {
    try configuration.check()
    let count = try EndmemberCount(configuration, scene).checked
    let labels = configuration.usesLabels ? try Labels(of: scene) : nil
    let pixels = try split.pixels(of: scene, seed: seed)
    let learned =
      configuration.seesWholeScene ? scene.validPixels : labels?.labelled(among: pixels.training) ?? pixels.training
    let parts = try split.watching(share: configuration.training.validation, of: learned, in: scene, seed: seed)
    let scaling = FittedScaling(configuration.model.spectra, to: scene.spectra.gatheringRows(parts.training))
    description = RunDescription(
      seed: seed, configuration: configuration, scene: sources?.scene ?? scene.name, truth: sources?.truth,
      split: split.description,
      endmemberNames: labels.flatMap { _ in scene.truth?.names } ?? (1...count).map { "Endmember \($0)" },
      wavelengths: scene.axis?.wavelengths, bands: scene.bands, scaling: scaling,
      fingerprint: Fingerprint.of(scaling.applied(to: scene.spectra), labels?.abundances, parts.training))
    try description.checkMemory(for: scene, training: true)
    beginning = Beginning(description, scene, labels?.abundances, parts.training)
    model = try beginning.model(restart: 0)
    seen = beginning.seen
    data = try TrainingData(
      seen: seen, spectra: beginning.scaled, of: scene, view: model.view, abundances: labels?.abundances,
      pixels: parts.training, validation: parts.test)
    testPixels = pixels.test
    earlierSeconds = 0
    state = description.trainer.initialState(pixels: data.pixels.count)
  }

  /// Takes up a run where a checkpoint left it.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` when the scene or its labels are not those of the run.
  public init(resuming checkpoint: Checkpoint, on scene: Scene) throws {
    description = checkpoint.description
    try description.check(scene)
    let labels = description.configuration.usesLabels ? try Labels(of: scene) : nil
    let pixels = checkpoint.trainingPixels
    let all = pixels + checkpoint.validationPixels + checkpoint.testPixels
    if let last = all.max(), last >= scene.pixelCount {
      throw UnmixingError.mismatch(
        field: "pixels of \(scene.name)", expected: "those of the run", found: "\(scene.pixelCount)")
    }
    beginning = Beginning(description, scene, labels?.abundances, pixels)
    let found = Fingerprint.of(beginning.scaled, labels?.abundances, pixels)
    if found != description.fingerprint {
      throw UnmixingError.mismatch(
        field: "spectra, labels and training pixels of \(scene.name)",
        expected: "those the run began with (fingerprint \(description.fingerprint))", found: "others (\(found))")
    }
    try description.checkMemory(for: scene, training: true)
    (model, state) = try checkpoint.restored()
    seen = beginning.seen
    data = try TrainingData(
      seen: seen, spectra: beginning.scaled, of: scene, view: model.view, abundances: labels?.abundances,
      pixels: pixels, validation: checkpoint.validationPixels)
    testPixels = checkpoint.testPixels
    earlierSeconds = checkpoint.seconds
  }

  /// The model as trained so far.
  public var trained: TrainedModel { TrainedModel(model, description) }

  /// What the trained model says of the scene it was trained on, as ``TrainedModel/unmix(_:observing:)`` would.
  ///
  /// - Throws: as that.
  public func unmix(
    _ scene: Scene, observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Estimate {
    try trained.unmix(scene, seen: seen, observing: observing)
  }

  /// The number of parameters.
  public var parameterCount: Int { model.parameterCount }

  /// The records of finished epochs.
  public var history: [EpochRecord] { state.history }

  /// The pixels trained on.
  public var trainingPixels: [Int] { data.pixels }

  /// Whether every epoch is done.
  public var isFinished: Bool { state.step >= description.trainer.totalSteps(data.pixels.count) }

  /// Trains to the end, or until `observe` says stop.
  ///
  /// - Throws: ``UnmixingError/diverged(epoch:loss:)``; what `observe` throws.
  public mutating func train(_ observe: (Progress) throws -> Trainer.Verdict = { _ in .proceed }) throws {
    func fit<Model: UnmixingModel>(_ model: Model) throws -> any UnmixingModel {
      var model = model
      let (trainer, data, beginning) = (description.trainer, data, beginning)
      let (steps, total) = (trainer.stepsPerEpoch(data.pixels.count), trainer.totalSteps(data.pixels.count))
      func renewed(_ restart: Int) throws -> Model {
        guard let fresh = try beginning.model(restart: restart) as? Model else {
          preconditionFailure("another model than \(Model.self)")
        }
        return fresh
      }
      try trainer.fit(&model, from: &state, on: data, renewed: renewed) { [description, testPixels] state, model in
        try observe(
          Progress(
            step: state.step, totalSteps: total, epoch: (state.step - 1) / steps + 1, epochs: total / steps,
            history: state.history,
            checkpoint: {
              Checkpoint(description, model: model, state: state, data: data, testPixels: testPixels, seconds: $0)
            }))
      }
      return model
    }
    model = try fit(model)
  }

  /// The run as it is now.
  public func checkpoint(seconds: Double) -> Checkpoint {
    func save<Model: UnmixingModel>(_ model: Model) -> Checkpoint {
      Checkpoint(description, model: model, state: state, data: data, testPixels: testPixels, seconds: seconds)
    }
    return save(model)
  }
}

extension RunDescription {
  /// The loop this run is trained by.
  var trainer: Trainer { Trainer(configuration.training, minimizing: configuration.objective, seed: seed) }
}
