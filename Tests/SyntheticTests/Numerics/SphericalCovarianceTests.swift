import Synthetic
import TestSupport
import Testing

@Suite struct SphericalCovarianceTests {
  @Test func fallsFromOneToExactlyZeroAtItsRange() {
    let covariance = SphericalCovariance(length: 8)
    #expect(covariance(0) == 1 && covariance(8) == 0 && covariance(100) == 0)
    // Half-way: 1 − 3/4 + 1/16.
    expectClose(covariance(4), 0.3125, relative: 1e-15, because: "worked by hand")
    // Near the range it vanishes like (3/2)(1 − r)².
    expectClose(covariance(8 * (1 - 1e-4)), 1.5e-8, relative: 1e-3, because: "the next term is (1 − r)³/2")
  }
}
