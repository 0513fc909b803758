import CKernels

extension Tensor {
  /// The sum of all elements, of shape `[]`.
  public func sum() -> Tensor {
    let shape = shape
    let total = reshaped(to: [1, count, 1]).detached.summedMiddle().reshaped(to: [])
    return .recording(total, (self, { $0.broadcast(to: shape) }))
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

  /// √(Σ x²) along axes. The derivative at a zero vector is not finite; add a floor where one can occur.
  public func norm(along axes: Int..., keepingDimensions: Bool = false) -> Tensor {
    squared().sum(along: axes, keepingDimensions: keepingDimensions).sqrt()
  }

  /// The sum along axes, for a list of them.
  public func sum(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    let source = shape
    let reduced = Set(axes.map { source.positive($0) })
    precondition(reduced.count == axes.count, "axes \(axes) name one axis twice")
    var value = detached
    for axis in reduced.sorted(by: >) {
      let (outer, middle, inner) = value.shape.split(around: axis)
      let kept = value.shape.replacing(axis, with: 1)
      value = value.reshaped(to: [outer, middle, inner]).summedMiddle().reshaped(to: kept)
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
    var positions = [Int32](repeating: 0, count: outer * inner)
    let kept = source.replacing(axis, with: 1)
    let value = Tensor(uninitialized: kept) { out in
      alu_max_middle(storage.pointer, outer, middle, inner, out.baseAddress, &positions)
    }
    let final = keepingDimensions ? kept : kept.removing([source.positive(axis)])
    let chosen = positions
    return .recording(
      value.reshaped(to: final),
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

  /// `[outer, middle, inner]` summed over the middle.
  private func summedMiddle() -> Tensor {
    let (outer, middle, inner) = (shape.dimensions[0], shape.dimensions[1], shape.dimensions[2])
    let source = storage.pointer
    return Tensor(uninitialized: [outer, inner]) { out in
      guard let out = out.baseAddress else { return }
      let rows = max(1, elementwiseChunk / max(1, middle * inner))
      parallelRanges(outer, length: rows) { range in
        let start = range.lowerBound
        alu_sum_middle(source + start * middle * inner, range.count, middle, inner, out + start * inner)
      }
    }
  }
}

extension Shape {
  func removing(_ axes: Set<Int>) -> Shape {
    Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }
}
