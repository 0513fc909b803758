import Foundation
import Scenes
import Tensors

/// The pixel purity index: how often a pixel is the outermost along a random direction.
///
/// Pixels in the dominant count − 1 affine dimensions are projected on `skewers` random directions; the two extreme pixels
/// of every direction score a point. Vertices of the data score most, points inside none.
///
/// The index ranks pixels; choosing endmembers among them was left to the eye. Here it is a rule: the pixel with the
/// highest score first, then always the highest score at an angle of at least θ (seen from the mean, in the same
/// dimensions) to those chosen, with the largest θ from 90° downwards, in steps of a twentieth, that finds enough.
///
/// - Shapes: spectra are `[pixels, bands]`.
/// - Edge cases: a pixel that differs from a vertex by noise shares its points. With fewer scoring pixels than asked for,
///   an error.
/// - Complexity: O(pixels · bands²) once and O(pixels · count · skewers).
/// - Source: Boardman, Kruse and Green, *Mapping target signatures via partial unmixing of AVIRIS data*, Summaries of the
///   Fifth JPL Airborne Earth Science Workshop, 1995.
/// - Deviation: principal components in place of the minimum noise fraction; the choice by score and angle is ours.
public struct PPI: PixelExtractor {
  /// What it is called in print.
  public static let title = "PPI"
  /// The number of endmembers to find.
  public var count: Int
  /// Equal seeds find equal endmembers.
  public var seed: UInt64
  /// The number of random directions.
  public var skewers: Int

  /// How many directions are projected on at a time.
  private static let batch = 64

  /// A search for `count` endmembers.
  ///
  /// - Precondition: `skewers` ≥ 1. Whether `count` suits is said by the scene.
  public init(count: Int, seed: UInt64 = 0, skewers: Int = 10_000) {
    precondition(skewers >= 1, "\(skewers) skewers")
    (self.count, self.seed, self.skewers) = (count, seed, skewers)
  }

  /// The pixels chosen by score and angle.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func pixels(of spectra: Tensor, isValid: [Bool]?) throws -> [Int] {
    let (points, valid) = try points(of: spectra.detached, isValid)
    let scores = scores(of: points, valid)
    let ranked = valid.indices.filter { scores[$0] > 0 }.sorted { (scores[$0], $1) > (scores[$1], $0) }
    let directions = ranked.map { place in
      let own = points.lifted(valid[place]).dropFirst()
      let norm = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return own.map { norm > 0 ? $0 / norm : 0 }
    }
    for step in 0...20 {
      let most = cos(Double.pi / 2 * (1 - Double(step) / 20))
      var chosen: [Int] = []
      for candidate in ranked.indices where chosen.count < count {
        let isApart = chosen.allSatisfy { DominantEigenvectors.dot(directions[$0], directions[candidate]) <= most }
        if isApart || step == 20 { chosen.append(candidate) }
      }
      if chosen.count == count { return chosen.map { valid[ranked[$0]] } }
    }
    throw UnmixingError.rankDeficient(requested: count, dimensions: max(ranked.count - 1, 0))
  }

  /// How often every pixel was the outermost, 0 for masked ones.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func purityIndex(of spectra: Tensor, isValid: [Bool]? = nil) throws -> [Int] {
    let (points, valid) = try points(of: spectra.detached, isValid)
    var result = [Int](repeating: 0, count: spectra.shape[0])
    for (pixel, score) in zip(valid, scores(of: points, valid)) { result[pixel] = score }
    return result
  }

  private func points(of spectra: Tensor, _ isValid: [Bool]?) throws -> (AffinePoints, valid: [Int]) {
    let space = try SignalSpace(of: spectra, isValid: isValid, endmembers: count, projection: .affine)
    let flags = isValid ?? [Bool](repeating: true, count: spectra.shape[0])
    return (AffinePoints(space.affine, size: count - 1), flags.indices.filter { flags[$0] })
  }

  private func scores(of points: AffinePoints, _ valid: [Int]) -> [Int] {
    let size = points.size
    let coordinates = Tensor(
      [valid.count, size], valid.flatMap { points.coordinates[$0 * size..<($0 + 1) * size].map { Scalar($0) } })
    var random = RandomPurpose.endmembers.stream(seed: seed)
    var scores = [Int](repeating: 0, count: valid.count)
    for start in stride(from: 0, to: skewers, by: Self.batch) {
      let width = min(Self.batch, skewers - start)
      // The length of a direction changes nothing.
      let heights = random.normal([width, size]).matrixProduct(coordinates, transposingOther: true)
      heights.withUnsafeScalars { values in
        for row in 0..<width {
          let own = UnsafeBufferPointer(rebasing: values[row * valid.count..<(row + 1) * valid.count])
          let (lowest, highest) = Self.extremes(of: own)
          scores[lowest] += 1
          scores[highest] += 1
        }
      }
    }
    return scores
  }

  /// The places of the smallest and the largest number, the first of equals.
  private static func extremes(of heights: UnsafeBufferPointer<Scalar>) -> (lowest: Int, highest: Int) {
    var (low, high) = (SIMD16<Scalar>(repeating: .infinity), SIMD16<Scalar>(repeating: -.infinity))
    let whole = heights.count / 16 * 16
    let bytes = UnsafeRawBufferPointer(heights)
    for place in stride(from: 0, to: whole, by: 16) {
      let next = bytes.loadUnaligned(fromByteOffset: place * MemoryLayout<Scalar>.stride, as: SIMD16<Scalar>.self)
      low.replace(with: next, where: next .< low)
      high.replace(with: next, where: next .> high)
    }
    let rest = heights[whole...]
    let (least, most) = (min(low.min(), rest.min() ?? .infinity), max(high.max(), rest.max() ?? -.infinity))
    return (heights.firstIndex(of: least) ?? 0, heights.firstIndex(of: most) ?? 0)
  }
}
