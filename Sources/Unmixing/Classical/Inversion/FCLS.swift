import Scenes
import Tensors

/// Fully constrained least squares: the linear mixture on the simplex that comes closest to each pixel.
///
///     a = argmin ‖x − Σₖ aₖ mₖ‖²  subject to  aₖ ≥ 0, Σₖ aₖ = 1
///
/// Solved exactly by an active set method, pixel by pixel, in Double.
///
/// - Units: endmembers in the scene's reflectance.
/// - Edge cases: affinely dependent endmembers (see ``conditionNumber(of:)``) leave the abundances undetermined; one of the
///   solutions is returned. Masked pixels get zeros.
/// - Source: Heinz and Chang, *Fully constrained least squares linear spectral mixture analysis method*, IEEE TGRS 39,
///   2001, for the problem. The solution is the primal active set method of Nocedal and Wright, *Numerical Optimization*,
///   §16.5, behind a guess of the active set that is checked against the optimality conditions.
/// - Deviation: no weighted sum-to-one row; the constraint holds exactly.
public struct FCLS: ClassicalMethod {
  /// What shapes FCLS.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.raw

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self)]
  }

  /// The most endmembers there may be.
  public static let mostEndmembers = SimplexLeastSquares.mostEndmembers

  /// Where the endmembers come from.
  public var endmembers: any EndmemberExtractor
  /// What is done to pixels and endmembers before they are compared.
  ///
  /// With `unitNorm` each is divided by its norm, so brightness (illumination, shade) does not count; the fractions are
  /// then of direction, not of area. The benchmarks' ground truth was made this way. `sceneMaximum` divides both by the
  /// same number and changes nothing.
  public var scaling: SpectrumScaling

  /// Unmixing with the endmembers of a library, or those an algorithm finds: `FCLS(endmembers: VCA(count: 4))`.
  public init(endmembers: any EndmemberExtractor, scaling: SpectrumScaling = .raw) {
    self.endmembers = endmembers
    self.scaling = scaling
  }

  /// FCLS with its options; nothing in it is random.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed _: UInt64) {
    self.init(endmembers: endmembers, scaling: options.spectra)
  }

  /// The abundances of every valid pixel, the endmembers, and the angle each reconstruction misses by.
  ///
  /// - Throws: ``UnmixingError`` when the endmembers do not suit the scene.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let library = try endmembers.endmembers(of: scene)
    if !(1...Self.mostEndmembers).contains(library.count) {
      throw UnmixingError.endmemberCount(
        requested: library.count, allowed: 1...Self.mostEndmembers, reason: "exact least squares on the simplex")
    }
    let problem = SimplexLeastSquares(endmembers: library.spectra, normalized: scaling == .unitNorm)
    let abundances = problem.solve(scene.spectra.detached)
    try progress(scene.pixelCount, scene.pixelCount)
    return Estimate(linear: abundances, of: scene, by: library, scaling: scaling)
  }

  /// How ill determined abundances under these endmembers are: the largest singular value of the centred endmembers over
  /// the smallest that counts. Infinite when one endmember is an affine combination of others; 1 for a single one.
  public static func conditionNumber(of endmembers: SpectralLibrary) -> Double {
    let count = endmembers.count
    if count < 2 { return 1 }
    let gram = SimplexLeastSquares(endmembers: endmembers.spectra).gram
    let values = SymmetricJacobi(gram, size: count).values
    let (largest, smallest) = (values[0], values[count - 2])
    return smallest > 1e-14 * largest ? (largest / smallest).squareRoot() : .infinity
  }
}
