internal import CKernels

typealias BinaryKernel =
  @convention(c) (
    UnsafePointer<Scalar>?, Int, Int, UnsafePointer<Scalar>?, Int, Int, UnsafeMutablePointer<Scalar>?, Int, Int
  ) -> Void

/// How many elements one thread takes at a time: enough to outweigh waking it.
let elementwiseChunk = 1 << 16

extension Tensor {
  /// Applies a kernel to every pair of elements, broadcasting. The result has no history.
  func combined(with other: Tensor, by kernel: BinaryKernel) -> Tensor {
    let (a, b) = (UnsafePointer(storage.pointer), UnsafePointer(other.storage.pointer))
    if shape == other.shape { return .combined(shape, a, 1, b, 1, kernel) }
    if other.count == 1, other.rank <= rank { return .combined(shape, a, 1, b, 0, kernel) }
    if count == 1, rank <= other.rank { return .combined(other.shape, a, 0, b, 1, kernel) }
    let plan = BroadcastPlan(shape, other.shape)
    return Tensor(uninitialized: plan.shape) { out in
      guard let out = out.baseAddress, plan.shape.count > 0 else { return }
      let (row, step) = (plan.rowStrides, plan.innerStrides)
      plan.forEachBlock { block, offsets in
        let start = block * plan.rows * plan.inner
        parallelRanges(plan.rows, length: max(1, elementwiseChunk / plan.inner)) { range in
          let first = range.lowerBound
          kernel(
            a + offsets.0 + first * row.0, row.0, step.0, b + offsets.1 + first * row.1, row.1, step.1,
            out + start + first * plan.inner, range.count, plan.inner)
        }
      }
    }
  }

  /// Applies a kernel to every element and one number.
  func combined(with other: Scalar, by kernel: BinaryKernel) -> Tensor {
    withUnsafePointer(to: other) { .combined(shape, storage.pointer, 1, $0, 0, kernel) }
  }

  /// Applies a kernel to one number and every element.
  static func combined(_ number: Scalar, with other: Tensor, by kernel: BinaryKernel) -> Tensor {
    withUnsafePointer(to: number) { .combined(other.shape, $0, 0, other.storage.pointer, 1, kernel) }
  }

  private static func combined(
    _ shape: Shape, _ a: UnsafePointer<Scalar>, _ aStep: Int, _ b: UnsafePointer<Scalar>, _ bStep: Int,
    _ kernel: BinaryKernel
  ) -> Tensor {
    Tensor(uninitialized: shape) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(shape.count, length: elementwiseChunk) { range in
        let start = range.lowerBound
        kernel(a + start * aStep, 0, aStep, b + start * bStep, 0, bStep, out + start, 1, range.count)
      }
    }
  }
}

/// How to walk two broadcast operands: blocks of `rows` rows of `inner` elements.
///
/// Inside a row an operand steps by 0 or 1, from row to row by a fixed stride; blocks start at offsets of their own.
struct BroadcastPlan {
  let shape: Shape
  let inner: Int
  let innerStrides: (Int, Int)
  let rows: Int
  let rowStrides: (Int, Int)
  private let outer: [(extent: Int, strides: (Int, Int))]

  init(_ a: Shape, _ b: Shape) {
    let shape = a.broadcast(with: b)
    let (aStrides, bStrides) = (a.broadcastStrides(rank: shape.rank), b.broadcastStrides(rank: shape.rank))
    var axes: [(extent: Int, strides: (Int, Int))] = []
    for axis in 0..<shape.rank where shape.dimensions[axis] != 1 {
      let (extent, strides) = (shape.dimensions[axis], (aStrides[axis], bStrides[axis]))
      // Two axes walk as one where both operands step over the inner one without a gap.
      if let last = axes.last, last.strides == (strides.0 * extent, strides.1 * extent) {
        axes[axes.count - 1] = (last.extent * extent, strides)
      } else {
        axes.append((extent, strides))
      }
    }
    self.shape = shape
    (inner, innerStrides) = axes.popLast() ?? (1, (0, 0))
    (rows, rowStrides) = axes.popLast() ?? (1, (0, 0))
    outer = axes
  }

  /// Calls `body` with the number of every block and where it starts in both operands.
  func forEachBlock(_ body: (_ block: Int, _ offsets: (Int, Int)) -> Void) {
    var index = [Int](repeating: 0, count: outer.count)
    var offsets = (0, 0)
    for block in 0..<outer.reduce(1, { $0 * $1.extent }) {
      body(block, offsets)
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

extension Shape {
  /// The step along every axis of a broadcast result of the given rank: 0 where this shape is stretched.
  fileprivate func broadcastStrides(rank: Int) -> [Int] {
    var result = [Int](repeating: 0, count: rank)
    var stride = 1
    for axis in 0..<self.rank {
      let extent = dimensions[self.rank - 1 - axis]
      result[rank - 1 - axis] = extent == 1 ? 0 : stride
      stride *= extent
    }
    return result
  }
}
