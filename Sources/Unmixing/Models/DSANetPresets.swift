extension DSANetOptions {
  /// Where configurations start. The paper states no hyperparameter for any of its scenes.
  static func presets(of method: String) -> [Preset] {
    [
      Preset("general", "Jasper Ridge, and where to begin with any scene", configuration(method)),
      Preset("urban", "Urban: a tenth of the epochs, of ten times the pixels", configuration(method, epochs: 30)),
    ]
  }

  private static func configuration(_ method: String, epochs: Int = 300) -> Configuration {
    var training = TrainingOptions()
    training.epochs = epochs
    training.schedule = .constant
    return Configuration(
      method: method, model: DSANetOptions(), objective: NegativeELBO(), training: training)
  }
}
