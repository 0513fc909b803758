import Foundation
import Tensors

/// Spectra over σ, split into what the endmembers' differences span and what they do not.
struct ResidualSpace {
  let deviations: [Double]
  /// Centred endmembers over σ.
  let rows: Tensor
  /// An orthonormal basis of what they span; `nil` for one endmember.
  let basis: Tensor?
  let freedom: Int
  /// Beyond this squared distance from the simplex a pixel counts as outside.
  let farthest: Double
  private let centre: Tensor
  private let weights: Tensor
  private let problem: SimplexLeastSquares

  init(endmembers: Tensor, deviations: [Double]) {
    let (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    precondition(
      deviations.count == bands && deviations.allSatisfy { $0 > 0 && $0.isFinite },
      "\(deviations.count) deviations for \(bands) bands, the least \(deviations.min() ?? 0)")
    centre = endmembers.detached.mean(along: 0)
    weights = Tensor(deviations.map { Scalar(1 / $0) })
    rows = (endmembers.detached - centre) * weights
    var directions: [[Double]] = []
    let flat = rows.scalars.map { Double($0) }
    for k in 0..<count {
      var vector = Array(flat[k * bands..<(k + 1) * bands])
      let before = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // Twice, since once loses digits where endmembers are alike.
      for _ in 0..<2 {
        for other in directions {
          let share = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for band in vector.indices { vector[band] -= share * other[band] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if directions.count < count - 1, norm > 1e-5 * before { directions.append(vector.map { $0 / norm }) }
    }
    precondition(bands > directions.count, "\(count) endmembers of \(bands) bands leave no residual")
    basis =
      directions.isEmpty
      ? nil : Tensor([directions.count, bands], directions.flatMap { $0 }.map { Scalar($0) })
    freedom = bands - directions.count
    farthest = 2 * SpecialFunctions.inverseRegularizedGammaP(a: Double(max(directions.count, 1)) / 2, p: 0.999)
    problem = SimplexLeastSquares(endmembers: rows)
    self.deviations = deviations
  }

  /// The residual orthogonal to the endmembers' differences, and ‖(x − Mâ)/σ‖² of the best mixture.
  func residual(of spectra: Tensor) -> (residual: Tensor, total: Tensor) {
    let whitened = (spectra - centre) * weights
    let fit = problem.solve(whitened).matrixProduct(rows)
    let total = (whitened - fit).squaredNorm(along: -1)
    guard let basis else { return (whitened, total) }
    let coordinates = whitened.matrixProduct(basis, transposingOther: true)
    return (whitened - coordinates.matrixProduct(basis), total)
  }
}

/// Sums over pixels of what a check needs.
struct ResidualSums {
  var pixels = 0
  var squares = 0.0
  var products: [Double]
  var outside = 0
  var scores: [Scalar] = []

  init(bands: Int) { products = [Double](repeating: 0, count: bands * bands) }

  mutating func add(_ spectra: Tensor, _ space: ResidualSpace) {
    let (residual, total) = space.residual(of: spectra)
    let moments = Scatter(of: residual)
    let (bands, count) = (moments.bands, Double(moments.count))
    for place in products.indices {
      products[place] += (moments.covariance[place] + moments.mean[place / bands] * moments.mean[place % bands]) * count
    }
    let freedom = Double(space.freedom)
    for (own, all) in zip(residual.squaredNorm(along: -1).scalars, total.scalars) {
      squares += Double(own)
      if Double(all - own) > space.farthest { outside += 1 }
      scores.append(Scalar((Double(all) - freedom) / (2 * freedom).squareRoot()))
    }
    pixels += moments.count
  }
}
