import Foundation
import Synthetic
import TestSupport
import Testing

@Suite struct MaternCovarianceTests {
  @Test func isExponentialForSmoothnessOneHalf() {
    let covariance = MaternCovariance(smoothness: 0.5, length: 7)
    for distance in [0.5, 1, 7, 50] {
      expectClose(covariance(distance), exp(-distance / 7), relative: 1e-14, because: "closed form")
    }
  }

  @Test func hasTheClosedFormOfThreeHalves() {
    let covariance = MaternCovariance(smoothness: 1.5, length: 3)
    for distance in [0.1, 1, 6, 30] {
      let r = distance / 3
      expectClose(covariance(distance), (1 + r) * exp(-r), relative: 1e-13, because: "closed form")
    }
  }

  @Test func isBesselTimesDistanceForSmoothnessOne() {
    // C(θ) = K₁(1) = 0.601907230197…
    expectClose(
      MaternCovariance(smoothness: 1, length: 10)(10), 0.6019072301972346, relative: 1e-13, because: "one evaluation")
  }

  @Test func isOneAtZeroAndContinuousThere() {
    for smoothness in [0.1, 0.5, 1, 2.7, 10] {
      let covariance = MaternCovariance(smoothness: smoothness, length: 10)
      #expect(covariance(0) == 1)
      // The roughest field falls like (d/θ)^2ν: 1e-11^0.2 = 6e-3.
      expectClose(covariance(1e-10), 1, absolute: 1e-2, because: "1 − C is of the order of (d/θ)^min(2, 2ν)")
    }
  }

  @Test func decreasesToZero() {
    let covariance = MaternCovariance(smoothness: 1, length: 2)
    let values = (0...200).map { covariance(Double($0)) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 || $1 == 0 })
    #expect(values[200] == 0)
  }
}
