import Foundation
import Networks
import Probability
import Scenes
import Tensors

/// Draws of a network's own posterior, and whether they could be weighted to the posterior under its decoder.
///
///     log wᵢ = log p(x∣aᵢ) + log p(aᵢ) − log q(aᵢ∣x),   aᵢ ~ q(a∣x)
///
/// A k̂ above 0.7 says that q misses so much of the posterior that no number of its draws makes up for it: intervals of q
/// are then not to be trusted.
///
/// - Source: Yao, Vehtari, Simpson and Gelman, *Yes, but did it work? Evaluating variational inference*, ICML 2018.
struct NetworkDraws {
  /// How many draws are weighted.
  static let count = 1000

  private let patches: Patches
  private let target: any AbundanceTarget
  /// The scene's pixel of each of the target's rows.
  private let pixels: [Int]

  init(_ patches: Patches, _ target: any AbundanceTarget, pixels: [Int]) {
    (self.patches, self.target, self.pixels) = (patches, target, pixels)
  }

  /// Draws of rows, each with its k̂; `withheld` above 0.7.
  func draws<Model: UnmixingModel>(of model: Model, rows: [Int], random: RandomStream) -> [PixelDraws] {
    var (model, pass) = (model, Pass(.inference, random: random))
    let own = rows.map { pixels[$0] }
    pass.random.rows = own.map { UInt32($0) }
    let posterior = model.posterior(of: patches.sight(of: own), in: &pass)
    // An approximate sampler draws from another distribution than the density is that of.
    let exact = (posterior as? Dirichlet).map { Dirichlet(concentration: $0.concentration) }
    if let exact { return weighted(exact, rows, &pass.random) }
    return weighted(posterior, rows, &pass.random)
  }

  private func weighted(
    _ posterior: some ReparameterizedDistribution, _ rows: [Int], _ random: inout RandomStream
  ) -> [PixelDraws] {
    let (count, draws) = (target.count, Self.count)
    var values = [Scalar](repeating: 0, count: rows.count * draws * count)
    var ratios = [Double](repeating: 0, count: rows.count * draws)
    for draw in 0..<draws {
      let found = posterior.draw(using: &random)
      let (abundances, density) = (found.value.scalars, posterior.logDensity(of: found).scalars)
      let logarithms = (found.logarithm ?? found.value.maximum(with: 1e-30).log()).scalars
      for row in rows.indices {
        let place = row * draws + draw
        var prior = 0.0
        for k in 0..<count {
          values[place * count + k] = abundances[row * count + k]
          prior += (target.concentration[k] - 1) * Double(logarithms[row * count + k])
        }
        ratios[place] = prior - Double(density[row])
      }
    }
    let all = Tensor([rows.count * draws, count], values)
    let fits = target.logLikelihood(of: all, each: draws, rows: rows)
    return rows.indices.map { row in
      let own = row * draws..<(row + 1) * draws
      let weights = ImportanceWeights(logRatios: own.map { ratios[$0] + fits[$0] })
      return PixelDraws(
        values: values[own.lowerBound * count..<own.upperBound * count].map { Double($0) },
        source: weights.areReliable ? .network : .withheld, paretoShape: weights.paretoShape)
    }
  }
}
