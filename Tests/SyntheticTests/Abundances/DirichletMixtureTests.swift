import Foundation
import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct DirichletMixtureTests {
  static let count = 40_000

  private func draws(_ mixture: DirichletMixture, of endmembers: Int, seed: UInt64) -> [Double] {
    let field = AbundanceField.dirichlet(mixture)
    let (fractions, _) = field.abundances(rows: 200, columns: Self.count / 200, endmembers: endmembers, seed: seed)
    return fractions.scalars.map { Double($0) }
  }

  /// Mean α_k/α₀ and second moment α_k(α_k + 1)/(α₀(α₀ + 1)), each within 4.8 standard errors of 40 000 draws: 1.6e-6 of
  /// false alarm for each of the 6 comparisons. Seed 5.
  @Test func hasTheMomentsOfItsConcentration() {
    let alpha = [0.3, 1.0, 4.0]
    let total = 5.3
    let draws = draws(DirichletMixture([.init(concentration: alpha)]), of: 3, seed: 5)
    for k in 0..<3 {
      let values = stride(from: k, to: draws.count, by: 3).map { draws[$0] }
      expectMean(of: values, alpha[k] / total)
      expectMean(of: values.map { $0 * $0 }, alpha[k] * (alpha[k] + 1) / (total * (total + 1)))
    }
  }

  /// A pixel is purer than 0.9 in material k with probability 1 − I_0.9(α, (K − 1)α), and in one material at most.
  /// The binomial rate is within 4.8 standard deviations. Seed 6.
  @Test func pureDrawsAreAsFrequentAsTheyShouldBe() {
    let (endmembers, alpha) = (5, 0.2)
    let draws = draws(DirichletMixture([.init(concentration: alpha)]), of: endmembers, seed: 6)
    let pure = draws.filter { $0 > 0.9 }.count
    let tail = 1 - SpecialFunctions.regularizedBeta(x: 0.9, a: alpha, b: alpha * Double(endmembers - 1))
    let rate = Double(endmembers) * tail
    let deviation = (rate * (1 - rate) / Double(Self.count)).squareRoot()
    expectClose(
      Double(pure) / Double(Self.count), rate, absolute: 4.8 * deviation, because: "4.8 binomial standard deviations")
  }

  /// E[a²] of a mixture is the mean of its components' by weight: with K = 4, 2/20 for α = 1 and 1.2/(4 · 1.8) for 0.2.
  @Test func mixesItsComponentsByWeight() {
    let mixture = DirichletMixture([.init(weight: 3, concentration: 1), .init(weight: 1, concentration: 0.2)])
    let draws = draws(mixture, of: 4, seed: 7)
    let firsts = stride(from: 0, to: draws.count, by: 4).map { draws[$0] }
    expectMean(of: firsts.map { $0 * $0 }, 0.75 * 2 / 20 + 0.25 * 1.2 / (4 * 1.8))
  }

  @Test func aPixelKeepsItsDrawWhenTheImageGrows() {
    func fractions(_ rows: Int) -> [Scalar] {
      let field = AbundanceField.dirichlet(.flatAndSparse)
      return field.abundances(rows: rows, columns: 50, endmembers: 3, seed: 1).fractions.scalars
    }
    #expect(Array(fractions(90).prefix(50 * 3 * 7)) == fractions(7))
  }

  private func expectMean(of values: [Double], _ expected: Double, _ location: SourceLocation = #_sourceLocation) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    expectClose(
      mean, expected, absolute: 4.8 * (variance / count).squareRoot(), because: "4.8 standard errors",
      sourceLocation: location)
  }
}
