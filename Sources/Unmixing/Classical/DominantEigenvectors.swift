import Tensors

/// The largest eigenvalues of a symmetric positive semidefinite matrix and their eigenvectors, in Double.
///
/// A decomposition in the tensors' own precision gives the start. Orthogonal iteration in Double on a block somewhat wider
/// than asked for, with a Rayleigh–Ritz step each round, then finds the digits below it: what is missing of eigenvector j
/// shrinks by λ₍width₊₁₎ / λⱼ a round.
///
/// - Edge cases: eigenvectors inside a cluster of almost equal eigenvalues (noise) are some orthonormal basis of it.
/// - Complexity: O(size³), with O(size² · width) a round.
/// - Source: Golub and Van Loan, *Matrix Computations*, 4th edition, §8.2.4 and §8.3.7.
package struct DominantEigenvectors: Sendable {
  /// Eigenvalues, largest first.
  package let values: [Double]
  /// One eigenvector a row, of length 1, its largest component positive.
  package let vectors: [[Double]]

  /// The `count` dominant eigenpairs of a `[size, size]` matrix given row by row.
  ///
  /// - Precondition: `count` ≤ `size`, and the matrix is finite.
  package init(of matrix: [Double], size: Int, count: Int) {
    precondition(matrix.count == size * size && count <= size, "\(count) eigenvectors of \(matrix.count) numbers")
    let width = min(size, count + 8)
    var block = Self.start(matrix, size, width)
    var values = [Double](repeating: 0, count: width)
    for round in 0..<Self.mostRounds {
      Self.orthonormalize(&block)
      let image = Self.product(matrix, block, size)
      let ritz = SymmetricJacobi(Self.innerProducts(block, image), size: width)
      let largest = max(abs(ritz.values.first ?? 0), .leastNormalMagnitude)
      let change = zip(ritz.values, values).prefix(count).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
      values = ritz.values
      // The next block spans the image; ordering it by Ritz value keeps the orthonormalization stable.
      let isLast = width == size || (round > 1 && change < 1e-14) || round == Self.mostRounds - 1
      block = Self.combined(isLast ? block : image, ritz.vectors)
      if isLast { break }
    }
    self.values = values.prefix(count).map { max($0, 0) }
    vectors = block.prefix(count).map(Self.oriented)
  }

  private static let mostRounds = 12

  /// The dominant eigenvectors as far as the tensors' precision sees them.
  private static func start(_ matrix: [Double], _ size: Int, _ width: Int) -> [[Double]] {
    // Scaled, so that neither large nor small spectra leave the range of Float.
    let largest = max(matrix.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
    let scaled = Tensor([size, size], matrix.map { Scalar($0 / largest) })
    let vectors = scaled.symmetricEigendecomposition().vectors.scalars
    return (0..<width).map { place in
      (0..<size).map { component in Double(vectors[component * size + size - 1 - place]) }
    }
  }

  /// Gram–Schmidt twice; a vector that vanishes is replaced by a unit vector.
  static func orthonormalize(_ vectors: inout [[Double]]) {
    for index in vectors.indices {
      var vector = vectors[index]
      var candidate = 0
      while true {
        let before = norm(vector)
        for _ in 0..<2 {
          for other in vectors[..<index] { subtract(other, times: dot(other, vector), from: &vector) }
        }
        let after = norm(vector)
        if before > 0 && after > 1e-12 * before {
          vectors[index] = vector.map { $0 / after }
          break
        }
        vector = [Double](repeating: 0, count: vector.count)
        vector[candidate] = 1
        candidate += 1
      }
    }
  }

  private static func product(_ matrix: [Double], _ block: [[Double]], _ size: Int) -> [[Double]] {
    block.map { vector in
      [Double](unsafeUninitializedCapacity: size) { out, count in
        out.initialize(repeating: 0)
        matrix.withUnsafeBufferPointer { matrix in
          // Row by row: the matrix is symmetric, and this order needs no sum across a row.
          for row in 0..<size {
            let weight = vector[row]
            for column in 0..<size { out[column] += weight * matrix[row * size + column] }
          }
        }
        count = size
      }
    }
  }

  private static func innerProducts(_ left: [[Double]], _ right: [[Double]]) -> [Double] {
    let raw = left.map { a in right.map { b in dot(a, b) } }
    return left.indices.flatMap { i in right.indices.map { j in (raw[i][j] + raw[j][i]) / 2 } }
  }

  /// Σⱼ weights[i][j] block[j] for every i.
  private static func combined(_ block: [[Double]], _ weights: [[Double]]) -> [[Double]] {
    weights.map { weights in
      var sum = [Double](repeating: 0, count: block.first?.count ?? 0)
      for (weight, vector) in zip(weights, block) { subtract(vector, times: -weight, from: &sum) }
      return sum
    }
  }

  private static func oriented(_ vector: [Double]) -> [Double] {
    let extreme = vector.max { abs($0) < abs($1) } ?? 0
    return extreme < 0 ? vector.map { -$0 } : vector
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

  private static func subtract(_ vector: [Double], times factor: Double, from target: inout [Double]) {
    for index in target.indices { target[index] -= factor * vector[index] }
  }
}
