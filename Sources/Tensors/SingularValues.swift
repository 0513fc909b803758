extension Tensor {
  /// The thin singular value decomposition of a matrix.
  ///
  ///     A = U diag(s) Vᵀ,   UᵀU = VᵀV = 1,   s₁ ≥ s₂ ≥ … ≥ 0
  ///
  /// The signs, which the formula leaves open, are such that the largest component of every column of U is positive.
  ///
  /// - Shapes: `[m, n]` gives `u: [m, k]`, `s: [k]`, `vt: [k, n]`, k = min(m, n).
  /// - Edge cases: A NaN or infinity anywhere gives NaN throughout. The vectors of equal singular values are any basis
  ///   of their space, and have no derivative: only functions that do not depend on the choice do, and get the right
  ///   one here, as the terms between equal values are left out; so are those of zero values. The singular values
  ///   themselves always have the derivative ūᵢᵥᵢᵀ of one branch.
  /// - Source: Townsend, *Differentiating the Singular Value Decomposition* (2016).
  public func singularValueDecomposition() -> (u: Tensor, s: Tensor, vt: Tensor) {
    let (u, s, vt) = detached.thinDecomposition()
    let right = vt.transposed()
    let recordedU = Tensor.recording(u, (self, { .flowThroughVectors($0, u, s, right) }))
    let recordedV = Tensor.recording(
      vt, (self, { Tensor.flowThroughVectors($0.transposed(), right, s, u).transposed() }))
    let recordedS = Tensor.recording(s, (self, { (u * $0).matrixProduct(vt) }))
    return (recordedU, recordedS, recordedV)
  }

  /// The singular values in descending order; their sum is the nuclear norm, with derivative U Vᵀ.
  ///
  /// - Shapes: `[m, n]` gives `[min(m, n)]`.
  /// - Edge cases: Differentiable wherever the values are distinct and positive; elsewhere a subgradient is taken.
  public func singularValues() -> Tensor { singularValueDecomposition().s }

  /// ∂ℓ/∂A for ∂ℓ/∂U: U (F ∘ (UᵀŪ − ŪᵀU)) S Vᵀ + (1 − UUᵀ) Ū S⁻¹ Vᵀ, where Fᵢⱼ = 1/(sⱼ² − sᵢ²).
  private static func flowThroughVectors(_ flow: Tensor, _ u: Tensor, _ s: Tensor, _ v: Tensor) -> Tensor {
    let inner = u.matrixProduct(flow, transposingSelf: true)
    let turned = s.squared().reciprocalDifferences() * (inner - inner.transposed()) * s
    let values = s.scalars
    let inverse = Tensor(values.map { $0 > values[0] * Scalar.ulpOfOne ? 1 / $0 : 0 })
    let outside = (flow - u.matrixProduct(inner)) * inverse
    return (u.matrixProduct(turned) + outside).matrixProduct(v, transposingOther: true)
  }

  private func thinDecomposition() -> (u: Tensor, s: Tensor, vt: Tensor) {
    precondition(rank == 2, "singular values of shape \(shape)")
    let (rows, columns) = (shape[0], shape[1])
    let count = min(rows, columns)
    var (u, s, vt) = (Tensor.zeros([rows, count]), Tensor.zeros([count]), Tensor.zeros([count, columns]))
    if count == 0 { return (u, s, vt) }
    guard isFinite else { return (.nans(u.shape), .nans(s.shape), .nans(vt.shape)) }
    var work = self
    let outcome = work.withUnsafeMutablePointer { a in
      s.withUnsafeMutablePointer { values in
        u.withUnsafeMutablePointer { left in
          vt.withUnsafeMutablePointer { right in
            BLAS.singularValues(
              rows: rows, columns: columns, a, values: values, left: left, rightTransposed: right)
          }
        }
      }
    }
    guard outcome == 0 else { return (.nans(u.shape), .nans(s.shape), .nans(vt.shape)) }
    let signs = u.signsOfLargestInColumns()
    return (u * signs, s, vt * signs.expandingDimension(at: 1))
  }
}

extension Tensor {
  /// 1/(xⱼ − xᵢ) at [i, j], and 0 where the two agree up to rounding.
  func reciprocalDifferences() -> Tensor {
    let x = scalars
    let resolution = (x.map { abs($0) }.max() ?? 0) * Scalar.ulpOfOne * Scalar(x.count)
    return Tensor(
      [count, count],
      x.flatMap { own in x.map { other in abs(other - own) <= resolution ? 0 : 1 / (other - own) } })
  }

  /// +1 or −1 for every column: the sign of its component of largest magnitude (the first of equals).
  func signsOfLargestInColumns() -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let numbers = scalars
    return Tensor(
      (0..<columns).map { column in
        let largest = (0..<rows).reduce(Scalar(0)) { largest, row in
          let number = numbers[row * columns + column]
          // Components that differ by rounding alone must not decide differently.
          return abs(number) > abs(largest) * 1.0001 ? number : largest
        }
        return largest < 0 ? -1 : 1
      })
  }

  /// Whether no element is a NaN or an infinity.
  package var isFinite: Bool { withUnsafeScalars { $0.allSatisfy { $0.isFinite } } }

  static func nans(_ shape: Shape) -> Tensor { Tensor(repeating: .nan, shape) }

  /// Lends a pointer to the numbers for writing.
  mutating func withUnsafeMutablePointer<Result>(_ body: (UnsafeMutablePointer<Scalar>) -> Result) -> Result {
    withUnsafeMutableScalars { _ in }
    defer { withExtendedLifetime(storage) {} }
    return body(storage.pointer)
  }
}
