import Scenes
import Tensors

/// ELMM: the extended linear mixing model, in which illumination scales the endmembers of every pixel.
///
///     y = Sᵀa,   S ≈ diag(ψ) S₀
///     J = ½ Σ ‖y − Sᵀa‖² + (λ_S/2) Σ ‖S − diag(ψ) S₀‖² + λ_A TV(A) + (λ_ψ/2) Σ over neighbours ‖ψ − ψ′‖²
///
/// S₀ are the endmembers it begins with and stay as they are; ψ has one factor per pixel and endmember. Every iteration
/// solves for S (``AdaptedEndmembers``, not below 10⁻⁶), for ψ (a linear system, ``GridSmoothing``) and for A on the simplex
/// (``SpatialSimplexSolver``). It ends when J and A (in norm) changed by less than `tolerance` of themselves, or after
/// `iterations`. J never increases.
///
/// - Edge cases: abundances sum to one exactly. The endmembers of the estimate are the means of S, weighted by abundance.
///   Masked pixels are nobody's neighbours.
/// - Complexity: O(pixels · bands · endmembers²) an iteration.
/// - Source: Drumetz et al., *Blind hyperspectral unmixing using an extended linear mixing model to address spectral
///   variability*, IEEE TIP 25, 2016. The weights are those of Borsoi, Imbiriba and Bermudez, *Deep generative
///   endmember modeling*, IEEE TCI 6, 2020, for Samson and Jasper Ridge.
/// - Deviation: the image is not continued periodically; neighbours end at its border.
public struct ELMM: VariabilityMethod {
  /// What shapes it.
  public struct Options: VariabilityOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ_S, how closely a pixel's endmembers are held to scaled ones.
    public var coupling = 0.4
    /// λ_A, the weight of the abundances' total variation.
    public var totalVariation = 0.005
    /// λ_ψ, the weight of the factors' smoothness.
    public var smoothness = 0.001
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
      try checkWeight(totalVariation, "totalVariation")
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the reference endmembers come from.
  public var endmembers: any EndmemberExtractor

  /// ELMM with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "ELMM"

  var regularizer: (kind: SpatialSimplexSolver.Regularizer, weight: Double, penalty: Double) {
    (.totalVariation(isIsotropic: false), options.totalVariation, options.penalty)
  }

  func reference(for problem: BlindProblem) -> ScaledReference {
    ScaledReference(problem, coupling: options.coupling, smoothness: options.smoothness)
  }
}

/// Endmembers times a factor per pixel and endmember.
struct ScaledReference: MovingReference {
  let coupling: Double
  let floor = 1e-6
  private let endmembers: [Double]
  private let count: Int
  private let bands: Int
  private let smoothness: Double
  private let neighbours: ImageNeighbours
  /// ‖s₀‖² of every endmember.
  private let squares: [Double]
  /// ψ, `[pixels, endmembers]`.
  private(set) var factors: [Double]
  /// ⟨s, s₀⟩ of what was last adapted.
  private var products: [Double]

  init(_ problem: BlindProblem, coupling: Double, smoothness: Double) {
    (self.coupling, self.smoothness, count, bands) = (coupling, smoothness, problem.count, problem.spectra.bands)
    neighbours = ImageNeighbours(problem.scene)
    endmembers = problem.endmembers.scalars.map { Double($0) }
    let (endmembers, bands) = (endmembers, bands)
    squares = (0..<count).map { k in
      endmembers[k * bands..<(k + 1) * bands].reduce(0) { $0 + $1 * $1 }
    }
    factors = [Double](repeating: 1, count: problem.pixels.count * count)
    products = factors
  }

  func write(_ pixel: Int, to own: UnsafeMutablePointer<Double>) {
    for k in 0..<count {
      let factor = factors[pixel * count + k]
      for band in 0..<bands { own[k * bands + band] = factor * endmembers[k * bands + band] }
    }
  }

  mutating func adapt(_ spectra: SpectraBlocks, _ abundances: [Double]) -> AdaptedEndmembers {
    let (current, count, bands, endmembers) = (self, count, bands, endmembers)
    let adapted = products.withUnsafeMutableBufferPointer { products in
      let products = Shared(products.baseAddress)
      return AdaptedEndmembers(spectra, abundances: abundances, current) { _, pixel, own in
        guard let products = products.pointer else { return }
        for k in 0..<count {
          var sum = 0.0
          for band in 0..<bands { sum += own[k * bands + band] * endmembers[k * bands + band] }
          products[pixel * count + k] = sum
        }
      }
    }
    GridSmoothing(neighbours, maps: count, weight: smoothness).solve(
      &factors, diagonal: squares.map { coupling * $0 }, right: products.map { coupling * $0 })
    return adapted
  }

  func value(_ adapted: AdaptedEndmembers) -> Double {
    var distance = 0.0
    for index in factors.indices {
      let k = index % count
      let own = adapted.gram[index * count + k]
      distance += own - 2 * factors[index] * products[index] + factors[index] * factors[index] * squares[k]
    }
    return coupling / 2 * distance + smoothness / 2 * neighbours.roughness(of: factors, columns: count)
  }
}
