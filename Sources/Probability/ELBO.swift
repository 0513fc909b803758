import Tensors

/// The evidence lower bound of a program.
///
///     ELBO = E_q[log p(x, z) − log q(z|x)] ≤ log p(x)
///
/// The expectation is estimated by draws from the guide, with their history, so that its derivative is estimated too.
/// Site by site the difference log p − log q is replaced by −KL(q ‖ p) where that has a closed form, which removes its
/// noise. This is done only for a site whose predecessors in the model are its predecessors in the guide as well;
/// elsewhere the prior could depend on a value that itself depends on the site, and the formula would not hold.
///
/// The result is one number for each row, in nats; the caller averages or sums. Terms that all rows share are spread
/// evenly, so that the sum over rows is the bound of the whole.
///
/// - Complexity: The guide and the model run once for each sample.
/// - Source: Kingma & Welling, *Auto-Encoding Variational Bayes* (2014), Eq. 3 and 10.
public struct ELBO: Sendable {
  /// How many draws estimate the expectation.
  public let samples: Int
  /// How a latent site's distance from its prior is measured.
  public let divergence: Divergence

  /// A bound estimated by this many draws.
  public init(samples: Int = 1, divergence: Divergence = .kullbackLeibler) {
    precondition(samples > 0, "an expectation needs at least one draw, not \(samples)")
    self.samples = samples
    self.divergence = divergence
  }

  /// The bound, one number for each row.
  ///
  /// - Throws: ``ProbabilityError`` if a site is missing on one side or shapes disagree, and what the program throws.
  public func callAsFunction<P: Program>(of program: inout P, in pass: inout Pass) throws -> Tensor {
    var sum = try oneDraw(&program, &pass)
    for _ in 1..<samples { sum += try oneDraw(&program, &pass) }
    return samples == 1 ? sum : sum / Scalar(samples)
  }

  private func oneDraw<P: Program>(_ program: inout P, _ pass: inout Pass) throws -> Tensor {
    let (guide, model) = try program.guideAndModel(in: &pass)
    let own = Dictionary(uniqueKeysWithValues: guide.sites.enumerated().map { ($1.name, $0) })
    var terms = RowTerms()
    var latest = -1
    for site in model.sites {
      guard let position = own[site.name], !site.isObserved else {
        try terms.add(site.logDensity, named: site.name)
        continue
      }
      let isInOrder = latest < position
      latest = max(latest, position)
      try terms.add(-distance(guide.sites[position], from: site, mayIntegrate: isInOrder), named: site.name)
    }
    return terms.total()
  }

  private func distance(_ guide: Trace.Site, from model: Trace.Site, mayIntegrate: Bool) throws -> Tensor {
    guard let posterior = guide.density as? any ReparameterizedDistribution else {
      throw ProbabilityError.notReparameterized(guide.name)
    }
    if mayIntegrate, let known = divergence.closedForm(of: posterior, from: model.density) { return known }
    return guide.logDensity - model.logDensity
  }
}
