import Tensors

/// A penalty as an unnormalised density: something to be scored and never drawn.
///
///     log p(x) = −E(x) + const
///
/// An objective that contains one is an objective and not an evidence lower bound in nats, since the constant is unknown.
///
/// - Shapes: The energy of a value `[rows, event]` is `[rows]`. An energy that is a single number for all rows (a nuclear
///   norm) is spread evenly, so that the sum over rows is the energy.
public struct Potential: Density {
  private let energy: @Sendable (Tensor) -> Tensor

  /// The density proportional to exp(−energy).
  public init(_ energy: @escaping @Sendable (_ value: Tensor) -> Tensor) {
    self.energy = energy
  }

  /// −energy, one number for each row.
  public func logDensity(of value: Tensor) -> Tensor {
    let rows = Shape(value.shape.dimensions.dropLast())
    let result = energy(value)
    if result.shape == rows { return -result }
    precondition(result.count == 1, "an energy of shape \(result.shape) for a value of shape \(value.shape)")
    return (-result.reshaped(to: []) / Scalar(max(rows.count, 1))).broadcast(to: rows)
  }
}
