import Scenes
import Tensors

/// GLMM: the generalized linear mixing model, in which every band of every endmember is scaled in every pixel.
///
///     y = Sᵀa,   S ≈ Ψ ∘ S₀
///     J = ½ Σ ‖y − Sᵀa‖² + (λ_M/2) Σ ‖S − Ψ ∘ S₀‖² + λ_A TV(A) + (λ_Ψ/2) Σ over neighbours ‖Ψ − Ψ′‖²
///
/// S₀ are the endmembers it begins with and stay as they are. Every iteration solves for S (``AdaptedEndmembers``, not below
/// 10⁻⁶), for Ψ (a linear system for every band and endmember, ``GridSmoothing``) and for A on the simplex
/// (``SpatialSimplexSolver``). It ends when J and A (in norm) changed by less than `tolerance` of themselves, or after
/// `iterations`. J never increases.
///
/// - Edge cases: with so many factors almost any spectrum is explained: a small reconstruction error says nothing about the
///   abundances. Abundances sum to one exactly. The endmembers of the estimate are the means of S, weighted by abundance.
/// - Complexity: O(pixels · bands · endmembers²) an iteration, with two numbers of memory per pixel, band and endmember.
/// - Source: Imbiriba, Borsoi and Bermudez, *Generalized linear mixing model accounting for endmember variability*, ICASSP
///   2018, with the weights of its published code.
/// - Deviation: the image is not continued periodically; neighbours end at its border.
public struct GLMM: VariabilityMethod {
  /// What shapes it.
  public struct Options: VariabilityOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ_M, how closely a pixel's endmembers are held to scaled ones.
    public var coupling = 1.0
    /// λ_A, the weight of the abundances' total variation.
    public var totalVariation = 0.01
    /// λ_Ψ, the weight of the factors' smoothness.
    public var smoothness = 1e-6
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

  /// GLMM with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "GLMM"

  var regularizer: (kind: SpatialSimplexSolver.Regularizer, weight: Double, penalty: Double) {
    (.totalVariation(isIsotropic: false), options.totalVariation, options.penalty)
  }

  func reference(for problem: BlindProblem) throws -> BandScaledReference {
    let numbers = Double(problem.pixels.count) * Double(problem.spectra.bands) * Double(problem.count)
    // Old factors stay while new ones are found from them.
    try WorkingMemory.check(2 * numbers * Double(MemoryLayout<Scalar>.stride), for: problem.scene.name)
    return BandScaledReference(problem, coupling: options.coupling, smoothness: options.smoothness)
  }
}

/// Endmembers times a factor per pixel, endmember and band.
struct BandScaledReference: MovingReference {
  let coupling: Double
  let floor = 1e-6
  private let endmembers: [Double]
  private let count: Int
  private let smoothness: Double
  private let neighbours: ImageNeighbours
  /// Ψ, a tensor `[pixels, endmembers]` for every band.
  private(set) var factors: [Tensor]
  /// What the present factors cost, one number for every band.
  private var costs: [Double]

  init(_ problem: BlindProblem, coupling: Double, smoothness: Double) {
    (self.coupling, self.smoothness, count) = (coupling, smoothness, problem.count)
    neighbours = ImageNeighbours(problem.scene)
    endmembers = problem.endmembers.scalars.map { Double($0) }
    let bands = problem.spectra.bands
    factors = (0..<bands).map { _ in .ones([problem.pixels.count, problem.count]) }
    costs = [Double](repeating: 0, count: bands)
  }

  private var bands: Int { factors.count }

  func write(_ pixel: Int, to own: UnsafeMutablePointer<Double>) {
    for band in 0..<bands {
      factors[band].withUnsafeScalars { factors in
        for k in 0..<count {
          own[k * bands + band] = Double(factors[pixel * count + k]) * endmembers[k * bands + band]
        }
      }
    }
  }

  mutating func adapt(_ spectra: SpectraBlocks, _ abundances: [Double]) -> AdaptedEndmembers {
    let current = self
    let adapted = AdaptedEndmembers(spectra, abundances: abundances, current)
    costs.withUnsafeMutableBufferPointer { costs in
      factors.withUnsafeMutableBufferPointer { factors in
        let (costs, factors) = (Shared(costs.baseAddress), Shared(factors.baseAddress))
        parallelFor(current.bands) { band in
          guard let costs = costs.pointer, let factors = factors.pointer else { return }
          (factors[band], costs[band]) = current.improved(band, spectra, abundances)
        }
      }
    }
    return adapted
  }

  func value(_ adapted: AdaptedEndmembers) -> Double { costs.reduce(0, +) }

  /// The factors of a band that suit the adapted endmembers, and what they cost.
  private func improved(_ band: Int, _ spectra: SpectraBlocks, _ abundances: [Double]) -> (Tensor, Double) {
    let own = (0..<count).map { endmembers[$0 * bands + band] }
    let adapted = adaptedBand(band, own, spectra, abundances)
    var values = factors[band].scalars.map { Double($0) }
    GridSmoothing(neighbours, maps: count, weight: smoothness).solve(
      &values, diagonal: own.map { coupling * $0 * $0 },
      right: scaled(adapted, by: own.map { coupling * $0 }))
    // What is stored is rounded, and that is what costs.
    let stored = Tensor([spectra.count, count], values.map { Scalar($0) })
    values = stored.scalars.map { Double($0) }
    let distance = zip(adapted, scaled(values, by: own)).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (stored, coupling / 2 * distance + smoothness / 2 * neighbours.roughness(of: values, columns: count))
  }

  /// Rows `[pixels, endmembers]` times a factor for each endmember.
  private func scaled(_ values: [Double], by factors: [Double]) -> [Double] {
    var result = values
    for start in stride(from: 0, to: values.count, by: count) {
      for k in 0..<count { result[start + k] *= factors[k] }
    }
    return result
  }

  /// The adapted endmembers of all pixels in one band, `[pixels, endmembers]`, as ``AdaptedEndmembers`` has them.
  private func adaptedBand(
    _ band: Int, _ own: [Double], _ spectra: SpectraBlocks, _ abundances: [Double]
  ) -> [Double] {
    var values = scaled(factors[band].scalars.map { Double($0) }, by: own)
    values.withUnsafeMutableBufferPointer { values in
      abundances.withUnsafeBufferPointer { abundances in
        guard let values = values.baseAddress, let abundances = abundances.baseAddress else { return }
        for (number, block) in spectra.blocks.enumerated() {
          block.withUnsafeScalars { reflectances in
            for (row, pixel) in spectra.range(of: number).enumerated() {
              PixelAdaptation(abundances + pixel * count, count: count, coupling: coupling, floor: floor).adapt(
                values + pixel * count, stride: 1, to: Double(reflectances[row * spectra.bands + band]))
            }
          }
        }
      }
    }
    return values
  }
}
