import Tensors

extension Tensor {
  /// The rows of a matrix of nonnegative numbers divided by their sums, which are then 1.
  ///
  ///     sᵢₖ = (aᵢₖ + ε) / Σₗ (aᵢₗ + ε),   ε = 10⁻¹²
  ///
  /// For networks whose loss alone draws the sum of abundances to 1.
  ///
  /// - Shapes: `[n, k]` to the same.
  /// - Edge cases: equal shares where a row is zero.
  func sharesOfSum() -> Tensor {
    let guarded = self + 1e-12
    return guarded / guarded.sum(along: -1, keepingDimensions: true)
  }
}
