internal import CKernels

extension Tensor {
  /// Every channel brought to mean 0 and variance 1 over all rows, scaled, shifted, and optionally cut off at 0.
  ///
  ///     y = γ (x − μ) / √(σ² + ε) + β,   μ, σ² the mean and the biased variance of the channel over all but the last axis
  ///
  /// Sums are accumulated in Double.
  ///
  /// - Parameters:
  ///   - scale: γ.
  ///   - offset: β.
  ///   - epsilon: ε, added to the variance.
  ///   - rectified: Applies max(·, 0) in the same pass. Its derivative at 0 is 0.
  /// - Returns: y, and the moments μ and σ² it used, as constants.
  /// - Shapes: self is `[…, channels]`, `scale`, `offset` and the moments are `[channels]`.
  /// - Edge cases: At least two values per channel are needed: a single one has no variance.
  /// - Source: Ioffe & Szegedy, *Batch normalization*, ICML 2015, Algorithm 1.
  public func batchNormalized(
    scale: Tensor, offset: Tensor, epsilon: Scalar = 1e-5, rectified: Bool = false
  ) -> (value: Tensor, mean: Tensor, variance: Tensor) {
    let channels = checkedChannels(scale, offset)
    let rows = count / max(channels, 1)
    precondition(rows > 1, "batch normalization needs more than one value per channel in training, not shape \(shape)")
    var mean = [Double](repeating: 0, count: channels)
    var variance = mean
    alu_channel_moments(storage.pointer, rows, channels, &mean, &variance)
    let frozen = Affine(self, scale, offset, mean, variance, epsilon, rectified)
    let x = detached
    let value = Tensor.recording(frozen.applied(to: x), from: [self, scale, offset]) { upstream, _ in
      let sums = frozen.sums(x, upstream)
      return [frozen.gradient(x, upstream, throughMoments: sums), sums.scale(frozen), sums.offset]
    }
    return (value, Tensor(mean.map { Scalar($0) }), Tensor(variance.map { Scalar($0) }))
  }

  /// Every channel shifted and scaled by moments known beforehand (those collected in training).
  ///
  ///     y = γ (x − μ) / √(σ² + ε) + β
  ///
  /// - Shapes: self is `[…, channels]`, all others `[channels]`. `mean` and `variance` are constants.
  public func normalized(
    mean: Tensor, variance: Tensor, scale: Tensor, offset: Tensor, epsilon: Scalar = 1e-5, rectified: Bool = false
  ) -> Tensor {
    let channels = checkedChannels(scale, offset)
    precondition(
      mean.count == channels && variance.count == channels,
      "moments of shapes \(mean.shape) and \(variance.shape) for \(channels) channels")
    let frozen = Affine(
      self, scale, offset, mean.scalars.map { Double($0) }, variance.scalars.map { Double($0) }, epsilon, rectified)
    let x = detached
    return .recording(frozen.applied(to: x), from: [self, scale, offset]) { upstream, isNeeded in
      let sums = isNeeded[1] || isNeeded[2] ? frozen.sums(x, upstream) : nil
      let dx = isNeeded[0] ? frozen.gradient(x, upstream, throughMoments: nil) : nil
      return [dx, sums?.scale(frozen), sums?.offset]
    }
  }

  private func checkedChannels(_ scale: Tensor, _ offset: Tensor) -> Int {
    precondition(rank > 0, "a single number has no channels")
    let channels = shape[-1]
    precondition(
      scale.shape == [channels] && offset.shape == [channels],
      "scale \(scale.shape) and offset \(offset.shape) for \(channels) channels")
    return channels
  }
}

/// The sums over rows that the derivatives need: Σ g and Σ g (x − μ).
private struct RowSums {
  var sum: [Double]
  var moment: [Double]

  var offset: Tensor { Tensor(sum.map { Scalar($0) }) }

  func scale(_ affine: Affine) -> Tensor {
    Tensor(zip(moment, affine.inverseDeviation).map { Scalar($0 * $1) })
  }
}

/// y = (x − mean) · scale + offset per channel, with what its derivative needs.
private struct Affine: Sendable {
  let rows: Int
  let mean: [Scalar]
  let scale: [Scalar]
  let offset: [Scalar]
  let inverseDeviation: [Double]
  let isRectified: Bool

  init(
    _ x: Tensor, _ scale: Tensor, _ offset: Tensor, _ mean: [Double], _ variance: [Double], _ epsilon: Scalar,
    _ rectified: Bool
  ) {
    rows = x.count / max(mean.count, 1)
    self.mean = mean.map { Scalar($0) }
    inverseDeviation = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
    self.scale = zip(scale.scalars, inverseDeviation).map { Scalar(Double($0) * $1) }
    self.offset = offset.scalars
    isRectified = rectified
  }

  func applied(to x: Tensor) -> Tensor {
    Tensor(uninitialized: x.shape) { out in
      withKernelArguments { alu_normalize(&$0, x.storage.pointer, out.baseAddress) }
    }
  }

  func sums(_ x: Tensor, _ upstream: Tensor) -> RowSums {
    var result = RowSums(sum: inverseDeviation, moment: inverseDeviation)
    withKernelArguments {
      alu_normalize_sums(&$0, x.storage.pointer, upstream.storage.pointer, &result.sum, &result.moment)
    }
    return result
  }

  /// With sums S = Σ g, Q = Σ g (x − μ) over N rows and s = γ/σ:  dx = s (g − S/N − (x − μ) Q/(N σ²)).
  func gradient(_ x: Tensor, _ upstream: Tensor, throughMoments sums: RowSums?) -> Tensor {
    let count = Double(rows)
    var slope = [Scalar](repeating: 0, count: scale.count)
    var level = slope
    if let sums {
      for j in scale.indices {
        slope[j] = Scalar(Double(scale[j]) * inverseDeviation[j] * inverseDeviation[j] * sums.moment[j] / count)
        level[j] = Scalar(Double(scale[j]) * sums.sum[j] / count)
      }
    }
    return Tensor(uninitialized: x.shape) { out in
      withKernelArguments {
        alu_normalize_gradient(&$0, x.storage.pointer, upstream.storage.pointer, slope, level, out.baseAddress)
      }
    }
  }

  private func withKernelArguments(_ body: (inout alu_normalization) -> Void) {
    mean.withUnsafeBufferPointer { mean in
      scale.withUnsafeBufferPointer { scale in
        offset.withUnsafeBufferPointer { offset in
          var arguments = alu_normalization(
            rows: rows, channels: self.scale.count, mean: mean.baseAddress, scale: scale.baseAddress,
            offset: offset.baseAddress, rectified: isRectified ? 1 : 0)
          body(&arguments)
        }
      }
    }
  }
}
