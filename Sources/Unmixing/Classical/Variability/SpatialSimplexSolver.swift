import Tensors

/// Abundances on the simplex that fit every pixel's own endmembers and vary little across the image.
///
///     minimise Σ over pixels (½ aᵀ G a − cᵀa) + R(A)   subject to  a ≥ 0, Σₖ aₖ = 1
///     R(A) = λ TV(A)   or   (λ/2) Σ over neighbours ‖a − a′‖²
///
/// by the alternating direction method of multipliers, with one copy of A for R and one for the simplex, both kept between
/// calls. A result that is no better than the abundances it was to improve is not taken.
///
/// - Shapes: G `[pixels, count, count]`, c and A `[pixels, count]`.
/// - Complexity: O(pixels · count²) a round, and what R takes.
/// - Source: Boyd et al., *Distributed optimization and statistical learning via the alternating direction method of
///   multipliers*, Foundations and Trends in Machine Learning 3, 2011, §3.1 and §3.3.
struct SpatialSimplexSolver: Sendable {
  /// What keeps abundances from varying.
  enum Regularizer: Sendable {
    /// λ TV(A), see ``TotalVariation``.
    case totalVariation(isIsotropic: Bool)
    /// (λ/2) Σ ‖a − a′‖².
    case squaredDifferences
  }

  private let count: Int
  private let weight: Double
  private let penalty: Double
  private let neighbours: ImageNeighbours
  private let regularizer: Regularizer
  private var variation: TotalVariation
  private let smoothing: GridSmoothing
  /// The copies for R and for the simplex, and their scaled multipliers.
  private var smooth: [Double]
  private var shares: [Double]
  private var smoothGap: [Double]
  private var sharesGap: [Double]

  private static let mostRounds = 30
  private static let tolerance = 1e-3
  private static let denoisingRounds = 5

  /// - Parameters:
  ///   - weight: λ.
  ///   - penalty: ρ, how strongly the copies are coupled.
  init(
    from abundances: [Double], count: Int, _ neighbours: ImageNeighbours, _ regularizer: Regularizer, weight: Double,
    penalty: Double
  ) {
    (self.count, self.neighbours, self.regularizer) = (count, neighbours, regularizer)
    (self.weight, self.penalty) = (weight, penalty)
    var isIsotropic = false
    if case .totalVariation(let chosen) = regularizer { isIsotropic = chosen }
    variation = TotalVariation(neighbours, maps: count, isIsotropic: isIsotropic)
    smoothing = GridSmoothing(neighbours, maps: count, weight: weight)
    (smooth, shares) = (abundances, abundances)
    smoothGap = [Double](repeating: 0, count: abundances.count)
    sharesGap = smoothGap
  }

  /// R(A).
  func regularity(of abundances: [Double]) -> Double {
    if weight == 0 { return 0 }
    switch regularizer {
    case .totalVariation: return weight * variation.value(of: abundances)
    case .squaredDifferences: return weight / 2 * neighbours.roughness(of: abundances, columns: count)
    }
  }

  /// Σ (½ aᵀ G a − cᵀa).
  func misfit(of abundances: [Double], _ gram: [Double], _ products: [Double]) -> Double {
    var sum = 0.0
    for pixel in 0..<neighbours.count {
      let own = pixel * count
      for k in 0..<count {
        var image = 0.0
        for j in 0..<count { image += gram[(own + k) * count + j] * abundances[own + j] }
        sum += abundances[own + k] * (0.5 * image - products[own + k])
      }
    }
    return sum
  }

  /// Better abundances than these, or the same.
  mutating func improved(_ abundances: [Double], _ gram: [Double], _ products: [Double]) -> [Double] {
    let factors = PixelFactors(gram, count: count, added: weight == 0 ? penalty : 2 * penalty)
    var moved = abundances
    for _ in 0..<Self.mostRounds {
      let before = shares
      solve(&moved, factors, products)
      renewCopies(moved)
      let scale = Self.tolerance * Self.tolerance * moved.reduce(0) { $0 + $1 * $1 }
      if Self.squaredDistance(moved, shares) <= scale && Self.squaredDistance(before, shares) <= scale
        && (weight == 0 || Self.squaredDistance(moved, smooth) <= scale)
      {
        break
      }
    }
    let found = misfit(of: shares, gram, products) + regularity(of: shares)
    return found <= misfit(of: abundances, gram, products) + regularity(of: abundances) ? shares : abundances
  }

  /// (G + ρ I) a = c + ρ (copies − multipliers), pixel by pixel.
  private func solve(_ abundances: inout [Double], _ factors: PixelFactors, _ products: [Double]) {
    let (count, penalty, hasCopy) = (count, penalty, weight != 0)
    let (smooth, smoothGap, shares, sharesGap) = (smooth, smoothGap, shares, sharesGap)
    abundances.withUnsafeMutableBufferPointer { abundances in
      let target = Shared(abundances.baseAddress)
      parallelRanges(neighbours.count, length: 2048) { range in
        guard let target = target.pointer else { return }
        for pixel in range {
          let own = pixel * count
          for place in own..<own + count {
            target[place] = products[place] + penalty * (shares[place] - sharesGap[place])
            if hasCopy { target[place] += penalty * (smooth[place] - smoothGap[place]) }
          }
          factors.solve(pixel, target + own)
        }
      }
    }
  }

  private mutating func renewCopies(_ abundances: [Double]) {
    shares = zip(abundances, sharesGap).map { $0 + $1 }
    shares.withUnsafeMutableBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for pixel in 0..<neighbours.count { SimplexProjection.project(values + pixel * count, count: count) }
    }
    for index in abundances.indices { sharesGap[index] += abundances[index] - shares[index] }
    if weight == 0 { return }
    let wanted = zip(abundances, smoothGap).map { $0 + $1 }
    switch regularizer {
    case .totalVariation:
      smooth = variation.denoised(wanted, weight: weight / penalty, rounds: Self.denoisingRounds)
    case .squaredDifferences:
      smoothing.solve(
        &smooth, diagonal: [Double](repeating: penalty, count: count), right: wanted.map { penalty * $0 })
    }
    for index in abundances.indices { smoothGap[index] += abundances[index] - smooth[index] }
  }

  private static func squaredDistance(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for index in x.indices { sum += (x[index] - y[index]) * (x[index] - y[index]) }
    return sum
  }
}

/// The Cholesky factors of a small positive definite matrix for every pixel.
private struct PixelFactors: Sendable {
  private let count: Int
  private var factors: [Double]

  /// - Parameters:
  ///   - matrices: Positive semidefinite, `[pixels, count, count]`.
  ///   - added: A positive number added to every diagonal.
  init(_ matrices: [Double], count: Int, added: Double) {
    self.count = count
    factors = matrices
    for start in stride(from: 0, to: factors.count, by: count * count) {
      for row in 0..<count {
        for column in 0...row {
          var sum = factors[start + row * count + column] + (row == column ? added : 0)
          for k in 0..<column { sum -= factors[start + row * count + k] * factors[start + column * count + k] }
          factors[start + row * count + column] =
            row == column ? max(sum, 1e-300).squareRoot() : sum / factors[start + column * count + column]
        }
      }
    }
  }

  /// Replaces a right-hand side by the solution.
  func solve(_ pixel: Int, _ values: UnsafeMutablePointer<Double>) {
    let start = pixel * count * count
    for row in 0..<count {
      for k in 0..<row { values[row] -= factors[start + row * count + k] * values[k] }
      values[row] /= factors[start + row * count + row]
    }
    for row in stride(from: count - 1, through: 0, by: -1) {
      for k in row + 1..<max(count, row + 1) { values[row] -= factors[start + k * count + row] * values[k] }
      values[row] /= factors[start + row * count + row]
    }
  }
}
