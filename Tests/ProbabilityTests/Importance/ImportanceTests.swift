import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// Generalised Pareto fits and smoothed weights. Reference values: References/pareto.py.
struct ImportanceTests {
  /// Quantiles of the distribution at (i − ½)/n.
  private func data(_ shape: Double, count: Int = 60) -> [Double] {
    let known = GeneralizedPareto(shape: shape, scale: 2)
    return (0..<count).map { known.quantile((Double($0) + 0.5) / Double(count)) }
  }

  @Test(arguments: [
    (-0.4, -0.3485042636098628, 1.900771364126873), (0.1, 0.1307153263764122, 1.929058856163881),
    (0.5, 0.508623355794184, 1.966019332894184), (0.9, 0.886552351606079, 2.004880006837945),
  ])
  func fitsAsInFiftyDigits(shape: Double, fitted: Double, scale: Double) {
    let found = GeneralizedPareto(fitting: data(shape).reversed())
    expectClose(found.shape, fitted, relative: 1e-9, because: "sums of sixty logarithms in Double")
    expectClose(found.scale, scale, relative: 1e-9, because: "the same")
  }

  @Test func quantilesAreSciPys() {
    let known = [
      -0.4: [0.020060322095091742, 1.2107085837240046, 4.207553403769443],
      0.1: [0.020110776016853092, 1.435469250725863, 11.697863849222264],
      0.9: [0.020191854751403032, 1.9245910734969218, 137.99052099559833],
    ]
    for (shape, values) in known {
      for (probability, value) in zip([0.01, 0.5, 0.99], values) {
        let found = GeneralizedPareto(shape: shape, scale: 2).quantile(probability)
        expectClose(found, value, relative: 1e-12, because: "a closed form")
      }
    }
    let exponential = GeneralizedPareto(shape: 0, scale: 3)
    expectClose(exponential.quantile(0.5), 3 * log(2), relative: 1e-14, because: "the limit is exponential")
  }

  @Test func findsTheShapeOfManyDraws() {
    // 4,000 draws: the shape's error is (1 + k)/√n = 0.03; seed 71, four of those.
    var random = RandomStream(seed: 71)
    for shape in [-0.2, 0.3, 0.7, 1.2] {
      let known = GeneralizedPareto(shape: shape, scale: 5)
      let draws = random.uniform([4000]).scalars.map { known.quantile(min(Double($0), 1 - 1e-7)) }
      let found = GeneralizedPareto(fitting: draws)
      #expect(abs(found.shape - shape) < 4 * (1 + shape) / 63, "\(found.shape), not \(shape)")
    }
  }

  @Test func tellsNothingOfTooFewExceedances() {
    #expect(GeneralizedPareto(fitting: [1, 2, 3]).shape.isNaN)
    #expect(GeneralizedPareto(fitting: [0, 0, 0, 0, 0, 0]).shape.isNaN)
    #expect(!GeneralizedPareto(fitting: [0, 0, 0, 0, 1, 2]).shape.isNaN)
  }

  @Test(arguments: [
    (0.5, 0.1286674951315492, 0.009976059267349866, 309.8854346895989),
    (1.5, 0.5030050860137404, 0.07763934129865502, 61.12346852390169),
    (3.0, 1.088860686387601, 0.3936289482603882, 5.547643594170476),
  ])
  func smoothsAsInFiftyDigits(spread: Double, shape: Double, largest: Double, effective: Double) throws {
    let logs = (0..<400).map { spread * SpecialFunctions.normalQuantile((Double(7 * $0 % 400) + 0.5) / 400) }
    let found = ImportanceWeights(logRatios: logs.map { $0 + 900 })
    expectClose(found.paretoShape, shape, relative: 1e-7, because: "quantiles of the normal to 10⁻¹⁰")
    expectClose(try #require(found.weights.max()), largest, relative: 1e-7, because: "the same")
    expectClose(found.effectiveDraws, effective, relative: 1e-7, because: "the same")
    expectClose(found.weights.reduce(0, +), 1, relative: 1e-12, because: "400 roundings")
    // Smoothing keeps the order.
    let order = logs.indices.sorted { logs[$0] < logs[$1] }
    #expect(zip(order, order.dropFirst()).allSatisfy { found.weights[$0] <= found.weights[$1] })
  }

  @Test func ratiosThatAreEqualNeedNoCorrection() {
    let found = ImportanceWeights(logRatios: [Double](repeating: -1234, count: 100))
    #expect(found.paretoShape == -.infinity && found.areReliable)
    expectClose(found.effectiveDraws, 100, relative: 1e-12, because: "equal weights")
  }

  @Test func whatCannotBeWeightedIsNotReliable() {
    #expect(!ImportanceWeights(logRatios: [0, .nan, 1] + [Double](repeating: 0, count: 60)).areReliable)
    #expect(!ImportanceWeights(logRatios: [0, 1, 2]).areReliable)
    #expect(!ImportanceWeights(logRatios: [0] + [Double](repeating: -800, count: 999)).areReliable)
    #expect(!ImportanceWeights(logRatios: [Double](repeating: -.infinity, count: 99)).areReliable)
  }

  @Test func averagesAreThoseOfTheTarget() {
    // Draws of N(0, 1.5²) weighted for N(0.5, 1): ratios are bounded, 20,000 draws, seed 72.
    var random = RandomStream(seed: 72)
    let draws = random.normal([20_000]).scalars.map { 1.5 * Double($0) }
    let weights = ImportanceWeights(
      logRatios: draws.map { -0.5 * ($0 - 0.5) * ($0 - 0.5) + 0.5 * $0 * $0 / 2.25 })
    #expect(weights.paretoShape < 0.5)
    // Five standard errors of about 15,000 effective draws.
    expectClose(weights.mean { draws[$0] }, 0.5, absolute: 0.045, because: "five standard errors")
    let quantiles = weights.quantiles(of: draws, [0.05, 0.5, 0.95])
    for (found, expected) in zip(quantiles, [-1.144854, 0.5, 2.144854]) {
      expectClose(found, expected, absolute: 0.09, because: "five standard errors of a 5 % quantile")
    }
    let resampled = weights.resampled(5000, offset: 0.3).map { draws[$0] }
    expectClose(resampled.reduce(0, +) / 5000, 0.5, absolute: 0.05, because: "resampling adds less than 1/5000")
  }

  @Test func resamplingGivesEachWeightItsShare() {
    let weights = ImportanceWeights(logRatios: (0..<100).map { log(Double($0 % 4 + 1)) })
    let places = weights.resampled(1000, offset: 0.5)
    for (place, weight) in weights.weights.enumerated() {
      // Equidistant numbers fall into an interval as often as it is long, up to one.
      #expect(abs(Double(places.count { $0 == place }) - 1000 * weight) <= 1)
    }
  }
}
