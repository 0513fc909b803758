import Tensors

/// One product of a convolution: places in the image, the kernel and the result.
private struct Term {
  let x: Int
  let kernel: Int
  let result: Int
}

/// Visits every product of the convolution, straight from its definition; mirrored positions are looked up one by one.
private func forEachTerm(_ x: Shape, _ kernel: Shape, _ padding: Padding, _ body: (Term) -> Void) -> Shape {
  let (rows, columns, inputs, outputs) = (kernel[0], kernel[1], kernel[2], kernel[3])
  let (height, width) = padding == .none ? (x[1] - rows + 1, x[2] - columns + 1) : (x[1], x[2])
  let (top, left) = padding == .none ? (0, 0) : ((rows - 1) / 2, (columns - 1) / 2)
  let place = { (position: Int, extent: Int) -> Int? in
    if position >= 0 && position < extent { return position }
    if padding == .zero { return nil }
    return position < 0 ? -position : 2 * (extent - 1) - position
  }
  for n in 0..<x[0] {
    for i in 0..<height {
      for j in 0..<width {
        for p in 0..<rows {
          for q in 0..<columns {
            guard let row = place(i + p - top, x[1]), let column = place(j + q - left, x[2]) else { continue }
            let source = ((n * x[1] + row) * x[2] + column) * inputs
            let target = ((n * height + i) * width + j) * outputs
            for c in 0..<inputs {
              let weights = ((p * columns + q) * inputs + c) * outputs
              for o in 0..<outputs { body(Term(x: source + c, kernel: weights + o, result: target + o)) }
            }
          }
        }
      }
    }
  }
  return [x[0], height, width, outputs]
}

/// The convolution in Double, not rounded.
func slidingSum(_ x: Tensor, _ kernel: Tensor, _ bias: Tensor, _ padding: Padding) -> [Double] {
  let (image, weights) = (x.scalars.map { Double($0) }, kernel.scalars.map { Double($0) })
  let shifts = bias.scalars
  let shape = forEachTerm(Shape([0] + x.shape.dimensions.dropFirst()), kernel.shape, padding) { _ in }
  let positions = x.shape[0] * shape[1] * shape[2]
  var sums = (0..<positions * shifts.count).map { Double(shifts[$0 % shifts.count]) }
  sums.withUnsafeMutableBufferPointer { sums in
    image.withUnsafeBufferPointer { image in
      weights.withUnsafeBufferPointer { weights in
        _ = forEachTerm(x.shape, kernel.shape, padding) { sums[$0.result] += image[$0.x] * weights[$0.kernel] }
      }
    }
  }
  return sums
}

/// The convolution, summed in Double and rounded once.
func slidingSum(_ x: Tensor, _ kernel: Tensor, _ bias: Tensor, _ padding: Padding) -> Tensor {
  let shape = forEachTerm(Shape([0] + x.shape.dimensions.dropFirst()), kernel.shape, padding) { _ in }
  let sums: [Double] = slidingSum(x, kernel, bias, padding)
  return Tensor([x.shape[0], shape[1], shape[2], shape[3]], sums.map { Scalar($0) })
}

/// The derivatives of Σ upstream · convolution with respect to image, kernel and bias, summed in Double.
func slidingSumGradient(_ x: Tensor, _ kernel: Tensor, _ upstream: Tensor, _ padding: Padding) -> [Tensor] {
  let (image, weights) = (x.scalars.map { Double($0) }, kernel.scalars.map { Double($0) })
  let flow = upstream.scalars.map { Double($0) }
  var dx = [Double](repeating: 0, count: image.count)
  var dkernel = [Double](repeating: 0, count: weights.count)
  var dbias = [Double](repeating: 0, count: kernel.shape[3])
  for (place, value) in flow.enumerated() { dbias[place % dbias.count] += value }
  dx.withUnsafeMutableBufferPointer { dx in
    dkernel.withUnsafeMutableBufferPointer { dkernel in
      image.withUnsafeBufferPointer { image in
        weights.withUnsafeBufferPointer { weights in
          flow.withUnsafeBufferPointer { flow in
            _ = forEachTerm(x.shape, kernel.shape, padding) { term in
              dx[term.x] += weights[term.kernel] * flow[term.result]
              dkernel[term.kernel] += image[term.x] * flow[term.result]
            }
          }
        }
      }
    }
  }
  return [
    Tensor(x.shape, dx.map { Scalar($0) }), Tensor(kernel.shape, dkernel.map { Scalar($0) }),
    Tensor(dbias.map { Scalar($0) }),
  ]
}
