import Scenes
import Tensors

/// SSWNMF: non-negative matrix factorization whose sparsity is weighted by endmember and by neighbourhood.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + λ Σ V ∘ A,   λ = sparsityScale · the scene's sparseness
///     V = w_spectral ∘ w_spatial, renewed before every update of the abundances
///     w_spectral = 1 / (‖a_k over all pixels‖₂ + ε)
///     w_spatial  = 1 / (mean of a_k over the eight neighbours + 0.01), corners with weight 1/√2 to the edges' 1
///     M ← M ∘ (AᵀY) / (AᵀA M)
///     A ← A ∘ (Y Mᵀ + δ²) / (A (M Mᵀ + δ² 1) + λ V)
///
/// An endmember that is rare, or absent around a pixel, is penalised more. It ends when J changed by less than `tolerance`
/// of itself in ten iterations in a row, or after `iterations`. J is recorded with the weights its iteration used; each
/// update lowers it under these, and renewed weights may raise it: J need not fall from one iteration to the next.
///
/// - Edge cases: masked pixels have no part in the means; a pixel without neighbours takes its own abundance for theirs.
///   Abundances sum to one as nearly as δ and λ make them; the estimate divides them by their sums.
/// - Complexity: 6 · pixels · bands · endmembers operations an iteration.
/// - Source: Zhang et al., *Spectral–spatial weighted sparse nonnegative matrix factorization*, 2022, whose weights are
///   those of Zhang et al., *Spectral–spatial weighted sparse regression for hyperspectral image unmixing*, IEEE TGRS 56,
///   2018. No public code is known; the combination with NMF is a reconstruction.
public struct SSWNMF: MultiplicativeMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ, in multiples of the scene's sparseness (as in ``HalfNMF``).
    public var sparsityScale = 1.0
    /// ε, the norm of an abundance map below which its weight stops growing.
    public var offset = 1e-6
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
      try require((1e-9...1).contains(offset), "offset", "1e-9 … 1", offset)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// SSWNMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  static let title = "SSWNMF"

  func penalties(for problem: BlindProblem) -> [any AbundancePenalty] {
    let weight = options.sparsityScale * problem.spectra.sparseness
    return [SpectralSpatialNorm(problem.scene, weight: weight, offset: options.offset)]
  }
}

/// λ Σ V ∘ A with the weights of the last gradient.
struct SpectralSpatialNorm: AbundancePenalty {
  private let weight: Double
  private let offset: Double
  /// The eight neighbours of every pixel, or −1: four beside, then four at the corners.
  private let neighbours: [[Int32]]
  /// λ V, `[pixels, endmembers]`.
  private(set) var weights: [Double] = []

  /// What keeps a neighbourhood's weight finite, in the paper as here.
  private static let leastMean = 0.01

  init(_ scene: Scene, weight: Double, offset: Double) {
    (self.weight, self.offset) = (weight, offset)
    let places = ImageNeighbours.places(in: scene)
    let steps = [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]
    neighbours = steps.map { ImageNeighbours.neighbours(scene, places, $0.0, $0.1) }
  }

  mutating func addGradient(at abundances: Tensor, to gradient: inout SplitGradient) {
    let (pixels, count) = (abundances.shape[0], abundances.shape[1])
    weights = [Double](repeating: 0, count: pixels * count)
    abundances.withUnsafeScalars { values in
      var spectral = [Double](repeating: 0, count: count)
      for index in values.indices { spectral[index % count] += Double(values[index]) * Double(values[index]) }
      spectral = spectral.map { weight / ($0.squareRoot() + offset) }
      for pixel in 0..<pixels {
        for k in 0..<count {
          weights[pixel * count + k] = spectral[k] / (mean(values, pixel, k, count) + Self.leastMean)
        }
      }
    }
    for index in weights.indices { gradient.repulsion[index] += weights[index] }
  }

  func value(at abundances: Tensor) -> Double {
    abundances.withUnsafeScalars { values in
      weights.indices.reduce(0.0) { $0 + weights[$1] * Double(values[$1]) }
    }
  }

  /// The weighted mean of an abundance over the neighbours of a pixel.
  private func mean(_ values: UnsafeBufferPointer<Scalar>, _ pixel: Int, _ k: Int, _ count: Int) -> Double {
    var (sum, total) = (0.0, 0.0)
    for (direction, places) in neighbours.enumerated() where places[pixel] >= 0 {
      let share = direction < 4 ? 1 : 0.5.squareRoot()
      sum += share * Double(values[Int(places[pixel]) * count + k])
      total += share
    }
    return total > 0 ? sum / total : Double(values[pixel * count + k])
  }
}
