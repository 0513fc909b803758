import Foundation
import Tensors

extension LogisticNormal: MarginalQuantiles {
  /// Quantiles of every component: for two components sigmoid(±μ + L Φ⁻¹(p)), for more over 2,048 fixed points of low
  /// discrepancy.
  ///
  /// - Edge cases: over points the probability below a quantile is off by up to about 0.01.
  public func marginalQuantile(_ probability: Double) -> Tensor { marginalQuantiles([probability])[0] }

  /// The same for several probabilities over one set of points.
  ///
  /// - Complexity: 2,048 softmaxes and as many numbers to sort for each row.
  public func marginalQuantiles(_ probabilities: [Double]) -> [Tensor] {
    let own = detached
    if location.shape[-1] == 1 { return probabilities.map(own.quantileOfTwo) }
    let points = Self.integrationPoints(1024, dimension: location.shape[-1])
    let values = points.map { own.logits(at: Tensor($0).broadcast(to: location.shape)).softmax().scalars }
    var results = probabilities.map { _ in [Scalar](repeating: 0, count: shape.count) }
    var column = [Scalar](repeating: 0, count: points.count)
    for entry in 0..<shape.count {
      for place in values.indices { column[place] = values[place][entry] }
      column.sort()
      for (level, probability) in probabilities.enumerated() {
        let place = min(max(probability * Double(points.count) - 0.5, 0), Double(points.count - 1))
        let below = min(Int(place), points.count - 2)
        results[level][entry] =
          column[below] + Scalar(place - Double(below)) * (column[below + 1] - column[below])
      }
    }
    return results.map { Tensor(shape, $0) }
  }

  /// The same distribution without history.
  private var detached: LogisticNormal {
    switch scale {
    case .diagonal(let deviations): LogisticNormal(location: location.detached, scale: .diagonal(deviations.detached))
    case .triangular(let factor): LogisticNormal(location: location.detached, scale: .triangular(factor.detached))
    }
  }

  /// The quantile of a component of two, which is the sigmoid of a normal variable.
  private func quantileOfTwo(_ probability: Double) -> Tensor {
    let deviation: Tensor
    switch scale {
    case .diagonal(let deviations): deviation = deviations
    case .triangular(let factor): deviation = factor.reshaped(to: location.shape)
    }
    let spread = deviation * Scalar(SpecialFunctions.normalQuantile(probability))
    return .concatenated([(location + spread).sigmoid(), (spread - location).sigmoid()], along: -1)
  }
}
