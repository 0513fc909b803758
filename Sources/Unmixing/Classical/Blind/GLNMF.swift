/// GLNMF: non-negative matrix factorization whose abundances are sparse and vary smoothly over the manifold of spectra.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + λ Σ √a + (μ/2) Tr(Aᵀ (D − W) A)
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ² + μ (W + D) A) / (A (M Mᵀ + δ² 1) + (λ/2) A^(−½) + 2 μ D A)
///
/// W joins every pixel with the `neighbours` of most similar spectra (``PixelGraph``); D holds its row sums. It ends when J
/// changed by less than `tolerance` of itself in ten iterations in a row, or after `iterations`. J never increases.
///
/// - Edge cases: as ``HalfNMF``. With fewer pixels than neighbours all pixels are joined.
/// - Complexity: 2 · pixels² · bands operations once, 6 · pixels · bands · endmembers an iteration.
/// - Source: Lu, Wu, Yuan, Yan and Li, *Manifold regularized sparse NMF for hyperspectral unmixing*, IEEE TGRS 51, 2013.
/// - Deviation: μ D A is added above and below the line, without which the objective may grow when all pixels move at once
///   (``GraphSmoothness``); the fixed points are the same.
public struct GLNMF: MultiplicativeMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ, the weight of sparsity.
    public var sparsity = 0.1
    /// μ, the weight of smoothness.
    public var smoothness = 0.1
    /// How many of the most similar spectra every pixel is joined with.
    public var neighbours = 5
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
      try checkWeight(sparsity, "sparsity")
      try checkWeight(smoothness, "smoothness")
      try require((1...100).contains(neighbours), "neighbours", "1 … 100", neighbours)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// GLNMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "GLNMF"

  func penalties(for problem: BlindProblem) -> [any AbundancePenalty] {
    let graph = PixelGraph(problem.spectra, nearest: options.neighbours)
    return [HalfNorm(weight: options.sparsity), GraphSmoothness(weight: options.smoothness, graph: graph)]
  }
}
