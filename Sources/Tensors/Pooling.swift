internal import CKernels

extension Tensor {
  /// The mean and the largest of the channels at every position, side by side.
  ///
  ///     y[…, 0] = (1/C) Σ x[…, c],   y[…, 1] = max x[…, c]
  ///
  /// The derivative of the maximum goes to the first channel that is largest. A NaN comes through both.
  ///
  /// - Shapes: `[…, channels]` gives `[…, 2]`.
  /// - Source: Woo et al., *CBAM: Convolutional block attention module*, ECCV 2018, §3 (the two maps of its Eq. 3).
  public func channelPooled() -> Tensor {
    precondition(rank > 0 && shape[-1] > 0, "pooling needs at least one channel, not shape \(shape)")
    let source = shape
    let channels = shape[-1]
    let rows = count / channels
    var positions = [Int32](repeating: 0, count: rows)
    let value = Tensor(uninitialized: shape.replacing(-1, with: 2)) { out in
      guard let mean = out.baseAddress else { return }
      alu_channel_pool(storage.pointer, rows, channels, mean, mean + 1, 2, &positions)
    }
    let chosen = positions
    return .recording(
      value,
      (
        self,
        { upstream in
          let flow = upstream.storage.pointer
          return Tensor(uninitialized: source) { out in
            alu_channel_pool_gradient(flow, flow + 1, 2, chosen, rows, channels, out.baseAddress)
          }
        }
      ))
  }

  /// The mean of the channels at every position: `[…, channels]` gives `[…, 1]`.
  public func channelMean() -> Tensor { mean(along: -1, keepingDimensions: true) }

  /// The largest of the channels at every position: `[…, channels]` gives `[…, 1]`.
  public func channelMaximum() -> Tensor { maximum(along: -1, keepingDimensions: true) }
}
