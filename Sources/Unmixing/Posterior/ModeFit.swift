import Foundation
import Probability
import Tensors

/// Where the posteriors of some pixels are highest in softmax-centred coordinates, and how curved they are there.
///
///     a = softmax(z₁, …, z_{K−1}, 0),   g = Jᵀ(x − μ)/σ² + α − α₀ a,   H = JᵀJ/σ² + α₀ (diag a − a aᵀ)
///
/// by Gauss–Newton steps with Levenberg and Marquardt's damping; a step that lowers the posterior is not taken. J is taken by
/// differences of the decoder towards each vertex, which stay on the simplex. The prior's part of H keeps it positive.
struct ModeFit {
  /// z, one place a pixel.
  private(set) var places: [[Double]]
  /// H, `[d, d]`, one a pixel.
  private(set) var curvatures: [[Double]]

  private static let mostSteps = 30
  private static let step = 1e-2

  private let target: DecoderTarget
  private let rows: [Int]
  private var values: [Double]
  private var damping: [Double]
  private var isDone: [Bool]

  /// Fits rows of a target from abundances `[rows.count, endmembers]`.
  init(_ target: DecoderTarget, rows: [Int], start: Tensor) {
    (self.target, self.rows) = (target, rows)
    let count = target.count
    places = start.withUnsafeScalars { start in
      rows.indices.map { place in
        // Off the edge, where the logarithm has no slope to follow.
        let own = (0..<count).map { log(0.98 * max(Double(start[place * count + $0]), 0) + 0.02 / Double(count)) }
        return own.dropLast().map { $0 - own[count - 1] }
      }
    }
    curvatures = []
    values = []
    damping = [Double](repeating: 1e-2, count: rows.count)
    isDone = [Bool](repeating: false, count: rows.count)
    values = Self.logDensity(target, rows, places)
    for _ in 0..<Self.mostSteps where isDone.contains(false) { advance() }
    curvatures = slopes().map(\.curvature)
  }

  private mutating func advance() {
    var trials = places
    for (place, slope) in slopes().enumerated() where !isDone[place] {
      var damped = slope.curvature
      let size = slope.gradient.count
      for i in 0..<size { damped[i * size + i] *= 1 + damping[place] }
      guard let factor = TriangularFactor(of: damped, size: size) else {
        isDone[place] = true
        continue
      }
      // So long a step leaves what the differences have seen.
      let move = factor.solvedTwice(slope.gradient).map { min(max($0, -4), 4) }
      trials[place] = zip(places[place], move).map { $0 + $1 }
    }
    let found = Self.logDensity(target, rows, trials)
    for place in rows.indices where !isDone[place] {
      if found[place] >= values[place] {
        isDone[place] = found[place] - values[place] < 1e-4
        (places[place], values[place]) = (trials[place], found[place])
        damping[place] = max(damping[place] / 4, 1e-8)
      } else {
        damping[place] *= 8
        isDone[place] = damping[place] > 1e6
      }
    }
  }

  /// g and H of every pixel.
  private func slopes() -> [(gradient: [Double], curvature: [Double])] {
    let (count, bands) = (target.count, target.deviations.count)
    let all = places.map { SimplexPoint($0).abundances }
    var probes: [Scalar] = []
    for own in all {
      probes += own.map { Scalar($0) }
      for j in 0..<count - 1 {
        for k in 0..<count { probes.append(Scalar(own[k] + Self.step * ((k == j ? 1 : 0) - own[k]))) }
      }
    }
    let means = target.decode(Tensor([rows.count * count, count], probes))
    return means.withUnsafeScalars { means in
      target.spectra.withUnsafeScalars { spectra in
        all.indices.map { place in
          var (residual, directions) = (
            [Double](repeating: 0, count: bands), [Double](repeating: 0, count: (count - 1) * bands)
          )
          for band in 0..<bands {
            let (mean, weight) = (Double(means[place * count * bands + band]), 1 / target.deviations[band])
            residual[band] = (Double(spectra[rows[place] * bands + band]) - mean) * weight
            for j in 0..<count - 1 {
              let moved = Double(means[(place * count + j + 1) * bands + band])
              directions[j * bands + band] = all[place][j] * (moved - mean) / Self.step * weight
            }
          }
          return slope(all[place], residual, directions)
        }
      }
    }
  }

  private func slope(
    _ abundances: [Double], _ residual: [Double], _ directions: [Double]
  ) -> (gradient: [Double], curvature: [Double]) {
    let (size, bands, total) = (abundances.count - 1, residual.count, target.concentration.reduce(0, +))
    var (gradient, curvature) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size * size))
    for i in 0..<size {
      var sum = 0.0
      for band in 0..<bands { sum += directions[i * bands + band] * residual[band] }
      gradient[i] = sum + target.concentration[i] - total * abundances[i]
      for j in 0...i {
        var product = 0.0
        for band in 0..<bands { product += directions[i * bands + band] * directions[j * bands + band] }
        product += total * ((i == j ? abundances[i] : 0) - abundances[i] * abundances[j])
        (curvature[i * size + j], curvature[j * size + i]) = (product, product)
      }
    }
    return (gradient, curvature)
  }

  private static func logDensity(_ target: DecoderTarget, _ rows: [Int], _ places: [[Double]]) -> [Double] {
    let points = places.map { SimplexPoint($0) }
    let abundances = Tensor([rows.count, target.count], points.flatMap { $0.abundances.map { Scalar($0) } })
    let fits = target.logLikelihood(of: abundances, each: 1, rows: rows)
    return zip(fits, points).map { $0 + $1.logPrior(target.concentration) }
  }
}

extension ModeFit {
  /// Modes along the coordinates of a tree, and factors of the covariances that their curvatures stand for; `nil` for a
  /// curvature that has none. A mode in one of these coordinates is one in the other, and its curvature there JᵀHJ.
  func shapes(along tree: SimplexTree) -> [(place: [Double], scale: TriangularFactor?)] {
    let size = tree.count - 1
    return zip(places, curvatures).map { mode, curvature in
      let place = tree.coordinates(of: SimplexPoint(mode).logarithms)
      let jacobian = tree.jacobian(at: place)
      func product(_ one: [Double], _ other: [Double]) -> [Double] {
        (0..<size * size).map { place in
          (0..<size).reduce(0) { $0 + one[place / size * size + $1] * other[$1 * size + place % size] }
        }
      }
      let turned = (0..<size * size).map { jacobian[$0 % size * size + $0 / size] }
      let own = TriangularFactor(of: product(turned, product(curvature, jacobian)), size: size)
      return (place, own.flatMap { TriangularFactor(of: $0.inverse, size: size) })
    }
  }
}

/// A point of the simplex by its logarithms.
struct SimplexPoint {
  /// log aₖ.
  let logarithms: [Double]

  /// softmax(z, 0).
  init(_ coordinates: [Double]) {
    let all = coordinates + [0]
    let highest = all.reduce(-Double.infinity) { max($0, $1) }
    let logSum = highest + log(all.reduce(0) { $0 + exp($1 - highest) })
    logarithms = all.map { $0 - logSum }
  }

  /// The point of these log aₖ.
  init(logarithms: [Double]) { self.logarithms = logarithms }

  /// a.
  var abundances: [Double] { logarithms.map { exp($0) } }

  /// Σ αₖ log aₖ: the Dirichlet prior with the coordinates' determinant, up to a constant.
  func logPrior(_ concentration: [Double]) -> Double {
    zip(concentration, logarithms).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
