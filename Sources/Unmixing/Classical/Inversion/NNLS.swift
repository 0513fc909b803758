import Scenes
import Tensors

/// Nonnegative least squares: the mixture without a constraint on its sum that comes closest to each pixel.
///
///     a = argmin ‖x − Σₖ aₖ mₖ‖²  subject to  aₖ ≥ 0
///
/// Solved exactly by an active set method, pixel by pixel, in Double. What the sum lacks of one is shade, or a material
/// that is not among the endmembers.
///
/// - Units: endmembers in the scene's reflectance.
/// - Edge cases: any number of endmembers is allowed, also more than bands; linearly dependent ones leave the abundances
///   undetermined, and one of the solutions is returned. Masked pixels get zeros.
/// - Complexity: O(pixels · endmembers · (bands + s)), s the number of endmembers in a solution.
/// - Source: Lawson and Hanson, *Solving Least Squares Problems*, 1974, chapter 23.
public struct NNLS: ClassicalMethod {
  /// What shapes NNLS.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.raw
    /// Whether every pixel's abundances are divided by their sum afterwards, as those of the benchmarks' ground truths
    /// were. No longer a least squares solution then.
    public var dividesBySum = false

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self)]
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from.
  public var endmembers: any EndmemberExtractor

  /// NNLS with its options; nothing in it is random.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    self.options = options
    self.endmembers = endmembers
  }

  /// The abundances of every valid pixel, the endmembers, and the angle each reconstruction misses by.
  ///
  /// - Throws: ``UnmixingError`` when the endmembers do not suit the scene.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let library = try endmembers.endmembers(of: scene)
    let problem = NonnegativeLeastSquares(endmembers: library.spectra, normalized: options.spectra == .unitNorm)
    var abundances = problem.solve(scene.spectra.detached)
    try progress(scene.pixelCount, scene.pixelCount)
    if options.dividesBySum { abundances = BlindProblem.shares(of: abundances) }
    return Estimate(linear: abundances, of: scene, by: library, scaling: options.spectra)
  }
}
