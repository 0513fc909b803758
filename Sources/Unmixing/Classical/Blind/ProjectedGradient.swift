/// A differentiable function of non-negative numbers.
package protocol DescentObjective {
  /// How many numbers it is a function of.
  var count: Int { get }
  /// Its value.
  func value(at point: UnsafePointer<Double>) -> Double
  /// Its derivatives.
  func gradient(at point: UnsafePointer<Double>, into slope: UnsafeMutablePointer<Double>)
}

/// Projected gradient descent over non-negative numbers, with a step length found by backtracking.
///
///     x ← max(x − α ∇f(x), 0),   f(new) − f(x) ≤ 0.01 ⟨∇f(x), new − x⟩
///
/// α is divided by 10 until that holds, or multiplied by 10 as long as it holds and lowers f further. It ends when the norm
/// of the projected gradient (∇f where x > 0 or ∇f < 0, else 0) is `tolerance` of what it was at first, after 100 steps,
/// or when no step lowers f; so f never grows.
///
/// - Source: Lin, *Projected gradient methods for nonnegative matrix factorization*, Neural Computation 19, 2007,
///   Algorithm 4.
package struct ProjectedGradient: Sendable {
  /// The share of the projected gradient's first norm at which it ends.
  let tolerance: Double

  /// Descent to a share of the first gradient.
  package init(tolerance: Double) { self.tolerance = tolerance }

  private static let mostSteps = 100
  private static let mostTrials = 20

  /// Lowers an objective from a point, which becomes the result.
  package func descend(_ point: UnsafeMutablePointer<Double>, _ objective: some DescentObjective) {
    let count = objective.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * count) { scratch in
      guard let slope = scratch.baseAddress else { return }
      let (best, trial) = (slope + count, slope + 2 * count)
      var (height, step, first) = (objective.value(at: point), 1.0, 0.0)
      for round in 0..<Self.mostSteps {
        objective.gradient(at: point, into: slope)
        let projected = Self.projectedNorm(slope, at: point, count)
        if round == 0 { first = projected }
        if projected == 0 || (round > 0 && projected <= tolerance * first) { break }
        guard let reached = search(point, height, slope, &step, best, trial, objective) else { break }
        point.update(from: best, count: count)
        height = reached
      }
    }
  }

  private static func projectedNorm(
    _ slope: UnsafePointer<Double>, at point: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sum = 0.0
    for index in 0..<count where point[index] > 0 || slope[index] < 0 { sum += slope[index] * slope[index] }
    return sum.squareRoot()
  }

  /// Finds `best` and returns its value; `nil` when no step lowers the objective.
  private func search(
    _ point: UnsafePointer<Double>, _ height: Double, _ slope: UnsafePointer<Double>, _ step: inout Double,
    _ best: UnsafeMutablePointer<Double>, _ trial: UnsafeMutablePointer<Double>, _ objective: some DescentObjective
  ) -> Double? {
    let count = objective.count
    /// The value after a step, if that is low enough.
    func reached(_ step: Double) -> Double? {
      var promised = 0.0
      for index in 0..<count {
        trial[index] = max(point[index] - step * slope[index], 0)
        promised += slope[index] * (trial[index] - point[index])
      }
      let value = objective.value(at: trial)
      return promised < 0 && value - height <= 0.01 * promised ? value : nil
    }
    for _ in 0..<Self.mostTrials {
      guard var lowest = reached(step) else {
        step /= 10
        continue
      }
      best.update(from: trial, count: count)
      for _ in 0..<Self.mostTrials {
        guard let further = reached(step * 10), further < lowest else { break }
        (lowest, step) = (further, step * 10)
        best.update(from: trial, count: count)
      }
      return lowest
    }
    return nil
  }
}

/// ½ aᵀG a − hᵀa + c ‖w ∘ a‖₂: a pixel's reconstruction error, with a group penalty.
package struct PixelObjective: DescentObjective {
  package let count: Int
  /// G, `[count, count]`.
  let gram: UnsafePointer<Double>
  /// h.
  let right: UnsafePointer<Double>
  /// c.
  let groupWeight: Double
  /// w.
  let weights: UnsafePointer<Double>

  /// The objective of one pixel; what the pointers lead to must outlive it.
  package init(
    count: Int, gram: UnsafePointer<Double>, right: UnsafePointer<Double>, groupWeight: Double,
    weights: UnsafePointer<Double>
  ) {
    (self.count, self.gram, self.right, self.groupWeight, self.weights) = (count, gram, right, groupWeight, weights)
  }

  package func value(at point: UnsafePointer<Double>) -> Double {
    var sum = groupWeight * norm(point)
    for k in 0..<count { sum += point[k] * (0.5 * product(point, k) - right[k]) }
    return sum
  }

  package func gradient(at point: UnsafePointer<Double>, into slope: UnsafeMutablePointer<Double>) {
    let pull = groupWeight / max(norm(point), 1e-12)
    for k in 0..<count {
      slope[k] = product(point, k) - right[k] + pull * weights[k] * weights[k] * point[k]
    }
  }

  private func norm(_ point: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for k in 0..<count { sum += weights[k] * weights[k] * point[k] * point[k] }
    return sum.squareRoot()
  }

  private func product(_ point: UnsafePointer<Double>, _ row: Int) -> Double {
    var sum = 0.0
    for k in 0..<count { sum += gram[row * count + k] * point[k] }
    return sum
  }
}

/// ½ Tr(Mᵀ G M) − Tr(PᵀM): the reconstruction error as a function of the endmembers `[endmembers, bands]`.
package struct EndmemberObjective: DescentObjective {
  /// G = AᵀA.
  let gram: [Double]
  /// P = AᵀY.
  let products: [Double]
  let endmembers: Int

  /// The objective of `endmembers` rows.
  package init(gram: [Double], products: [Double], endmembers: Int) {
    (self.gram, self.products, self.endmembers) = (gram, products, endmembers)
  }

  package var count: Int { products.count }
  private var bands: Int { products.count / endmembers }

  package func value(at point: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for i in 0..<endmembers {
      for j in 0..<endmembers {
        let factor = 0.5 * gram[i * endmembers + j]
        for band in 0..<bands { sum += factor * point[i * bands + band] * point[j * bands + band] }
      }
    }
    for index in products.indices { sum -= products[index] * point[index] }
    return sum
  }

  package func gradient(at point: UnsafePointer<Double>, into slope: UnsafeMutablePointer<Double>) {
    for index in products.indices { slope[index] = -products[index] }
    for i in 0..<endmembers {
      for j in 0..<endmembers {
        let factor = gram[i * endmembers + j]
        for band in 0..<bands { slope[i * bands + band] += factor * point[j * bands + band] }
      }
    }
  }
}
