import Tensors

/// TV-RSNMF: non-negative matrix factorization with reweighted sparse abundances whose maps are piecewise smooth.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + λ Σ φ(a) + (μ/2) ‖A − B‖² + τ TV(B)
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ² + μ B) / (A (M Mᵀ + δ² 1) + λ φ′(A) + μ A)
///     B ← argmin over B ≥ 0 of (μ/2) ‖A − B‖² + τ TV(B), of every abundance map by itself
///
/// φ(a) = ln(1 + a/ε) / ln(1 + 1/ε) as in ``RSNMF``. The last is solved by the fast gradient projection of ``TotalVariation``; a B that is no better than the last one is
/// not taken, so J never increases. It ends when J changed by less than `tolerance` of itself in ten iterations in a row,
/// or after `iterations`. The result is A.
///
/// - Edge cases: as ``RSNMF``. Masked pixels are nobody's neighbours.
/// - Complexity: 6 · pixels · bands · endmembers operations an iteration, and 40 · pixels · endmembers for each of
///   `denoisingRounds`.
/// - Source: He, Zhang and Zhang, *Total variation regularized reweighted sparse nonnegative matrix factorization for
///   hyperspectral unmixing*, IEEE TGRS 55, 2017.
/// - Deviation: weights are those of ``RSNMF``. τ and μ of the paper belong to its scenes. The defaults are those of the extended linear mixing model's
///   paper for its total variation and its splitting (``ELMM``), whose reconstruction error is scaled alike.
public struct TVRSNMF: MultiplicativeMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ, in multiples of the scene's sparseness (as in ``HalfNMF``).
    public var sparsityScale = 1.0
    /// ε, the abundance below which weights stop growing.
    public var offset = 0.01
    /// τ, the weight of the total variation.
    public var totalVariation = 0.005
    /// μ, how closely the smooth maps are coupled to the abundances.
    public var coupling = 10.0
    /// Whether differences across and down are taken together.
    public var isIsotropic = false
    /// The rounds of gradient projection an iteration makes.
    public var denoisingRounds = 10
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
      try checkWeight(totalVariation, "totalVariation")
      try require((1e-9...1).contains(offset), "offset", "1e-9 … 1", offset)
      try require((1e-6...1e6).contains(coupling), "coupling", "1e-6 … 1e6", coupling)
      try require((1...10_000).contains(denoisingRounds), "denoisingRounds", "1 … 10000", denoisingRounds)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// TV-RSNMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "TV-RSNMF"

  func penalties(for problem: BlindProblem) -> [any AbundancePenalty] {
    let variation = TotalVariation(
      ImageNeighbours(problem.scene), maps: problem.count, isIsotropic: options.isIsotropic)
    return [
      ReweightedNorm(weight: options.sparsityScale * problem.spectra.sparseness, offset: options.offset),
      SmoothCopy(
        of: problem.abundances, coupling: options.coupling, weight: options.totalVariation,
        rounds: options.denoisingRounds, variation),
    ]
  }
}

/// (μ/2) ‖A − B‖² + τ TV(B), with B renewed after every update of A.
struct SmoothCopy: AbundancePenalty {
  private let coupling: Double
  private let weight: Double
  private let rounds: Int
  private var variation: TotalVariation
  private var copy: [Double]

  init(of abundances: Tensor, coupling: Double, weight: Double, rounds: Int, _ variation: TotalVariation) {
    (self.coupling, self.weight, self.rounds, self.variation) = (coupling, weight, rounds, variation)
    copy = abundances.scalars.map { Double($0) }
  }

  mutating func addGradient(at abundances: Tensor, to gradient: inout SplitGradient) {
    abundances.withUnsafeScalars { values in
      for index in values.indices {
        gradient.attraction[index] += coupling * copy[index]
        gradient.repulsion[index] += coupling * Double(values[index])
      }
    }
  }

  mutating func follow(_ abundances: Tensor) {
    let values = abundances.scalars.map { Double($0) }
    let smooth = variation.denoised(values, weight: weight / coupling, rounds: rounds)
    if energy(values, smooth) <= energy(values, copy) { copy = smooth }
  }

  func value(at abundances: Tensor) -> Double { energy(abundances.scalars.map { Double($0) }, copy) }

  private func energy(_ values: [Double], _ copy: [Double]) -> Double {
    let distance = zip(values, copy).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return coupling / 2 * distance + (weight == 0 ? 0 : weight * variation.value(of: copy))
  }
}
