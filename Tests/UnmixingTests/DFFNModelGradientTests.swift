import Networks
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// The published loss written by hand over the parameters in the order DFFN visits them: for each of four blocks kernel,
/// bias, γ, β; then weight and bias of three dense layers.
private struct PublishedDFFN: Module {
  var weights: [Tensor]
  let image: Tensor
  let spectra: Tensor
  let (b, c): (Scalar, Scalar)

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) { weights.forEachParameter(body) }

  func loss() -> Tensor {
    var maps = image
    var outputs: [Tensor] = []
    for block in 0..<4 {
      maps = normalized(maps.convolved(with: weights[4 * block], bias: weights[4 * block + 1]), 4 * block).relu()
      outputs.append(maps.reshaped(to: [maps.shape[1] * maps.shape[2], maps.shape[3]]))
    }
    let (abundances, first) = (outputs[2], outputs[3])
    var features = first.transposed()
    for layer in 0..<3 {
      features = (features.matrixProduct(weights[16 + 2 * layer]) + weights[17 + 2 * layer]).sigmoid()
    }
    let second = abundances.matrixProduct(features, transposingOther: true)
    let sumToOne = (abundances.sum(along: 1) - 1).squared().mean()
    let negative = (-abundances).maximum(with: 0).mean()
    return angle(spectra, second).mean() + b * (sumToOne + negative) + c * angle(first, second).mean()
  }

  private func normalized(_ maps: Tensor, _ place: Int) -> Tensor {
    let mean = maps.mean(along: 0, 1, 2)
    let variance = (maps - mean).squared().mean(along: 0, 1, 2)
    return (maps - mean) / (variance + 1e-5).sqrt() * weights[place + 2] + weights[place + 3]
  }

  private func angle(_ x: Tensor, _ y: Tensor) -> Tensor {
    let (x, y) = (x / x.norm(along: 1, keepingDimensions: true), y / y.norm(along: 1, keepingDimensions: true))
    return 2 * (x - y).norm(along: 1).atan2(x: (x + y).norm(along: 1))
  }
}

/// DFFN learns all it holds, and its −ELBO is the published loss with its derivatives.
@Suite struct DFFNModelGradientTests {
  private let scene = smallScene(rows: 9, columns: 8, bands: 10)

  private func model(_ change: (inout DFFNOptions) -> Void = { _ in }, pixels: Int = 72) -> DFFN {
    var options = DFFNOptions()
    options.abundanceWidths = [6, 5]
    options.endmemberWidths = [7, 4]
    options.sumToOneWeight = 0.3
    options.agreementWeight = 0.2
    change(&options)
    var random = RandomStream(seed: 3)
    var model = DFFN(options, ModelFacts(bands: 10, endmembers: 3, pixels: pixels), using: &random)
    // A zero spectrum has no angle. A raised β of the last two blocks leaves few rectifiers shut, and none in all channels.
    var place = 0
    model.forEachParameter { parameter in
      if place == 11 || place == 15 { parameter = parameter + 2 }
      place += 1
    }
    return model
  }

  private func batch(_ scene: Scene) throws -> Batch {
    let seen = DFFNOptions().fusion.applied(to: scene.spectra, isValid: scene.isValid)
    return try TrainingData(
      seen: seen, spectra: scene.spectra, of: scene, view: .scene, abundances: nil, pixels: scene.validPixels,
      validation: []
    ).batch(scene.validPixels)
  }

  private func loss(_ model: inout DFFN, on batch: Batch) throws -> Tensor {
    var pass = Pass(.training, random: RandomStream(seed: 4))
    return try NegativeELBO()(of: &model, on: batch, in: &pass).loss
  }

  @Test func everyParameterIsVisited() {
    checkModule(model(), notLearned: ["runningMean", "runningVariance", "extracted"])
  }

  @Test(arguments: [(0.3, 0.2), (0, 0.2), (0.3, 0)])
  func theNegativeELBOIsThePublishedLoss(b: Double, c: Double) throws {
    var model = model {
      $0.sumToOneWeight = b
      $0.agreementWeight = c
    }
    let batch = try batch(scene)
    var published = PublishedDFFN(
      weights: model.parameters, image: batch.sight.spectra, spectra: batch.spectra, b: Scalar(b), c: Scalar(c))
    let own = try valueAndGradient(at: &model) { try loss(&$0, on: batch) }
    let theirs = valueAndGradient(at: &published) { $0.loss() }
    let isDouble = Scalar.self == Double.self
    expectClose(
      own.value, theirs.value, absolute: isDouble ? 1e-10 : 1e-5, because: "the same function, added up otherwise")
    for (mine, their) in zip(own.gradient.parameters, theirs.gradient.parameters) {
      expectClose(
        mine, their, absolute: isDouble ? 1e-8 : 1e-3, because: "derivatives of the order of 1 through four batch norms"
      )
    }
    #expect(own.gradient.parameters.count == 22)
    #expect(own.gradient.parameters.contains { ($0.absolute().maximum().scalar) > 1e-3 })
  }

  // At the small step that rectifiers ask for, Float differences see nothing.
  @Test(.enabled(if: Scalar.self == Double.self), arguments: [[], [3, 40, 41, 71]])
  func theLossHasTheDerivativeOfFiniteDifferences(masked: [Int]) throws {
    var scene = scene
    for pixel in masked { scene.isValid[pixel] = false }
    let batch = try batch(scene)
    // Thousands of rectifiers have kinks; a step of 10⁻⁵ seldom meets one, and Double's differences still see 10⁻⁹.
    try checkGradient(
      of: { try loss(&$0, on: batch) }, at: model(pixels: 72 - masked.count), relative: 1e-5, step: 1e-5, components: 12
    )
  }
}
