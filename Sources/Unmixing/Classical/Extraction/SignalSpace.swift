import Foundation
import Tensors

/// The pixels of a scene in as many dimensions as there are endmembers, the way vertex component analysis sees them.
struct SignalSpace {
  let signalToNoise: Double
  let projection: VCA.Projection
  private let count: Int
  private let bands: Int
  private let mean: [Double]
  /// An orthonormal basis, one vector a row: `count` of the linear subspace, or `count − 1` of the affine one.
  private let basis: [[Double]]
  /// Pixels in that basis, `[pixels, basis]`.
  private let coordinates: [Double]
  /// Pixels as points on a plane, `[pixels, count]`; zeros for those that may not be chosen.
  private let points: [Double]
  /// Pixels in the `count − 1` dominant affine dimensions, `[pixels, count − 1]`; of masked ones too.
  let affine: [Double]

  /// - Parameter chosen: The projection; `nil` for the one that suits the signal-to-noise ratio.
  /// - Throws: as ``VCA/extraction(from:isValid:)``.
  init(
    of spectra: Tensor, isValid: [Bool]?, endmembers count: Int, projection chosen: VCA.Projection? = nil
  ) throws {
    let valid = try Self.checked(spectra, isValid, count)
    let scatter = Scatter(of: spectra, isValid: isValid)
    let (bands, mean) = (scatter.bands, scatter.mean)
    let meanPower = DominantEigenvectors.dot(mean, mean)
    let axes = DominantEigenvectors(of: scatter.covariance, size: bands, count: count)
    let power = (0..<bands).reduce(meanPower) { $0 + scatter.covariance[$1 * bands + $1] }
    try Self.checkRank(axes.values, power, count, pixels: scatter.count)

    let signal = axes.values.reduce(meanPower, +)
    signalToNoise = Self.decibels(signal: signal, power: power, count, bands)
    let inner = axes.vectors.prefix(count - 1)
    affine = Projection.coordinates(
      of: spectra, along: inner.flatMap { $0 }, offsets: inner.map { DominantEigenvectors.dot($0, mean) })
    let suited: VCA.Projection = signalToNoise < 15 + 10 * log10(Double(count)) ? .affine : .projective
    let linear = (chosen ?? suited) == .affine ? nil : Self.linearBasis(scatter, count, power)
    if let linear {
      projection = .projective
      basis = linear
      coordinates = Projection.coordinates(
        of: spectra, along: linear.flatMap { $0 }, offsets: [Double](repeating: 0, count: count))
      points = Self.projective(coordinates, linear.map { DominantEigenvectors.dot($0, mean) }, valid)
    } else {
      projection = .affine
      basis = Array(inner)
      coordinates = affine
      points = Self.lifted(affine, count, valid)
    }
    (self.count, self.bands, self.mean) = (count, bands, mean)
  }

  // MARK: Search

  /// One search: `count` pixels, each the furthest along a random direction orthogonal to those before.
  func extremePixels(_ random: inout RandomStream) -> [Int] {
    var last = [Double](repeating: 0, count: count)
    last[count - 1] = 1
    var found: [Int] = []
    var span = [last]
    for _ in 0..<count {
      let direction = orthogonalDirection(to: span, &random)
      let pixel = furthest(along: direction)
      found.append(pixel)
      // The first direction only avoids the plane's normal, which is then forgotten.
      if found.count == 1 { span = [] }
      var extended = span + [Array(points[pixel * count..<(pixel + 1) * count])]
      DominantEigenvectors.orthonormalize(&extended)
      span = extended
    }
    return found
  }

  private func orthogonalDirection(to span: [[Double]], _ random: inout RandomStream) -> [Double] {
    while true {
      var direction = random.normal([count]).scalars.map { Double($0) }
      for _ in 0..<2 {
        for vector in span {
          let part = DominantEigenvectors.dot(vector, direction)
          for index in direction.indices { direction[index] -= part * vector[index] }
        }
      }
      let length = DominantEigenvectors.norm(direction)
      if length > 1e-4 { return direction.map { $0 / length } }
    }
  }

  private func furthest(along direction: [Double]) -> Int {
    var (best, distance) = (0, -1.0)
    points.withUnsafeBufferPointer { points in
      direction.withUnsafeBufferPointer { direction in
        for pixel in 0..<points.count / count {
          var sum = 0.0
          for index in 0..<count { sum += points[pixel * count + index] * direction[index] }
          if abs(sum) > distance { (best, distance) = (pixel, abs(sum)) }
        }
      }
    }
    return best
  }

  /// log( |det(zᵢ − z₀)| / (count − 1)! ) of the pixels' affine coordinates; −∞ for a flat simplex.
  func logVolume(of pixels: [Int]) -> Double {
    let size = count - 1
    let rows = pixels.map { Array(affine[$0 * size..<($0 + 1) * size]) }
    var edges = rows.dropFirst().map { row in zip(row, rows[0]).map { $0 - $1 } }
    var result = -lgamma(Double(count))
    for column in 0..<size {
      let pivot = (column..<size).max { abs(edges[$0][column]) < abs(edges[$1][column]) } ?? column
      edges.swapAt(column, pivot)
      let value = edges[column][column]
      if value == 0 { return -.infinity }
      result += log(abs(value))
      for row in column + 1..<max(size, column + 1) {
        let factor = edges[row][column] / value
        for index in column..<size { edges[row][index] -= factor * edges[column][index] }
      }
    }
    return result
  }

  /// The spectra of pixels without what lies outside the signal subspace, `[pixels, bands]`.
  func reconstructed(_ pixels: [Int]) -> Tensor {
    let width = basis.count
    let offset = projection == .affine ? mean : [Double](repeating: 0, count: bands)
    return Tensor(
      [pixels.count, bands],
      pixels.flatMap { pixel in
        (0..<bands).map { band in
          Scalar((0..<width).reduce(offset[band]) { $0 + coordinates[pixel * width + $1] * basis[$1][band] })
        }
      })
  }

  // MARK: Preparation

  /// Which pixels count, of spectra in which `count` endmembers may be looked for.
  static func checked(_ spectra: Tensor, _ isValid: [Bool]?, _ count: Int) throws -> [Bool] {
    precondition(spectra.rank == 2, "spectra of shape \(spectra.shape)")
    let (pixels, bands) = (spectra.shape[0], spectra.shape[1])
    let valid = isValid ?? [Bool](repeating: true, count: pixels)
    let validCount = valid.count { $0 }
    let most = min(bands, validCount)
    if validCount < 2 {
      throw UnmixingError.mismatch(
        field: "valid pixels", expected: "at least 2, to find endmembers among", found: "\(validCount)")
    }
    if count < 2 || count > most {
      throw UnmixingError.endmemberCount(
        requested: count, allowed: 2...max(2, most), reason: "\(bands) bands and \(validCount) valid pixels")
    }
    let lost = spectra.withUnsafeScalars { values in
      (0..<pixels).filter { row in
        valid[row] && !values[row * bands..<(row + 1) * bands].allSatisfy(\.isFinite)
      }
    }
    if let first = lost.first {
      throw UnmixingError.notFinite(field: "spectra of valid pixels", count: lost.count, first: first)
    }
    return valid
  }

  /// Rounding spectra to Float leaves variances of about 10⁻¹⁷ of the total power; what is below 10⁻¹³ is no signal.
  private static let leastVariance = 1e-13

  private static func checkRank(_ variances: [Double], _ power: Double, _ count: Int, pixels: Int) throws {
    let dimensions = variances.prefix(count - 1).count { $0 > leastVariance * power }
    if dimensions == 0 { throw UnmixingError.constantScene(pixels: pixels) }
    if dimensions < count - 1 { throw UnmixingError.rankDeficient(requested: count, dimensions: dimensions) }
  }

  /// 10 log₁₀( (P_signal − (count/bands) P) / (P − P_signal) )
  private static func decibels(signal: Double, power: Double, _ count: Int, _ bands: Int) -> Double {
    let noise = power - signal
    if noise <= 1e-15 * power || count == bands { return .infinity }
    let clean = signal - Double(count) / Double(bands) * power
    return clean > 0 ? 10 * log10(clean / noise) : -.infinity
  }

  /// The dominant subspace of Σ xxᵀ / n; `nil` when it has fewer than `count` dimensions.
  private static func linearBasis(_ scatter: Scatter, _ count: Int, _ power: Double) -> [[Double]]? {
    let (bands, mean) = (scatter.bands, scatter.mean)
    var correlation = scatter.covariance
    for row in 0..<bands {
      for column in 0..<bands { correlation[row * bands + column] += mean[row] * mean[column] }
    }
    let axes = DominantEigenvectors(of: correlation, size: bands, count: count)
    return (axes.values.last ?? 0) > leastVariance * power ? axes.vectors : nil
  }

  /// y = x / ⟨u, x⟩ with u the mean of x.
  private static func projective(_ coordinates: [Double], _ direction: [Double], _ valid: [Bool]) -> [Double] {
    let count = direction.count
    let least = 1e-3 * DominantEigenvectors.dot(direction, direction)
    var result = [Double](repeating: 0, count: coordinates.count)
    for pixel in valid.indices where valid[pixel] {
      var along = 0.0
      for index in 0..<count { along += coordinates[pixel * count + index] * direction[index] }
      if along <= least { continue }
      for index in 0..<count { result[pixel * count + index] = coordinates[pixel * count + index] / along }
    }
    return result
  }

  /// (x, c) with c the largest ‖x‖.
  private static func lifted(_ affine: [Double], _ count: Int, _ valid: [Bool]) -> [Double] {
    let size = count - 1
    let squares = valid.indices.map { pixel in
      valid[pixel] ? affine[pixel * size..<(pixel + 1) * size].reduce(0) { $0 + $1 * $1 } : 0
    }
    let height = (squares.max() ?? 0).squareRoot()
    var result = [Double](repeating: 0, count: valid.count * count)
    for pixel in valid.indices where valid[pixel] {
      for index in 0..<size { result[pixel * count + index] = affine[pixel * size + index] }
      result[pixel * count + size] = height
    }
    return result
  }
}
