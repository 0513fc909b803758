import Probability
import Scenes
import Tensors

extension TrainedModel {
  /// Pixels as the decoder of this model makes them: its endmembers, noise and prior, in its scaling.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` for a decoder that is not linear.
  public func simulation() throws -> LinearSimulation {
    guard let mixing = linearMixing else {
      throw UnmixingError.configuration(
        field: "decoder", expected: "a linear one, to simulate spectra from", found: description.configuration.method)
    }
    return LinearSimulation(
      endmembers: mixing.endmembers, deviations: mixing.deviation.scalars.map { Double($0) },
      concentration: priorConcentration(mixing.endmembers.shape[0]))
  }

  /// How well the network's own posterior is calibrated over simulated pixels; `nil` for a network that sees more than one
  /// pixel at a time.
  public func amortisedCalibration(
    on simulation: LinearSimulation, pixels: Int, draws: Int, seed: UInt64,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> PosteriorCalibration? {
    func judged<Model: UnmixingModel>(_ model: Model) throws -> PosteriorCalibration? {
      guard model.view == .pixel, Model.Posterior.self != Delta.self else { return nil }
      return try PosteriorCalibration(
        of: PosteriorKind.amortised.rawValue, on: simulation, names: description.endmemberNames, pixels: pixels,
        seed: seed,
        draws: { block, spectra in
          let seen = description.configuration.model.fusion.applied(
            to: spectra, isValid: [Bool](repeating: true, count: block.count))
          return model.draws(draws, of: seen, rows: block.map { UInt32($0) }, seed: seed)
        }, observing: observing)
    }
    return try judged(model)
  }
}
