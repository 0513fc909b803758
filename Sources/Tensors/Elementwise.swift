import CKernels

typealias UnaryKernel = @convention(c) (UnsafePointer<Scalar>?, UnsafeMutablePointer<Scalar>?, Int) -> Void

extension Tensor {
  /// e to the power of every element.
  public func exp() -> Tensor {
    let value = detached.mapped(alu_exp)
    return .recording(value, (self, { $0 * value }))
  }

  /// The natural logarithm; −∞ at 0 and NaN below.
  public func log() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_log), (self, { $0 / x }))
  }

  /// log(1 + x), with all its digits near 0.
  public func log1p() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_log1p), (self, { $0 / (1 + x) }))
  }

  /// eˣ − 1, with all its digits near 0.
  public func expm1() -> Tensor {
    let value = detached.mapped(alu_expm1)
    return .recording(value, (self, { $0 * (1 + value) }))
  }

  /// The square root. The derivative at 0 is infinite.
  public func sqrt() -> Tensor {
    let value = detached.mapped(alu_sqrt)
    return .recording(value, (self, { $0 / (2 * value) }))
  }

  /// x².
  public func squared() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_square), (self, { 2 * $0 * x }))
  }

  /// |x|. The derivative at 0 is 0.
  public func absolute() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_absolute), (self, { $0 * x.mapped(alu_sign) }))
  }

  /// 1/x.
  public func reciprocal() -> Tensor {
    let value = detached.mapped(alu_reciprocal)
    return .recording(value, (self, { -$0 * value.squared() }))
  }

  /// x raised to a constant power.
  public func power(_ exponent: Scalar) -> Tensor {
    let x = detached
    let value = x.mappedRanges { alu_power($0, exponent, $1, $2) }
    return .recording(value, (self, { $0 * exponent * x.power(exponent - 1) }))
  }

  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor {
    let value = detached.mapped(alu_sigmoid)
    return .recording(value, (self, { $0 * value * (1 - value) }))
  }

  /// log(1 + eˣ): positive, and x itself for large x.
  public func softplus() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_softplus), (self, { $0 * x.mapped(alu_sigmoid) }))
  }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor {
    let value = detached.mapped(alu_tanh)
    return .recording(value, (self, { $0 * (1 - value.squared()) }))
  }

  /// max(x, 0). The derivative at 0 is 0.
  public func relu() -> Tensor {
    let value = detached.mapped(alu_relu)
    return .recording(value, (self, { $0 * value.mapped(alu_sign) }))
  }

  /// x for positive x, `slope`·x for the rest.
  public func leakyReLU(slope: Scalar = 0.01) -> Tensor {
    let x = detached
    let factor = x.combined(with: .zeros([]), by: alu_is_above) * (1 - slope) + slope
    return .recording(x * factor, (self, { $0 * factor }))
  }

  /// The nearest number within bounds. The derivative is 0 outside them.
  public func clamped(from least: Scalar = -.infinity, to most: Scalar = .infinity) -> Tensor {
    precondition(least <= most, "bounds \(least) … \(most)")
    let x = detached
    let value = x.mappedRanges { alu_clamp($0, least, most, $1, $2) }
    return .recording(value, (self, { $0 * x.mappedRanges { alu_is_within($0, least, most, $1, $2) } }))
  }

  /// The angle of the point (x, y) from the x axis, in (−π, π], where `self` is y. Shapes must agree.
  ///
  ///     ∂/∂y = x / (x² + y²),   ∂/∂x = −y / (x² + y²)
  public func atan2(x other: Tensor) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
    let (y, x) = (detached, other.detached)
    let value = Tensor(uninitialized: shape) { out in
      alu_atan2(y.storage.pointer, x.storage.pointer, out.baseAddress, y.count)
    }
    let squares = y.squared() + x.squared()
    return .recording(value, (self, { $0 * x / squares }), (other, { -$0 * y / squares }))
  }

  /// Applies a kernel to every element.
  func mapped(_ kernel: UnaryKernel) -> Tensor {
    mappedRanges { kernel($0, $1, $2) }
  }

  /// Applies `kernel(source, target, count)` to ranges of elements.
  func mappedRanges(
    _ kernel: (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void
  ) -> Tensor {
    let source = UnsafePointer(storage.pointer)
    return Tensor(uninitialized: shape) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(count, length: elementwiseChunk) { range in
        kernel(source + range.lowerBound, out + range.lowerBound, range.count)
      }
    }
  }
}
