internal import CKernels

extension Tensor {
  /// The sum of all elements, of shape `[]`, accumulated in Double.
  public func sum() -> Tensor {
    let shape = shape
    return .recording(
      summed(outer: 1, middle: count, inner: 1, to: []), (self, { $0.broadcast(to: shape) }))
  }

  /// The mean of all elements, of shape `[]`; NaN if there are none.
  public func mean() -> Tensor { sum() / Scalar(count) }

  /// The sum along axes, accumulated in Double.
  ///
  /// - Parameter keepingDimensions: Leaves the axes in place with extent 1.
  public func sum(along axes: Int..., keepingDimensions: Bool = false) -> Tensor {
    sum(along: axes, keepingDimensions: keepingDimensions)
  }

  /// The mean along axes.
  public func mean(along axes: Int..., keepingDimensions: Bool = false) -> Tensor {
    let extent = axes.reduce(1) { $0 * shape[$1] }
    return sum(along: axes, keepingDimensions: keepingDimensions) / Scalar(extent)
  }

  /// The mean squared distance from the mean along axes (divided by the count, not the count less one).
  public func variance(along axes: Int..., keepingDimensions: Bool = false) -> Tensor {
    let extent = Scalar(axes.reduce(1) { $0 * shape[$1] })
    let mean = sum(along: axes, keepingDimensions: true) / extent
    return (self - mean).squared().sum(along: axes, keepingDimensions: keepingDimensions) / extent
  }

  /// Σ x² along axes.
  public func squaredNorm(along axes: Int..., keepingDimensions: Bool = false) -> Tensor {
    squared().sum(along: axes, keepingDimensions: keepingDimensions)
  }

  /// √(Σ x²) along axes. The derivative at a zero vector is taken as 0, the subgradient of least length.
  public func norm(along axes: Int..., keepingDimensions: Bool = false) -> Tensor {
    let x = detached
    let kept = x.squared().sum(along: axes, keepingDimensions: true).sqrt()
    let value = keepingDimensions ? kept : kept.reshaped(to: shape.removing(Set(axes.map { shape.positive($0) })))
    return .recording(
      value,
      (
        self,
        { upstream in
          let isZero = Tensor.combined(0, with: kept, by: alu_is_at_least)
          return x * (upstream.reshaped(to: kept.shape) / (kept + isZero))
        }
      ))
  }

  /// The sum along axes, for a list of them.
  ///
  /// Sums are accumulated in Double and rounded once for every run of neighbouring axes. No axes: the tensor itself.
  public func sum(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    let source = shape
    let reduced = Set(axes.map { source.positive($0) })
    precondition(reduced.count == axes.count, "axes \(axes) name one axis twice")
    var value = detached
    var end = source.rank
    while end > 0 {
      guard reduced.contains(end - 1) else {
        end -= 1
        continue
      }
      let start = (0..<end).reversed().prefix { reduced.contains($0) }.last ?? end
      let outer = source.dimensions[..<start].reduce(1, *)
      let middle = source.dimensions[start..<end].reduce(1, *)
      var left = value.shape.dimensions
      left.replaceSubrange(start..<end, with: repeatElement(1, count: end - start))
      let inner = left[end...].reduce(1, *)
      value = value.summed(outer: outer, middle: middle, inner: inner, to: Shape(left))
      end = start
    }
    let kept = value.shape
    let final = keepingDimensions ? kept : kept.removing(reduced)
    return .recording(
      value.reshaped(to: final), (self, { $0.reshaped(to: kept).broadcast(to: source) }))
  }

  /// The largest element along an axis; its derivative goes to the first that is largest. A NaN comes through.
  public func maximum(along axis: Int, keepingDimensions: Bool = false) -> Tensor {
    let source = shape
    let (outer, middle, inner) = source.split(around: axis)
    precondition(middle > 0, "the maximum along an axis without elements")
    let kept = source.replacing(axis, with: 1)
    let final = keepingDimensions ? kept : kept.removing([source.positive(axis)])
    var value = Tensor.zeros([])
    let chosen = [Int32](unsafeUninitializedCapacity: outer * inner) { positions, count in
      value = Tensor(uninitialized: final) { out in
        alu_max_middle(storage.pointer, outer, middle, inner, out.baseAddress, positions.baseAddress)
      }
      count = outer * inner
    }
    return .recording(
      value,
      (
        self,
        { upstream in
          var result = Tensor.zeros(source)
          result.withUnsafeMutableScalars { out in
            upstream.withUnsafeScalars { flow in
              for place in 0..<outer * inner {
                let (o, i) = (place / inner, place % inner)
                out[(o * middle + Int(chosen[place])) * inner + i] = flow[place]
              }
            }
          }
          return result
        }
      ))
  }

  /// The largest element, of shape `[]`.
  public func maximum() -> Tensor { reshaped(to: [count]).maximum(along: 0) }

  /// Sums over what broadcasting stretched, so that the result has the shape of the operand.
  package func reduced(to target: Shape) -> Tensor {
    if shape == target { return self }
    let missing = shape.rank - target.rank
    precondition(missing >= 0, "shape \(shape) cannot be reduced to \(target)")
    var axes = Array(0..<missing)
    for axis in 0..<target.rank where target.dimensions[axis] == 1 && shape.dimensions[missing + axis] != 1 {
      axes.append(missing + axis)
    }
    return sum(along: axes, keepingDimensions: true).reshaped(to: target)
  }

  /// The numbers, seen as `[outer, middle, inner]`, summed over the middle.
  private func summed(outer: Int, middle: Int, inner: Int, to target: Shape) -> Tensor {
    let source = storage.pointer
    return Tensor(uninitialized: target) { out in
      guard let out = out.baseAddress, outer * inner > 0 else { return }
      if outer == 1, middle >= 2, middle * inner >= 2 * elementwiseChunk {
        return sumLongMiddle(source, middle, inner, out)
      }
      parallelRanges(outer, length: max(1, elementwiseChunk / max(1, middle * inner))) { range in
        let start = range.lowerBound
        alu_sum_middle(source + start * middle * inner, range.count, middle, inner, out + start * inner)
      }
    }
  }
}

/// Sums the first axis of `[middle, inner]` in pieces that threads share; the pieces are added in their order.
private func sumLongMiddle(
  _ source: UnsafePointer<Scalar>, _ middle: Int, _ inner: Int, _ out: UnsafeMutablePointer<Scalar>
) {
  let length = max(1, elementwiseChunk / inner, (middle + 63) / 64)
  let pieces = (middle + length - 1) / length
  withUnsafeTemporaryAllocation(of: Double.self, capacity: pieces * inner) { partial in
    guard let sums = partial.baseAddress else { return }
    nonisolated(unsafe) let base = sums
    parallelRanges(middle, length: length) { range in
      alu_sum_rows(source + range.lowerBound * inner, range.count, inner, base + range.lowerBound / length * inner)
    }
    for column in 0..<inner {
      out[column] = Scalar((0..<pieces).reduce(0.0) { $0 + sums[$1 * inner + column] })
    }
  }
}

extension Shape {
  func removing(_ axes: Set<Int>) -> Shape {
    Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }
}
