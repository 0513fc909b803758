import Networks
import Probability
import Tensors

/// The loss every model is trained with: the negative evidence lower bound, plus what labels add where they exist.
///
///     ℓ(x) = −w log p(x∣a) + β KL(q(a∣x) ‖ p(a)) + ω ‖â − a*‖² − λ log q(a*′∣x),     a ~ q(a∣x)
///
/// w is 1 or 1/bands, â the posterior mean or the draw, a* the labelled abundances and a*′ = (1 − ε) a* + ε/K, which
/// keeps labels off the simplex's edge, where a Dirichlet's density is 0 or infinite. Averaged over the batch.
///
/// With w = β = 1 and ω = λ = 0 this is −ELBO in nats, for a normalised likelihood and prior.
///
/// - Source: MLP-LDVAE (IEEE TGRS 62, 2024), Eqs. 3–5; ω is that paper's ancillary weight.
/// - Deviation: the papers state neither w nor β nor ω. The labels' own likelihood (λ) is ours: it teaches the total
///   concentration how uncertain the abundances are.
public struct NegativeELBO: Codable, Sendable, Equatable {
  /// How log p(x∣a) is weighted.
  public enum LikelihoodScale: String, Codable, Sendable, CaseIterable {
    /// w = 1: summed over bands, as a likelihood is.
    case sum
    /// w = 1/bands.
    case bandMean
  }

  /// Which estimate ω penalises.
  public enum AbundanceErrorTarget: String, Codable, Sendable, CaseIterable {
    /// The posterior mean.
    case mean
    /// The draw that is decoded, as in the papers.
    case draw
  }

  /// The scale w of log p(x∣a).
  public var likelihood = LikelihoodScale.sum
  /// β.
  public var divergenceWeight = 1.0
  /// How the posterior's distance from the prior is measured.
  public var divergence = Divergence.kullbackLeibler
  /// ω; used where labels exist.
  public var abundanceWeight = 0.0
  /// What ω penalises.
  public var abundanceError = AbundanceErrorTarget.mean
  /// λ; used where labels exist.
  public var labelWeight = 0.0
  /// ε.
  public var labelSmoothing = 3e-3
  /// The share of pixels whose labelled abundances are decoded instead of a draw.
  public var teacherForcing = 0.0

  /// The evidence lower bound alone.
  public init() {}

  /// The words of ``divergence``.
  static var divergences: [String] { words(Divergence.self) }

  /// Refuses weights that mean nothing.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    func require(_ holds: Bool, _ field: String, _ expected: String, _ found: Double) throws {
      if holds { return }
      throw UnmixingError.configuration(field: "objective.\(field)", expected: expected, found: "\(found)")
    }
    let weights = [
      ("divergenceWeight", divergenceWeight), ("abundanceWeight", abundanceWeight), ("labelWeight", labelWeight),
    ]
    for (field, weight) in weights {
      try require(weight >= 0 && weight.isFinite, field, "a number of at least 0", weight)
    }
    try require(labelSmoothing > 0 && labelSmoothing < 1, "labelSmoothing", "a number between 0 and 1", labelSmoothing)
    try require((0...1).contains(teacherForcing), "teacherForcing", "a share from 0 to 1", teacherForcing)
  }

  /// The loss of a batch, and its parts.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` when labels are to be scored under a point.
  public func callAsFunction<Model: UnmixingModel>(
    of model: inout Model, on batch: Batch, in pass: inout Pass
  ) throws -> (loss: Tensor, parts: LossParts) {
    let posterior = model.posterior(of: batch.sight, in: &pass)
    let draw = posterior.draw(using: &pass.random)
    let decoded = forced(draw.value, batch, in: &pass)
    let reconstruction = model.reconstruction(from: decoded, in: &pass)
    let bands = Scalar(batch.spectra.shape[1])
    let fit = -reconstruction.density.logDensity(of: batch.spectra)
    let distance = divergence(of: posterior, from: model.prior, at: draw)
    var loss = fit * (likelihood == .sum ? 1 : 1 / bands) + distance * Scalar(divergenceWeight)
    var parts = LossParts(fit: fit.detached, divergence: distance.detached)
    if let labels = batch.abundances {
      let estimate = abundanceError == .mean ? posterior.mean : draw.value
      let error = (estimate - labels).squaredNorm(along: -1)
      parts.abundanceError = Double(error.detached.mean().scalar)
      if abundanceWeight > 0 { loss = loss + error * Scalar(abundanceWeight) }
      if labelWeight > 0 {
        guard posterior.hasDensity else {
          throw UnmixingError.configuration(
            field: "objective.labelWeight", expected: "0, since this posterior is a point", found: "\(labelWeight)")
        }
        let interior = labels * Scalar(1 - labelSmoothing) + Scalar(labelSmoothing) / Scalar(labels.shape[1])
        loss = loss - posterior.logDensity(of: interior) * Scalar(labelWeight)
      }
    }
    let mean = loss.mean()
    parts.loss = Double(mean.detached.scalar)
    return (mean, parts)
  }

  /// The draw, with the labels in place of a random share of its rows.
  private func forced(_ draw: Tensor, _ batch: Batch, in pass: inout Pass) -> Tensor {
    guard teacherForcing > 0, let labels = batch.abundances else { return draw }
    let chance = pass.random.uniform([draw.shape[0], 1])
    let isForced = Tensor(
      chance.shape, chance.scalars.map { $0 < Scalar(teacherForcing) ? 1 : 0 })
    return isForced * labels + (1 - isForced) * draw
  }
}

/// What a loss is made of, averaged over a batch; for curves, not for differentiation.
public struct LossParts: Sendable, Equatable {
  /// The whole loss.
  public var loss = 0.0
  /// −log p(x∣a), summed over bands.
  public var fit: Double
  /// The divergence of the posterior from the prior, unweighted.
  public var divergence: Double
  /// ‖â − a*‖², where labels exist.
  public var abundanceError: Double?

  init(fit: Tensor, divergence: Tensor) {
    self.fit = Double(fit.mean().scalar)
    self.divergence = Double(divergence.mean().scalar)
  }
}
