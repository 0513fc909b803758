import Scenes
import Tensors

/// Sparse unmixing whose abundance maps are smooth but for their edges.
///
///     minimise ½ Σₙ ‖xₙ − Σₖ aₙₖ mₖ‖² + λ Σₙₖ aₙₖ + λ_TV Σ_(n,n') ‖aₙ − aₙ'‖₁  subject to  aₙₖ ≥ 0
///
/// over pairs of vertical and horizontal neighbours. By the alternating direction method of multipliers with the splits
/// U = A (price and sign), W = A and Z = HW, H the differences of neighbours:
///
///     A ← (Y Mᵀ + μ (U + D₁) + μ (W + D₂)) (G + 2μ)⁻¹,   Z ← soft(HW − D₃, λ_TV/μ)
///     U ← max(0, A − D₁ − λ/μ),   (1 + HᵀH) W = A − D₂ + Hᵀ(Z + D₃)
///     D₁ ← D₁ − (A − U),   D₂ ← D₂ − (A − W),   D₃ ← D₃ − (HW − Z)
///
/// - Units: library spectra in the scene's reflectance; both λ in squares of the spectra as `spectra` scales
///   them, times bands.
/// - Edge cases: a masked pixel has no data term: its abundances follow its neighbours' during the rounds and are zeros in
///   the result. A scene of one row or column has only the other differences.
/// - Complexity: O(pixels · spectra · (bands + (spectra + rows + columns) · rounds)).
/// - Source: Iordache, Bioucas-Dias and Plaza, *Total variation spatial regularization for sparse hyperspectral unmixing*,
///   IEEE TGRS 50, 2012 (the anisotropic one).
/// - Deviation: neighbours end at the scene's edge where the paper's wrap round, so W is found by a cosine transform in
///   place of Fourier's; price and sign are one split.
public struct SUnSALTV: ClassicalMethod {
  /// What shapes SUnSAL-TV.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and spectra before they are compared.
    public var spectra = SpectrumScaling.raw
    /// λ, the price of an abundance.
    public var lambda = 1e-3
    /// λ_TV, the price of a difference between neighbours.
    public var lambdaTV = 1e-3
    /// The most rounds.
    public var rounds = 300
    /// What the residuals are to be below, relative to the abundances, for the rounds to end.
    public var tolerance = 1e-4

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self)]

    /// Refuses negative numbers.
    public func check() throws {
      try require(lambda >= 0 && lambda.isFinite, "lambda", "at least 0", lambda)
      try require(lambdaTV >= 0 && lambdaTV.isFinite, "lambdaTV", "at least 0", lambdaTV)
      try require(rounds >= 1, "rounds", "at least 1", rounds)
      try require(tolerance >= 0 && tolerance < 1, "tolerance", "0 … 1", tolerance)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the spectra come from.
  public var endmembers: any EndmemberExtractor

  /// SUnSAL-TV with its options; nothing in it is random.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    self.options = options
    self.endmembers = endmembers
  }

  /// The abundances of every valid pixel, the spectra, and the angle each reconstruction misses by.
  ///
  /// - Throws: ``UnmixingError`` when the library does not suit the scene.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let problem = try SparseProblem(scene, endmembers, options.spectra)
    let products = problem.products(with: scene.spectra.detached)
    var options = options
    (options.lambda, options.lambdaTV) = (problem.price(options.lambda), problem.price(options.lambdaTV))
    let isValid = Tensor([scene.pixelCount, 1], scene.isValid.map { $0 ? 1 : 0 })
    var rounds = SmoothRounds(
      problem.core, products, isValid: scene.isValid.contains(false) ? isValid : nil,
      NeighbourDifferences(rows: scene.rows, columns: scene.columns), options)
    for round in 1...options.rounds {
      rounds.advance()
      try progress(round, options.rounds)
      if round % 10 == 0 && rounds.isSettled(within: options.tolerance) { break }
    }
    try progress(options.rounds, options.rounds)
    return problem.estimate(rounds.abundances, of: scene)
  }
}

/// The state of the alternating method.
private struct SmoothRounds {
  private let core: SparseRegression
  private let products: Tensor
  private let isValid: Tensor?
  private let differences: NeighbourDifferences
  private let options: SUnSALTV.Options
  private var penalty: Double
  private var inverse: Tensor
  private var sparse: Tensor
  private var smooth: Tensor
  private var edges: NeighbourDifferences.Edges
  private var sparseDual: Tensor
  private var smoothDual: Tensor
  private var edgeDual: NeighbourDifferences.Edges
  /// What A − U, A − W and HW − Z are, and how far U and W went in the last round.
  private var primal = 0.0
  private var dual = 0.0

  init(
    _ core: SparseRegression, _ products: Tensor, isValid: Tensor?, _ differences: NeighbourDifferences,
    _ options: SUnSALTV.Options
  ) {
    (self.core, self.products, self.isValid, self.differences) = (core, products, isValid, differences)
    self.options = options
    penalty = core.firstPenalty
    inverse = core.inverse(raisedBy: 2 * penalty)
    let zeros = Tensor.zeros(products.shape)
    (sparse, smooth, sparseDual, smoothDual) = (zeros, zeros, zeros, zeros)
    edges = differences.of(zeros)
    edgeDual = edges
  }

  /// U, which is nonnegative.
  var abundances: Tensor { sparse }

  mutating func advance() {
    let (threshold, step) = (Scalar(options.lambda / penalty), Scalar(options.lambdaTV / penalty))
    let wanted = sparse + sparseDual + smooth + smoothDual
    var mixed = (products + wanted * Scalar(penalty)).matrixProduct(inverse)
    if let isValid { mixed = mixed * isValid + wanted * 0.5 * (1 - isValid) }
    let slopes = differences.of(smooth)
    edges = slopes.combined(with: edgeDual) { ($0 - $1).softened(by: step) }
    let before = (sparse, smooth)
    sparse = (mixed - sparseDual - threshold).relu()
    smooth = differences.smoothed(mixed - smoothDual + differences.adjoint(edges.combined(with: edgeDual) { $0 + $1 }))
    sparseDual = sparseDual - mixed + sparse
    smoothDual = smoothDual - mixed + smooth
    let fresh = differences.of(smooth).combined(with: edges) { $0 - $1 }
    edgeDual = edgeDual.combined(with: fresh) { $0 - $1 }
    primal =
      SparseRegression.norm(mixed - sparse) + SparseRegression.norm(mixed - smooth)
      + SparseRegression.norm(fresh.vertical) + SparseRegression.norm(fresh.horizontal)
    dual = SparseRegression.norm(sparse - before.0) + SparseRegression.norm(smooth - before.1)
  }

  /// Whether the rounds may end; where they may not, μ is doubled or halved if the residuals are tenfold apart.
  mutating func isSettled(within tolerance: Double) -> Bool {
    if max(primal, dual) <= tolerance * SparseRegression.norm(sparse) { return true }
    if max(primal, dual) <= 10 * min(primal, dual) { return false }
    let factor = primal > dual ? 2.0 : 0.5
    penalty *= factor
    inverse = core.inverse(raisedBy: 2 * penalty)
    let shrink = Scalar(1 / factor)
    (sparseDual, smoothDual) = (sparseDual * shrink, smoothDual * shrink)
    edgeDual = edgeDual.combined(with: edgeDual) { own, _ in own * shrink }
    return false
  }
}

extension Tensor {
  /// x − t above t, x + t below −t, and 0 between.
  fileprivate func softened(by threshold: Scalar) -> Tensor {
    (self - threshold).relu() - (-self - threshold).relu()
  }
}
