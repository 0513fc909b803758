extension LDVAEOptions {
  /// Where the configuration of a latent-Dirichlet autoencoder starts: with labels, without, or as the papers have it.
  static func presets(of method: String) -> [Preset] {
    [
      Preset("labelled", "what works best on scenes with labelled abundances", labelled(method)),
      Preset("blind", "no labels: the evidence lower bound alone, linear decoder started from VCA", blind(method)),
      Preset(
        "paper",
        "the papers' choices: softmax head, approximate inverse-CDF draws, abundance error on the draw (width 64, not 512)",
        paper(method)),
    ]
  }

  private static func labelled(_ method: String) -> Configuration {
    var objective = NegativeELBO()
    objective.likelihood = .bandMean
    objective.divergenceWeight = 1e-3
    objective.abundanceWeight = 1000
    objective.labelWeight = 1
    var training = TrainingOptions()
    training.epochs = 150
    return Configuration(method: method, model: LDVAEOptions(), objective: objective, training: training)
  }

  private static func blind(_ method: String) -> Configuration {
    var model = LDVAEOptions()
    model.spectra = .sceneMaximum
    model.initialDeviation = 0.05
    model.start = .extracted
    return Configuration(method: method, model: model, objective: NegativeELBO(), training: TrainingOptions())
  }

  private static func paper(_ method: String) -> Configuration {
    var model = LDVAEOptions()
    model.spectra = .sceneMaximum
    model.head = .softmax
    model.patchSide = 5
    model.depth = 6
    model.sampler = .inverseCDF
    model.priorConcentration = 0.01
    model.decoder = .mlp
    model.decoderOutput = .sigmoid
    model.start = .random
    model.readout = .endmemberChannels
    model.attentionBatchNorm = true
    var objective = NegativeELBO()
    objective.likelihood = .bandMean
    objective.divergence = .multiGamma
    objective.divergenceWeight = 1e-3
    objective.abundanceWeight = 10
    objective.abundanceError = .draw
    var training = TrainingOptions()
    training.schedule = .constant
    return Configuration(method: method, model: model, objective: objective, training: training)
  }
}
