import Foundation
import Probability
import Tensors

/// What was drawn from the posterior of one pixel.
struct PixelDraws: Sendable {
  /// Abundances, `[draws, endmembers]` row-major.
  var values: [Double]
  /// What each draw counts; all the same where there are none.
  var weights: ImportanceWeights?
  /// How they were made.
  var source: IntervalSource
  /// k̂ of the weights that were tried, or NaN.
  var paretoShape = Double.nan
  /// The largest split-R̂ of the chains that were run, or NaN.
  var convergence = Double.nan

  /// Mean, standard deviation and quantiles of every endmember.
  func moments(_ count: Int, _ probabilities: [Double]) -> (mean: [Double], deviation: [Double], quantiles: [[Double]])
  {
    var (means, deviations) = ([Double](), [Double]())
    var quantiles = probabilities.map { _ in [Double]() }
    let draws = values.count / count
    let weights = self.weights ?? .equal(draws)
    for k in 0..<count {
      let own = (0..<draws).map { values[$0 * count + k] }
      let mean = weights.mean { own[$0] }
      means.append(mean)
      deviations.append(weights.mean { (own[$0] - mean) * (own[$0] - mean) }.squareRoot())
      for (level, value) in weights.quantiles(of: own, probabilities).enumerated() { quantiles[level].append(value) }
    }
    return (means, deviations, quantiles)
  }

  /// So many equally weighted draws, in the order they were made: all at equal distances, or resampled.
  func equallyWeighted(_ wanted: Int, endmembers count: Int, offset: Double) -> [Double] {
    let draws = values.count / count
    let places = weights?.resampled(wanted, offset: offset) ?? (0..<wanted).map { $0 * draws / wanted }
    return places.flatMap { values[$0 * count..<($0 + 1) * count] }
  }
}

/// Equally weighted draws from the posteriors of some pixels, and how far they can be trusted.
public struct PosteriorDraws: Sendable {
  /// The scene's pixels, in the order of the draws.
  public let pixels: [Int]
  /// `[draws, pixels, endmembers]`. Of a pixel without an interval they are those that cannot be trusted.
  public let draws: Tensor
  /// How each pixel's were made; `withheld` where nothing that was tried can be trusted.
  public let source: [IntervalSource]
  /// k̂ of the importance weights from the proposal, or from the network, to the posterior; NaN where none were computed.
  public let paretoShape: [Double]
  /// The largest split-R̂ of the chains; NaN where none were run.
  public let convergence: [Double]

  /// Puts together pixels' draws.
  init(_ all: [PixelDraws], of pixels: [Int], endmembers count: Int, draws wanted: Int, random: RandomStream) {
    var random = random
    let offset = Double(random.uniform([1]).scalar)
    let own = all.map { $0.equallyWeighted(wanted, endmembers: count, offset: offset) }
    var values: [Scalar] = []
    values.reserveCapacity(wanted * pixels.count * count)
    for draw in 0..<wanted {
      for pixel in own { values += pixel[draw * count..<(draw + 1) * count].map { Scalar($0) } }
    }
    self.pixels = pixels
    draws = Tensor([wanted, pixels.count, count], values)
    (source, paretoShape, convergence) = (all.map(\.source), all.map(\.paretoShape), all.map(\.convergence))
  }

  /// Mean, standard deviation and quantiles of these draws, `[pixels, endmembers]` each.
  public func summary(_ probabilities: [Double]) -> (mean: Tensor, deviation: Tensor, quantiles: [Tensor]) {
    let (wanted, count) = (draws.shape[0], draws.shape[2])
    let flat = draws.scalars
    let all = pixels.indices.map { place -> ([Double], [Double], [[Double]]) in
      let own = (0..<wanted).flatMap { draw -> [Double] in
        let start = (draw * pixels.count + place) * count
        return flat[start..<start + count].map { Double($0) }
      }
      return PixelDraws(values: own, source: source[place]).moments(count, probabilities)
    }
    func tensor(_ rows: [[Double]]) -> Tensor {
      Tensor([pixels.count, count], rows.flatMap { $0.map { Scalar($0) } })
    }
    return (
      tensor(all.map(\.0)), tensor(all.map(\.1)), probabilities.indices.map { level in tensor(all.map { $0.2[level] }) }
    )
  }
}
