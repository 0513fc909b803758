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

  /// The estimate with these deviations, quantiles and draws; its means stay.
  func added(to estimate: Estimate) -> Estimate {
    var result = estimate
    (result.deviation, result.draw, result.posterior) = (deviation, draw, .refined)
    result.quantiles = zip(probabilities, quantiles).map { .init(probability: $0, values: $1) }
    return result
  }
}
