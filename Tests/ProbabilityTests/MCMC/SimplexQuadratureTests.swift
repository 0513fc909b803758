import Foundation
import Probability
import Testing

struct SimplexQuadratureTests {
  /// ∫ Π aₖ^(αₖ − 1) da = Π Γ(αₖ)/Γ(Σα), with means α/Σα and variances mₖ(1 − mₖ)/(Σα + 1).
  @Test(arguments: [[0.3, 4], [1, 1], [0.3, 1, 4], [0.5, 0.5, 0.5], [40, 3, 0.7]])
  func integratesADirichletInClosedForm(alpha: [Double]) {
    let found = SimplexQuadrature(count: alpha.count, leastConcentration: alpha.min() ?? 1) { _, logarithms in
      zip(alpha, logarithms).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    }
    let total = alpha.reduce(0, +)
    let evidence = alpha.reduce(0) { $0 + lgamma($1) } - lgamma(total)
    #expect(abs(found.logEvidence - evidence) < 1e-6, "\(found.logEvidence), not \(evidence)")
    for (k, own) in alpha.enumerated() {
      let mean = own / total
      #expect(abs(found.mean[k] - mean) < 1e-6 && abs(found.expectation { $0[k] } - mean) < 1e-6)
      #expect(abs(found.deviation[k] - (mean * (1 - mean) / (total + 1)).squareRoot()) < 1e-6)
    }
  }

  /// The outer variable runs along the ridge of two endmembers 0.1 rad apart, across it, or askew: three integrals of one
  /// density on different points.
  @Test(arguments: [0.5, 1, 4], [20.0, 40])
  func aNarrowRidgeIsTheSameFromEverySide(concentration: Double, decibels: Double) {
    let cell = ExactAgreementTests.Cell(count: 3, angle: 0.1, decibels: decibels, concentration: concentration)
    let example = cell.example
    let orders = [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    let all = orders.map { order in
      LinearExample(
        endmembers: order.map { example.endmembers[$0] }, spectrum: example.spectrum, noise: example.noise,
        concentration: example.concentration
      ).quadrature
    }
    for (order, other) in zip(orders, all) {
      #expect(abs(other.logEvidence - all[0].logEvidence) < 1e-4)
      for k in 0..<3 {
        // Expectations are over the points of the first component, means and deviations over each component's own.
        let mean = other.expectation { $0[k] }
        let deviation = other.expectation { ($0[k] - mean) * ($0[k] - mean) }.squareRoot()
        #expect(abs(mean - all[0].mean[order[k]]) < 1e-3 * all[0].deviation[order[k]])
        #expect(abs(deviation / all[0].deviation[order[k]] - 1) < 1e-3)
      }
    }
  }

  /// Between points of u the distribution function is linear in log x/(1 − x).
  @Test func distributionIsThatOfABeta() {
    let found = SimplexQuadrature(count: 2) { _, logarithms in logarithms[0] + 2 * logarithms[1] }
    for x in stride(from: 0.05, to: 1, by: 0.1) {
      // Beta(2, 3): 6x² − 8x³ + 3x⁴.
      let expected = 6 * x * x - 8 * x * x * x + 3 * x * x * x * x
      #expect(abs(found.distribution(of: 0, at: [x])[0] - expected) < 1e-4)
    }
  }
}
