import Foundation
import Probability
import Tensors
import Testing

/// NUTS, Gibbs sampling and quadrature are three programs with one answer: over endmembers from 1 to 0.1 rad apart, signals
/// from 20 to 40 dB, and priors that favour edges, nothing, and the centre.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["ALUNITE_LONG"] == "1", "a minute of chains; set ALUNITE_LONG=1"))
struct ExactAgreementTests {
  struct Cell: Sendable, CustomStringConvertible {
    let count: Int
    let angle: Double
    let decibels: Double
    let concentration: Double
    var description: String { "K = \(count), \(angle) rad, \(decibels) dB, α = \(concentration)" }

    /// A pixel of mixed materials, drawn from the prior; endmembers are unit vectors, the first two at the angle.
    var example: LinearExample {
      let bands = LinearExample.bands
      var endmembers = (0..<count).map { k in (0..<bands).map { $0 == k ? 1.0 : 0 } }
      endmembers[1] = (0..<bands).map { $0 == 0 ? cos(angle) : ($0 == 1 ? sin(angle) : 0) }
      var random = RandomStream(seed: UInt64(count * 1000 + Int(10 * angle) * 100 + Int(decibels)), stream: 5)
      let alpha = Tensor(repeating: Scalar(concentration), [1, count])
      let a = Dirichlet(concentration: alpha).sample(using: &random).scalars.map { Double($0) }
      let mixed = (0..<bands).map { band in (0..<count).reduce(0) { $0 + a[$1] * endmembers[$1][band] } }
      let power = mixed.reduce(0) { $0 + $1 * $1 } / Double(bands)
      let noise = (power / pow(10, decibels / 10)).squareRoot()
      let errors = random.normal([bands]).scalars
      return LinearExample(
        endmembers: endmembers, spectrum: (0..<bands).map { mixed[$0] + noise * Double(errors[$0]) }, noise: noise,
        concentration: [Double](repeating: concentration, count: count))
    }
  }

  static let cells: [Cell] = [2, 3].flatMap { count in
    [1.0, 0.5, 0.2, 0.1].flatMap { angle in
      [20.0, 30, 40].flatMap { decibels in
        [0.5, 1, 4].map { Cell(count: count, angle: angle, decibels: decibels, concentration: $0) }
      }
    }
  }

  /// 4 Monte-Carlo errors are left by chance once in 16,000 comparisons; there are 360 of means. The seeds are fixed.
  @Test(arguments: cells) func threeWaysGiveOneAnswer(cell: Cell) throws {
    let example = cell.example
    let quadrature = example.quadrature
    let (rows, count) = (256, example.count)
    let products = (0..<rows).flatMap { _ in example.products }
    let gibbs = SimplexGibbs(gram: example.gram, concentration: example.concentration).sample(
      products: products, start: Tensor(repeating: 1 / Scalar(count), [rows, count]),
      schedule: .init(warmup: 300, draws: 1000, thinning: cell.concentration == 1 ? 1 : 3), keepsDraws: true,
      random: RandomStream(seed: 81))
    let flat = try #require(gibbs.draws).scalars
    checkAgreement(
      { k in (0..<rows).map { row in (0..<1000).map { Double(flat[($0 * rows + row) * count + k]) } } },
      with: quadrature, by: "Gibbs")
    let target = TreeTarget(
      LinearMixingTarget(gram: example.gram, products: products, concentration: example.concentration),
      tree: SimplexTree(joiningNearest: example.gram))
    let nuts = HamiltonianMonteCarlo(warmup: 500, draws: 1000).sample(
      from: target, start: [Double](repeating: 0, count: rows * (count - 1)), random: RandomStream(seed: 82))
    let values = nuts.values(target.tree)
    checkAgreement(
      { k in (0..<rows).map { row in (0..<1000).map { values[($0 * rows + row) * count + k] } } },
      with: quadrature, by: "NUTS")
  }
}
