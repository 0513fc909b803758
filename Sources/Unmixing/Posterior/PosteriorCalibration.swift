import Foundation
import Probability
import Tensors

/// How well a posterior of linear mixing is calibrated over pixels simulated from its own prior and noise.
///
/// The truths come from the prior, so that, averaged over pixels, an interval of probability p of the right posterior
/// holds p of them, for every p and every quantity. Besides every abundance the log likelihood, the product of the nearest
/// pair's abundances and the largest abundance are ranked: right marginals with wrong correlations would pass without.
public struct PosteriorCalibration: Sendable, Codable {
  /// What was judged: `refined`, `amortised`, `nuts` …
  public let posterior: String
  /// How many pixels.
  public let pixels: Int
  /// The endmembers' names, or numbers from 1.
  public let endmembers: [String]
  /// The levels of the intervals.
  public let levels: [Double]
  /// The share of truths in the central interval, `[level][endmember]`.
  public let central: [[Double]]
  /// The share of truths in the highest-density interval, `[level][endmember]`.
  public let shortest: [[Double]]
  /// The mean continuous ranked probability score of every endmember.
  public let crps: [Double]
  /// The mean energy score.
  public let energyScore: Double
  /// The mean width of the central 90 % interval of every endmember.
  public let sharpness: [Double]
  /// What was ranked.
  public let quantities: [String]
  /// Randomised probability integrals in 20 bins, `[quantity][bin]`.
  public let histograms: [[Int]]
  /// How probable ranks as uneven as these are, by χ² over 20 bins.
  public let binsProbability: [Double]
  /// The same by a band around the ranks' distribution function.
  public let bandProbability: [Double]

  /// Sums up what was judged.
  public init(_ scores: PosteriorScores, posterior: String, endmembers: [String], quantities: [String]) {
    let count = Double(max(scores.pixels, 1))
    self.posterior = posterior
    (pixels, self.endmembers, levels) = (scores.pixels, endmembers, PosteriorScores.levels)
    central = scores.central.map { $0.map { Double($0) / count } }
    shortest = scores.shortest.map { $0.map { Double($0) / count } }
    crps = scores.rankedProbability.map { $0 / count }
    energyScore = scores.energy / count
    sharpness = scores.widths.map { $0 / count }
    self.quantities = endmembers.map { "abundance of \($0)" } + quantities
    histograms = scores.ranks.map { ranks in
      ranks.reduce(into: [Int](repeating: 0, count: 20)) { $0[min(19, Int($1 * 20))] += 1 }
    }
    let tests = scores.ranks.map { PosteriorScores.uniformity(of: $0) }
    (binsProbability, bandProbability) = (tests.map(\.bins), tests.map(\.band))
  }

  /// The least probability that any of the tests gave, times their number: below 0.01 the posterior is not right.
  public var familyProbability: Double {
    let all = binsProbability + bandProbability
    return min(1, (all.min() ?? 1) * Double(all.count))
  }

  /// The least and the largest coverage by any endmember's central interval of this level.
  public func coverage(_ level: Double) -> ClosedRange<Double> {
    let row = levels.firstIndex(of: level).map { central[$0] } ?? []
    return (row.min() ?? .nan)...(row.max() ?? .nan)
  }

  /// What is ranked besides abundances.
  static let quantityNames = ["log likelihood", "product of the nearest pair", "largest abundance"]

  /// Judges a posterior over simulated pixels.
  ///
  /// - Parameters:
  ///   - draws: draws of pixels with these spectra, `[draws, pixels, endmembers]`.
  ///   - observing: told how many of how many pixels are done; what it throws ends the work.
  public init(
    of posterior: String, on simulation: LinearSimulation, names: [String]? = nil, pixels: Int, seed: UInt64,
    draws: (_ pixels: Range<Int>, _ spectra: Tensor) throws -> Tensor,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let count = simulation.concentration.count
    let reference = simulation.posterior()
    let pair = simulation.nearestPair
    var scores = PosteriorScores(endmembers: count, quantities: Self.quantityNames.count)
    var random = RandomPurpose.simulation.stream(seed: seed, index: 1 << 24)
    for start in stride(from: 0, to: pixels, by: 250) {
      let block = start..<min(start + 250, pixels)
      let (abundances, spectra) = simulation.draw(block, seed: seed)
      let products = reference.products(of: spectra)
      let values = try draws(block, spectra)
      let truths = abundances.scalars.map { Double($0) }
      let flat = values.scalars
      for pixel in block.indices {
        let place = pixel - block.lowerBound
        let own = (0..<values.shape[0]).map { draw in
          (0..<count).map { Double(flat[(draw * block.count + place) * count + $0]) }
        }
        let product = Array(products[place * count..<(place + 1) * count])
        scores.judge(
          Array(truths[place * count..<(place + 1) * count]), draws: own,
          quantities: { a in
            [
              Self.logLikelihood(a, product, reference.sampler.gram), a[pair.first] * a[pair.second], a.max() ?? 0,
            ]
          }, using: &random)
      }
      try observing(block.upperBound, pixels)
    }
    self.init(
      scores, posterior: posterior, endmembers: names ?? (1...count).map { "\($0)" }, quantities: Self.quantityNames)
  }

  /// c·a − ½ aᵀG a, the log likelihood but for a constant.
  private static func logLikelihood(_ a: [Double], _ products: [Double], _ gram: [Double]) -> Double {
    var value = 0.0
    for i in a.indices {
      var mixed = 0.0
      for j in a.indices { mixed += gram[i * a.count + j] * a[j] }
      value += a[i] * (products[i] - 0.5 * mixed)
    }
    return value
  }

  /// The refined posterior over simulated pixels, by chains as ``TrainedModel/refined(_:of:schedule:observing:)`` runs them.
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
}
