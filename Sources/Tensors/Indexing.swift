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
