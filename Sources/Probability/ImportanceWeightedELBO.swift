import Tensors

/// The importance-weighted lower bound of a program, tighter than the ``ELBO`` and equal to it for one sample.
///
///     log 1/S Σ_s w_s ≤ log p(x),   w_s = p(x, z_s) / q(z_s|x),   z_s ~ q
///
/// No closed form is used: the weights need the densities themselves. The result is one number for each row, in nats.
///
/// - Complexity: The guide and the model run once for each sample.
/// - Edge cases: With a ``Potential`` in the program the bound is off by its unknown constant. Every row is weighted by
///   itself, so latent values must belong to rows; for a value that all rows share use the ``ELBO``.
/// - Source: Burda, Grosse & Salakhutdinov, *Importance Weighted Autoencoders* (2016), Eq. 8.
public struct ImportanceWeightedELBO: Sendable {
  /// How many draws share one logarithm.
  public let samples: Int

  /// A bound made of this many draws.
  public init(samples: Int) {
    precondition(samples > 0, "a mean of weights needs at least one draw, not \(samples)")
    self.samples = samples
  }

  /// The bound, one number for each row.
  ///
  /// - Throws: ``ProbabilityError`` if a site is missing on one side or shapes disagree, and what the program throws.
  public func callAsFunction<P: Program>(of program: inout P, in pass: inout Pass) throws -> Tensor {
    let weights = try logWeights(of: &program, in: &pass)
    return weights.logSumExp(along: 0) - Tensor(Scalar(samples)).log()
  }

  /// log w for every draw and row: `[samples, rows]`.
  public func logWeights<P: Program>(of program: inout P, in pass: inout Pass) throws -> Tensor {
    var draws: [Tensor] = []
    for _ in 0..<samples {
      let (guide, model) = try program.guideAndModel(in: &pass)
      draws.append(try model.logDensity() - guide.logDensity { $0.role == .latent })
    }
    return .stacked(draws)
  }
}
