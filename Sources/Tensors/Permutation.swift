internal import CKernels

extension Tensor {
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
    return .recording(copiedPermuted(order), (self, { $0.permuted(undone) }))
  }

  /// The numbers in the new order, without history: shared if nothing moves, else tile by tile or walked in order.
  private func copiedPermuted(_ order: [Int]) -> Tensor {
    let target = Shape(order.map { shape.dimensions[$0] })
    let groups = shape.groups(keptTogetherBy: order)
    let source = storage.pointer
    let first = groups.first?.axis == 0 ? groups[0].extent : 1
    let moved = groups.first?.axis == 0 ? groups.dropFirst() : groups[...]
    if moved.isEmpty || target.count == 0 { return Tensor(target, storage) }
    return Tensor(uninitialized: target) { out in
      guard let out = out.baseAddress else { return }
      if moved.count == 2, let columns = moved.first?.extent, let rows = moved.last?.extent {
        for batch in 0..<first {
          alu_transpose(source + batch * rows * columns, rows, columns, out + batch * rows * columns)
        }
      } else {
        target.walk(steppingBy: order.map { shape.strides[$0] }) { run, offset, width, step in
          let run = out + run * width
          if step == 1 { return run.update(from: source + offset, count: width) }
          for column in 0..<width { run[column] = source[offset + column * step] }
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

  /// Axes that a new order leaves neighbours, merged; `axis` counts the axes with more than one element.
  fileprivate func groups(keptTogetherBy order: [Int]) -> [(axis: Int, extent: Int)] {
    let long = dimensions.indices.filter { dimensions[$0] != 1 }
    var groups: [(axis: Int, extent: Int)] = []
    var next = -1
    for axis in order where dimensions[axis] != 1 {
      let place = long.firstIndex(of: axis) ?? 0
      if place == next {
        groups[groups.count - 1].extent *= dimensions[axis]
      } else {
        groups.append((place, dimensions[axis]))
      }
      next = place + 1
    }
    return groups
  }

  /// Calls `body` with the number, source offset, length and source step of every run along the last axis.
  fileprivate func walk(
    steppingBy steps: [Int], _ body: (_ run: Int, _ offset: Int, _ width: Int, _ step: Int) -> Void
  ) {
    guard let width = dimensions.last, let step = steps.last, count > 0 else { return }
    var index = [Int](repeating: 0, count: rank - 1)
    var offset = 0
    for run in 0..<count / width {
      body(run, offset, width, step)
      var axis = index.count - 1
      while axis >= 0 {
        index[axis] += 1
        offset += steps[axis]
        if index[axis] < dimensions[axis] { break }
        offset -= steps[axis] * dimensions[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
