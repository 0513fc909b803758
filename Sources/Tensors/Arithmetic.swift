import CKernels

typealias BinaryKernel =
  @convention(c) (
    UnsafePointer<Scalar>?, Int, UnsafePointer<Scalar>?, Int, UnsafeMutablePointer<Scalar>?, Int
  ) -> Void

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
      left.combined(with: right, by: alu_subtract), (left, { $0.reduced(to: a) }), (right, { (-$0).reduced(to: b) }))
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
      (left, { ($0 / b).reduced(to: a.shape) }), (right, { (-$0 * quotient / b).reduced(to: b.shape) }))
  }

  /// Elementwise negation.
  public static prefix func - (operand: Tensor) -> Tensor {
    recording(operand.mapped(alu_negate), (operand, { -$0 }))
  }

  /// The larger of two numbers, elementwise and broadcasting; where they are equal the derivative goes to `self`.
  public func maximum(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    let own = a.combined(with: b, by: alu_is_at_least)
    return Tensor.recording(
      a.combined(with: b, by: alu_maximum),
      (self, { ($0 * own).reduced(to: a.shape) }), (other, { ($0 * (1 - own)).reduced(to: b.shape) }))
  }

  /// The smaller of two numbers, elementwise and broadcasting; where they are equal the derivative goes to `self`.
  public func minimum(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    let foreign = a.combined(with: b, by: alu_is_above)
    return Tensor.recording(
      a.combined(with: b, by: alu_minimum),
      (self, { ($0 * (1 - foreign)).reduced(to: a.shape) }), (other, { ($0 * foreign).reduced(to: b.shape) }))
  }
}

extension Tensor {
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Scalar) -> Tensor { left + Tensor(right) }
  /// Adds a number to every element.
  public static func + (left: Scalar, right: Tensor) -> Tensor { Tensor(left) + right }
  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Scalar) -> Tensor { left - Tensor(right) }
  /// Subtracts every element from a number.
  public static func - (left: Scalar, right: Tensor) -> Tensor { Tensor(left) - right }
  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Scalar) -> Tensor { left * Tensor(right) }
  /// Multiplies every element by a number.
  public static func * (left: Scalar, right: Tensor) -> Tensor { Tensor(left) * right }
  /// Divides every element by a number.
  public static func / (left: Tensor, right: Scalar) -> Tensor { left / Tensor(right) }
  /// Divides a number by every element.
  public static func / (left: Scalar, right: Tensor) -> Tensor { Tensor(left) / right }
  /// The larger of every element and a number.
  public func maximum(with other: Scalar) -> Tensor { maximum(with: Tensor(other)) }
  /// The smaller of every element and a number.
  public func minimum(with other: Scalar) -> Tensor { minimum(with: Tensor(other)) }

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

  /// Applies a kernel to every pair of elements, broadcasting.
  func combined(with other: Tensor, by kernel: BinaryKernel) -> Tensor {
    if shape == other.shape { return combinedRuns(other, shape, kernel, runs: 1, strides: (1, 1)) }
    if other.count == 1, other.rank <= rank { return combinedRuns(other, shape, kernel, runs: 1, strides: (1, 0)) }
    if count == 1, rank <= other.rank { return combinedRuns(other, other.shape, kernel, runs: 1, strides: (0, 1)) }
    let plan = BroadcastPlan(shape, other.shape)
    let (a, b) = (storage.pointer, other.storage.pointer)
    return Tensor(uninitialized: plan.shape) { out in
      guard let out = out.baseAddress, plan.shape.count > 0 else { return }
      plan.forEachRun { run, offsets in
        kernel(a + offsets.0, plan.innerStrides.0, b + offsets.1, plan.innerStrides.1, out + run * plan.inner, plan.inner)
      }
    }
  }

  private func combinedRuns(
    _ other: Tensor, _ shape: Shape, _ kernel: BinaryKernel, runs: Int, strides: (Int, Int)
  ) -> Tensor {
    let (a, b) = (storage.pointer, other.storage.pointer)
    return Tensor(uninitialized: shape) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(shape.count, length: elementwiseChunk) { range in
        let start = range.lowerBound
        kernel(a + start * strides.0, strides.0, b + start * strides.1, strides.1, out + start, range.count)
      }
    }
  }
}

/// How many elements one thread takes at a time: enough to outweigh waking it.
let elementwiseChunk = 1 << 16

/// How to walk two broadcast operands: runs of `inner` elements with strides 0 or 1, and the offset of every run.
struct BroadcastPlan {
  let shape: Shape
  let inner: Int
  let innerStrides: (Int, Int)
  private let outer: [(extent: Int, strides: (Int, Int))]

  init(_ a: Shape, _ b: Shape) {
    let shape = a.broadcast(with: b)
    var axes: [(extent: Int, strides: (Int, Int))] = []
    for axis in 0..<shape.rank {
      let stride = { (operand: Shape) -> Int in
        let own = axis - (shape.rank - operand.rank)
        guard own >= 0, operand.dimensions[own] > 1 else { return 0 }
        return operand.dimensions[(own + 1)...].reduce(1, *)
      }
      let next = (shape.dimensions[axis], (stride(a), stride(b)))
      if next.0 == 1 { continue }
      // Two axes walk as one where both operands step over the inner one without a gap.
      if let last = axes.last, last.strides == (next.1.0 * next.0, next.1.1 * next.0) {
        axes[axes.count - 1] = (last.extent * next.0, next.1)
      } else {
        axes.append(next)
      }
    }
    self.shape = shape
    let innermost = axes.popLast() ?? (1, (0, 0))
    inner = innermost.extent
    innerStrides = innermost.strides
    outer = axes
  }

  func forEachRun(_ body: (_ run: Int, _ offsets: (Int, Int)) -> Void) {
    var index = [Int](repeating: 0, count: outer.count)
    var offsets = (0, 0)
    let runs = outer.reduce(1) { $0 * $1.extent }
    for run in 0..<runs {
      body(run, offsets)
      var axis = outer.count - 1
      while axis >= 0 {
        index[axis] += 1
        offsets.0 += outer[axis].strides.0
        offsets.1 += outer[axis].strides.1
        if index[axis] < outer[axis].extent { break }
        offsets.0 -= outer[axis].strides.0 * outer[axis].extent
        offsets.1 -= outer[axis].strides.1 * outer[axis].extent
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
