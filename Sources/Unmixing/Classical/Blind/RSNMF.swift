/// RSNMF: non-negative matrix factorization with reweighted sparse abundances.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + λ Σ φ(a),   λ = sparsityScale · the scene's sparseness
///     φ(a) = ln(1 + a/ε) / ln(1 + 1/ε),   V = φ′(A) = 1 / ((A + ε) ln(1 + 1/ε))
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ²) / (A (M Mᵀ + δ² 1) + λ V)
///
/// The ℓ₁ norm ‖V ∘ A‖₁, whose weights are renewed in every iteration, is the tangent of the logarithms in J, so J never
/// increases. It ends when J changed by less than `tolerance` of itself in ten iterations in a row, or after `iterations`.
///
/// - Edge cases: abundances sum to one as nearly as δ and λ make them; the estimate divides them by their sums and keeps
///   what they were in `raw`. Negative reflectances count as 0.
/// - Complexity: 6 · pixels · bands · endmembers operations an iteration.
/// - Source: He, Zhang and Zhang, *Total variation regularized reweighted sparse nonnegative matrix factorization for
///   hyperspectral unmixing*, IEEE TGRS 55, 2017, without the total variation.
/// - Deviation: weights are divided by ln(1 + 1/ε), so that a pure pixel costs λ as it does under L½, for which this λ was
///   made. With weights 1/(a + ε) it costs λ ln(1 + 1/ε), 4.6 λ for the default: mixed pixels are then driven to the
///   vertices, and endmembers to the means of classes.
public struct RSNMF: MultiplicativeMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ, in multiples of the scene's sparseness (as in ``HalfNMF``).
    public var sparsityScale = 1.0
    /// ε, the abundance below which weights stop growing.
    public var offset = 0.01
    /// δ, the weight of the sum to one.
    public var sumToOne = 15.0
    /// The most iterations.
    public var iterations = 3000
    /// The relative change of J that counts as standstill.
    public var tolerance = 1e-4

    /// The defaults.
    public init() {}

    /// Refuses what cannot be computed with.
    public func check() throws {
      try checkFactorization()
      try checkWeight(sparsityScale, "sparsityScale")
      try require((1e-9...1).contains(offset), "offset", "1e-9 … 1", offset)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// RSNMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "RSNMF"

  func penalties(for problem: BlindProblem) -> [any AbundancePenalty] {
    [ReweightedNorm(weight: options.sparsityScale * problem.spectra.sparseness, offset: options.offset)]
  }
}
