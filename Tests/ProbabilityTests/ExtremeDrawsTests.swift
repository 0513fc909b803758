import Probability
import Tensors
import TestSupport
import Testing

/// Draws at or beyond the edge of what a `Scalar` can hold, scored under the distribution they came from.
struct ExtremeDrawsTests {
  /// One row of parameters.
  struct Member: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let parameters: [[Scalar]]
    let make: @Sendable ([Tensor]) -> any EntropicDistribution & ReparameterizedDistribution
  }

  static func beta(_ a: Scalar, _ b: Scalar) -> Member {
    Member(testDescription: "Beta(\(a), \(b))", parameters: [[a], [b]], make: { Beta($0[0], $0[1]) })
  }

  static func gamma(_ concentration: Scalar, _ rate: Scalar) -> Member {
    Member(testDescription: "Gamma(\(concentration), \(rate))", parameters: [[concentration], [rate]]) {
      Gamma(concentration: $0[0], rate: $0[1])
    }
  }

  static func dirichlet(_ concentration: [Scalar]) -> Member {
    Member(testDescription: "Dirichlet(\(concentration))", parameters: [concentration]) {
      Dirichlet(concentration: $0[0])
    }
  }

  static func logNormal(_ location: Scalar, _ scale: Scalar) -> Member {
    Member(testDescription: "LogNormal(\(location), \(scale))", parameters: [[location], [scale]]) {
      LogNormal(location: $0[0], scale: $0[1])
    }
  }

  static func uniform(_ lower: Scalar, _ upper: Scalar) -> Member {
    Member(testDescription: "Uniform(\(lower), \(upper))", parameters: [[lower], [upper]]) {
      Uniform(lower: $0[0], upper: $0[1])
    }
  }

  static let members = [
    beta(0.1, 0.1), beta(0.05, 0.05), beta(1e-3, 1e-3), beta(1e-3, 20), beta(1e4, 1e-2), beta(1e6, 1e6),
    gamma(1e-3, 1), gamma(1e-5, 1e-20), gamma(0.1, 1e30), gamma(1e6, 1e-30),
    dirichlet([1e-3, 1e-3, 1e-3]), dirichlet([1e-4, 1, 1e4]), dirichlet([1e6, 1e-2]),
    logNormal(-120, 30), logNormal(90, 1e-3), uniform(1e6, 1e6 + 1), uniform(-1, 1e-8), uniform(1e-30, 2e-30),
  ]

  @Test(arguments: members)
  func theMeanScoreOfDrawsIsTheEntropy(member: Member) throws {
    // −log p at 40,000 draws, seed 35; one false alarm in 10⁶ for each member.
    let draws = 40_000
    var trace = Trace(Pass(.inference, random: RandomStream(seed: 35)))
    try trace.sample("x", from: member.make(repeated(member.parameters, draws)))
    let scores = trace.sites[0].logDensity.scalars.map { -Double($0) }
    let entropy = member.make(repeated(member.parameters, 1)).entropy
    expectMean(scores, is: Double(entropy.scalars[0]), "the entropy of \(member.testDescription)")
  }
}
