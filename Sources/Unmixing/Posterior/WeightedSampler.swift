import Foundation
import Probability
import Tensors

/// Importance sampling of pixels' posteriors from logistic distributions with a full covariance.
///
///     q = (1 − β)(½ t₅(ẑ, H⁻¹) + ½ t₅(m, V)) + β Dirichlet(α),   β = 1/10
///
/// in coordinates of the endmembers' tree, see ``Probability/SimplexTree``: a Student distribution at the mode with the
/// curvature there, another with the mean and covariance that weighted draws had in the round before, and the prior.
/// Student distributions take the place of the logistic-normal's Gaussian because toward the simplex's edge posteriors fall
/// off more slowly than any Gaussian, which would leave weights without a variance; the prior bounds them by the largest
/// likelihood. Each part gives its share of the draws, and a draw is weighted by the whole mixture.
///
/// - Source: Cappé, Douc, Guillin, Marin and Robert, *Adaptive importance sampling in general mixture classes*, Statistics
///   and Computing 18, 2008, for fitting by weighted moments; Owen and Zhou, *Safe and effective importance sampling*,
///   JASA 95, 2000, for the defensive part; Vehtari et al., JMLR 25, 2024, for the weights.
struct WeightedSampler {
  /// Draws of every round; the last are kept.
  static let rounds = [600, 600, 1500]
  private static let priorShare = 0.1

  /// What is drawn from.
  let target: DecoderTarget
  private let tree: SimplexTree

  /// A sampler of a target.
  init(target: DecoderTarget) { (self.target, tree) = (target, target.tree) }

  /// Weighted draws of rows whose modes were fitted. What is drawn for a row depends on the identities in `random` alone.
  func draws(rows: [Int], fit: ModeFit, random: inout RandomStream) -> [PixelDraws] {
    let modes = fit.shapes(along: tree).map { place, scale -> StudentProposal? in
      scale.map { StudentProposal(location: place, scale: $0) }
    }
    var proposals = modes.map { [$0].compactMap { $0 } }
    var found: [PixelDraws] = []
    for (round, count) in Self.rounds.enumerated() {
      let (points, weights) = weighted(rows, proposals, count, &random)
      if round == Self.rounds.count - 1 {
        found = zip(points, weights).map { points, weights in
          PixelDraws(
            values: points.flatMap(\.abundances), weights: weights, source: .weighted, paretoShape: weights.paretoShape)
        }
      } else {
        proposals = points.indices.map { place in
          [modes[place], moments(points[place], weights[place])].compactMap { $0 }
        }
      }
    }
    return found
  }

  /// Draws and weights of every row under its mixture of proposals.
  private func weighted(
    _ rows: [Int], _ proposals: [[StudentProposal]], _ count: Int, _ random: inout RandomStream
  ) -> (points: [[SimplexPoint]], weights: [ImportanceWeights]) {
    let (ofPrior, width) = (Int(Double(count) * Self.priorShare), target.count - 1 + StudentProposal.freedom)
    let normals = random.normal([rows.count, (count - ofPrior) * width]).scalars.map { Double($0) }
    let prior = priorPoints(rows.count, ofPrior, &random)
    let points = rows.indices.map { place -> [SimplexPoint] in
      let own = proposals[place]
      guard !own.isEmpty else { return prior[place] }
      return (0..<count - ofPrior).map { draw in
        let start = (place * (count - ofPrior) + draw) * width
        let place = own[draw % own.count].draw(normals[start..<start + width])
        return SimplexPoint(logarithms: tree.logarithms(at: place[...]))
      } + prior[place]
    }
    return (points, weights(of: points, rows, proposals))
  }

  private func weights(
    of points: [[SimplexPoint]], _ rows: [Int], _ proposals: [[StudentProposal]]
  ) -> [ImportanceWeights] {
    rows.indices.map { place in
      let (own, parts) = (points[place], proposals[place])
      let abundances = Tensor([own.count, target.count], own.flatMap { $0.abundances.map { Scalar($0) } })
      let fits = target.logLikelihood(of: abundances, each: own.count, rows: [rows[place]])
      let share = parts.isEmpty ? 0 : log((1 - Self.priorShare) / Double(parts.count))
      let ratios = own.indices.map { draw -> Double in
        let prior = own[draw].logPrior(target.concentration)
        let place = tree.coordinates(of: own[draw].logarithms)
        let terms = [log(Self.priorShare) + prior - logPriorTotal] + parts.map { share + $0.logDensity(place) }
        let highest = terms.max() ?? 0
        return fits[draw] + prior - highest - log(terms.reduce(0) { $0 + exp($1 - highest) })
      }
      return ImportanceWeights(logRatios: ratios)
    }
  }

  /// log ∫ Π aₖ^αₖ dv = Σ log Γ(αₖ) − log Γ(α₀).
  private var logPriorTotal: Double {
    target.concentration.reduce(0) { $0 + lgamma($1) } - lgamma(target.concentration.reduce(0, +))
  }

  private func priorPoints(_ rows: Int, _ count: Int, _ random: inout RandomStream) -> [[SimplexPoint]] {
    let alpha = Tensor(target.concentration.map { Scalar($0) }).broadcast(to: [rows, target.count])
    let prior = Dirichlet(concentration: alpha)
    var points = [[SimplexPoint]](repeating: [], count: rows)
    for _ in 0..<count {
      let logarithms = prior.sampleLogarithm(using: &random).scalars
      for row in 0..<rows {
        let own = logarithms[row * target.count..<(row + 1) * target.count].map { Double($0) }
        // Through the coordinates their sum is 1 in Double.
        points[row].append(SimplexPoint(logarithms: tree.logarithms(at: tree.coordinates(of: own)[...])))
      }
    }
    return points
  }

  /// The Student distribution with the weighted draws' moments, twice as wide where they say little.
  private func moments(_ points: [SimplexPoint], _ weights: ImportanceWeights) -> StudentProposal? {
    let (size, places) = (target.count - 1, points.map { tree.coordinates(of: $0.logarithms) })
    var mean = [Double](repeating: 0, count: size)
    var covariance = [Double](repeating: 0, count: size * size)
    for (draw, place) in places.enumerated() {
      for i in 0..<size { mean[i] += weights.weights[draw] * place[i] }
    }
    for (draw, place) in places.enumerated() {
      for i in 0..<size {
        for j in 0..<size {
          covariance[i * size + j] += weights.weights[draw] * (place[i] - mean[i]) * (place[j] - mean[j])
        }
      }
    }
    let width = weights.effectiveDraws > Double(3 * target.count) ? 1.0 : 2.0
    for i in 0..<size {
      for j in 0..<size { covariance[i * size + j] *= width }
      covariance[i * size + i] += 1e-6
    }
    guard covariance.allSatisfy(\.isFinite) else { return nil }
    return TriangularFactor(of: covariance, size: size).map { StudentProposal(location: mean, scale: $0) }
  }
}
