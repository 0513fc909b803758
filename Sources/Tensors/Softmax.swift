import CKernels

extension Tensor {
  /// Exponentials divided by their sum along an axis.
  ///
  ///     softmax(x)ₖ = exp(xₖ − m) / Σⱼ exp(xⱼ − m),   m = max x
  ///
  /// - Edge cases: Exact for any finite logits; equal logits give 1/K. A row of −∞ or with NaN gives NaN.
  public func softmax(along axis: Int = -1) -> Tensor {
    overLastAxis(axis) { rows in
      let value = rows.detached.mappedRows(alu_softmax, width: rows.shape[-1])
      return .recording(
        value,
        (
          rows,
          { upstream in
            let weighted = upstream * value
            return weighted - value * weighted.sum(along: -1, keepingDimensions: true)
          }
        ))
    }
  }

  /// The logarithm of ``softmax(along:)``, without leaving the logarithmic scale.
  public func logSoftmax(along axis: Int = -1) -> Tensor {
    overLastAxis(axis) { rows in
      let value = rows.detached.mappedRows(alu_log_softmax, width: rows.shape[-1])
      return .recording(
        value, (rows, { $0 - value.exp() * $0.sum(along: -1, keepingDimensions: true) }))
    }
  }

  /// log Σ exp along an axis. −∞ where every element is −∞.
  public func logSumExp(along axis: Int = -1, keepingDimensions: Bool = false) -> Tensor {
    let kept = shape.replacing(axis, with: 1)
    let last = shape.positive(axis) == rank - 1 ? self : swappingLast(with: axis)
    let width = last.shape[-1]
    let x = last.detached
    let value = x.mappedRows(alu_log_sum_exp, width: 1)
    let recorded = Tensor.recording(value, (last, { $0 * (x - value).exp() }))
    precondition(width > 0, "log-sum-exp along an axis without elements")
    let placed = shape.positive(axis) == rank - 1 ? recorded : recorded.swappingLast(with: axis)
    return keepingDimensions ? placed : placed.reshaped(to: kept.removing([shape.positive(axis)]))
  }

  private func overLastAxis(_ axis: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    shape.positive(axis) == rank - 1 ? body(self) : body(swappingLast(with: axis)).swappingLast(with: axis)
  }

  private func swappingLast(with axis: Int) -> Tensor {
    var order = Array(0..<rank)
    order.swapAt(shape.positive(axis), rank - 1)
    return permuted(order)
  }

  private typealias RowKernel = @convention(c) (UnsafePointer<Scalar>?, Int, Int, UnsafeMutablePointer<Scalar>?) -> Void

  private func mappedRows(_ kernel: RowKernel, width: Int) -> Tensor {
    let columns = shape[-1]
    precondition(columns > 0, "a softmax over no elements")
    let rows = count / columns
    let source = storage.pointer
    return Tensor(uninitialized: shape.replacing(-1, with: width)) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(rows, length: max(1, elementwiseChunk / columns)) { range in
        kernel(source + range.lowerBound * columns, range.count, columns, out + range.lowerBound * width)
      }
    }
  }
}
