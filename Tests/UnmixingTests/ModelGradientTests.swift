import Networks
import Probability
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// The networks learn all they hold, and their losses have the derivatives that finite differences see.
@Suite struct ModelGradientTests {
  private func options(_ change: (inout LDVAEOptions) -> Void = { _ in }) -> LDVAEOptions {
    var result = LDVAEOptions()
    result.encoderHidden = [6]
    result.decoderHidden = [5]
    result.width = 4
    result.depth = 1
    change(&result)
    return result
  }

  private func model(_ id: String, _ options: LDVAEOptions) throws -> any UnmixingModel {
    var random = RandomStream(seed: 3)
    let scene = smallScene()
    let facts = ModelFacts(bands: 20, endmembers: 3, initialEndmembers: scene.truth?.endmembers?.spectra)
    return try Catalogue.entry(id).model(options, facts, using: &random)
  }

  private static let variants: [(String, @Sendable (inout LDVAEOptions) -> Void)] = [
    ("mlp-ldvae", { _ in }), ("spacnn-ldvae", { _ in }), ("mlp-ldvae", { $0.decoder = .mlp }),
    ("mlp-ldvae", { $0.head = .scaledSoftmax }), ("spacnn-ldvae", { $0.readout = .endmemberChannels }),
    ("spacnn-ldvae", { $0.attentionBatchNorm = true }), ("mlp-ldvae", { $0.posterior = .logisticNormal }),
    ("spacnn-ldvae", { $0.posterior = .logisticNormal }),
  ]

  @Test(arguments: variants.indices)
  func everyParameterIsVisited(_ index: Int) throws {
    func check<Model: UnmixingModel>(_ model: Model) {
      checkModule(model, notLearned: ["runningMean", "runningVariance"])
    }
    check(try model(Self.variants[index].0, options(Self.variants[index].1)))
  }

  // At the small step that rectifiers ask for, Float differences see nothing.
  @Test(.enabled(if: Scalar.self == Double.self), arguments: variants.indices)
  func theLossHasTheDerivativeOfFiniteDifferences(_ index: Int) throws {
    let scene = smallScene()
    func check<Model: UnmixingModel>(_ model: Model) throws {
      let batch = try TrainingData(
        seen: scene.spectra, spectra: scene.spectra, of: scene, view: model.view, abundances: scene.truth?.abundances,
        pixels: Array(0..<24), validation: []
      ).batch(Array(0..<24))
      var objective = NegativeELBO()
      objective.likelihood = .bandMean
      objective.abundanceWeight = 3
      objective.labelWeight = 0.5
      // A draw jumps where its proposal is rejected, so the labels are decoded; draws have gradient tests of their own.
      objective.teacherForcing = 1
      // Rectifiers have kinks everywhere; so small a step seldom meets one.
      try checkGradient(
        of: { model in
          var pass = Pass(.training, random: RandomStream(seed: 4))
          return try objective(of: &model, on: batch, in: &pass).loss
        }, at: model, relative: 1e-5, step: 1e-5, components: 12)
    }
    try check(model(Self.variants[index].0, options(Self.variants[index].1)))
  }
}
