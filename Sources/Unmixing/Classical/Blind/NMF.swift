/// Non-negative matrix factorization: endmembers and abundances of the smallest reconstruction error.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)²,   A ≥ 0, M ≥ 0
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ²) / (A (M Mᵀ + δ² 1))
///
/// It ends when J changed by less than `tolerance` of itself in ten iterations in a row, or after `iterations`. J never
/// increases. Nothing tells one of the many factorizations with equal J from another: it begins from endmembers that were
/// found in the scene and fully constrained least squares, and stays near them.
///
/// - Edge cases: abundances sum to one as nearly as δ makes them; the estimate divides them by their sums and keeps what
///   they were in `raw`. Negative reflectances count as 0.
/// - Complexity: 6 · pixels · bands · endmembers operations an iteration.
/// - Source: Lee and Seung, *Algorithms for non-negative matrix factorization*, NIPS 2000, Theorem 1.
public struct NMF: MultiplicativeMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// δ, the weight of the sum to one.
    public var sumToOne = 15.0
    /// The most iterations.
    public var iterations = 3000
    /// The relative change of J that counts as standstill.
    public var tolerance = 1e-4

    /// The defaults.
    public init() {}

    /// Refuses what cannot be computed with.
    public func check() throws { try checkFactorization() }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// NMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "NMF"

  func penalties(for _: BlindProblem) -> [any AbundancePenalty] { [] }
}
