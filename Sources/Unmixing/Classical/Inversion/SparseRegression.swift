import Tensors

/// Nonnegative regression on a library by the alternating direction method of multipliers.
///
///     minimise ½‖A M − Y‖² + φ(A)  subject to  A ≥ 0 (and rows of A that sum to one),  split as U = A:
///
///     A ← argmin ½‖A M − Y‖² + μ/2 ‖A − U − D‖²       (a linear map; on the plane of rows that sum to one)
///     U ← the proximal point of φ/μ and U ≥ 0 at A − D
///     D ← D − (A − U)
///
/// Every ten rounds the primal residual ‖A − U‖ and the dual one, ‖U − U_before‖, are compared: μ is doubled or halved when
/// one is more than ten times the other, and the rounds end when both are below the tolerance times ‖U‖.
///
/// - Shapes: M `[endmembers, bands]`, Y `[pixels, bands]`, A `[pixels, endmembers]`.
/// - Complexity: O(pixels · endmembers²) a round.
/// - Source: Bioucas-Dias and Figueiredo, *Alternating direction algorithms for constrained sparse regression*, WHISPERS
///   2010, Algorithm 1; Boyd et al., *Distributed optimization and statistical learning via the alternating direction
///   method of multipliers*, 2011, §3.3 and §3.4.1.
struct SparseRegression: Sendable {
  /// What φ is, and with it the proximal point under U ≥ 0.
  enum Shrinkage: Sendable {
    /// φ = Σ |aₙₖ|: every entry less the threshold, or 0.
    case entries
    /// φ = Σₖ ‖(a₁ₖ … a_Nₖ)‖: every endmember's map shortened by the threshold, or 0.
    case maps
  }

  /// When the rounds end.
  struct Limits: Sendable {
    /// The most rounds.
    var rounds: Int
    /// What both residuals are to be below, relative to ‖U‖.
    var tolerance: Double
  }

  private let count: Int
  private let eigenvalues: [Double]
  private let vectors: [[Double]]
  /// The μ to begin with.
  let firstPenalty: Double

  /// A regression on endmembers with these inner products, `[count, count]`.
  init(gram: [Double], count: Int) {
    self.count = count
    (eigenvalues, vectors) = SymmetricMatrix(gram, size: count).eigenpairs()
    // Between the well and the badly determined directions: the mean eigenvalue is that of the former alone.
    let mean = eigenvalues.reduce(0, +) / Double(count)
    firstPenalty = max(1e-2 * mean, .leastNormalMagnitude)
  }

  /// The abundances U after the last round, for inner products Y Mᵀ, `[pixels, count]`.
  ///
  /// - Parameter check: Told the number of finished rounds; what it throws ends the work.
  func solve(
    _ products: Tensor, weight: Double, shrinkage: Shrinkage, sumToOne: Bool, limits: Limits,
    check: (_ round: Int) throws -> Void
  ) rethrows -> Tensor {
    var penalty = firstPenalty
    var step = Step(self, penalty, sumToOne)
    var dual = Tensor.zeros(products.shape)
    var split = step.abundances(products, dual, dual).relu()
    for round in 1...max(1, limits.rounds) {
      let abundances = step.abundances(products, split, dual)
      let before = split
      split = (abundances - dual).relu()
      Self.shrink(&split, by: Scalar(weight / penalty), shrinkage)
      dual = dual - abundances + split
      try check(round)
      guard round % 10 == 0 else { continue }
      let (primal, dualResidual, size) = (
        Self.norm(abundances - split), Self.norm(split - before), Self.norm(split)
      )
      if max(primal, dualResidual) <= limits.tolerance * size { break }
      if primal > 10 * dualResidual {
        step = rescaled(&penalty, &dual, by: 2, sumToOne)
      } else if dualResidual > 10 * primal {
        step = rescaled(&penalty, &dual, by: 0.5, sumToOne)
      }
    }
    return split
  }

  private func rescaled(_ penalty: inout Double, _ dual: inout Tensor, by factor: Double, _ sumToOne: Bool) -> Step {
    penalty *= factor
    dual = dual * Scalar(1 / factor)
    return Step(self, penalty, sumToOne)
  }

  private static func shrink(_ split: inout Tensor, by threshold: Scalar, _ shrinkage: Shrinkage) {
    switch shrinkage {
    case .entries: if threshold > 0 { split = (split - threshold).relu() }
    case .maps:
      let lengths = split.norm(along: 0)
      let factors = lengths.scalars.map { $0 > threshold ? 1 - threshold / $0 : 0 }
      split = split * Tensor(factors)
    }
  }

  static func norm(_ tensor: Tensor) -> Double {
    tensor.withUnsafeScalars { values in
      var sum = 0.0
      for value in values { sum += Double(value) * Double(value) }
      return sum.squareRoot()
    }
  }

  /// The A-step at one penalty: (Y Mᵀ + μ (U + D)) F, F = (G + μ 1)⁻¹, moved to the plane of sums along F1.
  private struct Step {
    private let penalty: Scalar
    private let inverse: Tensor
    /// F1 / 1ᵀF1
    private let direction: Tensor?

    init(_ regression: SparseRegression, _ penalty: Double, _ sumToOne: Bool) {
      self.penalty = Scalar(penalty)
      inverse = regression.inverse(raisedBy: penalty)
      let sums = inverse.sum(along: -1)
      direction = sumToOne ? sums / sums.sum() : nil
    }

    func abundances(_ products: Tensor, _ split: Tensor, _ dual: Tensor) -> Tensor {
      let free = (products + (split + dual) * penalty).matrixProduct(inverse)
      guard let direction else { return free }
      return free + (1 - free.sum(along: -1, keepingDimensions: true)) * direction
    }
  }

  /// (G + number · 1)⁻¹
  func inverse(raisedBy number: Double) -> Tensor {
    var inverse = [Double](repeating: 0, count: count * count)
    for (value, vector) in zip(eigenvalues, vectors) {
      let weight = 1 / (max(value, 0) + number)
      for row in 0..<count {
        let part = weight * vector[row]
        for column in 0..<count { inverse[row * count + column] += part * vector[column] }
      }
    }
    return Tensor([count, count], inverse.map { Scalar($0) })
  }
}
