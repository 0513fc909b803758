internal import CKernels

extension Tensor {
  /// A range of positions along an axis.
  public func slice(along axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = shape.positive(axis)
    let source = shape
    let (outer, middle, inner) = source.split(around: axis)
    precondition(range.lowerBound >= 0 && range.upperBound <= middle, "\(range) along axis \(axis) of shape \(shape)")
    if range.count == middle { return self }
    let width = range.count * inner
    let start = range.lowerBound * inner
    let value = Tensor(uninitialized: source.replacing(axis, with: range.count)) { out in
      guard let out = out.baseAddress else { return }
      for row in 0..<outer {
        (out + row * width).update(from: storage.pointer + row * middle * inner + start, count: width)
      }
    }
    return .recording(value, from: self) { upstream, sum in
      sum.withUnsafeMutableScalars { sums in
        guard let sums = sums.baseAddress else { return }
        for row in 0..<outer {
          alu_accumulate(sums + row * middle * inner + start, upstream.storage.pointer + row * width, width)
        }
      }
    }
  }

  /// The rows (positions of the first axis) at the given places, which may repeat.
  public func gatheringRows(_ places: [Int]) -> Tensor {
    let source = shape
    let (_, extent, width) = source.split(around: 0)
    let value = Tensor(uninitialized: source.replacing(0, with: places.count)) { out in
      guard let out = out.baseAddress else { return }
      for (row, place) in places.enumerated() {
        precondition(place >= 0 && place < extent, "row \(place) of a tensor of shape \(source)")
        (out + row * width).update(from: storage.pointer + place * width, count: width)
      }
    }
    return .recording(value, (self, { $0.scatteringRows(to: places, of: source) }))
  }

  /// Rows put at the given places of a tensor of zeros, where those of the same place add up: the transpose of
  /// ``gatheringRows(_:)``.
  ///
  /// - Shapes: `[places, …]` to `[count, …]`.
  public func scatteringRows(to places: [Int], count: Int) -> Tensor {
    precondition(rank > 0 && places.count == shape[0], "\(places.count) places for the rows of shape \(shape)")
    for place in places { precondition(place >= 0 && place < count, "row \(place) of \(count)") }
    let value = scatteringRows(to: places, of: shape.replacing(0, with: count))
    return .recording(value, (self, { $0.gatheringRows(places) }))
  }

  /// The columns of a matrix at the given places, each at most once.
  ///
  /// - Shapes: `[rows, columns]` to `[rows, places]`.
  public func gatheringColumns(_ places: [Int]) -> Tensor {
    precondition(rank == 2 && Set(places).count == places.count, "columns \(places) of shape \(shape)")
    for place in places { precondition(place >= 0 && place < shape[1], "column \(place) of shape \(shape)") }
    let source = shape
    return .recording(pickingColumns(places), (self, { $0.spreadingColumns(to: places, of: source) }))
  }

  private func pickingColumns(_ places: [Int]) -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return Tensor(uninitialized: [rows, places.count]) { out in
      for row in 0..<rows {
        for (position, place) in places.enumerated() {
          out[row * places.count + position] = storage.pointer[row * columns + place]
        }
      }
    }
  }

  private func spreadingColumns(to places: [Int], of target: Shape) -> Tensor {
    var result = Tensor.zeros(target)
    result.withUnsafeMutableScalars { out in
      for row in 0..<target[0] {
        for (position, place) in places.enumerated() {
          out[row * target[1] + place] = storage.pointer[row * places.count + position]
        }
      }
    }
    return result
  }

  /// One position of the first axis.
  public subscript(row: Int) -> Tensor {
    slice(along: 0, row..<row + 1).reshaped(to: shape.removing([0]))
  }

  /// Adds every row into its place of a tensor of zeros: what ``gatheringRows(_:)`` undoes.
  private func scatteringRows(to places: [Int], of target: Shape) -> Tensor {
    let width = target.split(around: 0).inner
    var result = Tensor.zeros(target)
    result.withUnsafeMutableScalars { out in
      withUnsafeScalars { flow in
        for (row, place) in places.enumerated() {
          for column in 0..<width { out[place * width + column] += flow[row * width + column] }
        }
      }
    }
    return result
  }
}
