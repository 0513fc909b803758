import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// Concentrations from 10⁻⁶ to 10⁶, values at the edge of the simplex and of the number format.
struct DirichletExtremesTests {
  /// Rows of `size` concentrations, one scale each, then rows that mix all scales.
  static func concentrations(size: Int) -> Tensor {
    let scales = (-6...6).map { Scalar(pow(10, Double($0))) }
    let even = scales.flatMap { [Scalar](repeating: $0, count: size) }
    let mixed = (0..<20).flatMap { row in (0..<size).map { scales[(row * 7 + $0 * 5) % scales.count] } }
    return Tensor([33, size], even + mixed)
  }

  @Test(arguments: [2, 3, 6, 17, 64])
  func nothingIsEverNotFinite(size: Int) {
    // Seed 20, 100 draws of each of 33 rows.
    for index in 0..<100 {
      var point = [Self.concentrations(size: size)]
      var draw = Tensor(0)
      var parts: [Tensor] = []
      let (_, gradient) = valueAndGradient(at: &point) { point in
        var random = RandomStream(seed: 20, index: UInt32(index))
        let dirichlet = Dirichlet(concentration: point[0])
        let logarithm = dirichlet.sampleLogarithm(using: &random)
        draw = logarithm.exp()
        parts = [
          dirichlet.logDensity(atLogarithm: logarithm), dirichlet.logDensity(of: draw), dirichlet.entropy,
          dirichlet.divergence(from: Dirichlet(concentration: .ones([size])), at: draw),
        ]
        // The derivatives of a sum may cancel to a finite number; each part is small enough not to overflow it.
        return (parts.reduce(Tensor(0)) { $0 + $1.sum() * 1e-6 } + draw.squared().sum()) * 1e-6
      }
      #expect(draw.scalars.allSatisfy { $0 >= 0 && $0 <= 1 }, "draw \(index) of size \(size)")
      #expect(parts.allSatisfy { isFinite($0) }, "scores of draw \(index) of size \(size)")
      #expect(isFinite(gradient[0]), "gradient at draw \(index) of size \(size)")
      let sums = draw.sum(along: -1).scalars
      #expect(sums.allSatisfy { abs($0 - 1) <= 2e-6 }, "sums of draw \(index) of size \(size)")
    }
  }

  @Test func sparseDrawsSitAtVerticesAndNeverAtTheCentre() {
    // α = 10⁻³, k = 3, 10⁶ draws, seed 21. A draw away from the vertices (largest component below ½) has
    // probability below 3·10⁻⁶·ln²-terms ≈ 10⁻⁵; PyTorch's sampler returns (⅓, ⅓, ⅓) in 12 % of draws.
    var random = RandomStream(seed: 21)
    let draws = Dirichlet(concentration: Tensor(repeating: 1e-3, [1_000_000, 3])).sample(using: &random)
    let numbers = draws.scalars
    var (centres, wrongSums, vertices) = (0, 0, [0, 0, 0])
    for row in 0..<1_000_000 {
      let point = numbers[row * 3..<row * 3 + 3]
      if point.allSatisfy({ abs($0 - 1 / 3) < 1e-3 }) { centres += 1 }
      // Written so that a NaN counts.
      if !(abs(point.reduce(0, +) - 1) <= 2e-7) { wrongSums += 1 }
      for (component, value) in point.enumerated() where value > 0.5 { vertices[component] += 1 }
    }
    // P(all within 10⁻³ of ⅓) ≈ density Γ(0.003)/Γ(0.001)³ · 27 · area 2·10⁻⁶·√… < 10⁻⁹ a draw.
    #expect(centres == 0)
    #expect(wrongSums == 0)
    let expected = 1e6 / 3.0
    for count in vertices {
      let deviate = (Double(count) - expected) / (1e6 * 2 / 9).squareRoot()
      #expect(abs(deviate) < FalseAlarm.deviate, "vertices \(vertices)")
    }
  }

  @Test(arguments: [1e-4, 1e-3, 1e-2, 1e-1])
  func sparseMarginalsAreBeta(concentration: Double) {
    // 10⁵ draws, seed 22. Below the least Scalar the draw is 0 and the distribution function starts at its mass there.
    var random = RandomStream(seed: 22)
    let alpha = Scalar(concentration)
    let draws = Dirichlet(concentration: Tensor(repeating: alpha, [100_000, 3])).sample(using: &random)
    let first = column(0, of: draws).map { max($0, 1e-37) }
    // Zeros are tied: the empirical function jumps there to the mass the Beta has below.
    let least = SpecialFunctions.regularizedBeta(x: 1e-37, a: Double(alpha), b: 2 * Double(alpha))
    let top = SpecialFunctions.regularizedBeta(x: 1 - 6e-8, a: Double(alpha), b: 2 * Double(alpha))
    let inside = first.filter { $0 > 1e-37 && $0 < 1 - 6e-8 }
    let count = Double(first.count)
    expectMean(first.map { $0 <= 1e-37 ? 1 : 0 }, is: least, "the share of zeros")
    expectMean(first.map { $0 >= 1 - 6e-8 ? 1 : 0 }, is: 1 - top, "the share of ones")
    let distance = kolmogorovDistance(inside) {
      (SpecialFunctions.regularizedBeta(x: $0, a: Double(alpha), b: 2 * Double(alpha)) - least) / (top - least)
    }
    #expect(distance * Double(inside.count).squareRoot() < FalseAlarm.kolmogorov, "\(inside.count) of \(count) inside")
  }

  @Test(arguments: [0, .leastNonzeroMagnitude, .leastNormalMagnitude / 8, 1e-37, 1] as [Scalar])
  func scoresAndSlopesAreFiniteForAnyValue(value: Scalar) {
    for concentration in [1e-6, 0.5, 1, 2, 1e6] as [Scalar] {
      var point = [Tensor([1, 2], [concentration, 3]), Tensor([1, 2], [value, 1 - value])]
      let (score, gradient) = valueAndGradient(at: &point) {
        Dirichlet(concentration: $0[0]).logDensity(of: $0[1]).sum()
      }
      #expect(score.isFinite, "α = \(concentration)")
      #expect(gradient.allSatisfy { isFinite($0) }, "α = \(concentration)")
    }
  }

  @Test func anInvalidConcentrationGivesNaN() {
    let point = Tensor([3, 2], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    let density = Dirichlet(concentration: Tensor([3, 2], [1, 1, -1, 3, 0, 1])).logDensity(of: point).scalars
    #expect(density[0] == 0)
    #expect(!density[1].isFinite && !density[2].isFinite)
  }

  @Test func isTheSameForAnyNumberOfThreads() {
    let alpha = Self.concentrations(size: 6)
    let point = Dirichlet(concentration: alpha).mean
    let scores = results(onThreads: [1, 2, 5]) {
      var random = RandomStream(seed: 23)
      let many = Dirichlet(concentration: Tensor(repeating: 0.7, [50_000, 6]))
      return [Dirichlet(concentration: alpha).logDensity(of: point), many.sample(using: &random), many.entropy]
    }
    #expect(scores[0] == scores[1] && scores[1] == scores[2])
  }
}
