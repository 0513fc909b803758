internal import CKernels

typealias UnaryKernel = @convention(c) (UnsafePointer<Scalar>?, UnsafeMutablePointer<Scalar>?, Int) -> Void

extension Tensor {
  /// e to the power of every element.
  public func exp() -> Tensor { elementwise(alu_exp, slopeOfValue: alu_multiply) }

  /// The natural logarithm; −∞ at 0 and NaN below.
  public func log() -> Tensor { elementwise(alu_log, slopeOfArgument: alu_divide) }

  /// log(1 + x), with all its digits near 0.
  public func log1p() -> Tensor { elementwise(alu_log1p, slopeOfArgument: alu_log1p_slope_of_argument) }

  /// eˣ − 1, with all its digits near 0.
  public func expm1() -> Tensor { elementwise(alu_expm1, slopeOfValue: alu_expm1_slope_of_value) }

  /// The square root. The derivative at 0 is infinite.
  public func sqrt() -> Tensor { elementwise(alu_sqrt, slopeOfValue: alu_sqrt_slope_of_value) }

  /// x².
  public func squared() -> Tensor { elementwise(alu_square, slopeOfArgument: alu_square_slope_of_argument) }

  /// |x|. The derivative at 0 is 0.
  public func absolute() -> Tensor { elementwise(alu_absolute, slopeOfArgument: alu_absolute_slope_of_argument) }

  /// 1/x.
  public func reciprocal() -> Tensor { elementwise(alu_reciprocal, slopeOfValue: alu_reciprocal_slope_of_value) }

  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor { elementwise(alu_sigmoid, slopeOfValue: alu_sigmoid_slope_of_value) }

  /// log(1 + eˣ): positive, and x itself for large x.
  public func softplus() -> Tensor { elementwise(alu_softplus, slopeOfArgument: alu_softplus_slope_of_argument) }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor { elementwise(alu_tanh, slopeOfValue: alu_tanh_slope_of_value) }

  /// max(x, 0). The derivative at 0 is 0.
  public func relu() -> Tensor { elementwise(alu_relu, slopeOfValue: alu_relu_slope_of_value) }

  /// x for positive x, `slope`·x for the rest. The derivative at 0 is `slope`.
  public func leakyReLU(slope: Scalar = 0.01) -> Tensor {
    let x = detached
    return .recording(
      mappedRanges { alu_leaky($0, slope, $1, $2) },
      (self, { flow in flow.pairedRanges(with: x) { alu_leaky_slope($0, $1, slope, $2, $3) } }))
  }

  /// x raised to a constant power. The zeroth power is 1 everywhere, with derivative 0.
  public func power(_ exponent: Scalar) -> Tensor {
    let x = detached
    return .recording(
      mappedRanges { alu_power($0, exponent, $1, $2) },
      (self, { exponent == 0 ? .zeros(x.shape) : $0 * exponent * x.power(exponent - 1) }))
  }

  /// The nearest number within bounds. The derivative is 0 outside them. A NaN stays one.
  public func clamped(from least: Scalar = -.infinity, to most: Scalar = .infinity) -> Tensor {
    precondition(least <= most, "bounds \(least) … \(most)")
    let x = detached
    return .recording(
      mappedRanges { alu_clamp($0, least, most, $1, $2) },
      (self, { $0 * x.mappedRanges { alu_is_within($0, least, most, $1, $2) } }))
  }

  /// The angle of the point (x, y) from the x axis, in [−π, π], where `self` is y. Shapes must agree.
  ///
  ///     ∂/∂y = x / (x² + y²),   ∂/∂x = −y / (x² + y²)
  ///
  /// - Edge cases: The angle of the origin is 0 (or ±π, by the signs of its zeros, as in C), and its derivatives are NaN.
  public func atan2(x other: Tensor) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
    let (y, x) = (detached, other.detached)
    let value = y.pairedRanges(with: x) { alu_atan2($0, $1, $2, $3) }
    return .recording(
      value, (self, { $0 * x / (y.squared() + x.squared()) }), (other, { -$0 * y / (y.squared() + x.squared()) }))
  }
}

extension Tensor {
  /// A function whose pullback is a kernel of the upstream derivative and the function's value.
  private func elementwise(_ kernel: UnaryKernel, slopeOfValue slope: @escaping BinaryKernel) -> Tensor {
    let value = mapped(kernel)
    return .recording(value, (self, { $0.combined(with: value, by: slope) }))
  }

  /// A function whose pullback is a kernel of the upstream derivative and the function's argument.
  private func elementwise(_ kernel: UnaryKernel, slopeOfArgument slope: @escaping BinaryKernel) -> Tensor {
    let argument = detached
    return .recording(mapped(kernel), (self, { $0.combined(with: argument, by: slope) }))
  }

  /// Applies a kernel to every element.
  func mapped(_ kernel: UnaryKernel) -> Tensor {
    mappedRanges { kernel($0, $1, $2) }
  }

  /// Applies `kernel(source, target, count)` to ranges of elements.
  func mappedRanges(
    _ kernel: @Sendable (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void
  ) -> Tensor {
    let source = storage
    return Tensor(uninitialized: shape) { out in
      let out = Shared(out.baseAddress)
      parallelRanges(count, length: elementwiseChunk) { range in
        guard let out = out.pointer else { return }
        kernel(source.pointer + range.lowerBound, out + range.lowerBound, range.count)
      }
    }
  }

  /// Applies `kernel(source, other, target, count)` to ranges of elements of two tensors of one shape.
  private func pairedRanges(
    with other: Tensor,
    _ kernel: @Sendable (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void
  ) -> Tensor {
    let (a, b) = (storage, other.storage)
    return Tensor(uninitialized: shape) { out in
      let out = Shared(out.baseAddress)
      parallelRanges(count, length: elementwiseChunk) { range in
        guard let out = out.pointer else { return }
        let start = range.lowerBound
        kernel(a.pointer + start, b.pointer + start, out + start, range.count)
      }
    }
  }
}
