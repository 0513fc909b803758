extension Tensor {
  /// The same numbers in the same order with another shape. One dimension may be −1: it takes what is left.
  public func reshaped(to target: Shape) -> Tensor {
    if target == shape { return self }
    let source = shape
    return .recording(Tensor(target, storage), (self, { $0.reshaped(to: source) }))
  }

  /// ``reshaped(to:)`` for dimensions of which one may be −1.
  public func reshaped(_ dimensions: Int...) -> Tensor {
    let known = dimensions.filter { $0 >= 0 }.reduce(1, *)
    precondition(dimensions.filter { $0 < 0 }.count <= 1, "more than one dimension is left open in \(dimensions)")
    return reshaped(to: Shape(dimensions.map { $0 < 0 ? count / max(known, 1) : $0 }))
  }

  /// Rows become columns.
  public func transposed() -> Tensor {
    precondition(rank == 2, "only a matrix can be transposed, not shape \(shape)")
    return permuted([1, 0])
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(0..<rank), "\(order) is no order of \(rank) axes")
    if order == Array(0..<rank) { return self }
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    let undone = inverse
    return .recording(detached.copiedPermuted(order), (self, { $0.permuted(undone) }))
  }

  /// Stretches extents of 1, and adds leading axes, until the shape is `target`.
  public func broadcast(to target: Shape) -> Tensor {
    if shape == target { return self }
    precondition(shape.broadcast(with: target) == target, "shape \(shape) does not broadcast to \(target)")
    let source = shape
    return .recording(copiedBroadcast(to: target), (self, { $0.reduced(to: source) }))
  }

  /// A new axis of extent 1.
  public func expandingDimension(at axis: Int) -> Tensor {
    var dimensions = shape.dimensions
    dimensions.insert(1, at: axis < 0 ? axis + rank + 1 : axis)
    return reshaped(to: Shape(dimensions))
  }

  /// Removes an axis of extent 1.
  public func squeezed(at axis: Int) -> Tensor {
    precondition(shape[axis] == 1, "axis \(axis) of shape \(shape) has more than one element")
    return reshaped(to: shape.removing([shape.positive(axis)]))
  }

  /// Tensors one after another along an existing axis.
  public static func concatenated(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
    guard let first = parts.first else { preconditionFailure("nothing to concatenate") }
    let axis = first.shape.positive(axis)
    let extents = parts.map { $0.shape[axis] }
    for part in parts {
      let agrees = part.shape.replacing(axis, with: 0) == first.shape.replacing(axis, with: 0)
      precondition(agrees, "shapes \(first.shape) and \(part.shape) do not fit along axis \(axis)")
    }
    let shape = first.shape.replacing(axis, with: extents.reduce(0, +))
    let (outer, _, inner) = shape.split(around: axis)
    let value = Tensor(uninitialized: shape) { out in
      guard var target = out.baseAddress else { return }
      for row in 0..<outer {
        for (part, extent) in zip(parts, extents) {
          target.update(from: part.storage.pointer + row * extent * inner, count: extent * inner)
          target += extent * inner
        }
      }
    }
    return recording(value, from: parts) { upstream, isNeeded in
      var start = 0
      return zip(extents, isNeeded).map { extent, needed in
        defer { start += extent }
        return needed ? upstream.slice(along: axis, start..<start + extent) : nil
      }
    }
  }

  /// Tensors of one shape side by side along a new axis.
  public static func stacked(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
    concatenated(parts.map { $0.expandingDimension(at: axis) }, along: axis)
  }

  /// A copy with axes reordered, walking the result in order.
  private func copiedPermuted(_ order: [Int]) -> Tensor {
    let strides = shape.strides
    let target = Shape(order.map { shape.dimensions[$0] })
    let steps = order.map { strides[$0] }
    let source = storage.pointer
    return Tensor(uninitialized: target) { out in
      guard let last = steps.last, target.count > 0 else { return }
      let width = target[-1]
      var index = [Int](repeating: 0, count: target.rank - 1)
      var offset = 0
      for run in 0..<target.count / width {
        for column in 0..<width { out[run * width + column] = source[offset + column * last] }
        var axis = index.count - 1
        while axis >= 0 {
          index[axis] += 1
          offset += steps[axis]
          if index[axis] < target.dimensions[axis] { break }
          offset -= steps[axis] * target.dimensions[axis]
          index[axis] = 0
          axis -= 1
        }
      }
    }
  }

  private func copiedBroadcast(to target: Shape) -> Tensor {
    let plan = BroadcastPlan(shape, target)
    let source = storage.pointer
    return Tensor(uninitialized: target) { out in
      guard let out = out.baseAddress, target.count > 0 else { return }
      plan.forEachRun { run, offsets in
        let run = out + run * plan.inner
        if plan.innerStrides.0 == 1 {
          run.update(from: source + offsets.0, count: plan.inner)
        } else {
          run.update(repeating: source[offsets.0], count: plan.inner)
        }
      }
    }
  }
}

extension Shape {
  /// How far apart neighbours along every axis lie in memory.
  var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { result[axis] = result[axis + 1] * dimensions[axis + 1] }
    return result
  }
}
