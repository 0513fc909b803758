/// L½-NMF: non-negative matrix factorization with abundances that are sparse in the sense of the L½ quasi-norm.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + λ Σ √a,   λ = sparsityScale · the scene's sparseness
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ²) / (A (M Mᵀ + δ² 1) + (λ/2) A^(−½))
///
/// It ends when J changed by less than `tolerance` of itself in ten iterations in a row, or after `iterations`. J, whose
/// root is continued along its tangent below 10⁻⁴ (``HalfNorm``), never increases.
///
/// - Edge cases: abundances sum to one as nearly as δ and λ make them; the estimate divides them by their sums and keeps
///   what they were in `raw`. Negative reflectances count as 0.
/// - Complexity: 6 · pixels · bands · endmembers operations an iteration.
/// - Source: Qian, Jia, Zhou and Robles-Kelly, *Hyperspectral unmixing via L½ sparsity-constrained nonnegative matrix
///   factorization*, IEEE TGRS 49, 2011.
public struct HalfNMF: MultiplicativeMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ, in multiples of the scene's sparseness; 1 in the paper.
    public var sparsityScale = 1.0
    /// δ, the weight of the sum to one; 15 in the paper.
    public var sumToOne = 15.0
    /// The most iterations; 3000 in the paper.
    public var iterations = 3000
    /// The relative change of J that counts as standstill; 10⁻⁴ in the paper.
    public var tolerance = 1e-4

    /// The defaults.
    public init() {}

    /// Refuses what cannot be computed with.
    public func check() throws {
      try checkFactorization()
      try checkWeight(sparsityScale, "sparsityScale")
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// L½-NMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "L½-NMF"

  func penalties(for problem: BlindProblem) -> [any AbundancePenalty] {
    [HalfNorm(weight: options.sparsityScale * problem.spectra.sparseness)]
  }
}
