import Foundation
import TestSupport
import Tensors
import Testing

@Suite("Gamma draws")
struct GammaDrawTests {
  @Test("the pathwise derivative agrees with 25-digit values for α from 10⁻⁶ to 10⁷, far tails included")
  func pathwiseTable() throws {
    let table = try referenceTable("gamma_gradient")
    #expect(table.count > 500)
    for row in table {
      expectClose(
        SpecialFunctions.gammaLogPathwiseGradient(alpha: row[0], logX: row[1]), row[2], relative: 1e-11,
        because: "the polynomials were cut at 3·10⁻¹⁴ of values around 10⁻²")
    }
  }

  @Test("dx/dα has its closed form at α = 1 for small x, and is x d log x/dα")
  func pathwiseValue() {
    let x = 1e-12
    let expected = x * (SpecialFunctions.digamma(2) - log(x))
    expectClose(
      SpecialFunctions.gammaPathwiseGradient(alpha: 1, x: x), expected, relative: 1e-11, because: "terms of order x")
  }

  @Test(
    "every marginal is Gamma: 2·10⁵ draws at each α, false alarm 10⁻⁶ each",
    arguments: [
      1e-4, 1e-3, 0.03, 0.4, 0.999, 1, 1.5, 7, 120, 5e4, 1e6,
    ])
  func marginals(alpha: Double) {
    let alpha = Double(Scalar(alpha))
    var random = RandomStream(seed: 21)
    let draws = Tensor.logGammaDraw(concentration: Tensor(repeating: Scalar(alpha), [50_000, 4]), using: &random)
    let probabilities = draws.scalars.map { probability(ofLog: Double($0), alpha: alpha) }
    // Rounding log x to Float moves a probability by up to α^½ · 10⁻⁶, well below the bound 0.006.
    #expect(kolmogorovDistance(probabilities) < kolmogorovBound(probabilities.count) + 1e-6 * alpha.squareRoot())
  }

  @Test("at α = 10⁻³ a Dirichlet draw lies on a vertex, each as often, and never in the middle (10⁶ draws)")
  func sparseDraws() {
    var random = RandomStream(seed: 22)
    let rows = 1_000_000
    let draws = Tensor.logGammaDraw(concentration: Tensor(repeating: 1e-3, [rows, 3]), using: &random).softmax(
      along: -1)
    var (vertices, middle, worst) = ([0, 0, 0], 0, 0.0)
    draws.withUnsafeScalars { x in
      for row in 0..<rows {
        let (a, b, c) = (Double(x[3 * row]), Double(x[3 * row + 1]), Double(x[3 * row + 2]))
        worst = max(worst, abs(a + b + c - 1).isNaN ? .infinity : abs(a + b + c - 1))
        for (k, value) in [a, b, c].enumerated() where value > 0.999 { vertices[k] += 1 }
        if max(a, b, c) < 0.4 { middle += 1 }
      }
    }
    #expect(worst <= 2e-7)
    // P(max < 0.4) ≈ α²/3 · 28 · 0.02 = 1.9·10⁻⁷ (density at the middle, area of the triangle): of 0.19 expected draws
    // six or more are seen once in 2·10⁷ runs.
    #expect(middle <= 5)
    let share = Double(vertices.reduce(0, +)) / Double(rows)
    // P(max > 0.999) = 1 − 2α·log(999)·… ≈ 0.986.
    #expect(share > 0.98 && share < 0.99)
    let spread = (Double(rows) * 2 / 9).squareRoot()
    for count in vertices { #expect(abs(Double(count) - share * Double(rows) / 3) < 5 * spread) }
  }

  @Test("components of a Dirichlet draw are Beta (2·10⁵ draws, false alarm 10⁻⁶ each)", arguments: [0.3, 1, 4, 60])
  func dirichletMarginals(alpha: Double) {
    let alpha = Double(Scalar(alpha))
    var random = RandomStream(seed: 23)
    let draws = Tensor.logGammaDraw(concentration: Tensor(repeating: Scalar(alpha), [200_000, 3]), using: &random)
    let first = draws.softmax(along: -1).slice(along: 1, 0..<1).scalars
    let probabilities = first.map { SpecialFunctions.regularizedBeta(x: Double($0), a: alpha, b: 2 * alpha) }
    // Near x = 1 Float resolves (6·10⁻⁸)^(2α) of probability.
    let grain = Foundation.pow(6e-8, min(1, 2 * alpha))
    #expect(kolmogorovDistance(probabilities) < kolmogorovBound(first.count) + grain)
  }

  @Test("neither draw nor derivative is ever non-finite for α from 10⁻⁶ to 10⁷")
  func alwaysFinite() {
    for exponent in -6...7 {
      let alpha = Tensor(repeating: Scalar(Foundation.pow(10, Double(exponent))), [1000, 1])
      for inverse in [false, true] {
        var model = alpha
        var random = RandomStream(seed: 24)
        let (_, slope) = valueAndGradient(at: &model) { alpha in
          let draws =
            inverse
            ? Tensor.logGammaDrawInverseCDF(concentration: alpha, using: &random)
            : Tensor.logGammaDraw(concentration: alpha, using: &random)
          #expect(draws.scalars.allSatisfy { $0.isFinite })
          return draws.sum()
        }
        #expect(slope.scalars.allSatisfy { $0.isFinite && $0 > 0 })
      }
    }
  }

  @Test(
    "the derivative of a tensor draw is the pathwise one at that draw", arguments: [1e-4, 0.02, 0.9, 3, 44, 1e4, 1e6])
  func tensorDerivative(alpha: Double) {
    var model = Tensor(repeating: Scalar(alpha), [500, 1])
    var draws = model
    let (_, slope) = valueAndGradient(at: &model) { alpha in
      var random = RandomStream(seed: 25)
      let drawn = Tensor.logGammaDraw(concentration: alpha, using: &random)
      draws = drawn.detached
      return drawn.sum()
    }
    let expected = draws.scalars.map {
      Scalar(SpecialFunctions.gammaLogPathwiseGradient(alpha: Double(Scalar(alpha)), logX: Double($0)))
    }
    expectClose(slope.scalars, expected, relative: 1e-6, because: "the expected value sees log x rounded to Float")
  }

  @Test(
    "pathwise derivatives of x average to dE[x]/dα = 1 (2·10⁵ draws, false alarm 10⁻⁶)", arguments: [0.05, 0.6, 2, 30])
  func meanDerivative(alpha: Double) {
    var model = Tensor(repeating: Scalar(alpha), [200_000, 1])
    let (_, slope) = valueAndGradient(at: &model) { alpha in
      var random = RandomStream(seed: 26)
      return Tensor.logGammaDraw(concentration: alpha, using: &random).exp().sum()
    }
    let slopes = slope.scalars.map { Double($0) }
    let mean = slopes.reduce(0, +) / Double(slopes.count)
    let variance = slopes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(slopes.count)
    // 5.5 standard errors: the skewness of dx/dα at small α adds to the normal 4.9.
    #expect(abs(mean - 1) < 5.5 * (variance / Double(slopes.count)).squareRoot())
  }

  @Test("the inverse-CDF draw is (log u + log Γ(α + 1))/α, with the derivative of that formula")
  func inverseCDF() {
    let values: [Scalar] = [0.2, 0.4, 0.7, 1.3, 4]
    let place = RandomStream(seed: 27, stream: 2, index: 5)
    checkGradient(
      of: { (alpha: inout Tensor) in
        var random = place
        return .logGammaDrawInverseCDF(concentration: alpha, using: &random)
      }, at: Tensor([1, 5], values))
    var random = place
    let draws = Tensor.logGammaDrawInverseCDF(concentration: Tensor(repeating: 2, [100_000, 1]), using: &random)
    let uniforms = draws.scalars.map { Foundation.exp(2 * Double($0) - Foundation.log(2)) }
    #expect(kolmogorovDistance(uniforms) < kolmogorovBound(uniforms.count) + 1e-6)
  }

  @Test("a draw depends on its row's identity and component alone: not on batch, neighbours or threads")
  func independence() {
    var source = RandomStream(seed: 28)
    let alpha = (source.uniform([700, 5]) * 14 - 7).exp()
    let gathered = [699, 3, 256, 257]
    let draw = { (alpha: Tensor, rows: [UInt32]?) in
      var model = alpha
      var random = RandomStream(seed: 29)
      random.rows = rows
      var draws = alpha
      let (_, slope) = valueAndGradient(at: &model) { alpha in
        let drawn = Tensor.logGammaDraw(concentration: alpha, using: &random)
        draws = drawn.detached
        return drawn.sum()
      }
      return [draws, slope]
    }
    let whole = draw(alpha, nil)
    let part = draw(alpha.gatheringRows(gathered), gathered.map { UInt32($0) })
    #expect(part == whole.map { $0.gatheringRows(gathered) })
    #expect(results(onThreads: [1, 4]) { draw(alpha, nil) } == [whole, whole])
  }

  @Test("a concentration that is not positive gives NaN in its place and nowhere else")
  func invalidConcentrations() {
    var random = RandomStream(seed: 30)
    let draws = Tensor.logGammaDraw(concentration: Tensor([1, 5], [1, 0, -2, .nan, 3]), using: &random).scalars
    #expect(draws.map { $0.isNaN } == [false, true, true, true, false])
  }
}

/// P(α, x) from log x, also where x is below the range of Double: there P = x^α / Γ(α + 1).
private func probability(ofLog logX: Double, alpha: Double) -> Double {
  if logX < -40 { return Foundation.exp(alpha * logX - SpecialFunctions.logGamma(alpha + 1)) }
  return SpecialFunctions.regularizedGammaP(a: alpha, x: Foundation.exp(logX))
}
