/// Everything that decides a training run, apart from the scene, the split and the seed.
public struct Configuration: Sendable {
  /// The method's id in the ``Catalogue``.
  public let method: String
  /// The network and its posterior.
  public var model: any ModelOptions
  /// What is minimised.
  public var objective: NegativeELBO
  /// How it is minimised.
  public var training: TrainingOptions

  /// The configuration of a method.
  public init(method: String, model: any ModelOptions, objective: NegativeELBO, training: TrainingOptions) {
    self.method = method
    self.model = model
    self.objective = objective
    self.training = training
  }

  /// Refuses what cannot be run.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    try model.check()
    try model.fusion.check()
    try objective.check()
    try training.check()
    if seesWholeScene { try checkWholeScene() }
  }

  /// Whether the method sees the whole scene at once.
  var seesWholeScene: Bool { type(of: model).seesWholeScene }

  private func checkWholeScene() throws {
    let labels = max(objective.abundanceWeight, objective.labelWeight)
    let fields = [
      ("training.batchSize", Double(training.batchSize)), ("training.validation", training.validation),
      ("objective.abundanceWeight and labelWeight", labels),
    ]
    for (field, value) in fields where value != 0 {
      throw UnmixingError.configuration(
        field: field, expected: "0, since \(method) sees the whole scene at once and no labels", found: "\(value)")
    }
  }

  /// Whether labelled abundances enter the objective.
  public var usesLabels: Bool { objective.abundanceWeight > 0 || objective.labelWeight > 0 }

  /// The words every key with words may have, as `training.schedule`; for messages and help.
  public var choices: [String: [String]] {
    var result = [
      "model.fusion.kind": words(FeatureFusion.Kind.self),
      "objective.likelihood": words(NegativeELBO.LikelihoodScale.self),
      "objective.divergence": NegativeELBO.divergences,
      "objective.abundanceError": words(NegativeELBO.AbundanceErrorTarget.self),
      "training.optimizer": words(TrainingOptions.OptimizerKind.self),
      "training.schedule": words(TrainingOptions.ScheduleKind.self),
      "training.keep": words(TrainingOptions.Keep.self),
    ]
    for (key, choices) in type(of: model).choices { result["model.\(key)"] = choices }
    return result
  }
}

extension Configuration: Equatable {
  /// Whether method, options, objective and training are the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.method == right.method && left.model.isEqual(to: right.model) && left.objective == right.objective
      && left.training == right.training
  }
}

extension Configuration: Codable {
  private enum Key: String, CodingKey { case method, model, objective, training }

  /// Reads the method first: it decides what options there are.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    func options<Options: ModelOptions>(_ type: Options.Type) throws -> any ModelOptions {
      try values.decode(type, forKey: .model)
    }
    method = try values.decode(String.self, forKey: .method)
    model = try options(Catalogue.entry(method).options)
    objective = try values.decode(NegativeELBO.self, forKey: .objective)
    training = try values.decode(TrainingOptions.self, forKey: .training)
  }

  /// Writes method, model, objective and training, in this order.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(method, forKey: .method)
    try values.encode(model, forKey: .model)
    try values.encode(objective, forKey: .objective)
    try values.encode(training, forKey: .training)
  }
}

/// A named starting point for a method's configuration.
public struct Preset: Sendable {
  /// The name on the command line.
  public let name: String
  /// One line on what the preset is for.
  public let summary: String
  /// The configuration one starts from.
  public let configuration: Configuration

  /// A preset.
  public init(_ name: String, _ summary: String, _ configuration: Configuration) {
    self.name = name
    self.summary = summary
    self.configuration = configuration
  }
}
