import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct CalibrationTests {
  /// Metrics of a Dirichlet posterior on one endmember pair, truths given for the first.
  private func metrics(_ truths: [Scalar], concentration: [Scalar]) throws -> Metrics.Values {
    let scene = evaluationScene(truths.map { [$0, 1 - $0] }, [[1, 0], [0, 1]])
    let tensor = matrix(truths.map { _ in concentration })
    let guess = Prediction(
      abundances: matrix(truths.map { _ in [0.5, 0.5] }), marginals: .dirichlet(concentration: tensor))
    return try Evaluation(matching: .none).metrics(of: guess, in: scene).all
  }

  @Test func countsUniformIntervalsExactly() throws {
    // Dirichlet(1, 1) has uniform marginals: the p interval is (1 ± p)/2. The second endmember mirrors the first.
    let all = try metrics([0.06, 0.15, 0.3, 0.5, 0.7, 0.85, 0.96, 0.999], concentration: [1, 1])
    #expect(all["calibration.coverage50"] == 3.0 / 8)
    #expect(all["calibration.coverage80"] == 5.0 / 8)
    #expect(all["calibration.coverage90"] == 6.0 / 8)
    #expect(all["calibration.coverage95"] == 7.0 / 8)
    #expect(all["calibration.coverage99"] == 7.0 / 8)
    #expect(all["calibration.boundary"] == 0)
  }

  @Test func leavesTruthsOnTheBoundaryOutOfCoverageAndSaysSo() throws {
    let all = try metrics([0, 1, 0.5, 0.5], concentration: [1, 1])
    #expect(all["calibration.boundary"] == 0.5)
    #expect(all["calibration.coverage50"] == 1)
    #expect(all["calibration.coverage50.m0"] == 1)
  }

  @Test func hasNoCoverageWhereEveryTruthIsOnTheBoundary() throws {
    let all = try metrics([0, 1], concentration: [1, 1])
    #expect(all["calibration.boundary"] == 1)
    #expect(all["calibration.coverage90"] == nil)
    #expect(all["calibration.crps"] != nil)
  }

  /// `count` draws from one Dirichlet, `[count, 2]`.
  private func drawn(_ count: Int, from concentration: [Scalar], _ random: inout RandomStream) -> Tensor {
    Tensor.logGammaDraw(concentration: Tensor(concentration).broadcast(to: [count, 2]), using: &random).softmax()
  }

  /// Metrics of marginals that are the same for all pixels.
  private func metrics(_ truths: Tensor, _ marginals: PosteriorMarginals) throws -> Metrics.Values {
    let scene = Scene(
      name: "drawn", rows: 1, columns: truths.shape[0], spectra: truths, truth: GroundTruth(abundances: truths))
    let guess = Prediction(abundances: truths, marginals: marginals)
    return try Evaluation(matching: .none).metrics(of: guess, in: scene).all
  }

  @Test(arguments: [[0.05, 0.45], [1, 999], [0.01, 0.03], [5, 5], [0.8, 3]] as [[Scalar]])
  func reachesTheNominalLevelsWhenTruthsAreDrawnFromThePosterior(concentration: [Scalar]) throws {
    // Seed 17. Entries come in mirrored pairs, so a coverage is a mean over the pixels off the boundary. Bounds at
    // 5 binomial sd: over 25 coverages a right implementation fails with probability below 10⁻⁴ (2 · 10⁻⁵ for Normal
    // tails, and more for the 99 % level, whose misses are few).
    let count = 40_000
    var random = RandomStream(seed: 17)
    let truths = drawn(count, from: concentration, &random)
    let all = try metrics(
      truths, .dirichlet(concentration: Tensor(concentration).broadcast(to: [count, 2])))
    let interior = Double(count) * (1 - (try #require(all["calibration.boundary"])))
    try #require(interior > 2_000)
    for level in CoverageLevel.allCases {
      let (p, found) = (level.probability, try #require(all["calibration.coverage\(level.rawValue)"]))
      #expect(abs(found - p) <= 5 * (p * (1 - p) / interior).squareRoot(), "\(p): \(found) of \(interior)")
    }
  }

  @Test func reachesTheNominalLevelsWhenThePosteriorIsDraws() throws {
    // Seed 23, truths and 300 draws of each posterior from Dirichlet(0.01, 0.03), of which a fourteenth lies off the
    // boundary. Among d draws ranks come in steps of 1/(d + 1), here about 1/22. Bounds at 5 binomial sd beyond that.
    let (count, draws) = (8_000, 300)
    var random = RandomStream(seed: 23)
    let truths = drawn(count, from: [0.01, 0.03], &random)
    let posterior = drawn(count * draws, from: [0.01, 0.03], &random).reshaped(to: [draws, count, 2])
    let all = try metrics(truths, .draws(posterior))
    let interior = Double(count) * (1 - (try #require(all["calibration.boundary"])))
    for level in [CoverageLevel.fifty, .eighty, .ninety] {
      let (p, found) = (level.probability, try #require(all["calibration.coverage\(level.rawValue)"]))
      #expect(abs(found - p) <= 5 * (p * (1 - p) / interior).squareRoot() + 1.0 / 22, "\(p): \(found) of \(interior)")
    }
  }

  @Test func countsATruthWherePosteriorsPutNothingAsMissed() throws {
    // Dirichlet(10⁻⁹, 1) is all but a point at 0; a truth of 0.3 is outside of every interval.
    let all = try metrics([0.3], concentration: [1e-9, 1])
    for level in CoverageLevel.allCases { #expect(all["calibration.coverage\(level.rawValue)"] == 0) }
  }

  @Test(arguments: [(0, 1), (-7, 2), (3, 0.1)] as [(Scalar, Scalar)])
  func countsCoverageFromStoredQuantilesWhereThereIsNoDirichlet(location: Scalar, scale: Scalar) throws {
    // Seed 29; logit(a) ~ Normal(location, scale), of which the second has an eighth below the boundary. Bounds at
    // 5 binomial sd fail a right implementation with probability below 2 · 10⁻⁶.
    let count = 20_000
    var random = RandomStream(seed: 29)
    func fractions(_ logits: Tensor) -> Tensor {
      Tensor.concatenated([logits, .zeros([count, 1])], along: 1).softmax()
    }
    let truths = fractions(location + scale * random.normal([count, 1]))
    let scene = Scene(name: "drawn", rows: 1, columns: count, spectra: truths)
    var estimate = Estimate(names: ["a", "b"], of: scene, mean: truths)
    // The two columns mirror each other: the second's 5 % quantile belongs to the first's 95 %.
    estimate.quantiles = [0.05, 0.5, 0.95].map { probability in
      let shift = scale * Scalar(SpecialFunctions.normalQuantile(probability))
      let columns = [shift, -shift].enumerated().map { column, shift in
        fractions(Tensor(repeating: location + shift, [count, 1])).slice(along: 1, column..<column + 1)
      }
      return Estimate.Quantile(probability: probability, values: .concatenated(columns, along: 1))
    }
    estimate.reconstructionAngle = .zeros([count])
    let all = try Evaluation(matching: .none).metrics(of: estimate, against: GroundTruth(abundances: truths)).all
    let interior = Double(count) * (1 - (try #require(all["calibration.boundary"])))
    let found = try #require(all["calibration.coverage90"])
    #expect(abs(found - 0.9) <= 5 * (0.09 / interior).squareRoot(), "\(found) of \(interior)")
    #expect(all["calibration.coverage50"] == nil && all["calibration.crps"] == nil, "two quantiles do not tell")
  }

  @Test func scoresBetaInClosedFormAsByQuadrature() throws {
    for (a, b, truth) in [(1.0, 1.0, 0.3), (0.5, 2.5, 0.0), (8, 3, 0.75), (40, 160, 0.25), (2, 0.6, 1)] {
      let all = try metrics([Scalar(truth)], concentration: [Scalar(a), Scalar(b)])
      let own = quadrature(Double(Scalar(a)), Double(Scalar(b)), Double(Scalar(truth)))
      let mirrored = quadrature(Double(Scalar(b)), Double(Scalar(a)), Double(1 - Scalar(truth)))
      expectClose(
        try #require(all["calibration.crps"]), (own + mirrored) / 2, absolute: 1e-5,
        because: "the midpoint rule with 20 000 points errs by 10⁻⁵ at the jump and where densities are infinite")
    }
  }

  @Test func scoresDrawsAsTheirEmpiricalDistribution() throws {
    // Draws 0.2 and 0.6, truth 0.5: E|X − x| = (0.3 + 0.1)/2, ½E|X − X′| = 0.4/4. The mirrored endmember scores alike.
    let scene = evaluationScene([[0.5, 0.5]], [[1, 0], [0, 1]])
    let guess = Prediction(
      abundances: matrix([[0.4, 0.6]]), marginals: .draws(Tensor([2, 1, 2], [0.2, 0.8, 0.6, 0.4])))
    let all = try Evaluation(matching: .none).metrics(of: guess, in: scene).all
    expectClose(try #require(all["calibration.crps"]), 0.1, absolute: 1e-6, because: "Float rounds draws to 10⁻⁸")
    // One draw below: rank 1.5 of 3, the middle.
    #expect(all["calibration.coverage50"] == 1)
  }

  @Test func scoresAVanishingConcentrationAsAPoint() throws {
    let scene = evaluationScene([[0.25, 0.75]], [[1, 0], [0, 1]])
    let guess = Prediction(
      abundances: matrix([[0, 1]]), marginals: .dirichlet(concentration: matrix([[0, 5]])))
    let all = try Evaluation(matching: .none).metrics(of: guess, in: scene).all
    #expect(all["calibration.crps"] == 0.25, "the absolute error of the point (0, 1), the same for both")
  }

  /// ∫ (F(t) − [t ≥ x])² dt by the midpoint rule.
  private func quadrature(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let steps = 20_000
    return (0..<steps).reduce(0) { sum, step in
      let t = (Double(step) + 0.5) / Double(steps)
      let difference = SpecialFunctions.regularizedBeta(x: t, a: a, b: b) - (t >= x ? 1 : 0)
      return sum + difference * difference / Double(steps)
    }
  }
}
