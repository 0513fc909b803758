import Foundation
import Scenes
import Tensors

/// N-FINDR: the pixels that span the largest simplex.
///
/// In the dominant count − 1 affine dimensions the volume is |det V| / (count − 1)! with a column (1, z) a vertex. With the
/// barycentric coordinates b = V⁻¹ (1, z) of a pixel, putting it in place of vertex k multiplies the volume by |bₖ|
/// (Cramer's rule). A sweep over the pixels makes every replacement with |bₖ| > 1, the largest first; sweeps end when one
/// replaces nothing, so that no single replacement would enlarge the simplex, or after 3 · count of them.
///
/// The first search begins from the greedily largest simplex, further ones from random pixels; the largest is kept.
///
/// - Shapes: spectra are `[pixels, bands]`.
/// - Edge cases: assumes that each endmember fills at least one pixel. Ends in a local maximum.
/// - Complexity: O(pixels · bands²) once and O(pixels · count²) a sweep.
/// - Source: Winter, *N-FINDR: an algorithm for fast autonomous spectral end-member determination in hyperspectral data*,
///   SPIE 3753, 1999; the greedy start after Plaza and Chang, *Impact of initialization on design of endmember extraction
///   algorithms*, IEEE TGRS 44, 2006.
/// - Deviation: a replacement is made at once, and is the best of the pixel's, as in the sequential variant of Wu, Chu and
///   Chang, 2008; principal components in place of a noise-adjusted transform.
public struct NFINDR: PixelExtractor {
  /// What it is called in print.
  public static let title = "N-FINDR"
  /// The number of endmembers to find.
  public var count: Int
  /// Equal seeds find equal endmembers.
  public var seed: UInt64
  /// How often the search is started.
  public var restarts: Int

  /// What was found.
  public struct Extraction: Sendable {
    /// The vertices' pixels.
    public let pixels: [Int]
    /// log( |det V| / (count − 1)! ) at the start of the search that was kept and after every sweep of it; never smaller
    /// than before.
    public let logVolumes: [Double]
  }

  /// A search for `count` endmembers.
  ///
  /// - Precondition: `restarts` ≥ 1. Whether `count` suits is said by the scene.
  public init(count: Int, seed: UInt64 = 0, restarts: Int = 10) {
    precondition(restarts >= 1, "\(restarts) restarts")
    (self.count, self.seed, self.restarts) = (count, seed, restarts)
  }

  /// The vertices of the largest simplex found.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func pixels(of spectra: Tensor, isValid: [Bool]?) throws -> [Int] {
    try extraction(from: spectra, isValid: isValid).pixels
  }

  /// The vertices, with the volumes on the way.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func extraction(from spectra: Tensor, isValid: [Bool]? = nil) throws -> Extraction {
    let space = try SignalSpace(of: spectra.detached, isValid: isValid, endmembers: count, projection: .affine)
    let flags = isValid ?? [Bool](repeating: true, count: spectra.shape[0])
    let valid = flags.indices.filter { flags[$0] }
    let points = AffinePoints(space.affine, size: count - 1)
    var random = RandomPurpose.endmembers.stream(seed: seed)
    var best: Extraction?
    for restart in 0..<restarts {
      let start =
        restart == 0
        ? points.greedySimplex(among: valid) : random.permutation(valid.count).prefix(count).map { valid[$0] }
      guard let found = Self.search(points, valid, from: start) else { continue }
      if (found.logVolumes.last ?? -.infinity) > (best?.logVolumes.last ?? -.infinity) { best = found }
    }
    guard let best else { throw UnmixingError.rankDeficient(requested: count, dimensions: max(count - 2, 0)) }
    return best
  }

  /// One search; `nil` from a flat simplex.
  private static func search(_ points: AffinePoints, _ valid: [Int], from start: [Int]) -> Extraction? {
    guard var simplex = Simplex(points, start) else { return nil }
    var volumes = [simplex.logVolume]
    for _ in 0..<3 * start.count {
      let count = simplex.sweep(over: valid)
      // What many small changes have rounded is computed anew.
      guard let fresh = Simplex(points, simplex.pixels) else { break }
      simplex = fresh
      volumes.append(max(simplex.logVolume, volumes[volumes.count - 1]))
      if count == 0 { break }
    }
    return Extraction(pixels: simplex.pixels, logVolumes: volumes)
  }
}

/// Pixels as points of few dimensions.
struct AffinePoints: Sendable {
  /// The number of dimensions.
  let size: Int
  /// `[pixels, size]`
  let coordinates: [Double]

  init(_ coordinates: [Double], size: Int) { (self.coordinates, self.size) = (coordinates, size) }

  /// (1, z) of a pixel.
  func lifted(_ pixel: Int) -> [Double] { [1] + coordinates[pixel * size..<(pixel + 1) * size] }

  /// size + 1 pixels, each the furthest from the span of those before: the first from the mean.
  func greedySimplex(among pixels: [Int]) -> [Int] {
    var (chosen, basis): ([Int], [[Double]]) = ([], [])
    var left = pixels.map { pixel in
      coordinates[pixel * size..<(pixel + 1) * size].reduce(0) { $0 + $1 * $1 }
    }
    var origin = [Double](repeating: 0, count: size)
    for round in 0...size {
      guard let place = left.indices.max(by: { left[$0] < left[$1] }) else { break }
      chosen.append(pixels[place])
      let point = Array(coordinates[pixels[place] * size..<(pixels[place] + 1) * size])
      if round == 0 { origin = point } else { basis.append(zip(point, origin).map { $0 - $1 }) }
      if round == size { break }
      DominantEigenvectors.orthonormalize(&basis)
      for index in pixels.indices {
        let own = zip(coordinates[pixels[index] * size..<(pixels[index] + 1) * size], origin).map { $0 - $1 }
        let inside = basis.reduce(0) { sum, axis in
          let part = DominantEigenvectors.dot(axis, own)
          return sum + part * part
        }
        left[index] = own.reduce(0) { $0 + $1 * $1 } - inside
      }
    }
    return chosen
  }
}

/// A simplex of pixels with V⁻¹, so that a pixel's barycentric coordinates are one product.
private struct Simplex {
  private(set) var pixels: [Int]
  private(set) var logVolume: Double
  private let points: AffinePoints
  /// V⁻¹, row by row.
  private var inverse: [Double]

  /// `nil` for a flat simplex.
  init?(_ points: AffinePoints, _ pixels: [Int]) {
    let count = pixels.count
    guard count == points.size + 1 else { return nil }
    let columns = pixels.map(points.lifted)
    // Gauss–Jordan with row pivoting on [V | 1].
    var rows = (0..<count).map { row in columns.map { $0[row] } + (0..<count).map { $0 == row ? 1 : 0 } }
    var volume = -lgamma(Double(count))
    for column in 0..<count {
      let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      let value = rows[column][column]
      guard abs(value) > 1e-300 else { return nil }
      volume += log(abs(value))
      for index in rows[column].indices { rows[column][index] /= value }
      for row in 0..<count where row != column {
        let factor = rows[row][column]
        if factor != 0 { for index in rows[row].indices { rows[row][index] -= factor * rows[column][index] } }
      }
    }
    (self.points, self.pixels, logVolume) = (points, pixels, volume)
    inverse = rows.flatMap { $0[count...] }
  }

  /// Replaces vertices by every pixel that enlarges the simplex; how many it replaced.
  mutating func sweep(over candidates: [Int]) -> Int {
    let (count, size) = (pixels.count, points.size)
    var replaced = 0
    var shares = [Double](repeating: 0, count: count)
    points.coordinates.withUnsafeBufferPointer { coordinates in
      for pixel in candidates {
        var (best, ratio) = (0, 0.0)
        for k in 0..<count {
          var sum = inverse[k * count]
          for index in 0..<size { sum += inverse[k * count + index + 1] * coordinates[pixel * size + index] }
          shares[k] = sum
          if abs(sum) > ratio { (best, ratio) = (k, abs(sum)) }
        }
        if ratio > 1 + 1e-9 {
          replace(best, by: pixel, shares)
          replaced += 1
        }
      }
    }
    return replaced
  }

  /// V with another column k has row k of its inverse divided by bₖ, and the others less bⱼ times that.
  private mutating func replace(_ k: Int, by pixel: Int, _ shares: [Double]) {
    let count = pixels.count
    for column in 0..<count {
      let value = inverse[k * count + column] / shares[k]
      for row in 0..<count where row != k { inverse[row * count + column] -= shares[row] * value }
      inverse[k * count + column] = value
    }
    pixels[k] = pixel
    logVolume += log(abs(shares[k]))
  }
}
