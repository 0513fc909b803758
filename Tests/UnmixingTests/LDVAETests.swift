import Networks
import Probability
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// The latent-Dirichlet autoencoders: what their options promise.
@Suite struct LDVAETests {
  private let facts = ModelFacts(bands: 20, endmembers: 3)

  private func options(_ change: (inout LDVAEOptions) -> Void = { _ in }) -> LDVAEOptions {
    var result = LDVAEOptions()
    result.width = 8
    result.depth = 2
    result.patchSide = 3
    result.encoderHidden = [16]
    result.decoderHidden = [8]
    change(&result)
    return result
  }

  private func posterior(_ id: String, _ options: LDVAEOptions) throws -> Tensor {
    var random = RandomStream(seed: 1)
    let model = try Catalogue.entry(id).model(options, facts, using: &random)
    func concentration<Model: UnmixingModel>(_ model: Model) -> Tensor {
      var model = model
      var pass = Pass(.inference, random: RandomStream(seed: 2))
      let shape: Shape = model.view == .pixel ? [5, 20] : [5, options.patchSide, options.patchSide, 20]
      let posterior = model.posterior(of: Sight(pass.random.uniform(shape)), in: &pass)
      return (posterior as? Dirichlet)?.concentration ?? .zeros([])
    }
    return concentration(model)
  }

  @Test(arguments: ["spacnn-ldvae", "mlp-ldvae"])
  func theSoftmaxHeadHasTotalConcentrationOne(_ id: String) throws {
    let total = try posterior(id, options { $0.head = .softmax }).sum(along: -1)
    // Components are floored at 10⁻³, which can add at most 3·10⁻³.
    for value in total.scalars { #expect(abs(value - 1) <= 3e-3) }
  }

  @Test(arguments: ["spacnn-ldvae", "mlp-ldvae"])
  func theScaledSoftmaxHeadStartsFromItsTotal(_ id: String) throws {
    let total = try posterior(id, options { $0.head = .scaledSoftmax }).sum(along: -1)
    for value in total.scalars { #expect(abs(value - 30) <= 1e-3) }
  }

  @Test(arguments: ["spacnn-ldvae", "mlp-ldvae"], ConcentrationHead.allCases)
  func concentrationsArePositive(_ id: String, _ head: ConcentrationHead) throws {
    let concentration = try posterior(id, options { $0.head = head })
    #expect(concentration.shape == [5, 3])
    for value in concentration.scalars { #expect(value >= 1e-3 && value.isFinite) }
  }

  @Test(arguments: [1, 3, 5, 7, 9])
  func anyOddPatchIsTaken(_ side: Int) throws {
    #expect(try posterior("spacnn-ldvae", options { $0.patchSide = side }).shape == [5, 3])
  }

  @Test func thePaperReadsOutEndmemberChannels() throws {
    var random = RandomStream(seed: 1)
    let entry = try Catalogue.entry("spacnn-ldvae")
    let options = try #require(entry.preset("paper").configuration.model as? LDVAEOptions)
    let paper = SpACNNLDVAE(options, facts, using: &random)
    // Stem 20·64·9, six of 64·64·9, last 64·3·9, with 2 batch norm numbers a channel; attention 2·9 and a norm of 2;
    // decoder 3–64–128–20 with biases and 20 deviations.
    let encoder = 20 * 64 * 9 + 6 * 64 * 64 * 9 + 64 * 3 * 9 + 2 * (7 * 64 + 3)
    let decoder = 3 * 64 + 64 + 64 * 128 + 128 + 128 * 20 + 20 + 20
    let attention = paper.parameterCount - encoder - decoder
    #expect(attention == 18 + 2)
  }

  @Test func aFixedDeviationIsNotLearned() {
    var random = RandomStream(seed: 1)
    let learned = MLPLDVAE(options { $0.deviation = .perBand }, facts, using: &random).parameterCount
    let fixed = MLPLDVAE(options { $0.deviation = .fixed }, facts, using: &random).parameterCount
    let global = MLPLDVAE(options { $0.deviation = .global }, facts, using: &random).parameterCount
    #expect(learned - fixed == 20)
    #expect(global - fixed == 1)
  }

  @Test func aLinearDecoderStartsFromItsEndmembers() throws {
    let scene = smallScene()
    let initial = try #require(scene.truth?.endmembers?.spectra)
    var random = RandomStream(seed: 1)
    var model = MLPLDVAE(
      options { $0.decoder = .linear }, ModelFacts(bands: 20, endmembers: 3, initialEndmembers: initial),
      using: &random)
    var pass = Pass(.inference, random: random)
    let oneHot = Tensor([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let mean = model.reconstruction(from: oneHot, in: &pass).mean
    // softplus and its inverse lose a few units in the last place.
    for (a, b) in zip(mean.scalars, initial.scalars) { #expect(abs(a - b) < 1e-5) }
  }

  @Test(arguments: [0, 2, 4, 11, -1])
  func anImpossiblePatchIsRefused(_ side: Int) {
    #expect(throws: UnmixingError.self) { try options { $0.patchSide = side }.check() }
  }
}
