internal import CKernels

/// What a convolution sees outside the image.
public enum Padding: Sendable, Hashable {
  /// Zeros; the result has the size of the image.
  case zero
  /// The image mirrored at its outermost rows and columns, which are not repeated; the result has its size.
  case reflect
  /// Nothing: the result is smaller than the image, by the kernel less one.
  case none
}

extension Tensor {
  /// The convolution of images with a kernel (without turning the kernel, as networks mean it), stride 1.
  ///
  ///     y[n,i,j,o] = bias[o] + Σ x[n, i + p − ⌊(P−1)/2⌋, j + q − ⌊(Q−1)/2⌋, c] · kernel[p,q,c,o]
  ///
  /// Kernels of 3×3 and 5×5 go through cyclic convolutions of length n = 4, 6, 8 or 12, at whose frequencies a convolution
  /// is a matrix product over channels: for each pair of channels a 3×3 kernel on a padded 5×5 patch takes 52
  /// multiplications in place of 225, a 5×5 kernel on a large image 3.3 for each output in place of 25. Rounding in Float,
  /// with standard normal images of 64 channels and weights of variance 1/576: root mean square 2·10⁻⁷, largest 10⁻⁶ of
  /// the result's standard deviation, no more than the plain sum's (in Double 10⁻¹⁵ and 10⁻¹⁴). Other kernels, and few
  /// channels, are summed tap by tap.
  ///
  /// - Parameters:
  ///   - kernel: Weights.
  ///   - bias: Added to every position, if there is one.
  ///   - padding: What lies outside the image.
  /// - Shapes: self is `[batch, height, width, inputs]`, `kernel` `[P, Q, inputs, outputs]`, `bias` `[outputs]`; the result is
  ///   `[batch, height, width, outputs]`, with height less P − 1 and width less Q − 1 if `padding` is `.none`.
  /// - Edge cases: ``Padding/reflect`` needs more rows and columns than it mirrors.
  /// - Complexity: 2·batch·height·width·P·Q·inputs·outputs operations, for 3×3 about a quarter of it, for 5×5 a seventh.
  ///   Rows of up to 768 tiles are kept meanwhile: at most twice the memory of image and result, channels rounded up to 16.
  /// - Source: Mathieu, Henaff & LeCun, *Fast training of convolutional networks through FFTs*, ICLR 2014; complex products
  ///   by three real ones after Gauss, as in Zlateski et al., *The anatomy of efficient FFT and Winograd convolutions on
  ///   modern CPUs*, ICS 2019.
  public func convolved(with kernel: Tensor, bias: Tensor? = nil, padding: Padding = .zero) -> Tensor {
    precondition(
      rank == 4 && kernel.rank == 4 && shape[3] == kernel.shape[2],
      "convolution of images of shape \(shape) with a kernel [rows, columns, inputs, outputs] of \(kernel.shape)")
    precondition(
      bias == nil || bias?.shape == [kernel.shape[3]],
      "a bias of shape \(bias?.shape ?? []) for a kernel of shape \(kernel.shape)")
    if padding == .reflect {
      let (rows, columns) = (kernel.shape[0], kernel.shape[1])
      return reflectionPadded(
        top: (rows - 1) / 2, bottom: rows / 2, left: (columns - 1) / 2, right: columns / 2
      ).convolved(with: kernel, bias: bias, padding: .none)
    }
    if kernel.shape[0] == 1 && kernel.shape[1] == 1 { return mixingChannels(by: kernel, bias) }
    return slidingProduct(kernel, bias, ConvolutionShape(shape, kernel.shape, padding))
  }

  /// A 1×1 convolution is a matrix product.
  private func mixingChannels(by kernel: Tensor, _ bias: Tensor?) -> Tensor {
    let (inputs, outputs) = (kernel.shape[2], kernel.shape[3])
    let positions = shape[0] * shape[1] * shape[2]
    let product = reshaped(to: [positions, inputs]).matrixProduct(kernel.reshaped(to: [inputs, outputs]))
    let shifted = bias.map { product + $0 } ?? product
    return shifted.reshaped(to: [shape[0], shape[1], shape[2], outputs])
  }

  private func slidingProduct(_ kernel: Tensor, _ bias: Tensor?, _ geometry: ConvolutionShape) -> Tensor {
    let (x, weights) = (detached, kernel.detached)
    var c = geometry.c
    let value = Tensor(uninitialized: geometry.result) { out in
      alu_convolve(&c, x.storage.pointer, weights.storage.pointer, bias?.storage.pointer, out.baseAddress)
    }
    let parents = [self, kernel] + (bias.map { [$0] } ?? [])
    return .recording(value, from: parents) { upstream, isNeeded in
      let (dx, dkernel) = geometry.gradients(x, weights, upstream, isNeeded)
      if isNeeded.count == 2 { return [dx, dkernel] }
      return [dx, dkernel, isNeeded[2] ? upstream.reduced(to: [weights.shape[3]]) : nil]
    }
  }

  /// Images with a mirrored frame around them; the outermost rows and columns are not repeated.
  ///
  /// - Shapes: `[batch, height, width, channels]` grows by `top + bottom` and `left + right`.
  /// - Edge cases: A frame must be thinner than the image.
  public func reflectionPadded(top: Int, bottom: Int, left: Int, right: Int) -> Tensor {
    precondition(rank == 4, "images of shape [batch, height, width, channels], not \(shape)")
    precondition(
      max(top, bottom) < shape[1] && max(left, right) < shape[2] && min(top, bottom, left, right) >= 0,
      "a frame of \([top, bottom, left, right]) cannot mirror images of \(shape[1])×\(shape[2])")
    return mirrored(along: 1, before: top, after: bottom).mirrored(along: 2, before: left, after: right)
  }

  private func mirrored(along axis: Int, before: Int, after: Int) -> Tensor {
    if before == 0 && after == 0 { return self }
    let extent = shape[axis]
    let sources = (-before..<extent + after).map { $0 < 0 ? -$0 : ($0 < extent ? $0 : 2 * (extent - 1) - $0) }
    let source = shape
    return .recording(
      detached.selected(sources, along: axis),
      (self, { $0.gathered(from: sources, into: source, along: axis) }))
  }

  /// The slices at `positions` of an axis, one after the other.
  private func selected(_ positions: [Int], along axis: Int) -> Tensor {
    let (outer, middle, inner) = shape.split(around: axis)
    return Tensor(uninitialized: shape.replacing(axis, with: positions.count)) { out in
      guard let target = out.baseAddress else { return }
      for o in 0..<outer {
        for (place, position) in positions.enumerated() {
          (target + (o * positions.count + place) * inner)
            .update(from: storage.pointer + (o * middle + position) * inner, count: inner)
        }
      }
    }
  }

  /// The transpose of ``selected(_:along:)``: slices added up where they came from.
  private func gathered(from positions: [Int], into target: Shape, along axis: Int) -> Tensor {
    let (outer, middle, inner) = target.split(around: axis)
    var result = Tensor.zeros(target)
    result.withUnsafeMutableScalars { out in
      guard let sums = out.baseAddress else { return }
      for o in 0..<outer {
        for (place, position) in positions.enumerated() {
          alu_accumulate(
            sums + (o * middle + position) * inner, storage.pointer + (o * positions.count + place) * inner, inner)
        }
      }
    }
    return result
  }
}

/// The extents of a convolution, as the kernels take them.
private struct ConvolutionShape: Sendable {
  let c: alu_convolution
  let result: Shape

  init(_ image: Shape, _ kernel: Shape, _ padding: Padding) {
    let (rows, columns) = (kernel[0], kernel[1])
    let shrinks = padding == .none
    let (height, width) = shrinks ? (image[1] - rows + 1, image[2] - columns + 1) : (image[1], image[2])
    precondition(
      rows > 0 && columns > 0 && height > 0 && width > 0,
      "a kernel of \(rows)×\(columns) does not fit into images of \(image[1])×\(image[2])")
    c = alu_convolution(
      batch: image[0], height: image[1], width: image[2], inputs: image[3],
      kernel_height: rows, kernel_width: columns, outputs: kernel[3],
      top: shrinks ? 0 : (rows - 1) / 2, left: shrinks ? 0 : (columns - 1) / 2,
      result_height: height, result_width: width)
    result = [image[0], height, width, kernel[3]]
  }
  func gradients(
    _ x: Tensor, _ kernel: Tensor, _ upstream: Tensor, _ isNeeded: [Bool]
  ) -> (x: Tensor?, kernel: Tensor?) {
    var shape = c
    let dx = isNeeded[0] ? Tensor(x.shape, Storage(uninitialized: x.count)) : nil
    let dkernel = isNeeded[1] ? Tensor(kernel.shape, Storage(uninitialized: kernel.count)) : nil
    alu_convolve_gradients(
      &shape, x.storage.pointer, kernel.storage.pointer, upstream.storage.pointer, dx?.storage.pointer,
      dkernel?.storage.pointer)
    return (dx, dkernel)
  }
}
