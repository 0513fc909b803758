internal import CKernels

extension Tensor {
  /// The angle between vectors along the last axis, broadcasting over the others.
  ///
  ///     θ(x, y) = 2 atan2(‖x̂ − ŷ‖, ‖x̂ + ŷ‖),   x̂ = x/‖x‖
  ///     ∂θ/∂x = (x̂ cos θ − ŷ) / (‖x‖ sin θ)
  ///
  /// It is computed in Double and rounded once, so that equal vectors have angle 0 exactly and 10⁻⁶ rad are seen
  /// in Float, where an arc cosine sees nothing below 3·10⁻⁴ rad.
  ///
  /// - Shapes: `[n, bands]` and `[n, bands]` (or what broadcasts to it, as `[bands]`) give `[n]`.
  /// - Units: Radians in 0 … π; the vectors may have any unit.
  /// - Edge cases: θ has no derivative at 0 and π. Within 10⁻³ rad of them the slope of the arc cosine, 1/sin θ, is held
  ///   at its value there, so that the derivative goes to 0 with the distance. A zero vector has no direction: its
  ///   angle to anything is π/2, with derivative 0. A NaN in a vector makes its angle NaN.
  /// - Source: Kahan, *How Futile are Mindless Assessments of Roundoff in Floating-Point Computation?* (2006), §12.
  public func angle(to other: Tensor) -> Tensor {
    let common = shape.broadcast(with: other.shape)
    precondition(common.rank > 0, "the angle between single numbers")
    return broadcast(to: common).angleOfRows(to: other.broadcast(to: common))
  }

  private func angleOfRows(to other: Tensor) -> Tensor {
    let (x, y) = (detached, other.detached)
    let (count, rows) = (shape[-1], Shape(shape.dimensions.dropLast()))
    let length = max(1, angleChunk / max(1, count))
    let value = Tensor(uninitialized: rows) { out in
      guard let out = out.baseAddress else { return }
      parallelRanges(rows.count, length: length) { range in
        let start = range.lowerBound * count
        alu_angle(x.storage.pointer + start, y.storage.pointer + start, range.count, count, out + range.lowerBound)
      }
    }
    return .recording(value, from: [self, other]) { flow, isNeeded in
      let slopes = isNeeded.map { $0 ? Tensor(x.shape, Storage(uninitialized: x.count)) : nil }
      parallelRanges(rows.count, length: length) { range in
        let start = range.lowerBound * count
        alu_angle_slope(
          x.storage.pointer + start, y.storage.pointer + start, flow.storage.pointer + range.lowerBound, heldAngle,
          range.count, count, slopes[0].map { $0.storage.pointer + start }, slopes[1].map { $0.storage.pointer + start }
        )
      }
      return slopes
    }
  }
}

/// How near to 0 and π, in radians, the slope of an angle is held.
private let heldAngle = 1e-3

/// How many numbers one thread compares at a time.
private let angleChunk = 1 << 15
