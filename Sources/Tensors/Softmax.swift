internal import CKernels

extension Tensor {
  /// Exponentials divided by their sum along an axis.
  ///
  ///     softmax(x)ₖ = exp(xₖ − m) / Σⱼ exp(xⱼ − m),   m = max x
  ///
  /// - Edge cases: Exact for any finite logits; equal logits give 1/K. A logit of −∞ gets 0. Rows without a finite
  ///   logit, with +∞ or with NaN have no softmax: NaN throughout.
  public func softmax(along axis: Int = -1) -> Tensor {
    overLastAxis(axis) { rows in
      let value = rows.mappedRows(alu_softmax, width: rows.shape[-1])
      return .recording(value, (rows, { value.pairedRows(with: $0, alu_softmax_slope) }))
    }
  }

  /// The logarithm of ``softmax(along:)``, without leaving the logarithmic scale; the same edge cases, −∞ for 0.
  public func logSoftmax(along axis: Int = -1) -> Tensor {
    overLastAxis(axis) { rows in
      let value = rows.mappedRows(alu_log_softmax, width: rows.shape[-1])
      return .recording(value, (rows, { value.pairedRows(with: $0, alu_log_softmax_slope) }))
    }
  }

  /// log Σ exp along an axis.
  ///
  /// - Edge cases: −∞ where every element is −∞, with derivative 0. +∞ where an element is +∞; the elements that are
  ///   share the derivative. NaN where one is NaN.
  public func logSumExp(along axis: Int = -1, keepingDimensions: Bool = false) -> Tensor {
    let axis = shape.positive(axis)
    let kept = overLastAxis(axis) { rows in
      let x = rows.detached
      let value = rows.mappedRows(alu_log_sum_exp, width: 1)
      return .recording(
        value,
        (
          rows,
          { flow in
            Tensor(uninitialized: x.shape) { out in
              alu_log_sum_exp_slope(
                x.storage.pointer, value.storage.pointer, flow.storage.pointer, value.count, x.shape[-1],
                out.baseAddress)
            }
          }
        ))
    }
    return keepingDimensions ? kept : kept.squeezed(at: axis)
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
  private typealias RowPairKernel =
    @convention(c) (UnsafePointer<Scalar>?, UnsafePointer<Scalar>?, Int, Int, UnsafeMutablePointer<Scalar>?) -> Void

  /// Applies a kernel to every row along the last axis, which becomes `width` long.
  private func mappedRows(_ kernel: RowKernel, width: Int) -> Tensor {
    let columns = shape[-1]
    precondition(columns > 0, "a softmax over no elements: shape \(shape)")
    let source = storage.pointer
    return Tensor(uninitialized: shape.replacing(-1, with: width)) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(count / columns, length: max(1, softmaxChunk / columns)) { range in
        kernel(source + range.lowerBound * columns, range.count, columns, out + range.lowerBound * width)
      }
    }
  }

  /// Applies a kernel to every row of two tensors of one shape.
  private func pairedRows(with other: Tensor, _ kernel: RowPairKernel) -> Tensor {
    let columns = shape[-1]
    let (a, b) = (storage.pointer, other.storage.pointer)
    return Tensor(uninitialized: shape) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(count / columns, length: max(1, softmaxChunk / columns)) { range in
        let start = range.lowerBound * columns
        kernel(a + start, b + start, range.count, columns, out + start)
      }
    }
  }
}

/// How many exponentials one thread takes at a time.
private let softmaxChunk = 1 << 15
