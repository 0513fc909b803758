import Foundation
import Probability
import Tensors

/// Chains of the no-U-turn sampler for pixels, four each, run again for longer where they have not met.
///
/// Chains have met when split-R̂ is at most 1.01 and bulk and tail hold 400 effective draws, for every endmember, and no
/// trajectory diverged. Pixels whose longer chains have not met either are withheld.
///
/// - Source: Vehtari, Gelman, Simpson, Carpenter and Bürkner, Bayesian Analysis 16, 2021, for both limits.
struct PixelChains {
  /// Chains of a pixel.
  static let each = 4
  private static let mostConvergence = 1.01
  private static let leastEffective = 400.0
  /// Transitions to warm up and to keep of each chain, and the acceptance aimed at: first, and once more.
  private static let attempts = [
    (warmup: 300, draws: 400, acceptance: 0.8), (warmup: 1000, draws: 1500, acceptance: 0.95),
  ]

  /// What is drawn from.
  let target: any AbundanceTarget
  /// The key of every number, with the identities of ``target``'s rows.
  let random: RandomStream
  /// The identity of every row of the target.
  let identities: [Int]

  /// Draws of rows from chains that begin around abundances `[rows.count, endmembers]`.
  func draws(rows: [Int], start: Tensor) -> [PixelDraws] {
    var found = rows.map { _ in PixelDraws(values: [], source: .withheld) }
    var open = Array(rows.indices)
    for attempt in Self.attempts.indices where !open.isEmpty {
      let again = run(open.map { rows[$0] }, start.gatheringRows(open), attempt: attempt)
      for (place, draws) in zip(open, again) { found[place] = draws }
      open = open.filter { found[$0].source == .withheld }
    }
    return found
  }

  private func run(_ rows: [Int], _ start: Tensor, attempt: Int) -> [PixelDraws] {
    let (size, plan) = (target.count - 1, Self.attempts[attempt])
    var sampler = HamiltonianMonteCarlo(warmup: plan.warmup, draws: plan.draws)
    sampler.targetAcceptance = plan.acceptance
    var divergences: [Int] = []
    var random = random
    random.rows = rows.flatMap { row in (0..<Self.each).map { UInt32(identities[row] * Self.each + $0) } }
    let fit = ModeFit(target.differentiable, rows: rows, start: start)
    let tree = target.tree
    let each = Self.each
    // The same for the chains of a pixel.
    let shapes = fit.shapes(along: tree).flatMap { shape in (0..<each).map { _ in shape } }
    let places = shapes.map { $0.place }
    let scales = shapes.map { $0.scale ?? TriangularFactor.identity(size) }
    // Chains begin apart, so that their meeting says something: one and a half times as far as the posterior reaches.
    var apart = RandomPurpose.refinement.stream(seed: random.seed, index: 1 << 27 + UInt32(attempt))
    apart.rows = random.rows
    let beginning = apart.normal([rows.count * each, size]).scalars.map { 1.5 * Double($0) }
    func sampled(_ base: some HamiltonianTarget) -> [Double] {
      let whitened = WhitenedTarget(base: TreeTarget(base, tree: tree), places: places, scales: scales)
      let found = sampler.sample(from: whitened, start: beginning, random: random)
      divergences = found.divergences
      return (0..<found.draws * found.rows).flatMap { place -> [Double] in
        whitened.coordinates(found.positions[place * size..<(place + 1) * size], row: place % found.rows)
      }
    }
    let positions = sampled(target.chains(of: rows, each: each))
    return rows.indices.map { place in
      let chains = (0..<Self.each).map { chain -> [[Double]] in
        (0..<plan.draws).map { draw in
          let at = (draw * rows.count * each + place * each + chain) * size
          return tree.logarithms(at: positions[at..<at + size])
        }
      }
      return Self.judged(chains, divergences: divergences[place * each..<(place + 1) * each].reduce(0, +))
    }
  }

  /// The draws of `[chain][draw][endmember]` logarithms, and whether they can be used. Ranks of logarithms are those of
  /// abundances, and logarithms do not round to the edge.
  private static func judged(_ chains: [[[Double]]], divergences: Int) -> PixelDraws {
    let count = chains[0][0].count
    let diagnostics = (0..<count).map { k in ChainDiagnostics(chains.map { chain in chain.map { $0[k] } }) }
    let convergence = diagnostics.map(\.convergence).reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
    let effective = diagnostics.map { min($0.bulkEffective, $0.tailEffective) }.min() ?? 0
    let haveMet = convergence <= mostConvergence && effective >= leastEffective && divergences == 0
    // Chain after chain, so that draws at equal distances are of all of them.
    let values = chains.flatMap { chain in chain.flatMap { draw in draw.map { exp($0) } } }
    return PixelDraws(values: values, source: haveMet ? .chains : .withheld, convergence: convergence)
  }
}
