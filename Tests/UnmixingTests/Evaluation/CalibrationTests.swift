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

  @Test func reachesTheNominalLevelsWhenTruthsAreDrawnFromThePosterior() throws {
    // Seed 17, 20 000 truths from Dirichlet(0.8, 3): entries come in pairs, so each coverage is a mean of 20 000.
    // Bounds at 5 binomial sd fail a right implementation with probability below 5 · 10⁻⁶.
    let count = 20_000
    var random = RandomStream(seed: 17)
    let concentration = Tensor([0.8, 3]).broadcast(to: [count, 2])
    let truths = Tensor.logGammaDraw(concentration: concentration, using: &random).softmax()
    let scene = Scene(
      name: "drawn", rows: 1, columns: count, spectra: truths, truth: GroundTruth(abundances: truths))
    let guess = Prediction(abundances: truths, marginals: .dirichlet(concentration: concentration))
    let all = try Evaluation(matching: .none).metrics(of: guess, in: scene).all
    let boundary = try #require(all["calibration.boundary"])
    #expect(boundary < 0.01, "truths below 10⁻⁴ have probability 0.0015")
    for level in CoverageLevel.allCases {
      let (p, found) = (level.probability, try #require(all["calibration.coverage\(level.rawValue)"]))
      // Leaving out the boundary can move coverage by its share at most.
      #expect(abs(found - p) <= 5 * (p * (1 - p) / Double(count)).squareRoot() + boundary, "\(p): \(found)")
    }
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
