import Scenes
import Tensors

/// PLMM: the perturbed linear mixing model, in which every pixel's endmembers are the scene's plus a perturbation.
///
///     y = (M + dM)ᵀa
///     J = ½ Σ ‖y − (M + dM)ᵀa‖² + (γ/2) Σ ‖dM‖² + (β/2) ‖M − M₀‖² + (α/2) Σ over neighbours ‖a − a′‖²
///     M + dM ≥ 0, M ≥ 0, a on the simplex
///
/// M₀ are the endmembers it begins with. With S = M + dM, every iteration solves for S (``AdaptedEndmembers``), for M, which
/// is max((γ Σ S + β M₀) / (γ pixels + β), 0), and for A (``SpatialSimplexSolver``). It ends when J and A (in norm) changed
/// by less than `tolerance` of themselves, or after `iterations`. J never increases.
///
/// - Edge cases: abundances sum to one exactly. The endmembers of the estimate are the means of S, weighted by abundance.
///   Masked pixels are nobody's neighbours.
/// - Complexity: O(pixels · bands · endmembers²) an iteration.
/// - Source: Thouvenin, Dobigeon and Tourneret, *Hyperspectral unmixing with spectral variability using a perturbed linear
///   mixing model*, IEEE TSP 64, 2016, with its distance to M₀. The weights are those of Borsoi,
///   Imbiriba and Bermudez, *Deep generative endmember modeling*, IEEE TCI 6, 2020.
/// - Deviation: M and dM are found by exact solutions, not by splitting; every pair of neighbours counts once.
public struct PLMM: VariabilityMethod {
  /// What shapes it.
  public struct Options: VariabilityOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// γ, how closely a pixel's endmembers are held to the scene's.
    public var coupling = 1.0
    /// β, how closely the scene's endmembers are held to those it begins with.
    public var anchoring = 500.0
    /// α, the weight of the abundances' smoothness.
    public var smoothness = 0.0014
    /// ρ, the penalty of the abundances' solver.
    public var penalty = 10.0
    /// The most iterations.
    public var iterations = 100
    /// The relative change at which it ends.
    public var tolerance = 1e-3

    /// The defaults.
    public init() {}

    /// Refuses what cannot be computed with.
    public func check() throws {
      try checkVariability()
      try checkWeight(anchoring, "anchoring")
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the reference endmembers come from.
  public var endmembers: any EndmemberExtractor

  /// PLMM with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "PLMM"

  var regularizer: (kind: SpatialSimplexSolver.Regularizer, weight: Double, penalty: Double) {
    (.squaredDifferences, options.smoothness, options.penalty)
  }

  func reference(for problem: BlindProblem) -> CommonReference {
    CommonReference(problem, coupling: options.coupling, anchoring: options.anchoring)
  }
}

/// The same endmembers for all pixels.
struct CommonReference: MovingReference {
  let coupling: Double
  let floor = 0.0
  private let anchoring: Double
  private let start: [Double]
  private let pixels: Int
  /// M, `[endmembers, bands]`.
  private(set) var endmembers: [Double]
  /// Σ S over pixels.
  private var sums: [Double]

  init(_ problem: BlindProblem, coupling: Double, anchoring: Double) {
    (self.coupling, self.anchoring, pixels) = (coupling, anchoring, problem.pixels.count)
    start = problem.endmembers.scalars.map { Double($0) }
    endmembers = start
    sums = start
  }

  func write(_ pixel: Int, to own: UnsafeMutablePointer<Double>) {
    for index in endmembers.indices { own[index] = endmembers[index] }
  }

  mutating func adapt(_ spectra: SpectraBlocks, _ abundances: [Double]) -> AdaptedEndmembers {
    let (current, length) = (self, endmembers.count)
    var parts = [[Double]](repeating: [Double](repeating: 0, count: length), count: spectra.blocks.count)
    let adapted = parts.withUnsafeMutableBufferPointer { parts in
      let parts = Shared(parts.baseAddress)
      return AdaptedEndmembers(spectra, abundances: abundances, current) { block, _, own in
        guard let parts = parts.pointer else { return }
        for index in 0..<length { parts[block][index] += own[index] }
      }
    }
    sums = (0..<length).map { place in parts.reduce(0.0) { $0 + $1[place] } }
    let total = coupling * Double(pixels) + anchoring
    endmembers = sums.indices.map { max((coupling * sums[$0] + anchoring * start[$0]) / total, 0) }
    return adapted
  }

  func value(_ adapted: AdaptedEndmembers) -> Double {
    let count = adapted.products.count / pixels
    var distance = 0.0
    for index in adapted.products.indices { distance += adapted.gram[index * count + index % count] }
    var shift = 0.0
    for index in endmembers.indices {
      distance += endmembers[index] * (Double(pixels) * endmembers[index] - 2 * sums[index])
      shift += (endmembers[index] - start[index]) * (endmembers[index] - start[index])
    }
    return coupling / 2 * distance + anchoring / 2 * shift
  }
}
