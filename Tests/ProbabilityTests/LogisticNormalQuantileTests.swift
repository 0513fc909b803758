import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct LogisticNormalQuantileTests {
  @Test func ofTwoComponentsAreSigmoidsOfNormalOnes() {
    let location = Tensor([2, 1], [0.4, -3])
    let family = LogisticNormal(location: location, scale: .triangular(Tensor([2, 1, 1], [0.8, 2])))
    for probability in [0.01, 0.3, 0.95] {
      let score = SpecialFunctions.normalQuantile(probability)
      let found = family.marginalQuantile(probability)
      for (row, (mean, deviation)) in [(0.4, 0.8), (-3.0, 2.0)].enumerated() {
        let expected = 1 / (1 + exp(-(mean + deviation * score)))
        expectClose(Double(found.scalars[2 * row]), expected, relative: 1e-5, because: "rounded logits")
        let other = 1 / (1 + exp(-(deviation * score - mean)))
        expectClose(Double(found.scalars[2 * row + 1]), other, relative: 1e-5, because: "rounded logits")
      }
    }
  }

  @Test func ofMoreComponentsHoldTheirShareOfDraws() {
    let (location, factor) = (
      Tensor([1, 3], [0.4, -0.7, 2]), Tensor([1, 3, 3], [0.8, 0, 0, 0.5, 0.6, 0, -1, 0.2, 1.4])
    )
    let one = LogisticNormal(location: location, scale: .triangular(factor))
    let draws = 40_000
    let many = LogisticNormal(
      location: location.broadcast(to: [draws, 3]), scale: .triangular(factor.broadcast(to: [draws, 3, 3])))
    var random = RandomStream(seed: 73)
    let sample = many.sample(using: &random).scalars
    let probabilities = [0.05, 0.25, 0.5, 0.95]
    for (probability, quantile) in zip(probabilities, one.marginalQuantiles(probabilities)) {
      #expect(quantile.shape == [1, 4])
      for k in 0..<4 {
        let below = (0..<draws).count { sample[$0 * 4 + k] <= quantile.scalars[k] }
        // 4.9 standard errors of 40,000 draws, and the points' 0.01.
        let tolerance = 4.9 * (probability * (1 - probability) / Double(draws)).squareRoot() + 0.01
        #expect(
          abs(Double(below) / Double(draws) - probability) < tolerance, "\(probability) of component \(k)")
      }
    }
  }
}
