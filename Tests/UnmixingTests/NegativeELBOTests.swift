import Networks
import Probability
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// The objective: what it is at unit weights, and what every weight adds.
@Suite struct NegativeELBOTests {
  private let scene = smallScene()

  private func batch(_ model: some UnmixingModel) throws -> Batch {
    try TrainingData(
      seen: scene.spectra, spectra: scene.spectra, of: scene, view: model.view,
      abundances: scene.truth?.abundances, pixels: Array(0..<16), validation: []
    ).batch(Array(0..<16))
  }

  private func perceptron() -> MLPLDVAE {
    var options = LDVAEOptions()
    options.encoderHidden = [16]
    var random = RandomStream(seed: 1)
    return MLPLDVAE(
      options, ModelFacts(bands: 20, endmembers: 3, initialEndmembers: scene.truth?.endmembers?.spectra), using: &random
    )
  }

  private func pass(_ seed: UInt64 = 9) -> Pass { Pass(.training, random: RandomStream(seed: seed)) }

  private func loss(_ objective: NegativeELBO, _ model: some UnmixingModel) throws -> Double {
    var (model, pass) = (model, pass())
    return Double(try objective(of: &model, on: batch(model), in: &pass).loss.scalar)
  }

  @Test func isTheProgramsBoundAtUnitWeights() throws {
    var program = try UnmixingProgram(perceptron(), on: batch(perceptron()))
    var pass = pass()
    let bound = try -ELBO()(of: &program, in: &pass).mean()
    // Both draw the same numbers; sums in another order differ by a few units in the last place of |loss| ≈ 100.
    expectClose(
      try loss(NegativeELBO(), perceptron()), Double(bound.scalar), relative: 1e-5, because: "order of summation")
  }

  @Test func weighsItsTerms() throws {
    var (model, pass) = (perceptron(), pass())
    let batch = try batch(model)
    let labels = try #require(batch.abundances)
    let posterior = model.posterior(of: batch.sight, in: &pass)
    let draw = posterior.sample(using: &pass.random)
    let fit = -model.reconstruction(from: draw, in: &pass).density.logDensity(of: batch.spectra)
    let divergence = posterior.divergence(from: model.prior, at: draw)
    let interior = labels * 0.9 + Scalar(0.1) / 3
    let byHand =
      fit / 20 + divergence * 0.25 + (posterior.mean - labels).squaredNorm(along: -1) * 7
      - posterior.logDensity(of: interior) * 0.5
    var objective = NegativeELBO()
    objective.likelihood = .bandMean
    objective.divergenceWeight = 0.25
    objective.abundanceWeight = 7
    objective.labelWeight = 0.5
    objective.labelSmoothing = 0.1
    expectClose(
      try loss(objective, perceptron()), Double(byHand.mean().scalar), relative: 1e-5, because: "order of summation")
  }

  @Test func teacherForcingDecodesLabels() throws {
    var objective = NegativeELBO()
    objective.divergenceWeight = 0
    objective.teacherForcing = 1
    var (model, pass) = (perceptron(), pass())
    let batch = try batch(model)
    let labels = try #require(batch.abundances)
    let fit = -model.reconstruction(from: labels, in: &pass).density.logDensity(of: batch.spectra)
    expectClose(
      try loss(objective, perceptron()), Double(fit.mean().scalar), relative: 1e-5, because: "order of summation")
  }

  @Test func ofAPointIsItsPublishedLoss() throws {
    let model = PointAutoencoder(bands: 20, endmembers: 3)
    let data = try TrainingData(
      seen: scene.spectra, spectra: scene.spectra, of: scene, view: .scene, abundances: nil, pixels: scene.validPixels,
      validation: [])
    var (copy, pass) = (model, pass())
    let objective = Double(try NegativeELBO()(of: &copy, on: data.batch(data.pixels), in: &pass).loss.scalar)
    let abundances = model.encoder(scene.spectra).softmax()
    let error = (scene.spectra - abundances.matrixProduct(model.endmembers)).squaredNorm(along: -1)
    let sparsity = (abundances + 1e-8).sqrt().sum(along: -1) * model.sparsity
    let published = Double((error / 0.02 + sparsity).mean().scalar)
    // The normal's constant: bands (log σ + ½ log 2π).
    let constant = 20 * (-2.302585092994046 + 0.9189385332046727)
    expectClose(objective, published + constant, relative: 1e-5, because: "order of summation")
  }

  @Test func labelsAreNotScoredUnderAPoint() throws {
    var (model, pass) = (PointAutoencoder(bands: 20, endmembers: 3), pass())
    let data = try TrainingData(
      seen: scene.spectra, spectra: scene.spectra, of: scene, view: .scene, abundances: scene.truth?.abundances,
      pixels: scene.validPixels, validation: [])
    var objective = NegativeELBO()
    objective.labelWeight = 1
    #expect(throws: UnmixingError.self) { try objective(of: &model, on: data.batch(data.pixels), in: &pass) }
  }
}
