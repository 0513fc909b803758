import Tensors

/// Numbers without pattern, the same in every run: a Weyl sequence over an interval.
///
/// - Parameter salt: Tensors with different salts are unrelated.
package func irregular(_ shape: Shape, in interval: ClosedRange<Scalar> = -2...2, salt: Int = 0) -> Tensor {
  let width = interval.upperBound - interval.lowerBound
  return Tensor(
    shape,
    (0..<shape.count).map { index in
      let product = Double(index + 1) * 0.618_033_988_749_894_9 + Double(salt) * 0.754_877_666_246_692_7
      return interval.lowerBound + width * Scalar(product - product.rounded(.down))
    })
}

extension Tensor {
  /// All numbers in row-major order, in Double.
  package var doubles: [Double] { scalars.map { Double($0) } }
}
