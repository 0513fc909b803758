import Probability
import Tensors

/// An unmixing model and a batch as a probabilistic program, for everything programs are good for: several draws,
/// importance weights, predictive runs.
///
///     model: a ~ p(a),  x ~ p(x∣a)          guide: a ~ q(a∣x)
///
/// The sites are `abundances` and `spectra`. At unit weights and without labels ``NegativeELBO`` is the mean over the
/// batch of this program's −ELBO.
public struct UnmixingProgram<Model: UnmixingModel>: Module, Program {
  /// q(a∣x), p(x∣a) and p(a).
  public var unmixing: Model
  /// What is seen and what is observed.
  public let batch: Batch

  /// The program of a model on a batch.
  public init(_ unmixing: Model, on batch: Batch) {
    self.unmixing = unmixing
    self.batch = batch
  }

  /// Visits the model's parameters.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) { unmixing.forEachParameter(body) }

  /// Abundances from the prior, spectra from the reconstruction.
  public mutating func model(_ trace: inout Trace) throws {
    let abundances = try trace.sample("abundances", from: unmixing.prior)
    let reconstruction = unmixing.reconstruction(from: abundances, in: &trace.pass)
    try trace.observe("spectra", batch.spectra, under: reconstruction.density)
  }

  /// Abundances from the posterior.
  public mutating func guide(_ trace: inout Trace) throws {
    try trace.sample("abundances", from: unmixing.posterior(of: batch.sight, in: &trace.pass))
  }
}
