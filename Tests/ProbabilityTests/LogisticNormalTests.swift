import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct LogisticNormalTests {
  let location = Tensor([1, 2], [0.4, -0.7])
  let factor = Tensor([1, 2, 2], [0.8, 0, 0.5, 0.6])

  /// log N(y; μ, L Lᵀ) − Σ log a for k = 3, with the inverse of a 2 × 2 matrix written out.
  func reference(_ value: [Double]) -> Double {
    let (a, b, c) = (0.8, 0.5, 0.6)
    let r = [log(value[0] / value[2]) - 0.4, log(value[1] / value[2]) + 0.7]
    let z = [r[0] / a, (r[1] - b * r[0] / a) / c]
    return -0.5 * (z[0] * z[0] + z[1] * z[1]) - log(a * c) - log(2 * Double.pi) - value.map { log($0) }.reduce(0, +)
  }

  @Test func scoresByTheNormalOfItsLogRatios() {
    let values: [[Scalar]] = [[0.2, 0.3, 0.5], [0.9, 0.05, 0.05], [0.01, 0.01, 0.98]]
    let density = LogisticNormal(location: location, scale: .triangular(factor))
      .logDensity(of: Tensor([3, 3], values.flatMap { $0 }))
    for (row, value) in values.enumerated() {
      expectClose(
        Double(density.scalars[row]), reference(value.map { Double($0) }), absolute: 2e-5,
        because: "logarithms are rounded before they are standardised")
    }
  }

  @Test func aDiagonalScaleIsATriangularOneWithoutCorrelation() {
    let value = Tensor([1, 3], [0.2, 0.3, 0.5])
    let diagonal = LogisticNormal(location: location, scale: .diagonal(Tensor([1, 2], [0.8, 0.6])))
    let triangular = LogisticNormal(location: location, scale: .triangular(Tensor([1, 2, 2], [0.8, 9, 0, 0.6])))
    expectClose(
      diagonal.logDensity(of: value), triangular.logDensity(of: value), absolute: 2e-6,
      because: "two ways to one number")
    var (random, twin) = (RandomStream(seed: 1), RandomStream(seed: 1))
    expectClose(
      diagonal.sample(using: &random), triangular.sample(using: &twin), absolute: 1e-6, because: "the same noise")
  }

  @Test func drawsFollowTheirDensityAndMoments() {
    // Seed 32. Log-ratios of draws are normal; E[a] and Var[a] come from quasi-Monte Carlo with an error near 10⁻³.
    let draws = 40_000
    let many = LogisticNormal(
      location: location.broadcast(to: [draws, 2]), scale: .triangular(factor.broadcast(to: [draws, 2, 2])))
    var random = RandomStream(seed: 32)
    let sample = many.sample(using: &random)
    let numbers = sample.scalars.map { Double($0) }
    let first = (0..<draws).map { log(numbers[$0 * 3] / numbers[$0 * 3 + 2]) }
    let second = (0..<draws).map { log(numbers[$0 * 3 + 1] / numbers[$0 * 3 + 2]) }
    let deviation = 0.61.squareRoot()
    let distances = [
      kolmogorovDistance(first) { SpecialFunctions.normalCDF(($0 - 0.4) / 0.8) },
      kolmogorovDistance(second) { SpecialFunctions.normalCDF(($0 + 0.7) / deviation) },
    ]
    for distance in distances { #expect(distance * Double(draws).squareRoot() < FalseAlarm.kolmogorov) }
    expectMean(zip(first, second).map { ($0 - 0.4) * ($1 + 0.7) }, is: 0.4, "the covariance of log-ratios")
    let one = LogisticNormal(location: location, scale: .triangular(factor))
    expectClose(
      sample.mean(along: 0).reshaped(to: [1, 3]), one.mean, absolute: 6e-3, because: "4.9 standard errors and 10⁻³")
    expectClose(
      sample.variance(along: 0).reshaped(to: [1, 3]), one.variance, absolute: 3e-3,
      because: "4.9 standard errors and 10⁻³")
  }

  @Test func differentiates() {
    let value = Tensor([1, 3], [0.2, 0.3, 0.5])
    let point = [location, factor + .init([2, 2], [0, 0.3, 0, 0]), value]
    checkGradient(
      of: { LogisticNormal(location: $0[0], scale: .triangular($0[1])).logDensity(of: $0[2]) }, at: point)
    checkGradient(
      of: { (point: inout [Tensor]) -> Tensor in
        var random = RandomStream(seed: 33)
        return LogisticNormal(location: point[0], scale: .triangular(point[1])).sample(using: &random)
      }, at: Array(point.prefix(2)))
    checkGradient(of: { LogisticNormal(location: $0[0], scale: .triangular($0[1])).mean }, at: Array(point.prefix(2)))
  }

  @Test func knowsTheVarianceOfATightPosterior() {
    // Var[a] = diag J Σ Jᵀ + O(σ⁴), J = diag(a) − a aᵀ: at σ = 10⁻⁴ the mean's square is 10⁸ times the variance.
    let a = LogisticNormal(location: location, scale: .diagonal(Tensor([1, 2], [1e-4, 2e-4])))
    let weights = [exp(Double(Scalar(0.4))), exp(Double(Scalar(-0.7))), 1]
    let mean = weights.map { $0 / weights.reduce(0, +) }
    let variances = [1e-8, 4e-8]
    let expected = mean.indices.map { row in
      variances.indices.reduce(0) { sum, column in
        let slope = mean[row] * ((row == column ? 1 : 0) - mean[column])
        return sum + slope * slope * variances[column]
      }
    }
    expectClose(
      a.variance.scalars.map { Double($0) }, expected, relative: 0.1,
      because: "256 integration points know second moments of ε to some per cent")
  }

  @Test func divergesFromANeighbourByAMillionthOfANat() throws {
    // L′ = (1 + δ) L and μ′ = μ: KL = (k − 1) (½ (r² − 1) − log r), r = 1/(1 + δ), whatever L. δ = 2⁻¹⁰ is exact.
    let delta: Scalar = 1 / 1024
    let near = Tensor([1, 3, 3], [3, 0, 0, -5, 1, 0, 7, 2, 5].map { $0 / 8192 })
    let posterior = LogisticNormal(location: Tensor([1, 3], [1, 2, 3]), scale: .triangular(near))
    let prior = LogisticNormal(location: Tensor([1, 3], [1, 2, 3]), scale: .triangular(near * (1 + delta)))
    let divergence = try #require(posterior.closedFormDivergence(from: prior))
    let ratio = 1 / (1 + Double(delta))
    expectClose(
      Double(divergence.scalars[0]), 3 * (0.5 * (ratio * ratio - 1) - log(ratio)), absolute: 1e-12, relative: 1e-6,
      because: "no term is larger than the result")
  }

  @Test func aNaNStaysInItsRow() {
    var spoiled = location.broadcast(to: [3, 2])
    spoiled.withUnsafeMutableScalars { $0[2] = .nan }
    let density = LogisticNormal(location: spoiled, scale: .triangular(factor.broadcast(to: [3, 2, 2])))
      .logDensity(of: Tensor([1, 3], [0.2, 0.3, 0.5]).broadcast(to: [3, 3])).scalars
    #expect(density[1].isNaN && density[0].isFinite && density[2].isFinite)
  }

  @Test func survivesConfidentLogits() {
    // Location ±80: components far below the least Scalar. Seed 34.
    let confident = LogisticNormal(
      location: Tensor([2, 2], [80, -80, -80, -80]), scale: .diagonal(Tensor([2, 2], [1, 1, 1, 1])))
    var random = RandomStream(seed: 34)
    let logarithm = confident.sampleLogarithm(using: &random)
    #expect(isFinite(confident.logDensity(atLogarithm: logarithm)))
  }
}
