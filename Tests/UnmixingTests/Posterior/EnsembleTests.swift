import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

struct EnsembleTests {
  private static let scene = Scene(name: "two", rows: 1, columns: 2, spectra: .ones([2, 4]))

  private static func member(
    _ mean: [Scalar], deviation: Scalar, noise: Scalar? = nil, spectra: [Scalar] = [1, 0, 0, 0, 0, 1, 0, 0],
    labelled: Bool = true
  ) -> Ensemble.Member {
    let library = SpectralLibrary(names: ["a", "b"], spectra: Tensor([2, 4], spectra), source: "test")
    var estimate = Estimate(names: library.names, of: scene, mean: Tensor([2, 2], mean), endmembers: library)
    estimate.deviation = Tensor(repeating: deviation, [2, 2])
    estimate.posterior = .refined
    estimate.quantiles = [0.05, 0.5, 0.95].map { probability in
      .init(
        probability: probability,
        values: estimate.mean + Scalar(probability - 0.5) * 3.65 * deviation)
    }
    return .init(estimate, noise: noise.map { Tensor(repeating: $0, [2, 2]) }, isLabelled: labelled)
  }

  @Test func variancesAddUp() throws {
    let mixture = try Ensemble([
      Self.member([0.4, 0.6, 0.5, 0.5], deviation: 0.03, noise: 0.01),
      Self.member([0.6, 0.4, 0.5, 0.5], deviation: 0.05, noise: 0.02),
    ]).estimate
    expectClose(mixture.mean, Tensor([2, 2], [0.5, 0.5, 0.5, 0.5]), absolute: 1e-6, because: "averages")
    let parts = try #require(mixture.varianceParts)
    // (0.03² + 0.05²)/2 = 0.0017, of which (0.01² + 0.02²)/2 = 0.00025 is noise; means are 0.1 off their mean, or not at all.
    expectClose(try #require(parts.noise), Tensor(repeating: 0.00025, [2, 2]), absolute: 1e-8, because: "rounding")
    expectClose(parts.posterior, Tensor(repeating: 0.00145, [2, 2]), absolute: 1e-8, because: "rounding")
    expectClose(parts.between, Tensor([2, 2], [0.01, 0.01, 0, 0]), absolute: 1e-8, because: "rounding")
    expectClose(
      try #require(mixture.deviation).squared(), Tensor([2, 2], [0.0117, 0.0117, 0.0017, 0.0017]), absolute: 1e-7,
      because: "rounding")
    let shares = parts.shares(over: [0, 1])
    #expect(abs(shares.noise + shares.posterior + shares.between - 1) < 1e-9 && shares.between > 0.7)
    #expect(mixture.remarks.contains { $0.hasPrefix("variance: the scene's noise 4 %, posteriors beyond it 22 %") })
  }

  @Test func nothingIsSharedOutWhereNoPixelHasAnInterval() throws {
    let unknown = Self.member([0.5, 0.5, 0.5, 0.5], deviation: .nan)
    let mixture = try Ensemble([unknown, unknown]).estimate
    #expect(mixture.varianceParts != nil && !mixture.remarks.contains { $0.hasPrefix("variance") })
    #expect(mixture.averages(of: try #require(mixture.deviation)).allSatisfy(\.isNaN))
  }

  /// Deviations and quantiles are about what was drawn, whatever means are shown.
  @Test func variancesAreAboutTheMeansOfDraws() throws {
    func member(_ drawn: [Scalar]) -> Ensemble.Member {
      let own = Self.member([0.5, 0.5, 0.5, 0.5], deviation: 0.03)
      var estimate = own.estimate
      (estimate.means, estimate.posteriorMean) = (.network, Tensor([2, 2], drawn))
      return .init(estimate, noise: nil, isLabelled: true)
    }
    let mixture = try Ensemble([member([0.4, 0.6, 0.2, 0.8]), member([0.6, 0.4, 0.2, 0.8])]).estimate
    expectClose(mixture.mean, Tensor(repeating: 0.5, [2, 2]), absolute: 1e-7, because: "averages")
    expectClose(
      try #require(mixture.posteriorMean), Tensor([2, 2], [0.5, 0.5, 0.2, 0.8]), absolute: 1e-6, because: "averages")
    expectClose(
      try #require(mixture.varianceParts).between, Tensor([2, 2], [0.01, 0.01, 0, 0]), absolute: 1e-8,
      because: "rounding")
  }

  @Test func quantilesAreThoseOfTheMixture() throws {
    let (left, right) = (
      Self.member([0.4, 0.6, 0.5, 0.5], deviation: 0.02), Self.member([0.6, 0.4, 0.5, 0.5], deviation: 0.02)
    )
    let mixture = try Ensemble([left, right]).estimate
    let (low, median) = (mixture.quantiles[0].values.scalars, mixture.quantiles[1].values.scalars)
    // Half of the mixture is far above: its 5 % quantile is the lower member's 10 % quantile, 0.4 − 1.28 · 0.02.
    #expect(abs(low[0] - (0.4 - 1.28 * 0.02)) < 2e-3, "\(low[0])")
    #expect(median[0] > 0.42 && median[0] < 0.58, "\(median[0])")
    // Where members agree the mixture is either.
    #expect(abs(low[2] - left.estimate.quantiles[0].values.scalars[2]) < 1e-4)
  }

  @Test func endmembersWithoutLabelsArePairedByAngle() throws {
    let swapped = Self.member(
      [0.7, 0.3, 0.2, 0.8], deviation: 0.02, noise: 0.01, spectra: [0, 1, 0, 0, 1, 0.1, 0, 0], labelled: false)
    let mixture = try Ensemble([
      Self.member([0.3, 0.7, 0.8, 0.2], deviation: 0.02, noise: 0.01, labelled: false), swapped,
    ]).estimate
    expectClose(mixture.mean, Tensor([2, 2], [0.3, 0.7, 0.8, 0.2]), absolute: 1e-6, because: "they agree once paired")
    let spread = try #require(mixture.endmemberDeviation).scalars
    // Band 2 of the first endmember: 0 and 0.1.
    #expect(abs(spread[1] - 0.1 / Scalar(2).squareRoot()) < 1e-6 && spread[0] == 0, "\(spread)")
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("ensemble-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: url) }
    try EstimateFile(mixture, sceneName: "two", method: "test").write(to: url)
    let read = try EstimateFile(contentsOf: url).estimate
    #expect(read.varianceParts?.between.scalars == mixture.varianceParts?.between.scalars)
    #expect(read.varianceParts?.noise?.scalars == mixture.varianceParts?.noise?.scalars)
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let member = Self.member([0.5, 0.5, 0.5, 0.5], deviation: 0.1)
    #expect(throws: UnmixingError.self) { try Ensemble([member]) }
    let point = Estimate(names: ["a", "b"], of: Self.scene, mean: Tensor(repeating: 0.5, [2, 2]))
    #expect(throws: UnmixingError.self) { try Ensemble([member, .init(point, noise: nil, isLabelled: true)]) }
  }

  @Test func entropyCountsEndmembers() {
    let estimate = Estimate(
      names: ["a", "b"], of: Self.scene, mean: Tensor([2, 2], [1, 0, 0.5, 0.5]))
    expectClose(estimate.entropy.exp(), Tensor([2], [1, 2]), absolute: 1e-5, because: "pure, and an even mixture")
  }
}
