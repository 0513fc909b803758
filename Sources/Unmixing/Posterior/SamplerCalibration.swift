import Foundation
import Probability
import Tensors

extension PosteriorCalibration {
  /// What draws from the posterior of linear mixing.
  public enum Sampler: String, Sendable, CaseIterable {
    /// Pair exchanges on the simplex, as refinement has them.
    case gibbs
    /// Hamiltonian trajectories without U-turns, along the endmembers' tree.
    case nuts
  }

  /// The refined posterior over simulated pixels, by chains as ``TrainedModel/refined(_:of:schedule:probabilities:at:observing:)``
  /// runs them.
  public init(
    refinedOn simulation: LinearSimulation, names: [String]? = nil, pixels: Int, seed: UInt64,
    schedule: SimplexGibbs.Schedule = SimplexGibbs.Schedule(), noise: SimplexGibbs.Noise = .known,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let posterior = simulation.posterior(noise: noise)
    var random = RandomPurpose.refinement.stream(seed: seed)
    try self.init(
      of: PosteriorKind.refined.rawValue, on: simulation, names: names, pixels: pixels, seed: seed,
      draws: { block, spectra in
        random.rows = block.map { UInt32($0) }
        let summary = posterior.sample(
          spectra, schedule: schedule, probabilities: [], keepsDraws: true, random: random)
        return summary.draws ?? .zeros([0, block.count, simulation.concentration.count])
      }, observing: observing)
  }

  /// The same posterior by another sampler, of which refinement knows nothing: every chain keeps `draws` transitions after
  /// half as many to warm up, and starts with even shares.
  public init(
    hamiltonianOn simulation: LinearSimulation, pixels: Int, seed: UInt64, draws: Int = 398,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let posterior = simulation.posterior()
    var random = RandomPurpose.refinement.stream(seed: seed, index: 1 << 20)
    try self.init(
      of: Sampler.nuts.rawValue, on: simulation, pixels: pixels, seed: seed,
      draws: { block, spectra in
        random.rows = block.map { UInt32($0) }
        return posterior.hamiltonianDraws(of: spectra, draws: draws, random: random)
      }, observing: observing)
  }

  /// Scores of the refined posterior over those of a posterior that another method integrates: quadrature for two endmembers,
  /// long Hamiltonian chains beyond. 1 is the best there is; Monte-Carlo error of the refined chains adds to it.
  public struct Ratios: Sendable, Codable {
    /// How many pixels were compared.
    public let pixels: Int
    /// What integrates: `quadrature` or `nuts`.
    public let reference: String
    /// The CRPS summed over endmembers.
    public let crps: Double
    /// The energy score.
    public let energyScore: Double

    /// Compares over simulated pixels.
    public init(
      refinedOn simulation: LinearSimulation, pixels: Int, seed: UInt64,
      schedule: SimplexGibbs.Schedule = SimplexGibbs.Schedule(),
      observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
      let usual = try PosteriorCalibration(refinedOn: simulation, pixels: pixels, seed: seed, schedule: schedule)
      let posterior = simulation.posterior()
      // Of three endmembers quadrature takes a hundred times as long.
      let isSmall = simulation.concentration.count == 2
      reference = isSmall ? "quadrature" : Sampler.nuts.rawValue
      var random = RandomPurpose.refinement.stream(seed: seed, index: 1 << 21)
      let exact = try PosteriorCalibration(
        of: reference, on: simulation, pixels: pixels, seed: seed,
        draws: { block, spectra in
          if isSmall { return posterior.quadratureDraws(of: spectra, draws: 1990) }
          random.rows = block.map { UInt32($0) }
          return posterior.hamiltonianDraws(of: spectra, draws: 1990, random: random)
        }, observing: observing)
      self.pixels = pixels
      crps = usual.crps.reduce(0, +) / exact.crps.reduce(0, +)
      energyScore = usual.energyScore / exact.energyScore
    }
  }
}

extension LinearPosterior {
  /// Draws by the No-U-Turn sampler from an even share of every node of the endmembers' tree, `[draws, pixels, endmembers]`.
  func hamiltonianDraws(of spectra: Tensor, draws: Int, random: RandomStream) -> Tensor {
    let target = TreeTarget(
      LinearMixingTarget(gram: sampler.gram, products: products(of: spectra), concentration: sampler.concentration),
      tree: SimplexTree(joiningNearest: sampler.gram))
    let chains = HamiltonianMonteCarlo(warmup: max(200, draws / 2), draws: draws).sample(
      from: target, start: [Double](repeating: 0, count: spectra.shape[0] * (count - 1)), random: random)
    return Tensor([draws, spectra.shape[0], count], chains.values(target.tree).map { Scalar($0) })
  }

  /// Points of quadrature, as often as it gives them weight, `[draws, pixels, endmembers]`.
  ///
  /// - Precondition: two or three endmembers.
  func quadratureDraws(of spectra: Tensor, draws: Int) -> Tensor {
    let (pixels, products) = (spectra.shape[0], products(of: spectra))
    var values = [Scalar](repeating: 0, count: draws * pixels * count)
    for pixel in 0..<pixels {
      let own = Array(products[pixel * count..<(pixel + 1) * count])
      let found = SimplexQuadrature.draws(draws, count: count, leastConcentration: sampler.concentration.min() ?? 1) {
        logDensity($0, logarithms: $1, own)
      }
      for (draw, point) in found.enumerated() {
        for k in 0..<count { values[(draw * pixels + pixel) * count + k] = Scalar(point[k]) }
      }
    }
    return Tensor([draws, pixels, count], values)
  }

  /// log p(a∣x) up to a constant, c = `products`.
  private func logDensity(_ a: [Double], logarithms: [Double], _ products: [Double]) -> Double {
    var value = 0.0
    for i in 0..<count {
      var mixed = 0.0
      for j in 0..<count { mixed += sampler.gram[i * count + j] * a[j] }
      value += a[i] * (products[i] - 0.5 * mixed) + (sampler.concentration[i] - 1) * logarithms[i]
    }
    return value
  }
}
