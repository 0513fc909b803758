import Foundation
import TestSupport
import Tensors
import Testing

/// Sums weighted by nearness are those of the dense matrix, at any scale and for any number of threads.
@Suite struct SimilarityTests {
  /// The formula in Double, one pair at a time.
  private func dense(_ x: Tensor, averaged: Bool = false) -> Tensor {
    let (rows, width) = (x.shape[0], x.shape[1])
    let values = x.scalars.map { Double($0) }
    var result: [Scalar] = []
    for i in 0..<rows {
      var sums = [Double](repeating: 0, count: width)
      var total = 0.0
      for j in 0..<rows {
        let distance = (0..<width).reduce(0.0) { sum, k in
          let difference = values[i * width + k] - values[j * width + k]
          return sum + difference * difference
        }
        let weight = exp(-distance)
        total += weight
        for k in 0..<width { sums[k] += weight * values[j * width + k] }
      }
      result += sums.map { Scalar(averaged ? $0 / total : $0) }
    }
    return Tensor(x.shape, result)
  }

  private func vectors(_ rows: Int, _ width: Int, around offset: Scalar = 0) -> Tensor {
    var random = RandomStream(seed: 8)
    return random.uniform([rows, width]) + offset
  }

  // 1300 rows are five blocks and a part, against one tile and a part.
  @Test(arguments: [false, true])
  func agreesWithTheDenseMatrix(averaged: Bool) {
    let x = vectors(1300, 7)
    let expected = dense(x, averaged: averaged)
    let largest = Double(expected.maximum().scalar)
    expectClose(
      x.weightedByNearness(averaged: averaged), expected,
      absolute: (Scalar.self == Float.self ? 1e-5 : 1e-12) * largest,
      because: "sums of 1300 positive terms, whose exponents carry the rounding of matrix products")
  }

  @Test func agreesFarFromTheOrigin() {
    // Squared norms of 7·10⁸ beside distances of the order of 1; centring brings the digits back.
    let x = vectors(300, 7, around: 10_000)
    let expected = dense(x)
    expectClose(
      x.weightedByNearness(), expected, relative: Scalar.self == Float.self ? 1e-5 : 1e-12,
      because: "centred, they are as near the origin as any")
  }

  @Test func equalVectorsAreSeenAmongHugeOnes() {
    // Two groups 10⁴ apart: centring does not help, and the products' rounding errors exceed 10.
    var random = RandomStream(seed: 9)
    let some = random.uniform([40, 9])
    let x = Tensor.concatenated([some + 10_000, some, some + 10_000], along: 0)
    expectClose(
      x.weightedByNearness(), dense(x), relative: Scalar.self == Float.self ? 1e-3 : 1e-11,
      because: "numbers near 10⁴ are stored to 5·10⁻⁴, which a distance of the order of 1 shows")
  }

  @Test func distantVectorsStayThemselves() {
    let x = vectors(50, 6) * 1000
    #expect(x.weightedByNearness() == x)
    #expect(x.weightedByNearness(averaged: true) == x)
  }

  @Test func doesNotDependOnTheNumberOfThreads() {
    let x = vectors(1300, 5)
    let runs = results(onThreads: [1, 3]) { x.weightedByNearness() }
    #expect(runs[1] == runs[0])
  }
}
