import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct DominantEigenvectorsTests {
  /// Σⱼ λⱼ vⱼ vⱼᵀ of an orthonormal basis made from a random one.
  private func matrix(_ eigenvalues: [Double], seed: UInt64) -> [Double] {
    let size = eigenvalues.count
    var random = RandomStream(seed: seed)
    let symmetric = (0..<size * size).map { _ in Double(random.next() % 2001) / 1000 - 1 }
    let basis = SymmetricJacobi(
      (0..<size * size).map { symmetric[$0] + symmetric[$0 % size * size + $0 / size] }, size: size
    ).vectors
    return (0..<size * size).map { place in
      zip(eigenvalues, basis).reduce(0) { $0 + $1.0 * $1.1[place / size] * $1.1[place % size] }
    }
  }

  @Test func findsTheLargestPairs() {
    let values = (0..<30).map { 10 * 0.6.power($0) }
    let a = matrix(values, seed: 1)
    let found = DominantEigenvectors(of: a, size: 30, count: 5)
    expectClose(found.values, Array(values.prefix(5)), relative: 1e-12, because: "gaps of 40 %")
    for (value, vector) in zip(found.values, found.vectors) {
      let image = (0..<30).map { row in (0..<30).reduce(0.0) { $0 + a[row * 30 + $1] * vector[$1] } }
      expectClose(image, vector.map { value * $0 }, absolute: 1e-9, because: "A v = λ v, v converged to 10⁻¹⁰")
    }
  }

  @Test func givesOrthonormalVectorsEvenForARankDeficientMatrix() {
    let rankTwo = matrix([3, 2] + [Double](repeating: 0, count: 18), seed: 2)
    let found = DominantEigenvectors(of: rankTwo, size: 20, count: 4)
    expectClose(found.values, [3, 2, 0, 0], absolute: 1e-13, because: "rounding")
    for i in 0..<4 {
      for j in 0..<4 {
        let product = zip(found.vectors[i], found.vectors[j]).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose(product, i == j ? 1 : 0, absolute: 1e-12, because: "orthonormal")
      }
    }
  }

  @Test func solvesASmallMatrixCompletely() {
    // [[2, 1], [1, 2]] has eigenvalues 3 and 1.
    let found = DominantEigenvectors(of: [2, 1, 1, 2], size: 2, count: 2)
    expectClose(found.values, [3, 1], absolute: 1e-14, because: "rounding")
    expectClose(found.vectors[0], [(0.5).squareRoot(), (0.5).squareRoot()], absolute: 1e-14, because: "rounding")
  }
}

extension Double {
  fileprivate func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * self } }
}
