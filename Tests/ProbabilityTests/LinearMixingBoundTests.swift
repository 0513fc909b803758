import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// The evidence lower bound of the linear mixing model with a Dirichlet guide is known in closed form: its terms need
/// E[a], Cov[a] and E[log a] only. Monte-Carlo bounds and their derivatives must agree with it.
struct LinearMixingBoundTests {
  static let endmembers: [[Double]] = [
    [0.9, 0.8, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.4, 0.6, 0.8, 0.7, 0.6, 0.5],
    [0.1, 0.1, 0.1, 0.2, 0.2, 0.5, 0.8, 0.9], [0.5, 0.5, 0.6, 0.6, 0.5, 0.5, 0.6, 0.6],
  ]
  static let spectrum = [0.45, 0.42, 0.41, 0.44, 0.5, 0.48, 0.46, 0.42]
  static let noise = 0.1

  static let concentrations: [[Scalar]] = [
    [0.01, 0.01, 0.01, 0.01], [0.01, 1, 0.1, 10], [0.05, 0.2, 0.03, 0.1], [0.3, 0.3, 0.3, 0.3], [1, 1, 1, 1],
    [0.5, 3, 1.5, 0.9], [2, 8, 4, 1], [0.1, 20, 5, 40], [30, 10, 20, 15], [100, 400, 50, 0.5],
    [1000, 300, 2000, 700], [10_000, 2500, 5000, 8000],
  ]

  /// E[log N(x; Ma, σ²)] − KL(Dir(α) ‖ Dir(1)), and the sum of the magnitudes of its terms.
  static func bound(_ alpha: [Double]) -> (value: Double, magnitude: Double) {
    let total = alpha.reduce(0, +)
    let mean = alpha.map { $0 / total }
    var square = 0.0
    for (band, x) in spectrum.enumerated() {
      let row = endmembers.map { $0[band] }
      var (mixture, squares) = (0.0, 0.0)
      for (share, reflectance) in zip(mean, row) {
        mixture += share * reflectance
        squares += share * reflectance * reflectance
      }
      square += (x - mixture) * (x - mixture) + (squares - mixture * mixture) / (total + 1)
    }
    let constant: Double = Double(spectrum.count) * (log(noise) + 0.5 * log(2 * Double.pi))
    let misfit = square / (2 * noise * noise)
    let digamma = SpecialFunctions.digamma(total)
    var divergence = libraryLogGamma(total) - libraryLogGamma(Double(alpha.count))
    for a in alpha { divergence += (a - 1) * (SpecialFunctions.digamma(a) - digamma) - libraryLogGamma(a) }
    return (-misfit - constant - divergence, misfit + abs(constant) + divergence)
  }

  /// Bounds and their derivatives, a number for each draw.
  static func draws(_ alpha: [Scalar], count: Int, index: UInt32, byDensities: Bool) throws -> (Tensor, Tensor) {
    let mixing = Tensor([4, 8], endmembers.flatMap { $0 }.map { Scalar($0) })
    let x = Tensor([1, 8], spectrum.map { Scalar($0) }).broadcast(to: [count, 8])
    var values = Tensor(0)
    var tracked = repeated([alpha], count)[0]
    let (_, gradient) = try valueAndGradient(at: &tracked) { alpha -> Tensor in
      var program = Sketch(
        p: { trace in
          let a = try trace.sample("a", from: Dirichlet(concentration: .ones([4])))
          try trace.observe("x", x, under: Normal(mean: a.matrixProduct(mixing), standardDeviation: Scalar(noise)))
        },
        q: { [alpha] trace in try trace.sample("a", from: Dirichlet(concentration: alpha)) })
      var pass = Pass(.training, random: RandomStream(seed: 71, stream: byDensities ? 1 : 0, index: index))
      values =
        try byDensities
        ? ImportanceWeightedELBO(samples: 1)(of: &program, in: &pass) : ELBO()(of: &program, in: &pass)
      return values.sum()
    }
    return (values.detached, gradient)
  }

  /// Deviates of the bound and of its four derivatives from the closed form, and the bound's error relative to its terms.
  static func deviates(_ alpha: [Scalar], draws count: Int, byDensities: Bool) throws -> (z: [Double], bias: Double) {
    var sums = [Moments](repeating: Moments(), count: 5)
    let batch = 20_000
    for index in 0..<count / batch {
      let (values, slopes) = try draws(alpha, count: batch, index: UInt32(index), byDensities: byDensities)
      for value in values.scalars { sums[0].add(Double(value)) }
      for (place, slope) in slopes.scalars.enumerated() { sums[1 + place % 4].add(Double(slope)) }
    }
    let exact = alpha.map { Double($0) }
    let expected =
      [bound(exact).value]
      + exact.indices.map { component in
        sixPointSlope(at: exact[component]) { argument in
          var moved = exact
          moved[component] = argument
          return bound(moved).value
        }
      }
    let z = zip(sums, expected).map { ($0.mean - $1) / $0.standardError }
    return (z, abs(sums[0].mean - expected[0]) / bound(exact).magnitude)
  }

  // Seed 71; 120 deviates beyond 5 occur in one seed of 14,000. 20,000 draws each.
  @Test(arguments: concentrations, [false, true])
  func theMonteCarloBoundAgreesWithTheClosedForm(alpha: [Scalar], byDensities: Bool) throws {
    let (z, _) = try Self.deviates(alpha, draws: 20_000, byDensities: byDensities)
    #expect(z.allSatisfy { abs($0) < 5 }, "\(z)")
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["ALUNITE_LONG"] == "1", "10⁶ draws each; set ALUNITE_LONG=1"),
    arguments: concentrations, [false, true])
  func aMillionDrawsAgreeWithTheClosedForm(alpha: [Scalar], byDensities: Bool) throws {
    let (z, bias) = try Self.deviates(alpha, draws: 1_000_000, byDensities: byDensities)
    let rounded = z.map { ($0 * 100).rounded() / 100 }
    print("\(byDensities ? "log p − log q" : "closed KL") \(alpha): z = \(rounded), relative bias \(bias)")
    #expect(z.allSatisfy { abs($0) < 5 }, "\(z)")
    #expect(bias < 1e-3)
  }
}

/// Running mean and variance.
private struct Moments {
  private var count = 0.0
  private(set) var mean = 0.0
  private var squares = 0.0

  mutating func add(_ x: Double) {
    count += 1
    let distance = x - mean
    mean += distance / count
    squares += distance * (x - mean)
  }

  var standardError: Double { (squares / (count - 1) / count).squareRoot() }
}
