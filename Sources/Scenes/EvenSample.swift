import Tensors

/// At most about 65 536 evenly spaced finite samples of the rows of a matrix that count, sorted.
struct EvenSample {
  let values: [Scalar]

  init(of matrix: Tensor, _ counts: (_ row: Int) -> Bool) {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let chosen = (0..<rows).filter(counts)
    let step = max(1, chosen.count * columns / 65_536)
    values = matrix.withUnsafeScalars { values in
      stride(from: 0, to: chosen.count * columns, by: step)
        .map { values[chosen[$0 / columns] * columns + $0 % columns] }
        .filter(\.isFinite).sorted()
    }
  }

  /// The middle sample; NaN without any.
  var median: Double { values.isEmpty ? .nan : Double(values[values.count / 2]) }

  /// The share of samples below 0.
  var negative: Double { values.isEmpty ? 0 : Double(values.prefix { $0 < 0 }.count) / Double(values.count) }
}
