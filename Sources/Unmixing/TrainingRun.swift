import Networks
import Probability
import Scenes
import Tensors

/// A training run from a scene to a trained model, which can be saved at any step and resumed.
///
///     var run = try TrainingRun(on: scene, model: "spacnn-ldvae", configuration, split: .random(training: 0.8), seed: 1)
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
  ///   - model: A name in the ``Catalogue``.
  ///   - configuration: What is asked for; `model.endmembers` must be set where there are no labels.
  ///   - sources: The files the scene and its labels came from, for the record.
  /// - Throws: ``UnmixingError`` when scene and configuration do not go together.
  public init(
    on scene: Scene, model id: String, _ configuration: Configuration, split: Split, seed: UInt64,
    sources: (scene: String, truth: String?)? = nil
  ) throws {
    try configuration.check()
    let entry = try Catalogue.entry(id)
    let count = try Self.endmemberCount(configuration, scene)
    let labels = Self.usesLabels(configuration) ? scene.truth?.abundances : nil
    let pixels = try split.pixels(of: scene, seed: seed)
    let scaling = FittedScaling(configuration.model.spectra, to: scene)
    let scaled = scaling.applied(to: scene.spectra)
    var facts = ModelFacts(bands: scene.bands, endmembers: count)
    if configuration.model.decoder == .linear {
      facts.initialEndmembers = try Self.initialEndmembers(count, scaled, labels, pixels.training, seed)
    }
    var random = RandomPurpose.initialization.stream(seed: seed)
    model = entry.make(configuration.model, facts, &random)
    let patches = Patches(of: scaled, rows: scene.rows, columns: scene.columns, view: model.view)
    data = try TrainingData(
      patches: patches, abundances: labels, pixels: pixels.training,
      validationShare: configuration.training.validation, seed: seed)
    testPixels = pixels.test
    earlierSeconds = 0
    let trainer = Trainer(configuration.training, minimizing: configuration.objective, seed: seed)
    state = trainer.initialState(pixels: data.pixels.count)
    description = RunDescription(
      version: RunDescription.currentVersion, model: id, seed: seed, configuration: configuration,
      scene: sources?.scene ?? scene.name, truth: sources?.truth, split: split.description,
      endmemberNames: labels.flatMap { _ in scene.truth?.names } ?? (1...count).map { "Endmember \($0)" },
      wavelengths: scene.axis?.wavelengths, bands: scene.bands, scaling: scaling,
      fingerprint: Self.fingerprint(scaled, labels, data.pixels))
  }

  /// Takes up a run where a checkpoint left it.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` when the scene or its labels are not those of the run.
  public init(resuming checkpoint: Checkpoint, on scene: Scene) throws {
    let description = checkpoint.description
    try description.check(scene)
    let configuration = description.configuration
    let labels = Self.usesLabels(configuration) ? scene.truth?.abundances : nil
    let scaled = description.scaling.applied(to: scene.spectra)
    (model, state) = try checkpoint.restored()
    let patches = Patches(of: scaled, rows: scene.rows, columns: scene.columns, view: model.view)
    data = TrainingData(
      patches: patches, abundances: labels, pixels: checkpoint.trainingPixels, validation: checkpoint.validationPixels)
    testPixels = checkpoint.testPixels
    earlierSeconds = checkpoint.seconds
    self.description = description
    if let last = checkpoint.trainingPixels.last, last >= scene.pixelCount {
      throw UnmixingError.mismatch(
        field: "pixels of \(scene.name)", expected: "those of the run", found: "\(scene.pixelCount)")
    }
    let found = Self.fingerprint(scaled, labels, data.pixels)
    if found != description.fingerprint {
      throw UnmixingError.mismatch(
        field: "spectra, labels and training pixels of \(scene.name)",
        expected: "those the run began with (fingerprint \(description.fingerprint))", found: "others (\(found))")
    }
  }

  /// The model as trained so far.
  public var trained: TrainedModel { TrainedModel(model, description) }

  /// The number of parameters.
  public var parameterCount: Int { model.parameterCount }

  /// The records of finished epochs.
  public var history: [EpochRecord] { state.history }

  /// The pixels trained on.
  public var trainingPixels: [Int] { data.pixels }

  /// Whether every epoch is done.
  public var isFinished: Bool { state.step >= trainer.totalSteps(data.pixels.count) }

  /// Trains to the end, or until `observe` says stop.
  ///
  /// - Throws: ``UnmixingError/diverged(epoch:loss:)``; what `observe` throws.
  public mutating func train(_ observe: (Progress) throws -> Trainer.Verdict = { _ in .proceed }) throws {
    func fit<Model: UnmixingModel>(_ model: Model) throws -> any UnmixingModel {
      var model = model
      let (trainer, data) = (trainer, data)
      let (steps, total) = (trainer.stepsPerEpoch(data.pixels.count), trainer.totalSteps(data.pixels.count))
      try trainer.fit(&model, from: &state, on: data) { [description, testPixels] state, model in
        try observe(
          Progress(
            step: state.step, totalSteps: total, epoch: (state.step - 1) / steps + 1, epochs: trainer.options.epochs,
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

  private var trainer: Trainer {
    Trainer(
      description.configuration.training, minimizing: description.configuration.objective, seed: description.seed)
  }

  private static func usesLabels(_ configuration: Configuration) -> Bool {
    configuration.objective.abundanceWeight > 0 || configuration.objective.labelWeight > 0
  }

  private static func endmemberCount(_ configuration: Configuration, _ scene: Scene) throws -> Int {
    let asked = configuration.model.endmembers
    guard let truth = scene.truth else {
      if asked == 0 {
        throw UnmixingError.configuration(
          field: "model.endmembers", expected: "a number, since the scene has no labelled abundances", found: "0")
      }
      if usesLabels(configuration) {
        throw UnmixingError.missing(
          field: "labelled abundances", neededFor: "objective.abundanceWeight and objective.labelWeight",
          remedy: "give a truth, or set both to 0 (preset blind)")
      }
      return try checked(asked, scene)
    }
    if asked != 0, asked != truth.count, usesLabels(configuration) {
      throw UnmixingError.configuration(
        field: "model.endmembers", expected: "0 or \(truth.count), the number of labelled ones", found: "\(asked)")
    }
    return try checked(asked == 0 ? truth.count : asked, scene)
  }

  private static func checked(_ count: Int, _ scene: Scene) throws -> Int {
    if count > scene.bands {
      throw UnmixingError.endmemberCount(
        requested: count, allowed: 2...max(2, scene.bands), reason: "the scene has \(scene.bands) bands")
    }
    return count
  }

  /// Where a linear decoder starts: from the least-squares endmembers of labelled pixels, or from extracted ones.
  ///
  ///     E = (AᵀA + 10⁻⁶ N I)⁻¹ AᵀX
  ///
  /// The small ridge keeps an endmember that no label mentions finite.
  private static func initialEndmembers(
    _ count: Int, _ scaled: Tensor, _ labels: Tensor?, _ pixels: [Int], _ seed: UInt64
  ) throws -> Tensor {
    let spectra = scaled.gatheringRows(pixels)
    guard let abundances = labels?.gatheringRows(pixels) else {
      return try VCA(count: count, seed: seed).endmembers(of: spectra)
    }
    let ridge = Tensor(
      [count, count], (0..<count * count).map { $0 / count == $0 % count ? 1e-6 * Scalar(pixels.count) : 0 })
    let gram = abundances.matrixProduct(abundances, transposingSelf: true) + ridge
    return try gram.choleskyFactor().solvingCholesky(abundances.matrixProduct(spectra, transposingSelf: true))
  }

  private static func fingerprint(_ spectra: Tensor, _ labels: Tensor?, _ pixels: [Int]) -> UInt64 {
    var result = Fingerprint()
    result.add(spectra)
    if let labels { result.add(labels) }
    for pixel in pixels { result.add(UInt64(pixel)) }
    return result.value
  }
}
