import Scenes
import Tensors

/// Sparse unmixing by a library: few of many spectra explain each pixel.
///
///     minimise ½‖x − Σₖ aₖ mₖ‖² + λ Σₖ |aₖ|  subject to  aₖ ≥ 0 (and, with `sumToOne`, Σₖ aₖ = 1)
///
/// The alternating direction method of multipliers runs on blocks of pixels (``SparseRegression``). It comes near the
/// solution in few rounds and to its digits in thousands, so by default an active set method goes on from the spectra it
/// left positive and ends where the conditions of optimality hold exactly, pixel by pixel (``NNLS`` with a price λ).
///
/// - Units: library spectra in the scene's reflectance; λ in squares of the spectra as `spectra` scales them, times bands.
/// - Edge cases: with `sumToOne` the price is the same for all abundances and has no effect; the solution is then that of
///   ``FCLS``, exact for at most 32 spectra and to the tolerance for more. Masked pixels get zeros.
/// - Complexity: O(pixels · spectra · (bands + spectra · rounds)).
/// - Source: Bioucas-Dias and Figueiredo, *Alternating direction algorithms for constrained sparse regression: application
///   to hyperspectral unmixing*, WHISPERS 2010; Iordache, Bioucas-Dias and Plaza, *Sparse unmixing of hyperspectral
///   data*, IEEE TGRS 49, 2011.
/// - Deviation: the exact end.
public struct SUnSAL: ClassicalMethod {
  /// What shapes SUnSAL.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and spectra before they are compared.
    public var spectra = SpectrumScaling.raw
    /// λ, the price of an abundance. The more noise, the larger it should be: the papers use 10⁻⁴ to 10⁻¹.
    public var lambda = 1e-3
    /// Whether abundances sum to one. In sparse unmixing they usually do not, since library and scene differ in brightness.
    public var sumToOne = false
    /// The most rounds of the alternating method; with 0 the exact end does everything.
    public var rounds = 200
    /// What the residuals are to be below, relative to the abundances, for the rounds to end.
    public var tolerance = 1e-4
    /// Whether the conditions of optimality are made to hold exactly in the end.
    public var exact = true

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self)]

    /// Refuses negative numbers, and no rounds without an exact end.
    public func check() throws {
      try require(lambda >= 0 && lambda.isFinite, "lambda", "at least 0", lambda)
      try require(rounds >= (exact ? 0 : 1), "rounds", exact ? "at least 0" : "at least 1 where exact is false", rounds)
      try require(tolerance >= 0 && tolerance < 1, "tolerance", "0 … 1", tolerance)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the spectra come from.
  public var endmembers: any EndmemberExtractor

  private static let block = 1024

  /// SUnSAL with its options; nothing in it is random.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    self.options = options
    self.endmembers = endmembers
  }

  /// The abundances of every valid pixel, the spectra, and the angle each reconstruction misses by.
  ///
  /// - Throws: ``UnmixingError`` when the library does not suit the scene.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let problem = try SparseProblem(scene, endmembers, options.spectra)
    return problem.estimate(try solve(problem, scene.spectra.detached, progress), of: scene)
  }

  private func solve(
    _ problem: SparseProblem, _ spectra: Tensor, _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> Tensor {
    let (pixels, count, library) = (spectra.shape[0], problem.count, problem.library.spectra)
    if options.sumToOne && options.exact && count <= SimplexLeastSquares.mostEndmembers {
      let result = SimplexLeastSquares(endmembers: library, normalized: problem.isNormalized).solve(spectra)
      try progress(pixels, pixels)
      return result
    }
    let price = problem.price(options.lambda)
    let finish = NonnegativeLeastSquares(endmembers: library, normalized: problem.isNormalized, price: price)
    // Parts between which one can be told how far it is, each of blocks that threads share.
    let part = 16 * Self.block
    let results = try stride(from: 0, to: max(pixels, 1), by: part).map { start in
      let own = spectra.slice(along: 0, start..<min(start + part, pixels))
      let near = options.rounds > 0 ? alternate(problem, price, own) : .zeros([own.shape[0], count])
      try progress(min(start + part, pixels), pixels)
      return options.exact && !options.sumToOne ? finish.solve(own, from: near) : near
    }
    return .concatenated(results, along: 0)
  }

  /// The rounds on every block by itself.
  private func alternate(_ problem: SparseProblem, _ price: Double, _ spectra: Tensor) -> Tensor {
    let (pixels, count) = (spectra.shape[0], problem.count)
    let limits = SparseRegression.Limits(rounds: options.rounds, tolerance: options.tolerance)
    let options = options
    return Tensor(uninitialized: [pixels, count]) { out in
      let out = Shared(out.baseAddress)
      parallelRanges(pixels, length: Self.block) { range in
        let products = problem.products(with: spectra.slice(along: 0, range))
        let found = problem.core.solve(
          products, weight: price, shrinkage: .entries, sumToOne: options.sumToOne, limits: limits
        ) { _ in }
        found.withUnsafeScalars { found in
          guard let target = out.pointer, let source = found.baseAddress else { return }
          (target + range.lowerBound * count).update(from: source, count: found.count)
        }
      }
    }
  }
}
