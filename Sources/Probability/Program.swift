import Tensors

/// A probabilistic program: how observations come from latent values, and how latent values are guessed from them.
///
/// Every site that the guide samples, the model samples too, under the same name and with the same shape; the model
/// observes besides. A program that is also a `Module` learns by the gradient of an ``ELBO``:
///
///     let (loss, gradient) = try valueAndGradient(at: &program) { program in
///       try -ELBO()(of: &program, in: &pass).mean()
///     }
public protocol Program {
  /// p(latent values, observations): samples from priors, then observes.
  mutating func model(_ trace: inout Trace) throws
  /// q(latent values | observations): samples only. A guide that observes or has a factor is an error.
  mutating func guide(_ trace: inout Trace) throws
}

extension Program {
  /// Latent values and observations drawn from the model: what it believes before it has seen anything.
  public mutating func priorPredictive(in pass: inout Pass) throws -> Trace {
    var trace = Trace(generating: pass)
    try model(&trace)
    pass = trace.pass
    return trace
  }

  /// Latent values drawn from the guide.
  ///
  /// - Throws: ``ProbabilityError/scoredInGuide(_:)`` if the guide observes or has a factor, and what the guide throws.
  public mutating func posterior(in pass: inout Pass) throws -> Trace {
    var trace = Trace(pass)
    try guide(&trace)
    if let site = trace.sites.first(where: { $0.role == .observed }) {
      throw ProbabilityError.scoredInGuide(site.name)
    }
    pass = trace.pass
    return trace
  }

  /// Latent values drawn from the guide and new observations drawn from the model at them.
  public mutating func posteriorPredictive(in pass: inout Pass) throws -> Trace {
    let latent = try posterior(in: &pass)
    var trace = Trace(replaying: latent, pass, drawsObservations: true)
    try model(&trace)
    pass = trace.pass
    return trace
  }

  /// One draw from the guide, and the model scored at it.
  mutating func guideAndModel(in pass: inout Pass) throws -> (guide: Trace, model: Trace) {
    let latent = try posterior(in: &pass)
    var trace = Trace(replaying: latent, pass)
    try model(&trace)
    pass = trace.pass
    let shared = Set(trace.sites.lazy.filter { $0.role == .latent }.map(\.name))
    for site in latent.sites where site.role == .latent && !shared.contains(site.name) {
      throw ProbabilityError.siteMissing(site.name, shape: site.value.shape, side: .model)
    }
    return (latent, trace)
  }
}
