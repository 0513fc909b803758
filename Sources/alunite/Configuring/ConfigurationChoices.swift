import Probability
import Unmixing

extension Configuration {
  /// The words every key with words may have, for messages and help.
  static let choices: [String: [String]] = [
    "model.spectra": words(SpectrumScaling.self),
    "model.head": words(ConcentrationHead.self),
    "model.sampler": words(AbundanceSampler.self),
    "model.decoder": words(DecoderKind.self),
    "model.decoderOutput": words(DecoderOutput.self),
    "model.deviation": words(DecoderDeviation.self),
    "model.padding": words(PatchPadding.self),
    "model.readout": words(SpatialReadout.self),
    "objective.likelihood": words(NegativeELBO.LikelihoodScale.self),
    "objective.divergence": words(Divergence.self),
    "objective.abundanceError": words(NegativeELBO.AbundanceErrorTarget.self),
    "training.optimizer": words(TrainingOptions.OptimizerKind.self),
    "training.schedule": words(TrainingOptions.ScheduleKind.self),
  ]

  private static func words<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> [String]
  where Choice.RawValue == String {
    type.allCases.map(\.rawValue)
  }
}
