internal import CKernels

extension Tensor {
  /// Every row replaced by the sum (or average) of all rows, each weighted by how near it lies.
  ///
  ///     yᵢ = Σⱼ exp(−‖xᵢ − xⱼ‖²) xⱼ
  ///
  /// The matrix of weights exists in tiles only. Distances are taken from matrix products of centred rows, and anew from
  /// the rows themselves where a product would have lost the digits: in Float the error is below 10⁻⁵ of the largest value,
  /// whatever the scale.
  ///
  /// - Parameter averaged: Divides by Σⱼ exp(−‖xᵢ − xⱼ‖²).
  /// - Shapes: `[n, d]` to the same. The result is a constant.
  /// - Complexity: 4·n²·d operations and n² exponentials; besides x and y, a few megabytes for each thread.
  package func weightedByNearness(averaged: Bool = false) -> Tensor {
    precondition(rank == 2, "rows of vectors, not shape \(shape)")
    let (rows, width) = (shape[0], shape[1])
    let values = detached
    let centred = values - values.mean(along: 0)
    let squares = centred.squaredNorm(along: -1)
    return Tensor(uninitialized: shape) { out in
      let out = Shared(out.baseAddress)
      parallelRanges(rows, length: rowsPerBlock) { block in
        guard let out = out.pointer else { return }
        let weights = Storage(uninitialized: block.count * columnsPerTile)
        var sums = [Double](repeating: 0, count: averaged ? block.count : 0)
        let target = out + block.lowerBound * width
        for start in stride(from: 0, to: rows, by: columnsPerTile) {
          let tile = start..<Swift.min(start + columnsPerTile, rows)
          sums.withUnsafeMutableBufferPointer { sums in
            centred.fill(weights.pointer, squares, block, tile, averaged ? sums.baseAddress : nil)
          }
          BLAS.product(
            rows: block.count, columns: width, depth: tile.count, weights.pointer, tile.count, transposed: false,
            values.storage.pointer + start * width, width, transposed: false, into: target, width,
            accumulating: start > 0)
        }
        for place in 0..<(averaged ? block.count * width : 0) { target[place] /= Scalar(sums[place / width]) }
      }
    }
  }

  /// Writes the weights between a block of rows and a tile of rows.
  private func fill(
    _ weights: UnsafeMutablePointer<Scalar>, _ squares: Tensor, _ block: Range<Int>, _ tile: Range<Int>,
    _ sums: UnsafeMutablePointer<Double>?
  ) {
    let width = shape[1]
    func vectors(_ range: Range<Int>) -> alu_vectors {
      alu_vectors(
        vectors: storage.pointer + range.lowerBound * width, squares: squares.storage.pointer + range.lowerBound,
        rows: range.count)
    }
    let (x, y) = (vectors(block), vectors(tile))
    BLAS.product(
      rows: block.count, columns: tile.count, depth: width, x.vectors, width, transposed: false, y.vectors, width,
      transposed: true, into: weights, tile.count)
    alu_similarity(x, y, width, weights, sums)
  }
}

/// How many rows one thread takes at a time.
private let rowsPerBlock = 256
/// How many rows they are compared with at a time: with the block's, weights that fit into a core's cache.
private let columnsPerTile = 1024
