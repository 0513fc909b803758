import Probability
import Tensors

/// Gathers what tiles of pixels have drawn into maps of the whole scene; masked pixels stay zero.
struct RefinedMaps {
  /// Posterior means, `[pixels, endmembers]`.
  private(set) var mean: Tensor
  private var deviation: Tensor
  private var draw: Tensor
  private var quantiles: [Tensor]
  private let probabilities: [Double]

  init(pixels: Int, endmembers: Int, probabilities: [Double] = TrainedModel.probabilities) {
    mean = .zeros([pixels, endmembers])
    (deviation, draw) = (mean, mean)
    quantiles = [Tensor](repeating: mean, count: probabilities.count)
    self.probabilities = probabilities
  }

  /// - Precondition: the quantiles are those of its probabilities.
  mutating func add(_ summary: SimplexSummary, at pixels: [Int]) {
    mean.setRows(pixels, to: summary.mean)
    deviation.setRows(pixels, to: summary.deviation)
    draw.setRows(pixels, to: summary.last)
    for level in quantiles.indices { quantiles[level].setRows(pixels, to: summary.quantiles[level]) }
  }

  /// The estimate with these deviations, quantiles and draws of the pixels they were gathered from; other valid pixels have
  /// no interval. Its means stay, with these beside them.
  func added(to estimate: Estimate, at pixels: [Int]) -> Estimate {
    var (result, isOther) = (estimate, estimate.isValid)
    for pixel in pixels { isOther[pixel] = false }
    func known(_ values: Tensor) -> Tensor { values.replacingRows(where: isOther, with: .nan) }
    (result.deviation, result.posterior) = (known(deviation), .refined)
    result.quantiles = zip(probabilities, quantiles).map { .init(probability: $0, values: known($1)) }
    var (means, draws) = (estimate.mean, estimate.draw ?? estimate.mean)
    means.setRows(pixels, to: mean.gatheringRows(pixels))
    draws.setRows(pixels, to: draw.gatheringRows(pixels))
    (result.posteriorMean, result.draw) = (means, draws)
    result.intervalSource = Tensor(
      zip(estimate.isValid, isOther).map { Scalar($0 && !$1 ? IntervalSource.gibbs.rawValue : 0) })
    return result
  }
}

/// Gathers pixels' draws of any source into maps of the whole scene; masked pixels stay zero.
struct PublishedMaps {
  private let count: Int
  private var mean: [Scalar?]
  private var deviation: [Scalar]
  private var draw: [Scalar?]
  private var quantiles: [[Scalar]]
  private var shape: [Scalar]
  private var source: [Scalar]

  init(pixels: Int, endmembers: Int) {
    count = endmembers
    deviation = [Scalar](repeating: 0, count: pixels * endmembers)
    draw = [Scalar?](repeating: nil, count: pixels * endmembers)
    mean = draw
    quantiles = [[Scalar]](repeating: deviation, count: TrainedModel.probabilities.count)
    shape = [Scalar](repeating: 0, count: pixels)
    source = shape
  }

  mutating func add(_ all: [PixelDraws], at pixels: [Int]) {
    for (own, pixel) in zip(all, pixels) {
      let isKnown = own.source != .withheld
      let moments = isKnown ? own.moments(count, TrainedModel.probabilities) : nil
      // Weighted draws of neighbours are not taken at the same place of their order.
      let turn = (Double(pixel) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
      let one = isKnown ? own.equallyWeighted(1, endmembers: count, offset: turn) : []
      for k in 0..<count {
        let place = pixel * count + k
        mean[place] = moments.map { Scalar($0.mean[k]) }
        deviation[place] = moments.map { Scalar($0.deviation[k]) } ?? .nan
        draw[place] = isKnown ? Scalar(one[k]) : nil
        for level in quantiles.indices {
          quantiles[level][place] = moments.map { Scalar($0.quantiles[level][k]) } ?? .nan
        }
      }
      shape[pixel] = own.paretoShape.isNaN ? .nan : Scalar(min(max(own.paretoShape, -1), 10))
      source[pixel] = Scalar(own.source.rawValue)
    }
  }

  /// The estimate with these; of the network's own posterior with the network's numbers where they can be trusted.
  func added(to estimate: Estimate, _ kind: PosteriorKind) -> Estimate {
    var result = estimate
    let pixels = shape.count
    (result.posterior, result.intervalSource) = (kind, Tensor([pixels], source))
    if shape.contains(where: { $0 != 0 && !$0.isNaN }) { result.paretoShape = Tensor([pixels], shape) }
    guard kind == .amortised else {
      result.deviation = Tensor([pixels, count], deviation)
      // Where nothing better is known, the network's.
      func filled(_ values: [Scalar?], by own: Tensor) -> Tensor {
        let own = own.scalars
        return Tensor([pixels, count], values.indices.map { values[$0] ?? own[$0] })
      }
      result.posteriorMean = filled(mean, by: estimate.mean)
      result.draw = filled(draw, by: estimate.draw ?? estimate.mean)
      result.quantiles = zip(TrainedModel.probabilities, quantiles).map {
        .init(probability: $0, values: Tensor([pixels, count], $1))
      }
      return result
    }
    let isUnknown = zip(source, estimate.isValid).map { $0 == 0 && $1 }
    func kept(_ values: Tensor) -> Tensor { values.replacingRows(where: isUnknown, with: .nan) }
    result.deviation = estimate.deviation.map(kept)
    result.quantiles = estimate.quantiles.map { .init(probability: $0.probability, values: kept($0.values)) }
    return result
  }
}
