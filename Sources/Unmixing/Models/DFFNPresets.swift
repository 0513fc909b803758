extension DFFNOptions {
  /// The paper's hyperparameters scene by scene, corrected where its text contradicts its figures.
  ///
  /// - Source: Tao et al., *DFFN*, IEEE TGRS 2024, Sec. III-F and Figs. 9–11; epochs, schedule and weight decay are those
  ///   of the released code for Samson, since the paper states none.
  /// - Deviation: `samson`: b is 0.01 (Fig. 9b and the released code), not 0.1 (text). `jasper`: c is 0.001 (Fig. 10c, where
  ///   the values of Table III are found), not 0.01 (text). `synthetic`: b, c and w are not stated; Table VI, where bands
  ///   alone do best, asks for a large w.
  static func presets(of method: String) -> [Preset] {
    [
      preset(
        method, "samson", "Samson: w 0.5, b 0.01 (0.1 in the paper's text, against its Fig. 9), c 0.001",
        w: 0.5, b: 1e-2, c: 1e-3),
      preset(
        method, "jasper", "Jasper Ridge: w 0.9, b 0.5, c 0.001 (0.01 in the paper's text, against its Fig. 10)",
        w: 0.9, b: 0.5, c: 1e-3),
      preset(method, "urban", "Urban: w 0.1, b 0.01, c 0.01", w: 0.1, b: 1e-2, c: 1e-2),
      preset(
        method, "synthetic", "mixtures with pure pixels: w 0.9, b 0.01, c 0.001 (not stated in the paper)",
        w: 0.9, b: 1e-2, c: 1e-3),
      preset(
        method, "released", "as samson, with the released code's width 100 in place of 1000",
        w: 0.5, b: 1e-2, c: 1e-3, width: 100),
    ]
  }

  private static func preset(
    _ method: String, _ name: String, _ summary: String, w: Double, b: Double, c: Double, width: Int = 1000
  ) -> Preset {
    var model = DFFNOptions()
    model.fusion.weight = w
    model.sumToOneWeight = b
    model.agreementWeight = c
    model.endmemberWidths = [width, 30]
    var training = TrainingOptions()
    training.epochs = 1500
    training.batchSize = 0
    training.schedule = .step
    training.weightDecay = 1e-6
    training.coupledDecay = true
    training.keep = .lowestLoss
    return Preset(
      name, summary, Configuration(method: method, model: model, objective: NegativeELBO(), training: training))
  }
}
