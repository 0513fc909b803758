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

  /// A block of pixels with the draws to be judged.
  public struct Block {
    /// True abundances, `[pixels, endmembers]`.
    public let truths: Tensor
    /// c = Mᵀx/σ² of everything the posterior has seen, `[pixels, endmembers]` row-major.
    public let products: [Double]
    /// Draws, `[draws, pixels, endmembers]`.
    public let draws: Tensor

    /// A block.
    public init(truths: Tensor, products: [Double], draws: Tensor) {
      (self.truths, self.products, self.draws) = (truths, products, draws)
    }
  }

  /// Judges a posterior over pixels, block by block.
  ///
  /// - Parameters:
  ///   - gram: G = MᵀM/σ² of everything the posterior has seen.
  ///   - pair: the two endmembers whose product is ranked.
  ///   - block: pixels of a range with their truths and draws.
  ///   - observing: told how many of how many pixels are done; what it throws ends the work.
  public init(
    of posterior: String, names: [String], gram: [Double], pair: (first: Int, second: Int), pixels: Int, seed: UInt64,
    block: (_ pixels: Range<Int>) throws -> Block,
    observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let count = names.count
    var scores = PosteriorScores(endmembers: count, quantities: Self.quantityNames.count)
    var random = RandomPurpose.simulation.stream(seed: seed, index: 1 << 24)
    for start in stride(from: 0, to: pixels, by: 250) {
      let range = start..<min(start + 250, pixels)
      let found = try block(range)
      let (truths, flat) = (found.truths.scalars.map { Double($0) }, found.draws.scalars)
      for place in 0..<range.count {
        let own = (0..<found.draws.shape[0]).map { draw in
          (0..<count).map { Double(flat[(draw * range.count + place) * count + $0]) }
        }
        let product = Array(found.products[place * count..<(place + 1) * count])
        scores.judge(
          Array(truths[place * count..<(place + 1) * count]), draws: own,
          quantities: { a in
            [Self.logLikelihood(a, product, gram), a[pair.first] * a[pair.second], a.max() ?? 0]
          }, using: &random)
      }
      try observing(range.upperBound, pixels)
    }
    self.init(scores, posterior: posterior, endmembers: names, quantities: Self.quantityNames)
  }

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
    let reference = simulation.posterior()
    try self.init(
      of: posterior, names: names ?? simulation.numbers, gram: reference.sampler.gram, pair: simulation.nearestPair,
      pixels: pixels, seed: seed,
      block: { range in
        let (abundances, spectra) = simulation.draw(range, seed: seed)
        return Block(
          truths: abundances, products: reference.products(of: spectra), draws: try draws(range, spectra))
      }, observing: observing)
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
}
