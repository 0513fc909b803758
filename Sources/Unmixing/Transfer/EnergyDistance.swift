import Tensors

/// The energy distance of two samples of spectra: 0 for samples of one distribution, on average, and larger otherwise.
///
///     D = 2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖
///
/// with independent X, X′ of the first and Y, Y′ of the second distribution; a spectrum is not compared with itself.
///
/// - Shapes: `[n, bands]` and `[m, bands]`. No more than `most` spectra of each are looked at, evenly spaced.
/// - Edge cases: of fewer than two spectra nothing is known; the distance is then 0. Estimates of small distances may be
///   slightly negative.
/// - Complexity: O(most² · bands).
/// - Source: Székely & Rizzo (2013), *Energy statistics: a class of statistics based on distances*, J. Stat. Plan. Inference
///   143.
public func energyDistance(_ first: Tensor, _ second: Tensor, most: Int = 600) -> Double {
  precondition(
    first.rank == 2 && second.rank == 2 && first.shape[1] == second.shape[1],
    "spectra of shapes \(first.shape) and \(second.shape)")
  let (x, y) = (first.evenRows(most), second.evenRows(most))
  guard x.shape[0] > 1, y.shape[0] > 1 else { return 0 }
  return 2 * meanDistance(x, y) - meanDistance(x, nil) - meanDistance(y, nil)
}

/// The mean distance of all pairs, of one sample's spectra without themselves where there is no other.
private func meanDistance(_ x: Tensor, _ other: Tensor?) -> Double {
  let y = other ?? x
  let (n, m, bands) = (x.shape[0], y.shape[0], x.shape[1])
  let sum = x.withUnsafeScalars { x in
    y.withUnsafeScalars { y in
      var sum = 0.0
      for i in 0..<n {
        for j in 0..<m where other != nil || j != i {
          var squares: Scalar = 0
          for band in 0..<bands {
            let difference = x[i * bands + band] - y[j * bands + band]
            squares += difference * difference
          }
          sum += Double(squares).squareRoot()
        }
      }
      return sum
    }
  }
  return sum / (Double(n) * Double(other == nil ? m - 1 : m))
}

extension Tensor {
  /// At most so many rows, evenly spaced.
  func evenRows(_ most: Int) -> Tensor {
    let count = shape[0]
    if count <= most { return self }
    return gatheringRows((0..<most).map { $0 * count / most })
  }
}
