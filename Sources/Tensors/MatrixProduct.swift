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
    let (a, b) = (storage, other.storage)
    let (aLeading, bLeading) = (shape[1], other.shape[1])
    /// Multiplies a range of rows with a range of columns, summing over a range of the depth.
    @Sendable func multiply(
      _ rows: Range<Int>, _ columns: Range<Int>, _ depth: Range<Int>, _ out: UnsafeMutablePointer<Scalar>,
      _ leading: Int
    ) {
      let (r, c, d) = (rows.lowerBound, columns.lowerBound, depth.lowerBound)
      BLAS.product(
        rows: rows.count, columns: columns.count, depth: depth.count,
        a.pointer + (transposed ? d * aLeading + r : r * aLeading + d), aLeading, transposed: transposed,
        b.pointer + (otherTransposed ? c * bLeading + d : d * bLeading + c), bLeading, transposed: otherTransposed,
        into: out, leading)
    }
    if depth >= 2 * deepBlock, rows * columns <= 1 << 17 {
      return .sumOfPieces(depth, [rows, columns]) { range, out in multiply(0..<rows, 0..<columns, range, out, columns) }
    }
    return Tensor(uninitialized: [rows, columns]) { out in
      if depth == 0 { return out.update(repeating: 0) }
      let out = Shared(out.baseAddress)
      let byRows = rows >= columns
      let isSmall = rows * columns * depth < 1 << 18
      parallelRanges(byRows ? rows : columns, length: isSmall ? max(rows, columns, 1) : wideBlock) { range in
        guard let out = out.pointer else { return }
        let (r, c) = byRows ? (range, 0..<columns) : (0..<rows, range)
        multiply(r, c, 0..<depth, out + r.lowerBound * columns + c.lowerBound, columns)
      }
    }
  }

  /// The sum of what `body` writes for pieces of a long range, at most eight, which threads share; added in order.
  private static func sumOfPieces(
    _ count: Int, _ shape: Shape,
    _ body: @Sendable (_ range: Range<Int>, _ out: UnsafeMutablePointer<Scalar>) -> Void
  ) -> Tensor {
    let length = max(deepBlock, (count + 7) / 8)
    var pieces = (0..<(count + length - 1) / length).map { _ in Storage(uninitialized: shape.count) }
    parallelRanges(count, length: length) { [pieces] range in body(range, pieces[range.lowerBound / length].pointer) }
    // The first piece becomes the sum, so nothing else may hold it, or it would be copied.
    var total = Tensor(shape, pieces.removeFirst())
    for piece in pieces { total.accumulate(Tensor(shape, piece)) }
    return total
  }
}

/// How many rows or columns of a product one thread takes at a time.
private let wideBlock = 256
/// How many terms of long sums one thread takes at a time.
private let deepBlock = 2048
