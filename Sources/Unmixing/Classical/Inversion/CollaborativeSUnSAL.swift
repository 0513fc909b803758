import Scenes
import Tensors

/// Sparse unmixing in which all pixels share the few library spectra they are made of.
///
///     minimise ½ Σₙ ‖xₙ − Σₖ aₙₖ mₖ‖² + λ Σₖ ‖(a₁ₖ … a_Nₖ)‖  subject to  aₙₖ ≥ 0
///
/// The price is on whole abundance maps, so that a spectrum is in the scene or is not. Solved by the alternating direction
/// method of multipliers on all pixels together (``SparseRegression`` with `maps`).
///
/// - Units: library spectra in the scene's reflectance; λ grows with the square root of the number of pixels.
/// - Edge cases: masked pixels have no part in it and get zeros.
/// - Complexity: O(pixels · spectra · (bands + spectra · rounds)).
/// - Source: Iordache, Bioucas-Dias and Plaza, *Collaborative sparse regression for hyperspectral unmixing*, IEEE TGRS 52,
///   2014.
/// - Deviation: the price and the sign are split off together, whose joint proximal point is known: the positive part, then
///   shortened. The paper splits the data term, too, which only changes the way.
public struct CollaborativeSUnSAL: ClassicalMethod {
  /// What shapes collaborative SUnSAL.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and spectra before they are compared.
    public var spectra = SpectrumScaling.raw
    /// λ, the price of the length of an abundance map.
    public var lambda = 1e-2
    /// The most rounds.
    public var rounds = 500
    /// What the residuals are to be below, relative to the abundances, for the rounds to end.
    public var tolerance = 1e-4

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self)]

    /// Refuses negative numbers.
    public func check() throws {
      try require(lambda >= 0 && lambda.isFinite, "lambda", "at least 0", lambda)
      try require(rounds >= 1, "rounds", "at least 1", rounds)
      try require(tolerance >= 0 && tolerance < 1, "tolerance", "0 … 1", tolerance)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the spectra come from.
  public var endmembers: any EndmemberExtractor

  /// Collaborative SUnSAL with its options; nothing in it is random.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    self.options = options
    self.endmembers = endmembers
  }

  /// The abundances of every valid pixel, the spectra, and the angle each reconstruction misses by.
  ///
  /// - Throws: ``UnmixingError`` when the library does not suit the scene.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let problem = try SparseProblem(scene, endmembers, options.spectra)
    let valid = scene.validPixels
    let products = problem.products(with: scene.spectra.detached.gatheringRows(valid))
    let rounds = options.rounds
    let found = try problem.core.solve(
      products, weight: problem.price(options.lambda), shrinkage: .maps, sumToOne: false,
      limits: .init(rounds: rounds, tolerance: options.tolerance)
    ) { try progress($0, rounds) }
    try progress(rounds, rounds)
    return problem.estimate(found.scatteringRows(to: valid, count: scene.pixelCount), of: scene)
  }
}
