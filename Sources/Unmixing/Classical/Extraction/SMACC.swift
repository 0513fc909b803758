import Scenes
import Tensors

/// Sequential maximum angle convex cone: endmembers and nonnegative abundances together, one endmember after another.
///
/// Every pixel begins as its own residual r. Each round takes the pixel with the longest residual for an endmember, with
/// w = r of that pixel, and moves all pixels along w as far as they like and older abundances allow:
///
///     o = max(0, ⟨w, r⟩ / ‖w‖²),   o ≤ Aₖ / Aₖ(pixel of w) for every older k with Aₖ(pixel of w) > 0
///     Aₖ ← Aₖ − o Aₖ(pixel of w),   A_new = o,   r ← r − o w
///
/// so that at every time x = Σ Aₖ (pixel k's spectrum) + r with A ≥ 0. Nothing is random.
///
/// - Shapes: spectra are `[pixels, bands]`.
/// - Edge cases: bright pixels come first. Ends with an error when no residual is left before there are `count`.
/// - Complexity: O(pixels · count · (bands + count)).
/// - Source: Gruninger, Ratkowski and Hoke, *The sequential maximum angle convex cone (SMACC) endmember model*, SPIE
///   5425, 2004.
public struct SMACC: PixelExtractor {
  /// What it is called in print.
  public static let title = "SMACC"

  /// What was found.
  public struct Extraction: Sendable {
    /// The pixels, in the order they were found.
    public let pixels: [Int]
    /// The algorithm's own abundances, `[pixels, count]`: nonnegative, their sum as brightness has it.
    public let abundances: Tensor
    /// ‖r‖² of every pixel after the last round.
    public let residuals: [Double]
  }

  /// The number of endmembers.
  public var count: Int

  /// A search for `count` endmembers. Whether `count` suits is said by the scene.
  public init(count: Int) { self.count = count }

  /// The endmembers' pixels.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func pixels(of spectra: Tensor, isValid: [Bool]?) throws -> [Int] {
    try extraction(from: spectra, isValid: isValid).pixels
  }

  /// The endmembers' pixels with the abundances found on the way.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func extraction(from spectra: Tensor, isValid: [Bool]? = nil) throws -> Extraction {
    let spectra = spectra.detached
    let valid = try SignalSpace.checked(spectra, isValid, count)
    var cone = Cone(spectra, valid)
    for round in 0..<count {
      if !(try cone.grow()) { throw UnmixingError.rankDeficient(requested: count, dimensions: max(round - 1, 0)) }
    }
    let pixels = valid.count
    let abundances = Tensor(
      [pixels, count],
      (0..<pixels * count).map { place in
        valid[place / count] ? Scalar(cone.abundances[place % count][place / count]) : 0
      })
    return Extraction(pixels: cone.chosen, abundances: abundances, residuals: cone.squares)
  }
}

/// The cone so far. Residuals are not kept: their inner products follow from those of pixels and directions.
private struct Cone {
  private let spectra: Tensor
  private let isValid: [Bool]
  private let power: Double
  /// ‖r‖²
  private(set) var squares: [Double]
  private(set) var chosen: [Int] = []
  /// A, one list of pixels an endmember.
  private(set) var abundances: [[Double]] = []
  /// w of every endmember.
  private var directions: [[Double]] = []
  /// o of every round and pixel: r = x − Σ oₖ wₖ.
  private var moves: [[Double]] = []

  init(_ spectra: Tensor, _ isValid: [Bool]) {
    self.spectra = spectra
    self.isValid = isValid
    squares = spectra.squaredRowNorms()
    let squares = squares
    power = isValid.indices.reduce(0) { isValid[$1] ? max($0, squares[$1]) : $0 }
  }

  /// Adds an endmember; false when nothing is left to add.
  mutating func grow() throws -> Bool {
    let squares = squares
    guard let pixel = isValid.indices.filter({ isValid[$0] }).max(by: { squares[$0] < squares[$1] }),
      squares[pixel] > 1e-12 * power
    else { return false }
    var direction = spectra[pixel].scalars.map { Double($0) }
    for (move, other) in zip(moves, directions) {
      for band in direction.indices { direction[band] -= move[pixel] * other[band] }
    }
    let length = DominantEigenvectors.dot(direction, direction)
    var parts = Projection.coordinates(of: spectra, along: direction, offsets: [0])
    for (move, other) in zip(moves, directions) {
      let overlap = DominantEigenvectors.dot(direction, other)
      for place in parts.indices { parts[place] -= move[place] * overlap }
    }
    let own = abundances.map { $0[pixel] }
    var added = [Double](repeating: 0, count: parts.count)
    for place in parts.indices where isValid[place] && parts[place] > 0 {
      var step = parts[place] / length
      for k in own.indices where own[k] > 0 { step = min(step, abundances[k][place] / own[k]) }
      added[place] = step
      for k in own.indices { abundances[k][place] = max(0, abundances[k][place] - step * own[k]) }
      self.squares[place] += step * (step * length - 2 * parts[place])
    }
    chosen.append(pixel)
    abundances.append(added)
    moves.append(added)
    directions.append(direction)
    return true
  }
}
