import Scenes
import Tensors

/// Least squares without inequalities: what a pixel would hold if abundances could be negative.
///
///     a = argmin ‖x − Σₖ aₖ mₖ‖² = G⁺ M x,   G = M Mᵀ
///
/// and, with `sumToOne`, among the abundances that sum to one, with M̃ the endmembers less their mean m̄:
///
///     a = 1/K + (M̃ M̃ᵀ)⁺ M̃ (x − m̄)
///
/// One affine map, the same for all pixels. Negative abundances are a sign of missing or unfit endmembers.
///
/// - Units: endmembers in the scene's reflectance.
/// - Edge cases: of the solutions that dependent endmembers leave, the one of least norm is taken; eigenvalues of G (of
///   M̃ M̃ᵀ) below 10⁻¹³ of the largest count as 0. Masked pixels get zeros.
/// - Complexity: O(pixels · endmembers · bands).
/// - Source: Keshava and Mustard, *Spectral unmixing*, IEEE Signal Processing Magazine 19, 2002; with the sum, Settle and
///   Drake, *Linear mixing and the estimation of ground cover proportions*, Int. J. Remote Sensing 14, 1993.
public struct LeastSquares: ClassicalMethod {
  /// What shapes least squares.
  public struct Options: ClassicalOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.raw
    /// Whether abundances sum to one.
    public var sumToOne = false

    /// The defaults.
    public init() {}

    /// The words of every option that has some.
    public static let choices = ["spectra": words(SpectrumScaling.self)]
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from.
  public var endmembers: any EndmemberExtractor

  /// Least squares with its options; nothing in it is random.
  public init(_ options: Options, endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    self.options = options
    self.endmembers = endmembers
  }

  /// The abundances of every valid pixel, the endmembers, and the angle each reconstruction misses by.
  ///
  /// - Throws: ``UnmixingError`` when the endmembers do not suit the scene.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    let library = try endmembers.endmembers(of: scene)
    let map = AffineInverse(
      of: library.spectra, normalized: options.spectra == .unitNorm, sumToOne: options.sumToOne)
    let abundances = map.solve(scene.spectra.detached)
    try progress(scene.pixelCount, scene.pixelCount)
    return Estimate(linear: abundances, of: scene, by: library, scaling: options.spectra)
  }
}

/// The map from spectra to the abundances of unconstrained least squares: x ↦ P x + q.
struct AffineInverse: Sendable {
  private let count: Int
  private let normalized: Bool
  /// P, `[count, bands]`.
  private let directions: [Double]
  /// −q
  private let offsets: [Double]

  init(of endmembers: Tensor, normalized: Bool, sumToOne: Bool) {
    let (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    var rows = endmembers.doubleRows(normalized: normalized)
    var centre = [Double](repeating: 0, count: bands)
    if sumToOne {
      for index in rows.indices { centre[index % bands] += rows[index] / Double(count) }
      for index in rows.indices { rows[index] -= centre[index % bands] }
    }
    let inverse = Self.pseudoinverse(SymmetricMatrix(rows.gramMatrix(rows: count), size: count))
    var directions = [Double](repeating: 0, count: count * bands)
    for k in 0..<count {
      for j in 0..<count {
        let weight = inverse[k * count + j]
        for band in 0..<bands { directions[k * bands + band] += weight * rows[j * bands + band] }
      }
    }
    let even = sumToOne ? 1 / Double(count) : 0
    offsets = (0..<count).map { k in
      (0..<bands).reduce(-even) { $0 + directions[k * bands + $1] * centre[$1] }
    }
    (self.count, self.normalized, self.directions) = (count, normalized, directions)
  }

  /// The abundances of every spectrum, `[pixels, count]`.
  func solve(_ spectra: Tensor) -> Tensor {
    let numbers = Projection.coordinates(of: spectra, along: directions, offsets: offsets, normalized: normalized)
    return Tensor([spectra.shape[0], count], numbers.map { Scalar($0) })
  }

  private static func pseudoinverse(_ gram: SymmetricMatrix) -> [Double] {
    let (size, pairs) = (gram.size, gram.eigenpairs())
    let least = 1e-13 * max(pairs.values.first ?? 0, .leastNormalMagnitude)
    var result = [Double](repeating: 0, count: size * size)
    for (value, vector) in zip(pairs.values, pairs.vectors) where value > least {
      for row in 0..<size {
        for column in 0..<size { result[row * size + column] += vector[row] * vector[column] / value }
      }
    }
    return result
  }
}
