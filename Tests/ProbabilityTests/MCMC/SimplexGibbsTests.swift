import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct SimplexGibbsTests {
  private func products(_ example: LinearExample, rows: Int) -> [Double] {
    (0..<rows).flatMap { _ in example.products }
  }

  private func centre(_ rows: Int, _ count: Int) -> Tensor {
    Tensor(repeating: 1 / Scalar(count), [rows, count])
  }

  /// 4 σ for 15 means, 2 % for deviations of ~60,000 effective draws: false alarms below 10⁻³, seed 7 has none.
  @Test(arguments: LinearExample.all) func agreesWithQuadrature(example: LinearExample) throws {
    let rows = 256
    let sampler = SimplexGibbs(gram: example.gram, concentration: example.concentration)
    let summary = sampler.sample(
      products: products(example, rows: rows), start: centre(rows, example.count),
      schedule: .init(warmup: 200, draws: 300, thinning: 5), keepsDraws: true, random: RandomStream(seed: 7))
    let draws = try #require(summary.draws).scalars
    checkAgreement(
      { k in (0..<rows).map { row in (0..<300).map { Double(draws[($0 * rows + row) * example.count + k]) } } },
      with: example.quadrature)
  }

  @Test func agreesWithQuadratureWhereTheNoiseIsUnknown() throws {
    // τ integrated out: (rate + ½ misfit)^(−shape − bands/2).
    let example = LinearExample.example([0.6, 0.4], noise: 0.1, concentration: 1)
    let (rows, shape, rate) = (256, 2.0, 1.5)
    let sampler = SimplexGibbs(
      gram: example.gram, noise: .unknown(observations: Double(LinearExample.bands), shape: shape, rate: rate))
    let summary = sampler.sample(
      products: products(example, rows: rows), squares: [Double](repeating: example.square, count: rows),
      start: centre(rows, 2), schedule: .init(warmup: 200, draws: 400, thinning: 4), keepsDraws: true,
      random: RandomStream(seed: 8))
    let power = shape + 0.5 * Double(LinearExample.bands)
    let reference = SimplexQuadrature(count: 2) { a, _ in -power * log(rate + 0.5 * example.misfit(a)) }
    let draws = try #require(summary.draws).scalars
    checkAgreement(
      { k in (0..<rows).map { row in (0..<400).map { Double(draws[($0 * rows + row) * 2 + k]) } } }, with: reference)
    let noise = try #require(summary.noise).scalars.map { Double($0) }
    // E[τ^(−1/2)∣a] = √β Γ(s − ½)/Γ(s), β = rate + ½ misfit.
    let factor = exp(SpecialFunctions.logGamma(power - 0.5) - SpecialFunctions.logGamma(power))
    let expected = factor * reference.expectation { (rate + 0.5 * example.misfit($0)).squareRoot() }
    expectMean(noise, is: expected, "the noise's deviation")
  }

  @Test func aSpectrumWithoutMisfitGivesNumbers() throws {
    // The first endmember itself, where chains begin: the misfit is 0 and Jeffreys' prior bounds nothing.
    let sampler = SimplexGibbs(gram: [1, 0, 0, 1], noise: .unknown(observations: 50, shape: 0, rate: 0))
    let summary = sampler.sample(
      products: [1, 0], squares: [1], start: Tensor([1, 2], [1, 0]), schedule: .init(warmup: 5, draws: 40),
      random: RandomStream(seed: 12))
    #expect(summary.mean.scalars[0] > 0.999 && summary.deviation.scalars.allSatisfy { $0 < 1e-3 }, "\(summary.mean)")
    let noise = try #require(summary.noise).scalars[0]
    #expect(noise > 0 && noise < 1e-3, "\(noise)")
  }

  @Test(arguments: [400, 590]) func independentDrawsAreAllEffective(kept: Int) {
    // Of two components every split is drawn anew, here around 0.9 with a deviation of 0.01. Of 20 batches of independent draws the estimate is
    // kept · 19/χ²₁₉, at most kept: 0.91 of it on average, with a deviation of 0.13 over √256.
    let summary = SimplexGibbs(gram: [1e4, 0, 0, 0]).sample(
      products: (0..<256).flatMap { _ in [9e3, 0.0] }, start: centre(256, 2), schedule: .init(warmup: 1, draws: kept),
      random: RandomStream(seed: 13))
    let mean = summary.effectiveDraws.scalars.reduce(0, +) / 512 / Scalar(kept)
    #expect(abs(mean - 0.91) < 0.05, "\(mean)")
  }

  @Test func isExactFarInTheTail() {
    // A spectrum far beyond a vertex: a₂ is exponential with the slope of the log density, 3 · 10⁵.
    let slope = 3e5
    let sampler = SimplexGibbs(gram: [1, 0, 0, 1])
    let summary = sampler.sample(
      products: (0..<256).flatMap { _ in [slope + 1, 0.0] }, start: centre(256, 2),
      schedule: .init(warmup: 5, draws: 400), random: RandomStream(seed: 9))
    let (mean, deviation) = (summary.mean.scalars, summary.deviation.scalars)
    expectMean((0..<256).map { Double(mean[2 * $0 + 1]) * slope }, is: 1, "the mean of a₂ in units of 1/slope")
    let squares = (0..<256).map { pow(Double(deviation[2 * $0 + 1]) * slope, 2) }
    expectMean(squares, is: 1, "the variance of a₂ in units of 1/slope²")
  }

  @Test func dividesBetweenEqualEndmembersAsThePriorDoes() throws {
    // m₁ = m₂: the share of the first in a₁ + a₂ is uniform whatever the spectrum.
    let gram = [400.0, 400, 100, 400, 400, 100, 100, 100, 900]
    let summary = SimplexGibbs(gram: gram).sample(
      products: (0..<64).flatMap { _ in [300.0, 300, 500] }, start: centre(64, 3),
      schedule: .init(warmup: 50, draws: 200), keepsDraws: true, random: RandomStream(seed: 10))
    let draws = try #require(summary.draws).scalars
    // Split anew every sweep, then changed by moves with the third: thin by 10 for nearly independent draws.
    var thinned: [Double] = []
    for place in 0..<draws.count / 3 where place / 64 % 10 == 0 {
      let (first, second) = (Double(draws[3 * place]), Double(draws[3 * place + 1]))
      thinned.append(first / (first + second))
    }
    #expect(kolmogorovDistance(thinned) { $0 } * Double(thinned.count).squareRoot() < FalseAlarm.kolmogorov)
  }

  @Test func aDrawDependsOnNothingButItsPixel() throws {
    var random = RandomStream(seed: 11)
    let (rows, count) = (300, 4)
    let basis = random.uniform([count, 9]).scalars.map { Double($0) }
    let gram = (0..<count * count).map { place -> Double in
      let (i, j) = (place / count * 9, place % count * 9)
      return (0..<9).reduce(0.0) { $0 + 50 * basis[i + $1] * basis[j + $1] }
    }
    let products = random.uniform([rows, count]).scalars.map { 150 * Double($0) }
    for noise in [SimplexGibbs.Noise.known, .unknown(observations: 9, shape: 1, rate: 1)] {
      for alpha in [nil, [0.5, 1, 2, 1]] {
        let sampler = SimplexGibbs(gram: gram, concentration: alpha, noise: noise)
        func run(_ chosen: [Int]) -> [Scalar] {
          var key = RandomStream(seed: 12)
          key.rows = chosen.map { UInt32($0) }
          return sampler.sample(
            products: chosen.flatMap { products[$0 * count..<($0 + 1) * count] },
            squares: chosen.map { _ in 400 }, start: centre(chosen.count, count),
            schedule: .init(warmup: 10, draws: 50), probabilities: [0.1, 0.5], random: key
          ).quantiles[0].scalars
        }
        let all = results(onThreads: [1, 3]) { run(Array(0..<rows)) }
        #expect(all[0] == all[1], "threads change draws")
        let few = run([299, 5, 64])
        let same = [299, 5, 64].flatMap { pixel -> [Scalar] in Array(all[0][pixel * count..<(pixel + 1) * count]) }
        #expect(few == same, "the batch changes draws")
        #expect(all[0].allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
  }

  @Test func quantilesAreThoseOfTheDraws() throws {
    let example = LinearExample.all[3]
    let summary = SimplexGibbs(gram: example.gram).sample(
      products: products(example, rows: 70), start: centre(70, 3), schedule: .init(warmup: 3, draws: 101),
      probabilities: [0.05, 0.5, 0.99], keepsDraws: true, random: RandomStream(seed: 13))
    let draws = try #require(summary.draws).scalars
    for place in 0..<210 {
      let own = (0..<101).map { draws[$0 * 210 + place] }.sorted()
      #expect(summary.quantiles.map { $0.scalars[place] } == [own[5], own[50], own[99]])
      expectClose(
        Double(summary.mean.scalars[place]), own.reduce(0) { $0 + Double($1) } / 101, absolute: 1e-6,
        because: "draws are kept in single precision")
      #expect(abs(summary.last.scalars[place] - draws[100 * 210 + place]) < 1e-7)
    }
  }

  @Test func effectiveDrawsAreThoseOfIndependentOnes() {
    // Two orthogonal endmembers: one move is the whole posterior, so draws are independent; 600 of them over 256 rows.
    let summary = SimplexGibbs(gram: [50, 0, 0, 50]).sample(
      products: (0..<256).flatMap { _ in [30.0, 20] }, start: centre(256, 2), random: RandomStream(seed: 14))
    let values = summary.effectiveDraws.scalars.map { Double($0) }
    let mean = values.reduce(0, +) / Double(values.count)
    // Capped at 600; 19 degrees of freedom of the batches scatter it by a third.
    #expect(mean > 480 && mean <= 600, "\(mean) effective draws")
  }

  @Test func oneComponentIsAlwaysOne() {
    let summary = SimplexGibbs(gram: [3]).sample(
      products: [1, 2], start: centre(2, 1), probabilities: [0.5], random: RandomStream(seed: 1))
    #expect(summary.mean.scalars == [1, 1] && summary.deviation.scalars == [0, 0])
    #expect(summary.quantiles[0].scalars == [1, 1])
  }

  /// Three endmembers almost on a line, at (0, 0), (1, 0) and (½, 1/20) under noise of 0.004: a₃ is the height over 1/20, so
  /// its deviation is 0.08, and a₁ and a₂ take half of it each. Exchanges of pairs alone have 25 effective draws of 600 here.
  @Test func endmembersOnALineDoNotHoldChainsUp() {
    let places = [(0.0, 0.0), (1, 0), (0.5, 0.05)]
    let truth = [0.35, 0.35, 0.3]
    let precision = 1 / (0.004 * 0.004)
    let gram = places.flatMap { a in places.map { b in (a.0 * b.0 + a.1 * b.1) * precision } }
    let products = (0..<3).map { i in (0..<3).reduce(0) { $0 + gram[3 * i + $1] * truth[$1] } }
    let rows = 64
    for concentration in [nil, [1, 1, 1.0001]] as [[Double]?] {
      let summary = SimplexGibbs(gram: gram, concentration: concentration).sample(
        products: (0..<rows).flatMap { _ in products },
        start: Tensor([rows, 3], [Scalar](repeating: 1.0 / 3, count: 3 * rows)), random: RandomStream(seed: 29))
      let effective = summary.effectiveDraws.scalars.sorted()
      #expect(effective[effective.count / 2] > 250, "\(effective[effective.count / 2]) effective draws of 600")
      let deviations = summary.deviation.mean(along: 0).scalars
      // 600 draws of 64 rows tell a deviation to 0.5 %.
      for (own, exact) in zip(deviations, [0.0402, 0.0402, 0.08]) {
        #expect(abs(Double(own) / exact - 1) < 0.03, "\(own), not \(exact)")
      }
    }
  }
}
