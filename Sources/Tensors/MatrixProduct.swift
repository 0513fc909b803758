extension Tensor {
  /// The matrix product, of this matrix or its transpose with another or its transpose.
  ///
  ///     Cᵢⱼ = Σₗ Aᵢₗ Bₗⱼ
  ///
  /// - Shapes: `[m, k]` and `[k, n]` (after transposition) give `[m, n]`.
  /// - Complexity: 2·m·k·n operations. Blocks of rows or columns of fixed size are shared among threads.
  public func matrixProduct(
    _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Tensor {
    let (a, b) = (detached, other.detached)
    let value = a.product(with: b, transposingSelf, transposingOther)
    return .recording(
      value,
      (
        self,
        { upstream in
          transposingSelf
            ? b.product(with: upstream, transposingOther, true) : upstream.product(with: b, false, !transposingOther)
        }
      ),
      (
        other,
        { upstream in
          transposingOther
            ? upstream.product(with: a, true, transposingSelf) : a.product(with: upstream, !transposingSelf, false)
        }
      ))
  }

  private func product(with other: Tensor, _ transposed: Bool, _ otherTransposed: Bool) -> Tensor {
    precondition(rank == 2 && other.rank == 2, "matrix product of shapes \(shape) and \(other.shape)")
    let (rows, depth) = transposed ? (shape[1], shape[0]) : (shape[0], shape[1])
    let (otherDepth, columns) = otherTransposed ? (other.shape[1], other.shape[0]) : (other.shape[0], other.shape[1])
    precondition(
      depth == otherDepth,
      "matrix product of shapes \(shape)\(transposed ? "ᵀ" : "") and \(other.shape)\(otherTransposed ? "ᵀ" : "")")
    let (a, b) = (storage.pointer, other.storage.pointer)
    let (aLeading, bLeading) = (shape[1], other.shape[1])
    return Tensor(uninitialized: [rows, columns]) { out in
      guard let out = out.baseAddress else { return }
      if depth == 0 { return out.update(repeating: 0, count: rows * columns) }
      let block = 256
      let byRows = rows >= columns
      let isSmall = rows * columns * depth < 1 << 18
      parallelRanges(byRows ? rows : columns, length: isSmall ? max(rows, columns, 1) : block) { range in
        let (r, c) = byRows ? (range, 0..<columns) : (0..<rows, range)
        BLAS.product(
          rows: r.count, columns: c.count, depth: depth,
          a + (transposed ? r.lowerBound : r.lowerBound * aLeading), aLeading, transposed: transposed,
          b + (otherTransposed ? c.lowerBound * bLeading : c.lowerBound), bLeading, transposed: otherTransposed,
          into: out + r.lowerBound * columns + c.lowerBound, columns)
      }
    }
  }
}
