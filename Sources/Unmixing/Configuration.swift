/// Everything that decides a training run, apart from the scene and the seed.
public struct Configuration: Codable, Sendable, Equatable {
  /// The network and its posterior.
  public var model: LDVAEOptions
  /// What is minimised.
  public var objective: NegativeELBO
  /// How it is minimised.
  public var training: TrainingOptions

  /// The defaults: what works best on labelled scenes.
  public init() {
    model = LDVAEOptions()
    objective = NegativeELBO()
    training = TrainingOptions()
  }

  /// Refuses what cannot be run.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    try model.check()
    try objective.check()
    try training.check()
  }
}

/// A named starting point for a configuration.
public enum Preset: String, Codable, Sendable, CaseIterable {
  /// What works best on labelled scenes.
  case labelled
  /// No labels: the ELBO alone, a linear decoder that starts from extracted endmembers.
  case blind
  /// What the papers state, and the reading of what they leave open that explains their numbers.
  case paper

  /// The configuration of this preset.
  public var configuration: Configuration {
    var result = Configuration()
    switch self {
    case .labelled: break
    case .blind:
      result.model.spectra = .sceneMaximum
      result.model.initialDeviation = 0.05
      result.objective.likelihood = .sum
      result.objective.divergenceWeight = 1
      result.objective.abundanceWeight = 0
      result.objective.labelWeight = 0
    case .paper:
      result.model.spectra = .sceneMaximum
      result.model.head = .softmax
      result.model.sampler = .inverseCDF
      result.model.priorConcentration = 0.01
      result.model.decoder = .mlp
      result.model.decoderOutput = .sigmoid
      result.model.readout = .endmemberChannels
      result.model.attentionBatchNorm = true
      result.objective.likelihood = .bandMean
      result.objective.divergence = .multiGamma
      result.objective.divergenceWeight = 1e-3
      result.objective.abundanceWeight = 10
      result.objective.abundanceError = .draw
      result.objective.labelWeight = 0
      result.training.schedule = .constant
      result.training.epochs = 100
    }
    return result
  }

  /// One line on what the preset is for.
  public var summary: String {
    switch self {
    case .labelled: "what works best on scenes with labelled abundances (the default with --truth)"
    case .blind: "no labels: the evidence lower bound alone, linear decoder started from VCA (the default without)"
    case .paper: "the papers' choices: softmax head, draws by approximate inverse CDF, abundance error on the draw"
    }
  }
}
