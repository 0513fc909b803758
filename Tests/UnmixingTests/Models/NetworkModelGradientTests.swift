import Foundation
import Networks
import Probability
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// The objective of each point-mass network is its published loss, with the same derivatives.
///
/// Losses are written here as the papers print them, from the network's abundances and reconstruction alone.
@Suite struct NetworkModelGradientTests {
  private static let lossDigits = Scalar.self == Double.self ? 1e-10 : 2e-5
  private static let slopeDigits = Scalar.self == Double.self ? 1e-8 : 1e-3

  private static let ssanuVariants: [@Sendable (inout SSANUNetOptions) -> Void] = [
    { _ in }, { $0.mseNormalization = .entries }, { $0.decoderRate = 0.1 }, { $0.reluBetween = true },
    { $0.spatial = false }, { $0.spectral = false }, { $0.linear = false }, { $0.nonlinear = false },
    { $0.identityStart = false },
  ]

  private static let dsanetVariants: [@Sendable (inout DSANetOptions) -> Void] = [
    { _ in }, { $0.attention = .elementwise }, { $0.normalization = .softmax }, { $0.patchSide = 1 },
    { ($0.views, $0.clusters, $0.angleWeight) = (5, 1, 2.5) },
  ]

  /// Expects −ELBO and a loss to agree, and their gradients.
  private func compare<Model: UnmixingModel>(
    _ model: Model, on scene: Scene, _ published: (inout Model, Batch, inout Pass) -> Tensor
  ) throws {
    let (batch, pixels) = try NetworkFixtures.batch(of: scene, for: model)
    var (own, other) = (model, model)
    var (pass, samePass) = (NetworkFixtures.pass(pixels), NetworkFixtures.pass(pixels))
    let (objective, slope) = try valueAndGradient(at: &own) { try NegativeELBO()(of: &$0, on: batch, in: &pass).loss }
    let (loss, expected) = valueAndGradient(at: &other) { published(&$0, batch, &samePass) }
    expectClose(
      Double(objective), Double(loss), absolute: Self.lossDigits, relative: Self.lossDigits,
      because: "rounding of the sums")
    for (found, wanted) in zip(slope.parameters, expected.parameters) {
      let size = wanted.scalars.map { abs(Double($0)) }.max() ?? 0
      expectClose(
        found, wanted, absolute: Self.slopeDigits * max(size, 5e-3), relative: Self.slopeDigits,
        because: "rounding, in units of the parameter's largest derivative, or of sums that nearly cancel")
    }
  }

  @Test(arguments: ssanuVariants.indices, [[], [4, 50, 51]])
  func theObjectiveOfSSANUNetIsItsPublishedLoss(_ index: Int, _ masked: [Int]) throws {
    let scene = NetworkFixtures.scene(masked: masked)
    var options = SSANUNetOptions()
    Self.ssanuVariants[index](&options)
    let isMean = options.mseNormalization == .entries
    try compare(NetworkFixtures.ssanu(scene, Self.ssanuVariants[index]), on: scene) { model, batch, pass in
      let abundances = model.posterior(of: batch.sight, in: &pass).point
      let error = (model.reconstruction(from: abundances, in: &pass).mean - batch.spectra).squared()
      let fit = isMean ? error.mean() : error.sum() / Scalar(error.shape[0])
      let sumToOne = (abundances.sum(along: -1) - 1).absolute().sum()
      return fit + 1e-2 * sumToOne + 1e-2 * abundances.singularValues().sum()
    }
  }

  @Test(arguments: dsanetVariants.indices)
  func theObjectiveOfDSANetIsItsPublishedLoss(_ index: Int) throws {
    let scene = NetworkFixtures.scene(masked: [4, 50, 51])
    var options = DSANetOptions()
    Self.dsanetVariants[index](&options)
    let angleWeight = Scalar(options.angleWeight)
    let model = try NetworkFixtures.dsanet(scene, Self.dsanetVariants[index])
    try compare(model, on: scene) { model, batch, pass in
      let abundances = model.posterior(of: batch.sight, in: &pass).point
      let mean = model.reconstruction(from: abundances, in: &pass).mean
      let cosine =
        (mean * batch.spectra).sum(along: -1) / (mean.norm(along: -1) * batch.spectra.norm(along: -1))
      // The loss is of angles; that they are those of the formula is seen at their cosines.
      for (angle, cosine) in zip(mean.angle(to: batch.spectra).doubles, cosine.doubles) {
        expectClose(
          Foundation.cos(angle), cosine, absolute: Scalar.self == Double.self ? 1e-12 : 1e-5, because: "arccos")
      }
      let angle = mean.angle(to: batch.spectra).mean()
      let sparsity = (abundances + 1e-8).sqrt().sum() / Scalar(abundances.shape[0])
      return angleWeight * angle + 0.05 * sparsity
    }
  }

  @Test func everyParameterIsVisited() throws {
    let scene = NetworkFixtures.scene()
    let kept: Set = ["runningMean", "runningVariance", "viewOfBand"]
    for change in Self.ssanuVariants { checkModule(NetworkFixtures.ssanu(scene, change), notLearned: kept) }
    for change in Self.dsanetVariants { checkModule(try NetworkFixtures.dsanet(scene, change), notLearned: kept) }
  }

  // At the small step that rectifiers ask for, Float differences see nothing.
  @Test(.enabled(if: Scalar.self == Double.self))
  func lossesHaveTheDerivativesOfFiniteDifferences() throws {
    let scene = NetworkFixtures.scene(masked: [4, 50, 51])
    func check<Model: UnmixingModel>(_ fresh: Model) throws {
      var model = fresh
      // With shifts of 0, pixels without features or abundances stand on the kinks of rectifiers.
      model.forEachParameter { $0 = $0 + irregular($0.shape, in: 0.01...0.05) }
      let (batch, pixels) = try NetworkFixtures.batch(of: scene, for: model)
      try checkGradient(
        of: { model in
          var pass = NetworkFixtures.pass(pixels)
          return try NegativeELBO()(of: &model, on: batch, in: &pass).loss
        }, at: model, relative: 1e-5, step: 3e-5, components: 2)
    }
    for change in Self.ssanuVariants { try check(NetworkFixtures.ssanu(scene, change)) }
    for change in Self.dsanetVariants { try check(NetworkFixtures.dsanet(scene, change)) }
  }
}
