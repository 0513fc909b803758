extension Tensor {
  /// The same numbers in the same order with another shape.
  public func reshaped(to target: Shape) -> Tensor {
    if target == shape { return self }
    let source = shape
    return .recording(Tensor(target, storage), (self, { $0.reshaped(to: source) }))
  }

  /// ``reshaped(to:)`` for dimensions of which one may be −1: it takes what is left.
  public func reshaped(_ dimensions: Int...) -> Tensor {
    let known = dimensions.filter { $0 >= 0 }.reduce(1, *)
    precondition(dimensions.filter { $0 < 0 }.count <= 1, "more than one dimension is left open in \(dimensions)")
    return reshaped(to: Shape(dimensions.map { $0 < 0 ? count / max(known, 1) : $0 }))
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

  private func copiedBroadcast(to target: Shape) -> Tensor {
    let plan = BroadcastPlan(shape, target)
    let source = storage.pointer
    return Tensor(uninitialized: target) { out in
      guard let out = out.baseAddress, target.count > 0 else { return }
      plan.forEachBlock { block, offsets in
        for row in 0..<plan.rows {
          let from = source + offsets.0 + row * plan.rowStrides.0
          let run = out + (block * plan.rows + row) * plan.inner
          if plan.innerStrides.0 == 1 {
            run.update(from: from, count: plan.inner)
          } else {
            run.update(repeating: from.pointee, count: plan.inner)
          }
        }
      }
    }
  }
}
