internal import CKernels

extension Tensor {
  /// Elementwise sum, broadcasting.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    let (a, b) = (left.shape, right.shape)
    return recording(
      left.combined(with: right, by: alu_add), (left, { $0.reduced(to: a) }), (right, { $0.reduced(to: b) }))
  }

  /// Elementwise difference, broadcasting.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    let (a, b) = (left.shape, right.shape)
    return recording(
      left.combined(with: right, by: alu_subtract), (left, { $0.reduced(to: a) }), (right, { -$0.reduced(to: b) }))
  }

  /// Elementwise product, broadcasting.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    let (a, b) = (left.detached, right.detached)
    return recording(
      a.combined(with: b, by: alu_multiply),
      (left, { ($0 * b).reduced(to: a.shape) }), (right, { ($0 * a).reduced(to: b.shape) }))
  }

  /// Elementwise quotient, broadcasting. Division by zero gives an infinity or NaN, as in IEEE 754.
  public static func / (left: Tensor, right: Tensor) -> Tensor {
    let (a, b) = (left.detached, right.detached)
    let quotient = a.combined(with: b, by: alu_divide)
    return recording(
      quotient,
      (left, { ($0 / b).reduced(to: a.shape) }), (right, { -($0 * quotient / b).reduced(to: b.shape) }))
  }

  /// Elementwise negation.
  public static prefix func - (operand: Tensor) -> Tensor {
    recording(operand.mapped(alu_negate), (operand, { -$0 }))
  }

  /// The larger of two numbers, elementwise and broadcasting; where they are equal the derivative goes to `self`.
  public func maximum(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    return Tensor.recording(
      a.combined(with: b, by: alu_maximum),
      (self, { ($0 * a.combined(with: b, by: alu_is_at_least)).reduced(to: a.shape) }),
      (other, { ($0 * (1 - a.combined(with: b, by: alu_is_at_least))).reduced(to: b.shape) }))
  }

  /// The smaller of two numbers, elementwise and broadcasting; where they are equal the derivative goes to `self`.
  public func minimum(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    return Tensor.recording(
      a.combined(with: b, by: alu_minimum),
      (self, { ($0 * (1 - a.combined(with: b, by: alu_is_above))).reduced(to: a.shape) }),
      (other, { ($0 * a.combined(with: b, by: alu_is_above)).reduced(to: b.shape) }))
  }
}

extension Tensor {
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Scalar) -> Tensor {
    recording(left.combined(with: right, by: alu_add), (left, { $0 }))
  }

  /// Adds a number to every element.
  public static func + (left: Scalar, right: Tensor) -> Tensor { right + left }

  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Scalar) -> Tensor {
    recording(left.combined(with: right, by: alu_subtract), (left, { $0 }))
  }

  /// Subtracts every element from a number.
  public static func - (left: Scalar, right: Tensor) -> Tensor {
    recording(combined(left, with: right, by: alu_subtract), (right, { -$0 }))
  }

  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Scalar) -> Tensor {
    recording(left.combined(with: right, by: alu_multiply), (left, { $0 * right }))
  }

  /// Multiplies every element by a number.
  public static func * (left: Scalar, right: Tensor) -> Tensor { right * left }

  /// Divides every element by a number.
  public static func / (left: Tensor, right: Scalar) -> Tensor {
    recording(left.combined(with: right, by: alu_divide), (left, { $0 / right }))
  }

  /// Divides a number by every element.
  public static func / (left: Scalar, right: Tensor) -> Tensor {
    let x = right.detached
    let quotient = combined(left, with: x, by: alu_divide)
    return recording(quotient, (right, { -($0 * quotient / x) }))
  }

  /// The larger of every element and a number; where they are equal the derivative is 1.
  public func maximum(with other: Scalar) -> Tensor {
    let x = detached
    return Tensor.recording(
      x.combined(with: other, by: alu_maximum), (self, { $0 * x.combined(with: other, by: alu_is_at_least) }))
  }

  /// The smaller of every element and a number; where they are equal the derivative is 1.
  public func minimum(with other: Scalar) -> Tensor {
    let x = detached
    return Tensor.recording(
      x.combined(with: other, by: alu_minimum), (self, { $0 * Tensor.combined(other, with: x, by: alu_is_at_least) }))
  }

  /// Adds a number to every element of `left`.
  public static func += (left: inout Tensor, right: Scalar) { left = left + right }
  /// Subtracts a number from every element of `left`.
  public static func -= (left: inout Tensor, right: Scalar) { left = left - right }
  /// Multiplies every element of `left` by a number.
  public static func *= (left: inout Tensor, right: Scalar) { left = left * right }
  /// Divides every element of `left` by a number.
  public static func /= (left: inout Tensor, right: Scalar) { left = left / right }
  /// Replaces `left` by the sum.
  public static func += (left: inout Tensor, right: Tensor) { left = left + right }
  /// Replaces `left` by the difference.
  public static func -= (left: inout Tensor, right: Tensor) { left = left - right }
  /// Replaces `left` by the product.
  public static func *= (left: inout Tensor, right: Tensor) { left = left * right }
  /// Replaces `left` by the quotient.
  public static func /= (left: inout Tensor, right: Tensor) { left = left / right }
}

extension Tensor {
  /// Adds numbers of the same shape in place, without history.
  mutating func accumulate(_ other: Tensor) {
    precondition(shape == other.shape, "a gradient of shape \(other.shape) for a tensor of shape \(shape)")
    let count = count
    withUnsafeMutableScalars { own in
      other.withUnsafeScalars { alu_accumulate(own.baseAddress, $0.baseAddress, count) }
    }
  }
}
